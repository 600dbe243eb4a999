"""The JSON that other programs read: exactly the contract of the design, for every command that answers in it."""

import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autossl_doctor.causes.catalogue import load
from autossl_doctor.entry.cli import main
from autossl_doctor.entry.commands import READERS
from autossl_doctor.explain.words import Writer
from autossl_doctor.model.finding import CONFIDENCES, SEVERITIES, Renewal, Visitors, Who
from autossl_doctor.model.plain import argument, moment, utc
from autossl_doctor.present import as_json
from tests.causes.situations import judge, situations
from tests.lab import hosts
from tests.lab.hosts import CANARY, Account, Certificate, Cron, Extra, Host, Look, Run, Site, check, order
from tests.unit.choices import choices

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ACTIONS = {"retry", "save_key_type", "exclude", "include", "check"}
TYPES = {"domain", "domains", "ip", "moment", "duration", "count", "url", "quote", "text"}
CATALOGUE = load()

LINE = (
    "WARN Local HTTP DCV error (hana.example): The system queried for a temporary file at “http://hana.example/"
    ".well-known/acme-challenge/0123456789ABCDEFGHJKMNPQRSTVWXYZ”, but the web server responded with the following "
    "error: 404 (Not Found). A DNS (Domain Name System) or web server misconfiguration may exist."
)


@pytest.fixture(autouse=True)
def one_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The causes are read once for all answers."""
    monkeypatch.setattr("autossl_doctor.entry.commands.load", lambda: CATALOGUE)


def answer(*arguments: str) -> Any:
    """What a command prints, decoded."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        main([*arguments, "--format", "json"])
    assert printed.getvalue().endswith("\n")
    return json.loads(printed.getvalue())


# --- the contract, written down once more


def is_moment(value: Any) -> bool:
    """Whether a value is a point in time of the contract: UTC in whole seconds, ending in Z."""
    return isinstance(value, str) and MOMENT.fullmatch(value) is not None


def check_keys(value: Any, keys: str) -> None:
    """The value is an object with exactly these keys."""
    assert isinstance(value, dict)
    assert set(value) == set(keys.split())


def check_strings(value: Any, *, filled: bool = True) -> None:
    """The value is a list of strings."""
    assert isinstance(value, list)
    assert all(isinstance(item, str) and (item or not filled) for item in value)


def check_words(text: Any) -> None:
    """Title, meaning, reason and steps."""
    for field in ("title", "what", "why"):
        assert isinstance(text[field], str)
        assert text[field]
    assert text["steps"]
    for step in text["steps"]:
        check_keys(step, "say do")
        assert isinstance(step["say"], str)
        assert step["say"]
        assert step["do"] is None or step["do"] in ACTIONS


def check_send(send: Any) -> None:
    """Messages for those who must act."""
    assert set(send) <= {"dns", "host", "owner"}
    assert all(isinstance(text, str) and text for text in send.values())


def check_argument(value: Any, kind: str) -> None:
    """The value has the JSON form of its type."""
    if kind == "moment":
        assert is_moment(value)
    elif kind in ("duration", "count"):
        assert type(value) is int
        assert value >= 0
    elif kind == "domains":
        check_strings(value)
        assert value
    else:
        assert isinstance(value, str)
        assert value


def check_finding(finding: Any) -> None:
    """One finding, with its arguments as the cause declares them."""
    check_keys(finding, "cause who severity confidence domains args act_by evidence text")
    kinds = next(cause.args for cause in CATALOGUE.causes if cause.id == finding["cause"])
    assert finding["who"] in choices(Who)
    assert finding["severity"] in SEVERITIES
    assert finding["confidence"] in CONFIDENCES
    check_strings(finding["domains"])
    assert finding["act_by"] is None or is_moment(finding["act_by"])
    assert set(finding["args"]) <= set(kinds), finding["cause"]
    assert {name for name, kind in kinds.items() if not kind.endswith("?")} <= set(finding["args"]), finding["cause"]
    for name, value in finding["args"].items():
        check_argument(value, kinds[name].removesuffix("?"))
    assert isinstance(finding["evidence"], list)
    for seen in finding["evidence"]:
        check_keys(seen, "source at text")
        assert isinstance(seen["source"], str)
        assert isinstance(seen["text"], str)
        assert seen["at"] is None or is_moment(seen["at"]), seen
    check_keys(finding["text"], "title what why steps send")
    check_words(finding["text"])
    check_send(finding["text"]["send"])


