"""The command line as people and programs use it: answers, exit statuses, languages, filters and trouble."""

import io
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import autossl_doctor
from autossl_doctor.entry.cli import main
from autossl_doctor.explain.interface import Interface
from tests.lab import hosts
from tests.lab.hosts import Account, Certificate, Cron, Extra, Host, Site, check

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
AT = "2026-11-22T12:30:00Z"
FINE, TROUBLE, NOT_JUDGED, USAGE, NO_INPUT, INTERNAL = 0, 1, 2, 64, 66, 70
OF_THIS_VERSION = ("diagnose", "explain", "history", "refresh", "follow", "status", "repair", "causes")
OF_LATER_VERSIONS = ("check", "retry", "fix", "metrics", "fleet")
PROGRAM = Path(sys.executable).with_name("autossl-doctor")
RULES = "autossl_doctor.causes"

HEALTHY = Site("shop.example", Account("alice"))
PARKED = Site("tea.example", Account("alice"), kind="addon", parked=("cake.example",))
ADDON = "tea.example.shop.example"
"""The name of the addon domain's website: cPanel makes a subdomain for it."""
BROKEN = Site(
    "bike.example",
    Account("bob"),
    certificate=Certificate(days_left=8),
    checks={"*": check.http_status(404)},
)
NOT_FOUND = (
    "Local HTTP DCV error (hana.example): The system queried for a temporary file at “http://hana.example/.well-known/"
    "acme-challenge/0123456789ABCDEFGHJKMNPQRSTVWXYZ”, but the web server responded with the following error: 404 "
    "(Not Found). A DNS (Domain Name System) or web server misconfiguration may exist."
)


@dataclass(frozen=True)
class Answer:
    """What a command printed and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer decoded."""
        return json.loads(self.out)


Command = Callable[..., Answer]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in this process."""

    def run(*arguments: str) -> Answer:
        try:
            status = main(arguments)
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 0
        return Answer(status, *capsys.readouterr())

    return run


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same language and the same strictness, whoever runs the tests."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "PYTHONDEVMODE"):
        monkeypatch.delenv(name, raising=False)


def build(directory: Path, *sites: Site, **more: Any) -> str:
    """A saved host with these websites."""
    return str(hosts.build(Host(now=NOW, sites=sites, **more), directory / "root"))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A saved host: two accounts, of which one is in trouble; the log has a line about each that nobody knows."""
    sites = (HEALTHY, PARKED, BROKEN)
    odd = (
        Extra(contents="Something odd happened to “bob” and to bike.example.", indent=1),
        Extra(contents="Nobody knows why bike.example squeaks.", type="warn", indent=2, after="bike.example”’s DCV"),
        Extra(contents="Something odd happened to “alice” and to shop.example.", indent=1),
    )
    runs = tuple(replace(run, extra=odd) for run in hosts.scheduled_runs(Host(now=NOW, sites=sites)))
    return build(tmp_path_factory.mktemp("saved"), *sites, runs=runs)


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A saved host on which nothing is wrong."""
    return build(tmp_path_factory.mktemp("healthy"), HEALTHY)


# --- exit statuses


def test_nothing_wrong_answers_0(command: Command, healthy: str) -> None:
    """A host without trouble ends with 0."""
    answer = command("diagnose", "--root", healthy, "--now", AT)
    assert (answer.status, answer.err) == (FINE, "")
    assert "shop.example is safe" in answer.out


def test_trouble_answers_1(command: Command, root: str) -> None:
    """A warning or something worse ends with 1."""
    answer = command("diagnose", "--root", root, "--now", AT)
    assert (answer.status, answer.err) == (TROUBLE, "")


def test_server_trouble_answers_1(command: Command, tmp_path: Path) -> None:
    """A server finding counts although every website is fine, and also where there is no website."""
    assert (
        command("diagnose", "--root", build(tmp_path / "a", HEALTHY, cron=Cron.MISSING), "--now", AT).status == TROUBLE
    )
    assert command("diagnose", "--root", build(tmp_path / "b", cron=Cron.MISSING), "--now", AT).status == TROUBLE


def test_a_website_that_cannot_be_judged_answers_2(command: Command, tmp_path: Path) -> None:
    """Without trouble, but with something that could not be looked at, the answer is 2 and never 0."""
    root = build(tmp_path, HEALTHY)
    directory = Path(root, "var/cpanel/logs/autossl")
    shutil.rmtree(directory)
    directory.write_text("not a directory", encoding="utf-8")
    answer = command("diagnose", "--root", root, "--now", AT, "--format", "json")
    assert answer.status == NOT_JUDGED
    (site,) = answer.json["sites"]
    assert site["renewal"] == "unknown"
    assert site["main"]["cause"] == "unknown_problem"
    assert site["main"]["args"]["reason"] == "not_readable"
    assert (site["main"]["severity"], site["main"]["confidence"]) == ("notice", "possible")
    assert "runs" in [missing["fact"] for missing in site["could_not_check"]]


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("wanted", [["--domain", "nowhere.example"], ["--account", "nobody"]], ids=str)
def test_what_is_not_there_answers_2(command: Command, root: str, wanted: list[str], language: str) -> None:
    """A domain or an account that the host does not have is said to be missing, in the reader's language."""
    answer = command("diagnose", "--root", root, "--now", AT, "--lang", language, *wanted)
    assert answer.status == NOT_JUDGED
    assert Interface(language).say("no_such_site", name=wanted[1]) in answer.out
    assert command("diagnose", "--root", root, "--now", AT, "--format", "json", *wanted).json["sites"] == []


