"""Words of others on the page: whatever a log, a certificate or a report says, it stays text."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest

from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.live_run import present
from tests.security.bare_page import run_bare
from tests.security.browsing import PAGE, PROGRESS, Answer, good_fields, log_in, post, visit
from tests.security.household import domain, forget_clicks, quiet_panel, refresh, report_path
from tests.security.traces import secrets_in

pytestmark = pytest.mark.system("root", "mount and network namespaces")
MARK = "zyzzyva"
"""Stands in every hostile word, so that it can be found again."""
HOSTILE = {
    "a script": f"<script>{MARK}()</script>",
    "the end of a script": f"</script><svg onload={MARK}()>",
    "an end of the text box": f"</textarea><img src=x onerror={MARK}()>",
    "an attribute's end": f"\"'><b {MARK}=1 onmouseover={MARK}() x='",
    "a bare attribute": f"x onfocus={MARK}() autofocus tabindex=1 ",
    "a template": f"{{{{7*7}}}}{{% for x in y %}}${{7*7}}#{{7*7}}<%= 7*7 %>{MARK}",
    "entities": f"&lt;script&gt;{MARK}&#60;b&#62;&quot;&apos;",
    "a direction": f"\u202e{MARK}\u202c\u2066a\u2069\u200f",
    "a terminal": f"\x1b[31m{MARK}\x1b]0;title\x07\x9b31m\x08\x7f",
    "a formula": f'=HYPERLINK("http://evil.example","{MARK}")',
    "line ends": f"a\r\nSet-Cookie: {MARK}=1\r\n\r\n<b>\u2028\u2029\x85\x0b\x0c",
    "our own marks": f"\ue000{MARK}\ue001<i>\ue000\ue001\uf8ff",
    "a comment": f"--><!--[if IE]>{MARK}<![endif]--><![CDATA[<b>]]>",
    "a link": f"javascript:{MARK}() https://evil.example/{MARK} //evil.example",
    "placeholders": f"{{site}} {{0}} {{!r}} %s %(x)s {{{{{MARK}}}}} {{__class__}}",
    "half a pair": f"\ud800{MARK}\udfff",
    "length": f"{MARK} " + "<" * 4000,
}
DATES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
FIXED = frozenset(
    {
        "cause",
        "who",
        "severity",
        "confidence",
        "visitors",
        "renewal",
        "fact",
        "account",
        "schema",
        "uid",
        "startdate",
        "step",
    }
)
ALLOWED_ATTRIBUTES = frozenset(
    {
        *("class", "id", "lang", "dir", "href", "src", "type", "name", "value", "method", "action", "title", "open"),
        *("hidden", "role", "readonly", "rows", "datetime", "viewbox", "width", "height", "fill", "stroke", "d", "cx"),
        *("cy", "r", "focusable", "defer", "rel", "tabindex", "autocomplete", "spellcheck", "disabled", "for"),
    }
)


class Reader(HTMLParser):
    """Collects the elements of our block as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.script_text = ""
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._in_script = tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's own form
        """An element ends."""
        self._in_script = False

    def handle_data(self, data: str) -> None:
        """Text."""
        if self._in_script:
            self.script_text += data


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingPanel]:
    """One server; bob's website has a name that may be excluded, so that its page has every kind of form."""
    with quiet_panel(tmp_path_factory.mktemp("words")) as standing:
        yield standing


def block(answer: Answer) -> str:
    """What the doctor put between the panel's header and its footer."""
    text = answer.text
    found = re.search(r'<div id="autossl-doctor".*(?=</main>)', text, re.DOTALL)
    assert found, text[:300]
    return found[0]


def check_block(html: str) -> None:
    """Nothing in the block can run, load anything from elsewhere, or has an attribute that we never write."""
    reader = Reader()
    reader.feed(html)
    assert reader.script_text.strip() == ""
    for tag, attributes in reader.elements:
        assert tag not in {"style", "iframe", "object", "embed", "base", "meta", "img", "b", "i"}, tag
        for name, value in attributes.items():
            assert name in ALLOWED_ATTRIBUTES or name.startswith(("data-", "aria-", "stroke-")), (tag, name)
            assert not name.startswith("on")
            if name in {"href", "src", "action"}:
                assert re.fullmatch(
                    r"#autossl-doctor-[a-z]+|(assets/owner\.(css|js)\?v=[\w.+]+)|index\.live\.cgi", value
                )


def seen_in(html: str) -> str:
    """The block without the attributes that carry a name unchanged from our form back to us."""
    return re.sub(r'(value|data-fold)="[^"]*"', "", html)


def poisoned(data: Any, word: str) -> Any:
    """A report with the word in every text that is neither a date nor one of our own fixed ids."""
    if isinstance(data, dict):
        return {name: value if name in FIXED else poisoned(value, word) for name, value in data.items()}
    if isinstance(data, list):
        return [poisoned(item, word) for item in data]
    return data if not isinstance(data, str) or DATES.fullmatch(data) else f"{data}{word}"


