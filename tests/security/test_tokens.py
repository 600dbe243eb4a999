"""What is posted: only the page's own form, in this session, for this button, does anything at all."""

import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlencode, urlsplit

import pytest

from tests.lab.panel.entered import StandingPanel
from tests.security.browsing import FORM, JSON, PAGE, PROGRESS, Fields, Session, good_fields, log_in, post, sign, visit
from tests.security.household import domain, forget_clicks, quiet_panel
from tests.security.traces import Traces, foreign_words, own_inbox, secrets_in, watched

pytestmark = pytest.mark.system("root", "mount and network namespaces")
SHOP, HELD = domain("alice"), domain("bob")
VERBS = ("retry", "save_key_type", "exclude", "include", "look")


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingPanel]:
    """One server for all forms."""
    with quiet_panel(tmp_path_factory.mktemp("tokens")) as standing:
        yield standing


@pytest.fixture(autouse=True)
def _first_click(panel: StandingPanel) -> None:
    for user in ("alice", "bob"):
        forget_clicks(panel, user)


def changed(fields: Fields, **changes: str | None) -> Fields:
    """The fields with other values; None leaves a field out."""
    kept = [(name, value) for name, value in fields if name not in changes]
    return [*kept, *((name, value) for name, value in changes.items() if value is not None)]


def did_nothing(traces: Traces) -> bool:
    """Whether no file changed and no function was called that changes something."""
    return not traces.files and not traces.changes


Forging = Callable[[StandingPanel, Session], str | None]
FORGED: dict[str, Forging] = {
    "missing": lambda _panel, _session: None,
    "empty": lambda _panel, _session: "",
    "zeros": lambda _panel, _session: "0" * 64,
    "of another verb": lambda panel, session: sign(panel, "alice", session.token, "look"),
    "of another session": lambda panel, _session: sign(panel, "alice", log_in(panel, "alice").token, "retry"),
    "of another account": lambda panel, session: sign(panel, "bob", session.token, "retry"),
    "with another's key": lambda panel, session: sign(panel, "alice", session.token, "retry", key_of="bob"),
    "without a session": lambda panel, _session: sign(panel, "alice", "", "retry"),
    "in capitals": lambda panel, session: sign(panel, "alice", session.token, "retry").upper(),
    "and more": lambda panel, session: sign(panel, "alice", session.token, "retry") + " ",
    "cut": lambda panel, session: sign(panel, "alice", session.token, "retry")[:63],
    "not ASCII": lambda _panel, _session: "é" * 64,
}


def test_the_right_form_starts_a_check(panel: StandingPanel) -> None:
    """With all that is asked for, one call is made and the inbox holds the lock and one record: the attacks miss it."""
    session = log_in(panel, "alice")
    with watched(panel) as traces:
        answer = post(panel, session, good_fields(panel, session, "retry", SHOP))
    assert json.loads(answer.body)["answer"] == "started"
    assert traces.changes == ["SSL::start_autossl_check"]
    inbox = own_inbox(panel, "alice")
    names = sorted(path.removeprefix(inbox) for path in traces.files if path.startswith(inbox))
    assert [name.rpartition(".")[2] for name in names] == ["", "json", "lock"]
    assert len(traces.files) == len(names)


@pytest.mark.point(22)
@pytest.mark.parametrize("forging", FORGED)
def test_a_form_of_somebody_else_does_nothing(panel: StandingPanel, forging: str) -> None:
    """A value that is missing, wrong, or right for another verb, session or account is refused."""
    session = log_in(panel, "alice")
    value = FORGED[forging](panel, session)
    with watched(panel) as traces:
        answer = post(panel, session, changed(good_fields(panel, session, "retry", SHOP), form=value))
    assert answer.status == 403
    assert json.loads(answer.body)["answer"] == "refused"
    assert did_nothing(traces)