@pytest.mark.parametrize(
    "path",
    [pytest.param("missing", id="missing"), pytest.param("file", id="a file"), pytest.param("loop", id="a loop")],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_root_that_cannot_be_opened_answers_66(command: Command, tmp_path: Path, path: str, form: str) -> None:
    """One sentence on standard error names the directory, and nothing is printed."""
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    answer = command("diagnose", "--root", str(tmp_path / path), "--format", form)
    assert (answer.status, answer.out) == (NO_INPUT, "")
    assert answer.err.count("\n") == 1
    assert str(tmp_path / path) in answer.err


@pytest.mark.parametrize("path", ["missing", ""], ids=["missing", "a directory"])
def test_a_text_that_cannot_be_opened_answers_66(command: Command, tmp_path: Path, path: str) -> None:
    """A file that is not there, or is none, is named in one sentence."""
    answer = command("explain", str(tmp_path / path))
    assert (answer.status, answer.out) == (NO_INPUT, "")
    assert answer.err.count("\n") == 1
    assert str(tmp_path) in answer.err


# --- wrong usage


@pytest.mark.parametrize("name", OF_LATER_VERSIONS)
def test_a_command_of_a_later_version_answers_64_and_is_not_offered(command: Command, name: str) -> None:
    """What this version does not have is no command, and --help does not name it."""
    answer = command(name)
    assert (answer.status, answer.out) == (USAGE, "")
    assert name in answer.err
    assert f"  {name} " not in command("--help").out


def test_help_offers_the_commands_of_this_version(command: Command) -> None:
    """--help lists each command once, and ends with 0."""
    answer = command("--help")
    assert (answer.status, answer.err) == (0, "")
    listed = [line.split()[0] for line in answer.out.splitlines() if line.startswith("    ") and line.split()]
    assert [name for name in listed if name in (*OF_THIS_VERSION, *OF_LATER_VERSIONS)] == list(OF_THIS_VERSION)


@pytest.mark.parametrize("name", OF_THIS_VERSION)
def test_every_command_explains_itself(command: Command, name: str) -> None:
    """Each command has --help, and takes a format, a language and a reader."""
    answer = command(name, "--help")
    assert (answer.status, answer.err) == (0, "")
    for option in ("--format", "--lang", "--reader"):
        assert option in answer.out


def test_the_version_is_told(command: Command) -> None:
    """--version names the program and its version."""
    assert command("--version").out == f"autossl-doctor {autossl_doctor.__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["cure"],
        ["--frobnicate"],
        ["diagnose", "--frobnicate"],
        ["diagnose", "shop.example"],
        ["diagnose", "--lang", "fr"],
        ["diagnose", "--format", "xml"],
        ["diagnose", "--reader", "guest"],
        ["diagnose", "--root"],
        ["explain", "one", "two"],
        ["causes", "--account", "alice"],
    ],
    ids=" ".join,
)
def test_wrong_usage_answers_64(command: Command, words: list[str]) -> None:
    """A mistyped command or option is named on standard error with the usage, and nothing is printed."""
    answer = command(*words)
    assert (answer.status, answer.out) == (USAGE, "")
    assert answer.err.startswith("usage: ")