@pytest.mark.point(23)
@pytest.mark.parametrize(("user", "language"), [("alice", "en"), ("bob", "ja")])
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_words_in_every_field_stay_text(panel: StandingPanel, kind: str, user: str, language: str) -> None:
    """Every free text of a report may hold markup, control signs or templates: the page shows them as text."""
    path = report_path(panel, user)
    before = path.read_bytes()
    try:
        path.write_text(json.dumps(poisoned(json.loads(before), HOSTILE[kind])), encoding="utf-8")
        session = log_in(panel, user)
        answer = visit(panel, session, f"{PAGE}?locale={language}")
    finally:
        path.write_bytes(before)
    assert answer.status == 200
    html = block(answer)
    assert MARK in html
    check_block(html)
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f]", seen_in(html))
    assert kind != "a template" or "{{7*7}}" in html
    assert not secrets_in(panel.error_log(), "page failed")


@pytest.mark.point(23, 24)
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_words_in_the_progress_are_json(panel: StandingPanel, kind: str) -> None:
    """The progress of a check is JSON by its type, is parsed by it, and shows on the page as text."""
    now = present().strftime("%Y-%m-%dT%H:%M:%SZ")
    main = poisoned(json.loads(report_path(panel, "alice").read_bytes())["sites"][0]["main"], HOSTILE[kind])
    live = report_path(panel, "alice", "live.json")
    word = HOSTILE[kind]
    told = {
        "schema": 1,
        "site": word,
        "step": word,
        "since": now,
        "ended": now,
        "main": main if kind != "length" else None,
    }
    live.write_text(json.dumps(told), encoding="utf-8")
    try:
        session = log_in(panel, "alice")
        answer, page = visit(panel, session, PROGRESS), visit(panel, session)
    finally:
        live.unlink()
    assert answer.header("Content-Type") == "application/json; charset=utf-8"
    assert answer.header("X-Content-Type-Options") == "nosniff"
    assert json.loads(answer.body)["site"] == word
    assert page.status == 200
    check_block(block(page))


@pytest.mark.point(23)
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_words_from_the_log_stay_text(panel: StandingPanel, kind: str) -> None:
    """What a web server answers to AutoSSL's check stands in log, report and page, and runs nowhere."""
    report = report_path(panel, "alice")
    logs = panel.path("/var/cpanel/logs/autossl")
    newest = max(path for path in logs.iterdir() if path.name.startswith("20")) / "json"
    before = newest.read_bytes()
    word = json.dumps(HOSTILE[kind][:120])[1:-1].encode()
    try:
        newest.write_bytes(before.replace(b"quokka-evidence", word))
        refresh(panel)
        content = report.read_bytes()
        answer = visit(panel, log_in(panel, "alice"))
    finally:
        newest.write_bytes(before)
    assert answer.status == 200
    check_block(block(answer))
    assert json.loads(content)["account"] == "alice"
    assert MARK.encode() in content or kind in {"a terminal", "our own marks", "length", "half a pair", "line ends"}


def test_bytes_that_are_no_text_are_borne(panel: StandingPanel) -> None:
    """Invalid UTF-8 in a log line ends neither the judgement nor the page."""
    logs = panel.path("/var/cpanel/logs/autossl")
    newest = max(path for path in logs.iterdir() if path.name.startswith("20")) / "json"
    before = newest.read_bytes()
    try:
        newest.write_bytes(before.replace(b"quokka-evidence", b"\xff\xfe\xc0\xaf<b>\xed\xa0\x80zyzzyva"))
        refresh(panel)
        answer = visit(panel, log_in(panel, "alice"))
    finally:
        newest.write_bytes(before)
        refresh(panel)
    assert answer.status == 200
    check_block(block(answer))


LOCALES = (
    "ja",
    "xx",
    "../../../../etc/passwd",
    "ja\0",
    "<script>",
    "i_example",
    "ar",
    "en" * 200,
    "ja_JP",
    "%3Cb%3E",
    "__class__",
)


@pytest.mark.point(19)
@pytest.mark.parametrize("where", ["query", "cookie", "header"])
@pytest.mark.parametrize("locale", LOCALES)
def test_a_locale_is_only_looked_up(panel: StandingPanel, locale: str, where: str) -> None:
    """A language from the address, the cookie or the browser is one of ours or English, and never a file or markup."""
    session = log_in(panel, "alice")
    headers = {"Cookie": f"cpsession={session.cookie}"}
    query = f"?locale={quote(locale)}" if where == "query" else ""
    if where == "cookie":
        headers["Cookie"] += f"; session_locale={quote(locale)}"
    elif where == "header":
        headers["Accept-Language"] = quote(locale)
    answer = visit(panel, session, PAGE + query, headers=headers)
    assert answer.status == 200
    html = block(answer)
    assert re.match(r'<div id="autossl-doctor" lang="(en|ja)"', html)
    check_block(html)