@pytest.mark.point(22)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("verb", VERBS)
def test_only_a_post_changes_anything(panel: StandingPanel, verb: str, method: str) -> None:
    """All fields of a good form in the address, by any other method, change nothing at either program."""
    session = log_in(panel, "bob")
    fields = good_fields(panel, session, verb, HELD, [f"mail.{HELD}"])
    query = urlencode(list(fields))
    with watched(panel) as traces:
        answers = [visit(panel, session, f"{path}?{query}", method=method) for path in (PAGE, PROGRESS)]
    assert {answer.status for answer in answers} == ({200} if method in {"GET", "HEAD"} else {405})
    assert did_nothing(traces)
    assert method != "HEAD" or not any(answer.body for answer in answers)


def test_a_post_takes_nothing_from_the_address(panel: StandingPanel) -> None:
    """A posted form whose fields stand in the address is an empty form."""
    session = log_in(panel, "alice")
    query = urlencode(list(good_fields(panel, session, "retry", SHOP)))
    with watched(panel) as traces:
        answers = [post(panel, session, body, path=f"{PAGE}?{query}") for body in (b"", b"a=b", b"verb=retry")]
        progress = post(panel, session, good_fields(panel, session, "retry", SHOP), path=PROGRESS)
    assert {answer.status for answer in (*answers, progress)} == {403}
    assert did_nothing(traces)


@pytest.mark.point(22)
@pytest.mark.parametrize("kind", [JSON, "text/plain", "multipart/form-data; boundary=x", "", "application/x-www-form"])
def test_other_kinds_of_body_are_refused(panel: StandingPanel, kind: str) -> None:
    """What another website could send without asking, and JSON, is no form."""
    session = log_in(panel, "alice")
    fields = good_fields(panel, session, "retry", SHOP)
    body = json.dumps(dict(fields)).encode() if kind == JSON else urlencode(list(fields)).encode()
    with watched(panel) as traces:
        answer = post(panel, session, body, headers={"Content-Type": kind})
    assert answer.status == 403
    assert did_nothing(traces)


def body_of(panel: StandingPanel, session: Session, kind: str) -> bytes:
    """A body that is wrong in its form."""
    good = urlencode(list(good_fields(panel, session, "retry", SHOP))).encode()
    return {
        "too large": good + b"&pad=" + b"x" * 66_000,
        "10,000 fields": good + b"&a=b" * 10_000,
        "a repeated verb": good + b"&verb=retry",
        "a repeated sign": good + b"&form=" + b"0" * 64,
        "a repeated website": good + b"&site=" + SHOP.encode(),
        "not ASCII": good + b"&x=\xff\xfe",
        "no UTF-8 behind percent signs": good + b"&x=%ff%fe",
        "a NUL": good + b"\0",
        "21 names": good + b"&name=a.example" * 21,
        "a name of 10 kB": good + b"&name=" + b"a" * 10_000,
        "an empty body": b"",
    }[kind]


BODIES = (
    "too large",
    "10,000 fields",
    "a repeated verb",
    "a repeated sign",
    "not ASCII",
    "no UTF-8 behind percent signs",
    "21 names",
    "a name of 10 kB",
    "an empty body",
)


@pytest.mark.point(27)
@pytest.mark.parametrize("kind", BODIES)
def test_bodies_out_of_form_do_nothing(panel: StandingPanel, kind: str) -> None:
    """Too many bytes or fields, repeated fields and broken letters end with a refusal and in no log."""
    session = log_in(panel, "alice")
    with watched(panel) as traces:
        answer = post(panel, session, body_of(panel, session, kind))
    assert answer.status == 403
    assert did_nothing(traces)
    assert not secrets_in(answer.everything + traces.logs, session.cookie, session.token)


@pytest.mark.parametrize("kind", ["a repeated website", "a NUL"])
def test_a_doubtful_website_is_none(panel: StandingPanel, kind: str) -> None:
    """A website that stands twice, or a sign beside a value, starts nothing that was not clearly asked for."""
    session = log_in(panel, "alice")
    with watched(panel) as traces:
        post(panel, session, body_of(panel, session, kind))
    assert traces.changes in ([], ["SSL::start_autossl_check"]) if kind == "a NUL" else traces.changes == []