@pytest.mark.parametrize(
    "moment",
    [
        "yesterday",
        "2026-13-01T00:00:00Z",
        "2026-11-22T25:00:00Z",
        "12:30",
        "1766000000",
        "2026-11-22T12:30:00Z ",
        "",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59Z",
    ],
)
def test_a_wrong_moment_answers_64(command: Command, healthy: str, moment: str) -> None:
    """What is no point in time is wrong usage, and nothing is judged."""
    answer = command("diagnose", "--root", healthy, f"--now={moment}")
    assert (answer.status, answer.out) == (USAGE, "")
    assert moment in answer.err


@pytest.mark.parametrize("moment", [AT, "2026-11-22T21:30:00+09:00", "2026-11-22T12:30:00", "2026-11-22T12:30:00.000Z"])
def test_a_moment_may_be_written_in_several_ways(command: Command, healthy: str, moment: str) -> None:
    """With an offset, without one (UTC) and with a fraction it is the same moment."""
    answer = command("diagnose", "--root", healthy, "--now", moment, "--format", "json")
    assert answer.json["generated_at"] == AT


def test_an_empty_root_is_not_the_running_machine(command: Command) -> None:
    """An option without its value never means another host than the one that was meant."""
    answer = command("diagnose", "--root", "", "--now", AT)
    assert answer.status in (USAGE, NO_INPUT)
    assert answer.out == ""


# --- what was asked for


def test_an_account_sees_only_its_own_websites(command: Command, root: str) -> None:
    """Of another account nothing is shown: no website, no name, no line of the log."""
    for form in ("text", "json"):
        mine = command("diagnose", "--root", root, "--now", AT, "--account", "alice", "--format", form)
        assert mine.status == FINE
        assert "shop.example" in mine.out
        assert "tea.example" in mine.out
        assert "bob" not in mine.out
        assert "bike" not in mine.out
        other = command("diagnose", "--root", root, "--now", AT, "--account", "bob", "--format", form)
        assert other.status == TROUBLE
        assert "bike.example" in other.out
        assert "alice" not in other.out
        assert "shop.example" not in other.out


@pytest.mark.parametrize(
    ("wanted", "site"),
    [
        ("shop.example", "shop.example"),
        ("www.shop.example", "shop.example"),
        ("SHOP.Example.", "shop.example"),
        ("cake.example", ADDON),
        ("www.cake.example", ADDON),
        ("mail.tea.example", ADDON),
        ("tea.example", ADDON),
        ("bike.example", "bike.example"),
    ],
)
def test_a_domain_leads_to_its_website(command: Command, root: str, wanted: str, site: str) -> None:
    """A name in any spelling, an alias and a service name find the one website that they belong to."""
    answer = command("diagnose", "--root", root, "--now", AT, "--domain", wanted, "--format", "json")
    assert [found["site"] for found in answer.json["sites"]] == [site]


@pytest.mark.parametrize("wanted", ["example", "hop.example", "xshop.example", "*", "shop.example.jp"])
def test_a_part_of_a_name_is_no_name(command: Command, root: str, wanted: str) -> None:
    """Only whole names count."""
    answer = command("diagnose", "--root", root, "--now", AT, "--domain", wanted, "--format", "json")
    assert (answer.status, answer.json["sites"]) == (NOT_JUDGED, [])


def test_account_and_domain_must_both_fit(command: Command, root: str) -> None:
    """Another account's domain is not there."""
    wanted = ["--account", "alice", "--domain", "bike.example"]
    answer = command("diagnose", "--root", root, "--now", AT, "--format", "json", *wanted)
    assert (answer.status, answer.json["sites"]) == (NOT_JUDGED, [])