def check_site(site: Any) -> None:
    """The verdict on one website."""
    check_keys(site, "account site domains visitors renewal uncovered certificate main findings could_not_check")
    assert isinstance(site["account"], str)
    assert isinstance(site["site"], str)
    assert site["visitors"] in choices(Visitors)
    assert site["renewal"] in choices(Renewal)
    check_strings(site["domains"])
    check_strings(site["uncovered"])
    # Wanted names are what the last run counted, too.
    tested = {name for finding in site["findings"] for name in finding["domains"]}
    assert set(site["uncovered"]) <= {*site["domains"], *tested}
    if site["certificate"] is not None:
        check_keys(site["certificate"], "issuer not_before not_after key_type covers")
        assert is_moment(site["certificate"]["not_before"])
        assert is_moment(site["certificate"]["not_after"])
        assert isinstance(site["certificate"]["issuer"], str)
        assert isinstance(site["certificate"]["key_type"], str)
        check_strings(site["certificate"]["covers"])
    assert site["findings"]
    for finding in site["findings"]:
        check_finding(finding)
    assert site["main"] == site["findings"][0]
    for missing in site["could_not_check"]:
        check_keys(missing, "fact why")
        assert isinstance(missing["fact"], str)
        assert isinstance(missing["why"], str)
        assert missing["fact"]
        assert missing["why"]


def check_report(report: Any) -> None:
    """The answer of `diagnose`."""
    check_keys(report, "schema generated_at host server_findings sites unrecognised")
    assert report["schema"] == 1
    assert is_moment(report["generated_at"])
    assert isinstance(report["host"], dict)
    for finding in report["server_findings"]:
        check_finding(finding)
    for site in report["sites"]:
        check_site(site)
    check_keys(report["unrecognised"], "lines samples")
    assert type(report["unrecognised"]["lines"]) is int
    check_strings(report["unrecognised"]["samples"])


# --- hosts on which every cause of this version speaks

ALICE, BOB, CAROL = Account("alice"), Account("bob"), Account("carol")
ODD = (
    Extra(contents="A frobnication of the whole run failed.", type="error", indent=0),
    Extra(contents=None),
    Extra(contents={"error": "odd"}, type="error"),
    Extra(raw=b"\xff\xfe no record"),
)


def _sectigo(**more: Any) -> Host:
    sites = (
        Site("waits.example", ALICE, certificate=Certificate(issuer=hosts.CPANEL, days_left=10), order=order.pending()),
        Site("fine.example", BOB, certificate=Certificate(issuer=hosts.CPANEL)),
    )
    return Host(now=NOW, provider="cPanel", version="11.110.0.50", sites=sites, **more)


def _failing() -> Host:
    sites = (
        Site("gone.example", ALICE, certificate=None, checks={"*": check.http_status(404)}),
        Site("crashes.example", BOB, certificate=Certificate(days_left=9), checks={"*": check.http_status(500)}),
        Site(
            "proxy.example", CAROL, certificate=hosts.self_signed(), checks={"*": check.elsewhere("2001:db8::7", 403)}
        ),
    )
    host = Host(now=NOW, sites=sites)
    return replace(host, runs=tuple(replace(run, extra=ODD) for run in hosts.scheduled_runs(host)))


def _web_servers() -> Host:
    """One website for each answer of a web server, and for each way in which a check file cannot be written."""
    secure = (
        "The system failed to fetch the DCV (Domain Control Validation) file at “{secure}”, which was redirected from "
    )
    outcomes = {
        "login": check.http_status(401),
        "silent": check.fetch_error("Could not connect to '{name}:80': Connection timed out"),
        "away": check.redirected("https://www.other.example/welcome"),
        "circles": check.too_many_redirects(),
        "page": check.content("<!doctype html>\x1b[31m“{url}”"),
        "handshake": check.raw(
            f"{secure}“{{url}}”, because of an error: SSL connection failed for {{name}}: no cipher."
        ),
        "full": check.tempfile_error(),
        "rootless": check.no_document_root(),
        "locked": check.mkdir_error(),
    }
    sites = (
        Site(f"{name}.example", Account(name), certificate=Certificate(days_left=9), checks={"*": outcome})
        for name, outcome in outcomes.items()
    )
    return Host(now=NOW, sites=tuple(sites))