@pytest.mark.parametrize("reaches", ["HALF", "NONE"])
def test_a_body_shorter_than_it_says_does_nothing(panel: StandingPanel, reaches: str) -> None:
    """Where fewer bytes arrive than CONTENT_LENGTH promises, half a form is no form."""
    from tests.lab.cpsrvd.settings import Body  # noqa: PLC0415 - the name is also a word of this module

    session = log_in(panel, "alice")
    panel.cpsrvd(body=Body[reaches])
    try:
        with watched(panel) as traces:
            answer = post(panel, session, good_fields(panel, session, "retry", SHOP))
    finally:
        panel.cpsrvd(body=Body.WHOLE)
    assert answer.status == 403
    assert did_nothing(traces)


@pytest.mark.parametrize("length", ["-1", "1e3", "99999999999999999999", "0x10", "٣", "", "7, 7"])
def test_lies_about_the_length_do_nothing(panel: StandingPanel, length: str) -> None:
    """A length that is no number, or a lie, ends in a refusal and never in a wait."""
    session = log_in(panel, "alice")
    body = urlencode(list(good_fields(panel, session, "retry", SHOP))).encode()
    address = urlsplit(panel.url)
    head = (
        f"POST {session.token}{PAGE} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: cpsession={session.cookie}\r\n"
        f"Content-Type: {FORM}\r\nContent-Length: {length}\r\n\r\n"
    )
    with (
        watched(panel) as traces,
        closing(socket.create_connection((str(address.hostname), address.port or 0), 20)) as line,
    ):
        line.sendall(head.encode() + body)
        line.shutdown(socket.SHUT_WR)
        answer = line.recv(65536)
    assert answer.split(b" ")[1][:1] == b"4"
    assert did_nothing(traces)


ODD_NAMES = (
    "",
    " ",
    ".",
    "-x",
    "--help",
    ";id",
    "$(id)",
    "`id`",
    "../../../etc/passwd",
    f"{SHOP}/../{HELD}",
    f"{SHOP}\0",
    f"{SHOP}\n",
    f"{SHOP}\r\nSet-Cookie: a=b",
    f" {SHOP}",
    f"{SHOP}.",
    SHOP.upper(),
    f"www.{SHOP}",
    HELD,
    "xn--" + "a" * 240,
    "xn--80ak6aa92e.com",
    "\u202eelpmaxe.akkouq",
    "例え.テスト",
    "a" * 253,
    "*",
    "%",
    "quokka.example,narwhal.example",
    "'; DROP TABLE x; --",
    "<script>alert(1)</script>",
    "{{7*7}}",
)


@pytest.mark.point(33)
@pytest.mark.parametrize("site", ODD_NAMES)
def test_a_website_that_is_not_exactly_the_own_is_refused(panel: StandingPanel, site: str) -> None:
    """The website of a form is looked up in the account's own report, to the letter."""
    session = log_in(panel, "alice")
    with watched(panel) as traces:
        answers = [post(panel, session, good_fields(panel, session, verb, site)) for verb in ("retry", "save_key_type")]
    assert [json.loads(answer.body)["answer"] for answer in answers] == ["refused", "refused"]
    assert not traces.changes
    assert not [path for path in traces.files if path.endswith(".json")]
    assert not foreign_words("".join(answer.everything for answer in answers) + traces.logs, "alice")


@pytest.mark.point(33)
@pytest.mark.parametrize("name", [*ODD_NAMES, f"mail.{SHOP}", f"www.{HELD}"])
def test_only_names_that_were_offered_are_taken(panel: StandingPanel, name: str) -> None:
    """Names of others, names that hold nothing back, the website's own name and odd ones reach no call."""
    session = log_in(panel, "bob")
    forms = [good_fields(panel, session, verb, HELD, [name]) for verb in ("exclude", "include")]
    with watched(panel) as traces:
        answers = [post(panel, session, form) for form in forms]
    assert [json.loads(answer.body)["answer"] for answer in answers] == ["refused", "refused"]
    assert not traces.changes
    assert not [path for path in traces.files if path.endswith(".json")]