def test_a_saved_host_without_a_moment_is_judged_by_its_logs(command: Command, root: str) -> None:
    """Without --now the newest log time counts, and the schedule could not be checked."""
    report = command("diagnose", "--root", root, "--format", "json").json
    assert report["generated_at"].startswith("2026-11-22T11:1")
    assert report["server_findings"] == []
    for site in report["sites"]:
        assert "schedule" in [missing["fact"] for missing in site["could_not_check"]]


def test_a_saved_host_is_left_as_it_was(command: Command, root: str) -> None:
    """Reading changes nothing: no file appears beside a database, and no file is younger than before."""

    def state() -> dict[str, tuple[int, int, int]]:
        found = {}
        for path in Path(root).rglob("*"):
            facts = path.lstat()
            found[str(path)] = facts.st_mtime_ns, facts.st_size, facts.st_mode
        return found

    before = state()
    command("diagnose", "--root", root, "--now", AT)
    assert state() == before


@pytest.mark.skipif(Path("/usr/local/cpanel").exists(), reason="this machine has cPanel")
def test_a_machine_without_the_panel_is_not_judged(command: Command) -> None:
    """Without --root and without cPanel one sentence says that there is nothing to judge."""
    answer = command("diagnose")
    assert (answer.status, answer.out) == (NOT_JUDGED, "")
    assert answer.err.count("\n") == 1