def _died() -> Host:
    sites = (Site("first.example", ALICE, certificate=Certificate(days_left=12)), Site("second.example", BOB))
    return Host(now=NOW, sites=sites, runs=(Run(start=NOW - 4 * HOUR, after_accounts=1),), proc=True)


def _key_types() -> Host:
    """A key type that was changed after the only run that failed to bring it: the mismatch still stands."""
    account = Account("alice", key_type="ecdsa-prime256v1")
    sites = (Site("keys.example", account, order=order.refused("The order was refused by nobody in particular.")),)
    return Host(now=NOW, sites=sites)


JUST_DUE = Site("due.example", BOB, certificate=Certificate(days_left=28.98))
"""Its renewal window opened half an hour ago, after the last run."""
LOOKS = (Look(shown="expired", days_left=-2, issuer='<b>"CA" & 認証局</b>'),)
REFUSED = (Look(outcome="refused"),)
FINE = (Site("fine.example", ALICE), JUST_DUE)
HOSTS: Mapping[str, Host] = {
    "demo": hosts.demo_host(NOW),
    "fine": Host(now=NOW, sites=FINE),
    "failing": _failing(),
    "web servers": _web_servers(),
    "pending": _sectigo(),
    "pending too long": _sectigo(run_count=3),
    "schedule gone": Host(now=NOW, cron=Cron.MISSING, sites=FINE),
    "schedule broken": Host(now=NOW, cron="17 2 * * root /usr/local/cpanel/bin/autossl_check --all\n", sites=FINE),
    "schedule silent": Host(now=NOW, silent_for=timedelta(hours=9), sites=FINE),
    "switched off": Host(now=NOW, provider=None, cron=Cron.MISSING, sites=FINE),
    "died": _died(),
    "key types": _key_types(),
    "not served": Host(now=NOW, sites=(Site("fine.example", ALICE, looks=LOOKS), replace(JUST_DUE, looks=REFUSED))),
    "no logs": Host(now=NOW, runs=(), sites=FINE),
    "damaged": Host(
        now=NOW,
        sites=FINE,
        files={
            "etc/userdatadomains": b"\x00\xff",
            "var/cpanel/autossl.json": b"{",
            "var/cpanel/autossl_problems.sqlite": b"no database",
            "var/cpanel/ssl/apache_tls/fine.example/certificates": b"\x00",
            "etc/localtime": None,
        },
    ),
    "empty": Host(now=NOW),
}


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The trees of all hosts."""
    top = tmp_path_factory.mktemp("hosts")
    return {name: hosts.build(host, top / name.replace(" ", "-")) for name, host in HOSTS.items()}


every_host = pytest.mark.parametrize("name", HOSTS)


def diagnosis(root: Path, *more: str) -> Any:
    """The answer of `diagnose` about a saved host."""
    return answer("diagnose", "--root", str(root), "--now", "2026-11-22T12:30:00Z", *more)


@every_host
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("reader", ["owner", "admin"])
def test_a_report_follows_the_contract(roots: Mapping[str, Path], name: str, language: str, reader: str) -> None:
    """Keys, types, closed lists of words, moments and numbers are those of the design, and nothing else is there."""
    report = diagnosis(roots[name], "--lang", language, "--reader", reader)
    check_report(report)
    assert report["generated_at"] == "2026-11-22T12:30:00Z"
    assert len(report["sites"]) == len({site["site"] for site in report["sites"]})


def test_every_cause_follows_the_contract(tmp_path: Path) -> None:
    """A situation of each cause, with its words for both readers in both languages, has the form of the contract."""
    seen: set[str] = set()
    for number, (cause, situation) in enumerate(situations()):
        expected = situation["expect"]
        wanted = {cause} & {expected.get("main"), *expected.get("findings", ()), *expected.get("server", ())}
        if cause in seen or not wanted:
            continue
        verdict = judge(situation, tmp_path / str(number))
        for language in ("en", "ja"):
            for reader in READERS:
                writer = Writer(CATALOGUE.texts, language, reader, "Asia/Tokyo")
                if "text" not in situation:
                    check_report(as_json.report(verdict, writer))
                for finding in (*verdict.server_findings, *(each for site in verdict.sites for each in site.findings)):
                    check_finding(as_json.finding(finding, writer))
        seen |= {finding.cause for finding in verdict.server_findings}
        seen |= {finding.cause for site in verdict.sites for finding in site.findings}
    assert {cause.id for cause in CATALOGUE.causes} - seen == set()


@every_host
def test_a_report_without_a_moment_of_judgement_follows_the_contract(roots: Mapping[str, Path], name: str) -> None:
    """Without --now the newest time in the logs is the moment, and the form is the same."""
    check_report(answer("diagnose", "--root", str(roots[name])))


@every_host
def test_language_and_reader_change_words_only(roots: Mapping[str, Path], name: str) -> None:
    """Everything but `text` is the same for every reader."""

    def without_text(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: without_text(part) for key, part in value.items() if key != "text" or not isinstance(part, dict)
            }
        return [without_text(part) for part in value] if isinstance(value, list) else value

    english = diagnosis(roots[name], "--lang", "en", "--reader", "owner")
    japanese = diagnosis(roots[name], "--lang", "ja", "--reader", "admin")
    assert without_text(english) == without_text(japanese)
    if english["sites"]:
        assert english != japanese


@every_host
def test_no_private_key_is_ever_shown(roots: Mapping[str, Path], name: str) -> None:
    """Nothing of the files `combined`, and no key of the queue, comes out in any form."""
    commands = [["--format", form, "--lang", lang] for form in ("text", "json") for lang in ("en", "ja")]
    for more in commands:
        printed = io.StringIO()
        with redirect_stdout(printed):
            main(["diagnose", "--root", str(roots[name]), "--now", NOW.isoformat(), "--reader", "admin", *more])
        assert CANARY not in printed.getvalue()
        assert "PRIVATE KEY" not in printed.getvalue()


def test_by_cause_does_not_change_the_json(roots: Mapping[str, Path]) -> None:
    """--by-cause is a matter of the text."""
    assert diagnosis(roots["demo"], "--by-cause") == diagnosis(roots["demo"])


def test_a_run_level_finding_reaches_a_website_without_words(roots: Mapping[str, Path]) -> None:
    """What concerns the server reaches a website with points in time and durations only, besides its own name."""
    for name in ("schedule gone", "schedule broken", "schedule silent", "switched off"):
        report = diagnosis(roots[name])
        (server,) = report["server_findings"]
        kinds = {cause.id: cause.args for cause in CATALOGUE.causes}[server["cause"]]
        for site in report["sites"]:
            assert site["main"]["cause"] == server["cause"]
            assert site["main"]["evidence"] == []
            for argument_name in set(site["main"]["args"]) - {"site"}:
                assert kinds[argument_name].removesuffix("?") in ("moment", "duration")


# --- single values


def test_values_have_their_json_form() -> None:
    """Moments are UTC in whole seconds, durations whole seconds, counts integers, lists lists, the rest strings."""
    tokyo = datetime.fromisoformat("2026-11-22T21:30:00.999+09:00")
    assert argument(tokyo) == moment(tokyo) == "2026-11-22T12:30:00Z"
    assert argument(timedelta(hours=3, milliseconds=1900)) == 10801
    assert type(argument(timedelta(hours=3))) is int
    assert argument(7) == 7
    assert argument(("a.jp", "b.jp")) == ["a.jp", "b.jp"]
    assert argument("404") == "404"


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ("2026-11-22T11:17:13Z", "2026-11-22T11:17:13Z"),
        ("2026-11-22T11:17:13.000Z", "2026-11-22T11:17:13Z"),
        ("2026-11-22T20:17:13+09:00", "2026-11-22T11:17:13Z"),
        ("", None),
        (None, None),
        ("yesterday", None),
        ("2026-11-22 11:17:13", "2026-11-22T11:17:13Z"),
    ],
)
def test_evidence_has_a_moment_or_none(written: str | None, given: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of evidence is a moment of the contract or null, whatever a log or a database holds."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert utc(written) == given
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_damaged_time_in_the_problems_database_is_no_moment(tmp_path: Path) -> None:
    """A row with a broken time still gives a report of the contract."""
    site = Site("shop.example", ALICE, certificate=Certificate(days_left=9), checks={"*": check.http_status(404)})
    root = hosts.build(Host(now=NOW, sites=(site,)), tmp_path / "root")
    with closing(sqlite3.connect(root / "var/cpanel/autossl_problems.sqlite")) as connection:
        connection.execute("UPDATE problems SET time = 'soon after lunch', log = ''")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    report = diagnosis(root)
    check_report(report)
    assert report["sites"][0]["main"]["cause"] == "http_not_found"


# --- explain


@pytest.fixture
def pasted(tmp_path: Path) -> Path:
    """A file for `explain`."""
    return tmp_path / "pasted.txt"


TEXTS = {
    "a failure": LINE,
    "a failure and a stranger": f"{LINE}\nThe flux was realigned.",
    "two accounts": f"“hana” is suspended.\nAnalyzing “ume”’s domains …\nAnalyzing “ume.example” (website) …\n{LINE}",
    "nothing": "",
    "noise": "Nov 22 11:17:13 host kernel: all is well",
    "a running check": "The command is already running with the process ID: 4417",
    "a switched-off server": "This system has AutoSSL disabled.",
    "an order": (
        "[2026-11-20T03:14:01Z] The queue contains a request for a certificate for “ume”’s website “ume.example” "
        "(order item ID “70011223”).\n[2026-11-20T03:14:01Z]\tThe request’s start time is November 18, 2026 2:17:40 AM "
        "UTC, and its last poll time is November 20, 2026 3:12:02 AM UTC."
    ),
}
NAMELESS = {
    "renewal_deferred": "Impediment: SECURED_DOMAIN_DCV_FAILURE: One or more currently-secured domains failed DCV.",
    "all_domains_excluded": "Impediment: COMPLETELY_EXCLUDED: All domains are excluded from AutoSSL.",
    "external_certificate": "Impediment: CERTIFICATE_IS_EXTERNALLY_SIGNED: The certificate is not from AutoSSL.",
    "healthy": "TLS Status: OK",
    "not_due_yet": "TLS Status: Ready for Renewal",
    "key_type_mismatch": "TLS Status: Default Key Type Mismatch",
}
"""Excerpts that end above the website's own line: nothing in them says which website is meant."""


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_an_explanation_follows_the_contract(pasted: Path, text: str, language: str) -> None:
    """The first finding is the verdict; what was and was not recognised is counted and shown."""
    pasted.write_text(text, encoding="utf-8")
    explained = answer("explain", str(pasted), "--lang", language)
    check_keys(explained, "schema findings recognised unrecognised outside")
    assert explained["schema"] == 1
    assert explained["findings"]
    for finding in explained["findings"]:
        check_finding(finding)
    assert type(explained["recognised"]) is int
    check_strings(explained["unrecognised"])
    check_strings(explained["outside"])