def test_a_good_name_beside_a_bad_one_is_refused(panel: StandingPanel) -> None:
    """All names of a form have to be among those that were offered, or none is taken."""
    session = log_in(panel, "bob")
    with watched(panel) as traces:
        both = post(panel, session, good_fields(panel, session, "exclude", HELD, [f"mail.{HELD}", SHOP]))
        joined = post(panel, session, good_fields(panel, session, "exclude", HELD, [f"mail.{HELD},{SHOP}"]))
    assert [json.loads(answer.body)["answer"] for answer in (both, joined)] == ["refused", "refused"]
    assert not traces.changes


def test_excluding_asks_twice(panel: StandingPanel) -> None:
    """Without the answer to the second question nothing is excluded; with it exactly the offered name is."""
    session = log_in(panel, "bob")
    fields = good_fields(panel, session, "exclude", HELD, [f"mail.{HELD}"])
    with watched(panel) as traces:
        asked = [post(panel, session, changed(fields, confirm=said)) for said in (None, "", "no", "YES", "1")]
    assert {json.loads(answer.body)["answer"] for answer in asked} == {"confirm"}
    assert not traces.changes
    with watched(panel) as traces:
        assert json.loads(post(panel, session, fields).body)["answer"] == "excluded"
    assert traces.changes == ["SSL::add_autossl_excluded_domains", "SSL::start_autossl_check"]
    (call,) = [call for call in panel.calls() if "add" in call.name]
    assert call.args == {"domains": f"mail.{HELD}"}


@pytest.mark.point(31)
@pytest.mark.parametrize(
    "verb", ["", "RETRY", "retry ", "delete", "__class__", "perform", "retry\nexclude", "*", "repair"]
)
def test_verbs_that_are_not_ours_do_nothing(panel: StandingPanel, verb: str) -> None:
    """A verb is one of five words; a right sign for any other word opens nothing."""
    session = log_in(panel, "alice")
    with watched(panel) as traces:
        answer = post(panel, session, good_fields(panel, session, verb, SHOP))
    assert answer.status == 403
    assert did_nothing(traces)


def test_twenty_clicks_start_one_check(panel: StandingPanel) -> None:
    """Twenty clicks at once, also from two sessions, end in one call; the others are told that it has begun."""
    sessions = [log_in(panel, "alice"), log_in(panel, "alice")]
    forms = [(session, good_fields(panel, session, "retry", SHOP)) for session in sessions]
    with watched(panel) as traces, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: post(panel, *forms[number % 2]), range(20)))
    said = sorted(json.loads(answer.body)["answer"] for answer in answers)
    assert said == ["just_started"] * 19 + ["started"]
    assert traces.changes == ["SSL::start_autossl_check"]


def test_a_click_without_javascript_leads_back_to_the_page(panel: StandingPanel) -> None:
    """The redirect stays on the page, and what was posted cannot break out of the header."""
    session = log_in(panel, "alice")
    for site in (SHOP, f"{SHOP}\r\nX-Evil: 1", "https://evil.example/"):
        fields = good_fields(panel, session, "retry", site)
        answer = post(panel, session, fields, headers={"Accept": "text/html"})
        assert answer.status == 303
        assert answer.header("Location").startswith("index.live.cgi?notice=")
        assert not answer.header("X-Evil")
        assert set(answer.header("Location")) <= set(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.?=&%_-+"
        )


@pytest.mark.parametrize(
    "site",
    [
        SHOP,
        "",
    ],
)
def test_looking_again_is_possible(panel: StandingPanel, site: str) -> None:
    """The page's own button for a fresh look, with and without a website, is not refused by the page itself."""
    session = log_in(panel, "alice")
    with watched(panel) as traces:
        answer = post(panel, session, good_fields(panel, session, "look", site))
    assert json.loads(answer.body)["answer"] == "looking"
    assert not traces.changes