# --- language and reader


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja"}, "ja"),
        ({"LC_ALL": "ja_JP.eucJP", "LANG": "en_US.UTF-8"}, "ja"),
        ({"LC_ALL": "C", "LANG": "ja_JP.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
    ],
    ids=str,
)
def test_the_language_comes_from_the_environment(
    command: Command, healthy: str, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str
) -> None:
    """LC_ALL counts before LANG; what is neither English nor Japanese is answered in English."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    japanese = "安全です" in command("diagnose", "--root", healthy, "--now", AT).out
    assert ("ja" if japanese else "en") == language
    assert "安全です" in command("diagnose", "--root", healthy, "--now", AT, "--lang", "ja").out
    assert "is safe" in command("diagnose", "--root", healthy, "--now", AT, "--lang", "en").out


@pytest.mark.parametrize(("user", "reader"), [(0, "admin"), (1000, "owner")])
def test_the_reader_is_the_admin_only_as_root(
    command: Command, root: str, monkeypatch: pytest.MonkeyPatch, user: int, reader: str
) -> None:
    """Root reads the admin's words, everybody else the owner's, unless --reader says otherwise."""
    words = {"admin": "is answered with 404", "owner": "cannot find its check file"}
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert words[reader] in command("diagnose", "--root", root, "--now", AT).out
    for wanted, sentence in words.items():
        assert sentence in command("diagnose", "--root", root, "--now", AT, "--reader", wanted).out


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_list_of_causes_has_one_line_for_each(command: Command, language: str) -> None:
    """Each cause is named with its title, in the order of the ids."""
    answer = command("causes", "--lang", language)
    lines = answer.out.splitlines()
    assert (answer.status, answer.err) == (FINE, "")
    assert [line.split()[0] for line in lines] == [entry["id"] for entry in command("causes", "--format", "json").json]
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines)


# --- explain


def feed(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Put bytes on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), "utf-8"))


@pytest.mark.parametrize("name", [[], ["-"]], ids=["nothing", "a dash"])
def test_a_text_comes_from_standard_input(command: Command, monkeypatch: pytest.MonkeyPatch, name: list[str]) -> None:
    """Without a file, or with a dash, standard input is read."""
    feed(monkeypatch, NOT_FOUND.encode())
    answer = command("explain", *name)
    assert (answer.status, answer.err) == (TROUBLE, "")
    assert "hana.example" in answer.out
    assert "1 message was recognised." in answer.out


@pytest.mark.parametrize(
    "content",
    [
        NOT_FOUND,
        f"\r\n{NOT_FOUND}\r\n",
        f"\ufeff{NOT_FOUND}",
    ],
    ids=["as it is", "other line ends", "byte-order mark"],
)
def test_a_text_comes_from_a_file(command: Command, tmp_path: Path, content: str) -> None:
    """A file is read whatever its line ends are and however its editor marked it."""
    (tmp_path / "text").write_bytes(content.encode())
    answer = command("explain", str(tmp_path / "text"), "--format", "json")
    assert answer.json["findings"][0]["cause"] == "http_not_found"


def test_good_news_answers_0(command: Command, tmp_path: Path) -> None:
    """A text in which nothing is wrong ends with 0."""
    path = tmp_path / "text"
    path.write_text("Analyzing “ume.example” (website) …\nTLS Status: OK\n", encoding="utf-8")
    answer = command("explain", str(path), "--format", "json")
    assert (answer.status, answer.json["findings"][0]["cause"]) == (FINE, "healthy")


@pytest.mark.parametrize(
    "content",
    [b"", b" \r\n\t\n", b"\x00\x01\x02\xff\xfe" * 999, bytes(range(256)) * 40, b"\x1f\x8b\x08\x00gzip", b"all is well"],
    ids=["empty", "blank", "binary", "every byte", "gzip", "prose"],
)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_says_nothing_is_not_called_healthy(
    command: Command, monkeypatch: pytest.MonkeyPatch, content: bytes, language: str
) -> None:
    """Nothing recognised is one unknown_problem, possible, with exit 2, in both forms."""
    feed(monkeypatch, content)
    answer = command("explain", "--format", "json", "--lang", language)
    assert (answer.status, answer.err) == (NOT_JUDGED, "")
    (finding,) = answer.json["findings"]
    assert (finding["cause"], finding["confidence"]) == ("unknown_problem", "possible")
    assert answer.json["recognised"] == 0
    feed(monkeypatch, content)
    text = command("explain", "--lang", language)
    assert text.status == NOT_JUDGED
    assert finding["text"]["title"] in " ".join(text.out.split())
    assert not any(sign < " " and sign != "\n" for sign in text.out)


def test_a_text_of_a_megabyte_is_read_to_its_end(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """One telling line behind much that is not is found."""
    noise = "Nov 22 11:17:13 host postfix/smtpd[4417]: connect from unknown[192.0.2.77]\n" * 14_000
    feed(monkeypatch, f"{noise}{NOT_FOUND}\n".encode())
    answer = command("explain", "--format", "json")
    assert answer.json["findings"][0]["cause"] == "http_not_found"


# --- trouble of our own


def explode(*_: object) -> None:
    """A rule with a bug."""
    raise ZeroDivisionError("the rule is broken\nin two lines")


def test_a_rule_that_crashes_costs_only_its_own_answer(
    command: Command, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other websites keep their verdicts; the crash is named, and the website is not called healthy."""
    words = ["diagnose", "--root", root, "--now", AT]
    before = {site["site"]: site for site in command(*words, "--format", "json").json["sites"]}
    monkeypatch.setattr(f"{RULES}.healthy.rule.judge", explode)
    answer = command(*words, "--format", "json")
    after = {site["site"]: site for site in answer.json["sites"]}
    assert answer.status == TROUBLE
    assert after["bike.example"] == before["bike.example"]
    shop = after["shop.example"]
    assert (shop["main"]["cause"], shop["renewal"]) == ("unknown_problem", "unknown")
    (crash,) = [missing["why"] for missing in shop["could_not_check"] if missing["fact"] == "rule"]
    assert "healthy" in crash
    assert "ZeroDivisionError" in crash
    text = command(*words)
    assert "a rule of this program" in text.out
    assert "ZeroDivisionError" in " ".join(text.out.split())