@pytest.mark.parametrize("cause", NAMELESS)
def test_an_excerpt_that_names_no_website_follows_the_contract(pasted: Path, cause: str) -> None:
    """Where a text does not say which website is meant, no name is given, and the words are whole without it."""
    pasted.write_text(NAMELESS[cause], encoding="utf-8")
    (finding,) = answer("explain", str(pasted))["findings"]
    assert finding["cause"] == cause
    check_finding(finding)


@pytest.mark.parametrize("cause", ["healthy", "not_due_yet"])
def test_lines_of_evidence_are_counted_from_one(pasted: Path, cause: str) -> None:
    """Where the line is not known, the source stands without a number."""
    pasted.write_text(NAMELESS[cause], encoding="utf-8")
    for finding in answer("explain", str(pasted))["findings"]:
        assert not [seen for seen in finding["evidence"] if seen["source"].endswith(":0")]


def test_an_explanation_counts_what_it_knows(pasted: Path) -> None:
    """Recognised messages are counted, the others are shown as they are."""
    pasted.write_text(f"{LINE}\nThe flux was realigned.\n", encoding="utf-8")
    explained = answer("explain", str(pasted))
    assert explained["findings"][0]["cause"] == "http_not_found"
    assert explained["findings"][0]["confidence"] == "likely"
    assert explained["recognised"] == 1
    assert explained["unrecognised"] == ["The flux was realigned."]
    assert explained["outside"] == []