@pytest.mark.point(19)
def test_a_spoken_locale_that_is_none_is_english(panel: StandingPanel) -> None:
    """Whatever the panel itself says its language is, only a language of ours comes onto the page."""
    for odd in ('"../ja"', "null", "7", '["ja"]', '{"ja": 1}', '"JA"', '"<b>"', '"ja_\\u202e"'):
        bare = run_bare(
            panel, "alice", answers={"Locale::get_attributes": f'{{"status": 1, "data": {{"locale": {odd}}}}}'}
        )
        assert bare.head.startswith("Status: 200")
        assert bare.said == ""
        assert re.search(r'<div id="autossl-doctor" lang="(en|ja)"', bare.output)


@pytest.mark.parametrize("header", ["null", "7", '"<html><!-- "', '"</div></body></html>"', '"\\ud800"', '["x"]', '""'])
def test_odd_frames_do_not_break_the_page(panel: StandingPanel, header: str) -> None:
    """A header or footer of the panel that is none leaves the page whole, without a traceback."""
    frame = f'{{"status": 1, "data": {{"header": {header}, "footer": {header}}}}}'
    bare = run_bare(panel, "alice", answers={"Chrome::get_dom": frame})
    assert bare.head.startswith("Status: 200")
    assert bare.said == ""
    assert 'id="autossl-doctor"' in bare.output


def test_notices_come_from_our_own_list(panel: StandingPanel) -> None:
    """A message in the address is one of ours, or nothing: no text of an attacker is shown as the doctor's."""
    session = log_in(panel, "alice")
    for query in (
        "notice=<script>zyzzyva</script>",
        "notice=hacked&site=quokka.example&verb=retry",
        "notice=started&site=<b>zyzzyva</b>&verb=retry",
        "notice=nothing_changed&verb=zyzzyva&site=quokka.example",
        "notice=started&notice=zyzzyva",
        "notice=__class__&verb=zyzzyva",
        "&".join(f"zyzzyva{number}=1" for number in range(50)),
        "notice=%ff%fe%00zyzzyva",
    ):
        answer = visit(panel, session, f"{PAGE}?{query}".replace("<", "%3C").replace(">", "%3E"))
        assert answer.status == 200
        assert MARK not in answer.text
        check_block(block(answer))


NEEDED = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
}


@pytest.mark.point(24)
def test_every_answer_has_the_headers_that_protect_it(panel: StandingPanel) -> None:
    """Page, progress, clicks, refusals and failures alike are not kept, not framed, not guessed and not passed on."""
    session = log_in(panel, "alice")
    off = log_in(panel, "fiona")
    forget_clicks(panel, "alice")
    form = good_fields(panel, session, "retry", domain("alice"))
    plain = {"Accept": "text/html"}
    answers = {
        "page": visit(panel, session),
        "head": visit(panel, session, method="HEAD"),
        "progress": visit(panel, session, PROGRESS),
        "click": post(panel, session, form),
        "redirect": post(panel, session, form, headers=plain),
        "bad form": post(panel, session, b"a=b"),
        "bad form without script": post(panel, session, b"a=b", headers=plain),
        "no feature": visit(panel, off),
        "no feature, progress": visit(panel, off, PROGRESS),
        "posted progress": post(panel, session, form, path=PROGRESS),
        "no report": visit(panel, log_in(panel, "greg")),
    }
    for name, answer in answers.items():
        for header, value in NEEDED.items():
            assert answer.header(header) == value, (name, header)
        assert not [key for key, _ in answer.headers if key.lower().startswith("access-control")], name
        assert "charset=utf-8" in answer.header("Content-Type"), name


@pytest.mark.point(25)
def test_a_page_that_breaks_says_only_a_number(panel: StandingPanel) -> None:
    """When the page itself fails, the visitor sees a number, and the log that number, a kind and a place, no values."""
    path = report_path(panel, "alice")
    before = path.read_bytes()
    data = json.loads(before)
    data["sites"][0]["certificate"] = {"issuer": MARK, "not_before": MARK}
    try:
        path.write_text(json.dumps(data), encoding="utf-8")
        bare = run_bare(panel, "alice")
    finally:
        path.write_bytes(before)
    if bare.head.startswith("Status: 500"):
        assert MARK not in bare.output + bare.said
        assert re.search(r"id [0-9a-f]{8}", bare.said)
        for header, value in NEEDED.items():
            assert f"{header}: {value}" in bare.head
    assert "Traceback" not in bare.said
    assert not secrets_in(bare.output + bare.said)