def test_a_crash_alone_answers_2(command: Command, healthy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing else is wrong, a website that lost its answer was not judged."""
    monkeypatch.setattr(f"{RULES}.healthy.rule.judge", explode)
    answer = command("diagnose", "--root", healthy, "--now", AT, "--format", "json")
    assert answer.json["sites"][0]["renewal"] == "unknown"
    assert answer.json["sites"][0]["main"]["cause"] == "unknown_problem"
    assert answer.status != FINE


def test_a_server_rule_that_crashes_is_contained(command: Command, root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What judges the whole server may break as well; every website says so and is still judged."""
    monkeypatch.setattr(f"{RULES}.run_overdue.rule.judge_server", explode)
    answer = command("diagnose", "--root", root, "--now", AT, "--format", "json")
    assert answer.status == TROUBLE
    for site in answer.json["sites"]:
        assert site["main"]["cause"] in ("healthy", "http_not_found")
        assert any(missing["fact"] == "rule" and "run_overdue" in missing["why"] for missing in site["could_not_check"])


def test_a_rule_that_crashes_does_not_break_an_explanation(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pasted text still gets an answer."""
    monkeypatch.setattr(f"{RULES}.unknown_problem.rule.judge", explode)
    path = tmp_path / "text"
    path.write_text(f"{NOT_FOUND}\nERROR The flux was realigned.\n", encoding="utf-8")
    assert command("explain", str(path), "--format", "json").json["findings"][0]["cause"] == "http_not_found"


@pytest.mark.parametrize("message", ["the catalogue is torn", "the catalogue\nis torn"], ids=["one line", "two lines"])
@pytest.mark.parametrize("words", [["diagnose"], ["explain"], ["causes"]], ids=" ".join)
def test_an_internal_error_answers_70_with_one_line(
    command: Command, healthy: str, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
) -> None:
    """A bug is said to be one, in one line and without a traceback."""

    def broken() -> None:
        raise RuntimeError(message)

    monkeypatch.setattr("autossl_doctor.entry.commands.load", broken)
    feed(monkeypatch, NOT_FOUND.encode())
    more = ["--root", healthy] if words == ["diagnose"] else []
    answer = command(*words, *more)
    assert (answer.status, answer.out) == (INTERNAL, "")
    assert answer.err.startswith("autossl-doctor: internal error: RuntimeError: the catalogue")
    assert answer.err.count("\n") == 1


# --- as a process


def shell(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which `doctor` is the installed command."""
    line = f'doctor() {{ {shlex.quote(str(PROGRAM))} "$@"; }}; {script}'
    kept = {name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LANG", "PYTHONDEVMODE")}
    return subprocess.run(
        ["bash", "-c", line], env=kept | environment, capture_output=True, check=False, text=True, timeout=60
    )


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_reader_who_leaves_is_no_error(tmp_path: Path, form: str) -> None:
    """`| head -1` gets its line, and nothing is said about the broken pipe."""
    root = hosts.build(hosts.demo_host(NOW), tmp_path / "root")
    line = f"doctor diagnose --root {root} --now {AT} --format {form} | head -1; echo ${{PIPESTATUS[0]}}"
    answer = shell(f"set -o pipefail; {line}")
    assert answer.stderr == ""
    first, status = answer.stdout.splitlines()
    assert first == "{" if form == "json" else first.startswith("AutoSSL Doctor")
    assert int(status) in (FINE, TROUBLE)


def test_the_installed_command_answers_as_the_module_does(healthy: str) -> None:
    """The program, `python -m autossl_doctor` and a pipe give the same words and statuses."""
    answer = shell(f"doctor diagnose --root {healthy} --now {AT} --reader owner; echo $?")
    module = shell(f"{sys.executable} -m autossl_doctor diagnose --root {healthy} --now {AT} --reader owner; echo $?")
    assert answer.stdout == module.stdout
    assert answer.stdout.endswith("\n0\n")


def test_a_pipe_can_be_explained() -> None:
    """A log goes in through a pipe, in Japanese by the environment, and the status comes out."""
    answer = shell(f"printf '%s' {shlex.quote(NOT_FOUND)} | doctor explain --reader owner; echo $?", LANG="ja_JP.UTF-8")
    assert answer.stderr == ""
    assert "確認用ファイルが見つかりません" in answer.stdout
    assert answer.stdout.endswith("\n1\n")


def test_wrong_usage_of_the_process_answers_64() -> None:
    """The status reaches the shell."""
    assert shell("doctor retry --account alice").returncode == USAGE
    assert shell("doctor diagnose --now soon").returncode == USAGE


def test_a_closed_standard_input_answers_66() -> None:
    """A service without standard input gets one sentence."""
    answer = shell("doctor explain <&-")
    assert answer.returncode == NO_INPUT
    assert answer.stderr.count("\n") == 1