# --- causes


def templates(value: Any) -> Iterator[str]:
    """Every string inside an answer."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from templates(part)
    elif isinstance(value, list):
        for part in value:
            yield from templates(part)


def test_the_list_of_causes_follows_the_contract() -> None:
    """Each cause has its arguments with types and its complete words for both readers in both languages."""
    listed = answer("causes")
    assert [entry["id"] for entry in listed] == sorted(cause.id for cause in CATALOGUE.causes)
    for entry in listed:
        check_keys(entry, "id who severity actions args text")
        assert entry["who"] in choices(Who)
        assert entry["severity"] in SEVERITIES
        assert set(entry["actions"]) <= ACTIONS
        assert {kind.removesuffix("?") for kind in entry["args"].values()} <= TYPES
        check_keys(entry["text"], "en ja")
        for language in ("en", "ja"):
            check_keys(entry["text"][language], "owner admin send")
            for reader in ("owner", "admin"):
                check_keys(entry["text"][language][reader], "title what why steps")
                check_words(entry["text"][language][reader])
            check_send(entry["text"][language]["send"])
            assert set(entry["text"]["en"]["send"]) == set(entry["text"]["ja"]["send"])


def test_placeholders_of_the_list_are_declared_arguments() -> None:
    """What stands in braces is an argument of the cause, and nothing else stands in braces."""
    for entry in answer("causes"):
        for text in templates(entry["text"]):
            assert set(re.findall(r"\{([^{}]*)\}", text)) <= set(entry["args"])
            assert not re.search(r"[{}]", re.sub(r"\{\w+\}", "", text))


def test_the_list_has_the_messages_of_the_files() -> None:
    """Every message that a cause prepares for somebody is in the list, whoever reads it."""
    for entry in answer("causes"):
        for language in ("en", "ja"):
            declared = CATALOGUE.texts[entry["id"]][language].get("send") or {}
            assert set(entry["text"][language]["send"]) == set(declared)


def test_language_and_reader_do_not_change_the_list() -> None:
    """The list holds all words, whoever asks."""
    assert answer("causes", "--lang", "ja", "--reader", "admin") == answer("causes", "--lang", "en")


# --- bytes


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own."""
    command = [sys.executable, "-m", "autossl_doctor", *arguments]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, check=False, timeout=60)


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C.UTF-8"},
        {"PYTHONIOENCODING": "iso-8859-1"},
    ],
    ids=str,
)
def test_json_is_utf_8_everywhere(roots: Mapping[str, Path], environment: dict[str, str]) -> None:
    """Whatever the locale, the output is one JSON value in UTF-8, also with words that are not."""
    finished = run("diagnose", "--root", str(roots["failing"]), "--format", "json", "--lang", "ja", **environment)
    assert finished.returncode == 1
    assert finished.stderr == b""
    check_report(json.loads(finished.stdout.decode("utf-8")))
    assert "更新".encode() in finished.stdout


@pytest.mark.parametrize("contents", ["lone \\ud800 surrogate", "nul \\u0000 sign", "\\u202e turned"])
def test_odd_signs_in_a_log_do_not_break_the_json(pasted: Path, contents: str) -> None:
    """Signs that JSON can spell and UTF-8 cannot do not stop the answer."""
    pasted.write_text(
        f'{{"timestamp":"2026-11-22T11:17:00Z","type":"error","indent":0,"contents":"{contents}"}}\n', encoding="ascii"
    )
    finished = run("explain", str(pasted), "--format", "json")
    assert finished.returncode == 2
    assert json.loads(finished.stdout.decode("utf-8"))["findings"][0]["cause"] == "unknown_problem"
