"""Texts that a person pastes: whatever their form, the same messages."""

import json
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autossl_doctor.collect.pasted import SOURCE, read_pasted
from autossl_doctor.collect.signatures.lexicon import lines, reasons
from autossl_doctor.model.fact import Known
from autossl_doctor.model.log import LogFact, Run, RunReading
from tests.lab import hosts
from tests.lab.hosts import Account, Certificate, Host, Site, check
from tests.lab.reading import run_directories

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
AT = "2026-11-20T02:17:14Z"
REASON = "“www.shop.example” does not resolve to any IP addresses on the internet."
MESSAGE = f"Local HTTP DCV error (www.shop.example): {REASON}"


def pasted(text: str) -> tuple[Run, RunReading]:
    """The one run that a pasted text stands for, and what it says."""
    found = read_pasted(text, NOW, "Asia/Tokyo").runs
    assert isinstance(found, Known)
    (pair,) = found.value
    return pair


def said(text: str) -> dict[str, list[LogFact]]:
    """What was said about each name, whatever the account."""
    return {name: list(facts) for account in pasted(text)[1].accounts.values() for name, facts in account.names.items()}


def websites(text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """The websites that a text is about: name, account, names."""
    found = read_pasted(text, NOW, "Asia/Tokyo").websites
    assert isinstance(found, Known)
    return [(site.name, site.account, site.names) for site in found.value]


# --- forms


@pytest.mark.parametrize(
    ("text", "at", "severity"),
    [
        (MESSAGE, "", "out"),
        (f"   {MESSAGE}\t", "", "out"),
        (REASON, "", "out"),
        (f"HTTP DCV: {REASON}", "", "out"),
        (f"[{AT}]\t\t\t{MESSAGE}", AT, "out"),
        (f"[{AT}] {MESSAGE}", AT, "out"),
        (f"[{AT}]   WARN {MESSAGE}", AT, "warn"),
        (f"WARN {MESSAGE}", "", "warn"),
        (f"[ERROR] {MESSAGE}", "", "error"),
        (f"WARNING: {MESSAGE}", "", "warn"),
        (f"ERROR: {REASON}", "", "error"),
        (f"INFO HTTP DCV: {REASON}", "", "out"),
        (f"[2026-11-20 11:17:14 +0900] info [autossl_check] {MESSAGE}", "", "out"),
        (json.dumps({"timestamp": AT, "type": "warn", "indent": 3, "contents": MESSAGE}), AT, "warn"),
        (json.dumps({"contents": MESSAGE}, ensure_ascii=False), "", "out"),
        (MESSAGE.replace("“", '"').replace("”", '"'), "", "out"),
        (f"(XID 55jkbt) {MESSAGE}", "", "out"),
        (f"Dear administrator,\n\n{MESSAGE}\n\nKind regards", "", "out"),
    ],
)
def test_a_message_is_found_in_every_form(text: str, at: str, severity: str) -> None:
    """Lines of either log, records, recorded problems and bare reasons say the same."""
    (facts,) = said(text).values()
    (fact,) = facts
    assert (fact.kind, fact.event) == ("dns.no_address", "http_failed")
    assert (fact.source, fact.at, fact.severity) == (SOURCE, at, severity)
    assert fact.number == (3 if text.startswith("Dear") else 1)
    assert list(said(text)) == ["www.shop.example"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(end: str) -> None:
    """Every kind of line break parts messages, and their numbers are those of the text."""
    facts = said(end.join((MESSAGE, "", MESSAGE.replace("www.", "mail."))))
    assert {name: fact.number for name, (fact,) in facts.items()} == {"www.shop.example": 1, "mail.shop.example": 3}


def test_a_recorded_problem_is_parted() -> None:
    """Each method's reason is a failure of its own, of the same name."""
    facts = said(f"DNS DCV: No local authority: “www.shop.example”; HTTP DCV: {REASON}")["www.shop.example"]
    assert [(fact.kind, fact.event) for fact in facts] == [
        ("reason.no_authority", "dns_failed"),
        ("dns.no_address", "http_failed"),
    ]


def test_a_message_that_a_mail_program_broke_is_joined() -> None:
    """A notice that was broken into short lines is one message."""
    text = "The system failed to install an SSL certificate onto the website\n“shop.example” because of the "
    text += "following error:\ndisk full"
    ((name, _, _),) = websites(text)
    assert name == "shop.example"
    assert pasted(text)[1].unrecognised.lines == 0


DEFERRAL = (
    "shop.example: AutoSSL would normally renew this certificate now, but 1 of the website’s secured domains just "
    "failed DCV (Domain Control Validation). To provide you with more time to resolve this problem, AutoSSL will "
    "defer the renewal until Jan 14, 2027 at 11:59:59 PM UTC. After that time, AutoSSL will request a replacement "
    "certificate that excludes any domains that fail DCV."
)
ELSEWHERE = (
    "The system queried for a temporary file at “http://www.shop.example/.well-known/acme-challenge/X”, but the web "
    "server responded with the following error: 404 (Not Found). A DNS (Domain Name System) or web server "
    "misconfiguration may exist. The domain “www.shop.example” resolved to an IP address “203.0.113.77” that does not "
    "exist on this server."
)


@pytest.mark.parametrize("mark", ["", "> ", ">> ", "\t"])
@pytest.mark.parametrize("width", [40, 60, 72, 79])
@pytest.mark.parametrize(
    ("message", "kinds"),
    [
        (ELSEWHERE, ["dns.elsewhere"]),
        (f"Local HTTP DCV error (www.shop.example): {ELSEWHERE}", ["dns.elsewhere"]),
        (f"[{AT}]\t\t\tLocal HTTP DCV error (www.shop.example): {ELSEWHERE}", ["dns.elsewhere"]),
        (
            f"DNS DCV: No local authority: “www.shop.example”; HTTP DCV: {REASON}",
            ["reason.no_authority", "dns.no_address"],
        ),
        (
            f"www.shop.example,DNS DCV: No local authority: “www.shop.example”; HTTP DCV: {ELSEWHERE}",
            ["reason.no_authority", "dns.elsewhere"],
        ),
    ],
)
def test_a_reason_is_whole_however_its_lines_are_broken(message: str, kinds: list[str], width: int, mark: str) -> None:
    """Mails and terminals break reasons anywhere, and mark each line of what they quote."""
    wrapped = textwrap.wrap(message, width, break_long_words=False, break_on_hyphens=False)
    text = "".join(f"{mark}{line}\n" for line in [*wrapped, "", "Hello, what must I do?"])
    assert [fact.kind for fact in said(text)["www.shop.example"]] == kinds
    assert pasted(text)[1].unrecognised.samples == ("Hello, what must I do?",)


@pytest.mark.parametrize("width", [60, 72, 79])
def test_a_quoted_mail_is_read_notice_by_notice(width: int) -> None:
    """A notice that was broken and quoted is one message, and what follows it is another."""
    parts = (DEFERRAL, "mail.shop.example (checked on Jan 3, 2027 at 1:10:09 AM UTC)", REASON.replace("www.", "mail."))
    wrapped = [line for part in parts for line in [*textwrap.wrap(part, width, break_on_hyphens=False), ""]]
    text = "".join(f"> {line}".rstrip() + "\n" for line in wrapped)
    site = pasted(text)[1].accounts[""].websites["shop.example"]
    assert [fact.kind for fact in site.facts] == ["notice.deferred"]
    assert [fact.kind for fact in said(text)["mail.shop.example"]] == ["dns.no_address"]
    assert pasted(text)[1].unrecognised.lines == 0


@pytest.mark.parametrize("mark", ["", "    ", "> "])
def test_lines_may_be_broken_within_an_address_and_before_the_error(mark: str) -> None:
    """A terminal breaks anywhere; the error of a connection is no message of its own behind a test that failed."""
    text = f"""Local HTTP DCV error (www.shop.example): The system failed to
{mark}fetch the DCV (Domain Control Validation) file at “http://www.shop.example/.well-known/
{mark}acme-challenge/ABC” because of an error: Could not connect to 'www.shop.example:80':
{mark}Connection timed out."""
    assert [fact.kind for fact in said(text)["www.shop.example"]] == ["http.no_answer"]


def test_texts_of_json_are_lines() -> None:
    """A program that prints one field of each record puts every message into quotation marks."""
    text = "\n".join(json.dumps(line) for line in ("Analyzing “shop.example” (website) …", MESSAGE))
    assert [fact.kind for fact in said(text)["www.shop.example"]] == ["dns.no_address"]


@pytest.mark.parametrize("front", ["12:05 PM Taro: ", "<taro> ", "see: ", "Taro: ERROR "])
def test_who_quotes_a_message_is_no_part_of_it(front: str) -> None:
    """A message in a talk is the message; words that only end in one are not."""
    assert [fact.kind for fact in said(front + MESSAGE)["www.shop.example"]] == ["dns.no_address"]
    assert pasted(f"{front}“alice” is suspended.")[1].recognised == 1
    assert pasted(f"{front}he said “alice” is suspended.")[1].recognised == 0


def test_lines_of_their_own_are_not_joined() -> None:
    """A whole message takes in neither the next one nor what a person writes below it."""
    text = f"Impediment: TOTAL_DCV_FAILURE: Every domain failed DCV.\nThe rest is fine.\n{MESSAGE}\n{REASON}\n"
    assert pasted(text)[1].unrecognised.samples == ("The rest is fine.",)
    assert len(said(text)["www.shop.example"]) == 2


ROWS = (
    "  domain = www.shop.example\nusername = shop\n problem = {}\n    time = 2026-12-05T08:17:40Z\n",
    "*** 1. row ***\n  domain: www.shop.example\n problem: {}\n",
    '"problem": "{}",\n"time": "2026-12-05T08:17:40Z",\n"domain": "www.shop.example"\n',
    "- problem: '{}'\n  domain: www.shop.example\n",
    "- domain: www.shop.example\n  problem: {}\n",
)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_with_one_key_a_line_tells_its_name(row: str) -> None:
    """Databases and parts of answers give name and problem in lines of their own, in any order."""
    other = row.replace("www.shop.example", "tea.example").format("MASTER DCV: A rate limit prevents DCV.")
    text = row.format("HTTP DCV: DCV omitted.") + "\n" + other
    kinds = {name: [fact.kind for fact in facts] for name, facts in said(text).items()}
    assert kinds["www.shop.example"] == ["website.not_validated"]
    assert list(kinds) == ["www.shop.example", "tea.example"]


def test_contents_that_are_no_message_are_counted() -> None:
    """Broken records and records without text are shown as unrecognised lines."""
    text = '{"timestamp":"x","contents":null}\n{"contents":\n{}\nHello\n'
    assert pasted(text)[1].unrecognised.lines == 4
    assert websites(text) == []


@pytest.mark.parametrize("text", ["", "\n \n", f"[{AT}]", "\x1b[0m", "\u00a0", "{}", "ERROR:"])
def test_an_empty_text_says_nothing(text: str) -> None:
    """A text without words gives no website, and does not raise."""
    assert pasted(text)[1].recognised == 0
    assert websites(text) == []


def test_a_pasted_text_is_a_finished_run_of_nobody() -> None:
    """It counts as text, as pasted, and gives no moment of judgement."""
    reading = read_pasted(MESSAGE, NOW, "Asia/Tokyo")
    assert (reading.pasted, reading.now_given, reading.now, reading.zone) == (True, False, NOW, "Asia/Tokyo")
    run, _ = pasted(MESSAGE)
    assert (run.state, run.from_text) == ("finished", True)


# --- scopes


def test_scopes_need_no_times_and_depths() -> None:
    """Headers open scopes although the depth was lost in pasting."""
    text = "Analyzing “alice”’s domains …\nAnalyzing “a.example” (website) …\nTLS Status: Defective\n"
    text += "Analyzing “bob”’s domains …\nAnalyzing “b.example” (website) …\nTLS Status: OK\n"
    assert websites(text) == [("a.example", "alice", ("a.example",)), ("b.example", "bob", ("b.example",))]
    accounts = pasted(text)[1].accounts
    assert accounts["alice"].websites["a.example"].status == "defective"
    assert accounts["bob"].websites["b.example"].status == "ok"


def test_times_may_go_backwards() -> None:
    """People paste the newest lines first."""
    text = f"[2026-11-20T03:00:00Z] {MESSAGE}\n[{AT}] {MESSAGE}"
    assert len(said(text)["www.shop.example"]) == 2
    assert pasted(text)[1].unrecognised.lines == 0


def test_a_status_without_a_website_belongs_to_the_tested_name() -> None:
    """With one tested name in the text, what has no website is about that one."""
    text = f"TLS Status: Defective\nCertificate expiry: 11/19/26, 3:12 AM UTC (2 days ago)\n{MESSAGE}"
    assert websites(text) == [("shop.example", "", ("shop.example", "www.shop.example"))]
    site = pasted(text)[1].accounts[""].websites["shop.example"]
    assert (site.status, site.expiry) == ("defective", "11/19/26, 3:12 AM UTC (2 days ago)")


def test_two_tested_names_are_not_mixed() -> None:
    """Where two names were tested, a status without a website is about neither."""
    text = f"{MESSAGE}\nTLS Status: Defective\n{MESSAGE.replace('shop.', 'tea.')}"
    assert {name for name, _, _ in websites(text)} == {"", "shop.example", "tea.example"}
    assert "shop.example" not in pasted(text)[1].accounts[""].websites


def test_service_names_are_no_aliases() -> None:
    """A website that only its service names tell of has its own name."""
    assert websites(MESSAGE.replace("www.", "mail.")) == [("shop.example", "", ("shop.example",))]


def test_an_end_names_the_account_of_what_was_pasted() -> None:
    """The last line of an account tells whose the nameless lines before it are."""
    text = f"{MESSAGE}\nThe system has completed “alice”’s AutoSSL check."
    assert websites(text) == [("shop.example", "alice", ("shop.example", "www.shop.example"))]
    assert pasted(text)[1].accounts["alice"].finished


# --- a whole log


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a run over two accounts."""
    sites = (
        Site(
            "a.example", Account("alice"), certificate=Certificate(days_left=10), checks={"www.": check.content("MARK")}
        ),
        Site(
            "v.example", Account("victim"), certificate=Certificate(days_left=10), checks={"www.": check.no_address()}
        ),
    )
    host = Host(now=NOW, sites=sites, runs=(hosts.Run(start=NOW - timedelta(hours=4)),))
    return run_directories(hosts.build(host, tmp_path_factory.mktemp("pasted") / "root"))[-1]


@pytest.mark.parametrize("file", ["json", "txt"])
def test_a_whole_log_may_be_pasted(log: Path, file: str) -> None:
    """Either file of a run says the same as on the host, and nothing is left over."""
    text = (log / file).read_text(encoding="utf-8")
    reading = pasted(text)[1]
    assert reading.unrecognised.lines == 0
    assert {name for name, _, _ in websites(text)} == {"a.example", "v.example"}
    kinds = {name: {fact.kind for fact in facts} for name, facts in said(text).items()}
    assert (kinds["www.a.example"], kinds["www.v.example"]) == ({"http.content"}, {"dns.no_address"})
    assert all(account.finished for account in reading.accounts.values())


LURES = [line for signature in lines().signatures for line in signature.match]
LURES = [line.replace("alice", "victim").replace("a.example", "v.example") for line in LURES]
QUOTED = st.lists(
    st.one_of(
        st.sampled_from(LURES),
        st.sampled_from(
            ["\n", "\r\n", "”", "“", '"', "” of the DCV ", f"\n[{AT}] ", "\nHTTP DCV: ", "\nERROR ", "\n{"]
        ),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    ),
    max_size=8,
).map(lambda parts: "".join(parts)[:128])


@given(content=QUOTED)
@example(content="\nProcessing “victim”’s local DCV results …\nHTTP DCV: “www.v.example” does not")
def test_quoted_content_never_changes_another_account(log: Path, content: str) -> None:
    """Lines in the answer of alice's website are hers in a pasted text log too."""
    text = (log / "txt").read_text(encoding="utf-8")
    plain, forged = pasted(text)[1].accounts, pasted(text.replace("MARK", content))[1].accounts
    assert forged.keys() == plain.keys()
    left, right = plain["victim"], forged["victim"]
    assert {name: [fact.kind for fact in facts] for name, facts in left.names.items()} == {
        name: [fact.kind for fact in facts] for name, facts in right.names.items()
    }
    assert left.websites.keys() == right.websites.keys()
    assert [fact.kind for fact in left.facts] == [fact.kind for fact in right.facts]


# --- any text


SAMPLES = [line for book in (lines(), reasons()) for signature in book.signatures for line in signature.match]
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.one_of(
            st.sampled_from(SAMPLES),
            st.sampled_from(
                ["\n", "\r", " ", f"[{AT}] ", "ERROR ", "HTTP DCV: ", "; DNS DCV: ", "{", "}", '{"contents":"']
            ),
            st.text(max_size=4),
        ),
        max_size=12,
    ).map("".join),
)


@given(text=TEXTS)
@example(text="\udcff{}\ud800")
@example(text='{"contents":"\\ud800"}')
@example(text="HTTP DCV: ; DNS DCV:  ; MASTER DCV: ")
def test_no_text_raises(text: str) -> None:
    """Any text gives a reading, and websites whose names it really holds."""
    _, reading = pasted(text)
    assert reading.recognised >= 0
    lowered = text.lower()
    for name, _, names in websites(text):
        assert name in lowered
        assert all(each in lowered for each in names)
