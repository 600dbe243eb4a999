"""What a person reads on a terminal: the main sentence first, lines that fit, and colour only where it can be seen."""

import io
import os
import pty
import re
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.cells import cell_len

from autossl_doctor.causes.catalogue import load
from autossl_doctor.collect.host import Wanted, read_host
from autossl_doctor.diagnose.report import diagnose
from autossl_doctor.explain.interface import Interface
from autossl_doctor.explain.words import Reader, Writer
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.finding import SEVERITIES
from autossl_doctor.model.report import Report, SiteVerdict
from autossl_doctor.present.as_text import TextView
from autossl_doctor.present.paint import Paint
from tests.lab import hosts
from tests.lab.hosts import Account, Certificate, Cron, Extra, Host, Site, check

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
ESCAPE = "\x1b"
CATALOGUE = load()
READERS: tuple[Reader, ...] = ("owner", "admin")

every_language = pytest.mark.parametrize("language", ["en", "ja"])
every_reader = pytest.mark.parametrize("reader", READERS)

SHOP = Site("shop.example", Account("alice"))
NOT_FOUND = Site(
    "blog.example",
    Account("bob"),
    service_names=(),
    certificate=Certificate(days_left=10),
    checks={"*": check.http_status(404)},
)
ALSO_NOT_FOUND = replace(NOT_FOUND, domain="club.example", account=Account("carol"))
CRASHES = replace(NOT_FOUND, checks={"*": check.http_status(418, "I am a teapot")})


@dataclass(frozen=True)
class Shown:
    """A report and its lines in one language for one reader."""

    report: Report
    lines: list[str]
    writer: Writer

    @property
    def text(self) -> str:
        """All lines as a terminal gets them."""
        return "\n".join(self.lines)

    def below(self, site: SiteVerdict) -> list[str]:
        """The indented lines below the headline of a website."""
        start = next(
            number for number, line in enumerate(self.lines) if is_headline(line) and f"({site.account})" in line
        )
        following = self.lines[start + 1 :]
        return following[: next((number for number, line in enumerate(following) if line[:1] != " "), len(following))]


def judge(host: Host, directory: Path) -> Report:
    """The report about a host of the lab."""
    root = hosts.build(host, directory / "root")
    return diagnose(read_host(HostPaths(root), NOW, Wanted(), lambda: NOW), CATALOGUE.causes)


def show(report: Report, language: str = "en", reader: Reader = "owner", *, by_cause: bool = False) -> Shown:
    """The lines of a report without colours."""
    writer = Writer(CATALOGUE.texts, language, reader, report.zone)
    view = TextView(writer, Interface(language), report.zone, Paint(io.StringIO()))
    return Shown(report, list(view.report(report, by_cause=by_cause)), writer)


def squeezed(text: str) -> str:
    """A text without white space, to be found again when it was broken into lines."""
    return "".join(text.split())


def runs_with(host: Host, *extra: Extra) -> Host:
    """A host whose runs end with further records."""
    return replace(host, runs=tuple(replace(run, extra=extra) for run in hosts.scheduled_runs(host)))


@pytest.fixture(scope="module")
def demo_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree of the demonstration's host."""
    return hosts.build(hosts.demo_host(NOW), tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def demo(demo_root: Path) -> Report:
    """The report about the demonstration's host."""
    return diagnose(read_host(HostPaths(demo_root), NOW, Wanted(), lambda: NOW), CATALOGUE.causes)


# --- width


def is_headline(line: str) -> bool:
    """Whether a line begins a website in trouble, with its severity, its name and its two states."""
    return line.startswith("[")


def is_listed(line: str) -> bool:
    """Whether a line is one of the list of websites without trouble."""
    return re.match(r"  \[[^\]]+\]  ", line) is not None


@every_language
@every_reader
def test_headlines_fit(demo: Report, language: str, reader: Reader) -> None:
    """The line that names a website and its states is at most 80 columns wide."""
    wide = [line for line in show(demo, language, reader).lines if is_headline(line) and cell_len(line) > 80]
    assert wide == []


@every_language
@every_reader
def test_the_list_of_good_websites_fits(demo: Report, language: str, reader: Reader) -> None:
    """The line of a website without trouble is at most 80 columns wide."""
    wide = [line for line in show(demo, language, reader).lines if is_listed(line) and cell_len(line) > 80]
    assert wide == []


@every_language
@every_reader
@pytest.mark.parametrize("by_cause", [False, True], ids=["by website", "by cause"])
def test_every_other_line_fits(demo: Report, language: str, reader: Reader, *, by_cause: bool) -> None:
    """No line of the demonstration is wider than 80 columns or ends with a space."""
    for line in show(demo, language, reader, by_cause=by_cause).lines:
        assert line == line.rstrip()
        if not (is_headline(line) or is_listed(line)):
            assert cell_len(line) <= 80, line


# --- order


def states(site: SiteVerdict, language: str) -> tuple[str, str, str]:
    """The words for the two axes of a verdict, which may need a second line of the headline."""
    words = Interface(language)
    return words.say("visitors", site.visitors), "·", words.say("renewal", site.renewal)


@every_language
@every_reader
def test_the_main_sentence_comes_first(demo: Report, language: str, reader: Reader) -> None:
    """Below a website's headline stand the title, what it means and why, who must act and the steps, in this order."""
    shown = show(demo, language, reader)
    for site in shown.report.sites:
        if site.main.severity not in ("critical", "warning"):
            continue
        words = shown.writer.words(site.main)
        below = squeezed(" ".join(shown.below(site)))
        parts = [words.title, words.what, words.why, *(step.say for step in words.steps)]
        before = below.partition(squeezed(words.title))[0]
        assert before in squeezed("".join(states(site, language))), site.site
        places = [below.find(squeezed(part)) for part in parts]
        assert -1 not in places, (site.site, parts[places.index(-1)])
        assert places == sorted(places), site.site


@every_language
def test_the_worst_comes_first(demo: Report, language: str) -> None:
    """Websites stand by severity, warned visitors before the others."""
    words = Interface(language)
    order = [f"[{words.say('severity', severity)}]" for severity in SEVERITIES]
    headlines = [line for line in show(demo, language).lines if is_headline(line)]
    ranks = [order.index(line.partition("]")[0] + "]") for line in headlines]
    assert len(headlines) + sum(map(is_listed, show(demo, language).lines)) == len(demo.sites)
    assert ranks == sorted(ranks)
    assert "old-harbor.example" in headlines[0]


@every_language
def test_who_must_act_and_until_when_is_said(demo: Report, language: str) -> None:
    """Where somebody must act, a line says who, and the next one by when."""
    shown = show(demo, language)
    words = Interface(language)
    for site in shown.report.sites:
        if site.main.severity == "critical":
            below = squeezed(" ".join(shown.below(site)))
            assert squeezed(words.say("who_must_act", who=words.say("who", site.main.who))) in below
            assert (squeezed(words.say("act_by", at="")) in below) == (site.main.act_by is not None)


@every_language
@every_reader
def test_evidence_has_its_file_and_its_time(demo: Report, language: str, reader: Reader) -> None:
    """What was seen is said with the log's own time, the file with its line, and the log's own words."""
    shown = show(demo, language, reader)
    for site in shown.report.sites:
        seen = [item for item in site.main.evidence if item.source][:1]
        if site.main.severity == "critical":
            assert seen, site.site
            below = shown.below(site)
            stamp = f"{seen[0].at} " if seen[0].at else ""
            assert any(line.strip() == f"{stamp}{seen[0].source}" for line in below), site.site
            assert squeezed(seen[0].text[:300]) in squeezed(" ".join(below))
    assert re.search(r"2026-11-22T11:17:\d\dZ /var/cpanel/logs/autossl/2026-11-22T11:17:00Z/json:\d+", shown.text)


def test_further_findings_are_said_by_their_titles(demo: Report) -> None:
    """What stands behind the main finding is listed below it, each with its severity."""
    shown = show(demo)
    site = next(site for site in demo.sites if site.site == "yamato-pottery.example")
    below = " ".join(" ".join(shown.below(site)).split())
    assert "Also: [note] One extra address of yamato-pottery.example does not lead to this server" in below


@every_language
def test_good_websites_are_one_line_and_a_date(demo: Report, language: str) -> None:
    """A website without trouble has its title and the end of its certificate, and nothing else."""
    shown = show(demo, language)
    good = sum(map(is_listed, shown.lines))
    start = shown.lines.index(Interface(language).say("sites_fine", count=good))
    title = shown.writer.words(next(site.main for site in demo.sites if site.site == "sakura-tea.example")).title
    place = next(number for number, line in enumerate(shown.lines) if line.endswith(title))
    assert place > start
    assert re.fullmatch(r" {6}\S.*2027.*", shown.lines[place + 1])
    assert is_listed(shown.lines[place + 2]) or not shown.lines[place + 2 :]


def test_a_name_that_the_certificate_lacks_is_said(tmp_path: Path) -> None:
    """Names for which visitors get a warning are listed, even if the website is otherwise fine."""
    site = replace(NOT_FOUND, certificate=Certificate(days_left=10, covers=("@",)))
    shown = show(judge(Host(now=NOW, sites=(site,)), tmp_path))
    assert "  Not on the certificate: www.blog.example" in shown.lines


def test_an_empty_server_is_said_to_be_one(tmp_path: Path) -> None:
    """Without a website there is one sentence instead of silence."""
    assert "No website was found." in show(judge(Host(now=NOW), tmp_path)).lines


# --- the server's causes


@every_language
@every_reader
def test_a_server_wide_cause_is_said_once(tmp_path: Path, language: str, reader: Reader) -> None:
    """What stops every website is explained once; each website below it is a line, a date and what else is wrong."""
    shown = show(judge(Host(now=NOW, cron=Cron.MISSING, sites=(SHOP, NOT_FOUND)), tmp_path), language, reader)
    (server,) = shown.report.server_findings
    words = shown.writer.words(server)
    whole = squeezed(shown.text)
    for part in (words.title, words.what, words.why, words.steps[0].say):
        assert whole.count(squeezed(part)) == 1
    headlines = [number for number, line in enumerate(shown.lines) if is_headline(line)]
    assert len(headlines) == 2
    assert headlines[1] <= headlines[0] + 5


def test_a_server_wide_cause_is_said_once_by_cause_too(tmp_path: Path) -> None:
    """Put together by cause, a server-wide cause still has one explanation."""
    report = judge(Host(now=NOW, cron=Cron.MISSING, sites=(SHOP, NOT_FOUND)), tmp_path)
    shown = show(report, "en", "admin", by_cause=True)
    title = shown.writer.words(report.server_findings[0]).title
    assert sum(line.strip() == title for line in shown.lines) == 1


def test_a_websites_own_unknown_problem_is_said_beside_the_servers(tmp_path: Path) -> None:
    """A message about the whole run that nobody understands does not swallow what is wrong with one website."""
    odd = Extra(contents="A frobnication of the whole run failed.", type="error", indent=0)
    shown = show(judge(runs_with(Host(now=NOW, sites=(CRASHES,)), odd), tmp_path))
    assert [finding.cause for finding in shown.report.server_findings] == ["unknown_problem"]
    assert shown.report.sites[0].main.cause == "unknown_problem"
    assert squeezed(shown.writer.words(shown.report.sites[0].main).title) in squeezed(shown.text)


def test_websites_with_one_cause_are_put_together(tmp_path: Path) -> None:
    """By cause, two websites with the same trouble are one paragraph that names both."""
    report = judge(Host(now=NOW, sites=(SHOP, NOT_FOUND, ALSO_NOT_FOUND)), tmp_path)
    lines = show(report, by_cause=True).lines
    assert "2 websites  http_not_found" in lines
    assert "    blog.example, club.example" in lines
    assert sum("cannot find its check file" in line for line in lines) == 1


# --- messages for others


def test_the_message_for_somebody_else_is_there(tmp_path: Path) -> None:
    """If another must act, the text to send stands below the steps."""
    site = replace(NOT_FOUND, checks={"*": check.elsewhere("198.51.100.70")})
    text = show(judge(Host(now=NOW, sites=(site,)), tmp_path)).text
    assert "Text to send to whoever runs the DNS:" in text
    assert "Please set the A record of blog.example to 192.0.2.10 (today: 198.51.100.70)." in " ".join(text.split())


@pytest.mark.parametrize(
    "sites",
    [
        pytest.param(
            tuple(
                replace(CRASHES, domain=f"blog{number}.example", account=Account(f"bob{number}")) for number in range(4)
            ),
            id="four websites",
        ),
        pytest.param((CRASHES,), id="one website"),
    ],
)
def test_a_step_that_names_the_prepared_message_is_followed_by_it(tmp_path: Path, sites: Sequence[Site]) -> None:
    """Whoever is told to send a message finds it."""
    text = show(judge(Host(now=NOW, sites=tuple(sites)), tmp_path)).text
    assert "Send the prepared message" in text
    assert "Text to send to" in text


def test_the_message_about_the_server_is_there(tmp_path: Path) -> None:
    """The owner who is to tell the hosting company that the schedule has stopped finds the text."""
    text = show(judge(Host(now=NOW, cron=Cron.MISSING, sites=(SHOP,)), tmp_path)).text
    assert "Send the prepared message to your hosting company." in text
    assert "Text to send to the hosting company:" in text


# --- what could not be looked at


@every_language
def test_what_could_not_be_looked_at_is_said(tmp_path: Path, language: str) -> None:
    """A damaged file is named at the end, with the reason."""
    files = {"var/cpanel/autossl_problems.sqlite": b"no database", "var/cpanel/autossl.json": b"{"}
    shown = show(judge(Host(now=NOW, sites=(SHOP,), files=files), tmp_path), language)
    start = shown.lines.index(Interface(language).say("could_not_check"))
    text = " ".join(shown.lines[start:])
    assert "/var/cpanel/autossl_problems.sqlite" in text
    assert "/var/cpanel/autossl.json" in text


@every_language
def test_lines_that_were_not_recognised_are_counted_and_shown(tmp_path: Path, language: str) -> None:
    """Messages that no signature knows are never passed over in silence."""
    host = runs_with(Host(now=NOW, sites=(SHOP,)), Extra(contents="The flux was realigned.", indent=1))
    shown = show(judge(host, tmp_path), language)
    assert Interface(language).say("unrecognised", count=1) in shown.lines
    assert "  The flux was realigned." in shown.lines


@every_language
@pytest.mark.parametrize("by_cause", [False, True], ids=["by website", "by cause"])
def test_hostile_words_do_not_reach_the_terminal(tmp_path: Path, language: str, *, by_cause: bool) -> None:
    """Escape sequences and changes of the writing direction, in a website's answer or in a log, are taken away."""
    hostile = "\x1b[2J\x1b]0;owned\x07\u202eevil\u2066\x9b31m"
    site = replace(NOT_FOUND, checks={"*": check.content(f"all is well {hostile}")})
    odd = Extra(contents=f"Odd {hostile} words", type="error", indent=0)
    site_line = Extra(contents=f"Strange {hostile} words", type="warn", indent=2, after="DCV results")
    shown = show(
        judge(runs_with(Host(now=NOW, sites=(site, SHOP)), odd, site_line), tmp_path), language, by_cause=by_cause
    )
    assert "words" in shown.text
    for line in shown.lines:
        assert not [sign for sign in line if unicodedata.category(sign) == "Cc"]
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", line)


# --- colour


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.fixture
def colourful(monkeypatch: pytest.MonkeyPatch) -> Paint:
    """The paint of an ordinary terminal."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Paint(Terminal())


def test_a_severity_is_a_word_and_a_colour(colourful: Paint) -> None:
    """State is never colour alone: the word stands inside the colour, in brackets where there is none."""
    for severity in SEVERITIES:
        painted = colourful.severity("critical", severity)
        assert ESCAPE in painted
        assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == " critical "
        assert Paint(io.StringIO()).severity("critical", severity) == "[critical]"


def test_paint_does_not_read_markup(colourful: Paint) -> None:
    """Square brackets in a name are no instructions."""
    for text in ("[red]shop[/red]", "shop\\[x]", "[/]"):
        assert re.sub(r"\x1b\[[0-9;]*m", "", colourful.strong(text)) == text
        assert Paint(io.StringIO()).strong(text) == text


def test_paint_can_be_plain_on_a_terminal() -> None:
    """Who asks for no colour gets none."""
    paint = Paint(Terminal(), plain=True)
    assert paint.strong("a") + paint.dim("b") + paint.severity("c", "critical") == "ab[c]"


def on_terminal(root: Path, **environment: str) -> str:
    """What the command prints on a pseudo-terminal with exactly this environment."""
    main_end, program_end = pty.openpty()
    command = [sys.executable, "-m", "autossl_doctor", "diagnose", "--root", str(root), "--now", NOW.isoformat()]
    with subprocess.Popen(
        [*command, "--account", "harbor"],
        stdout=program_end,
        stdin=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environment},
    ) as process:
        os.close(program_end)
        content = b""
        while True:
            try:
                chunk = os.read(main_end, 65536)
            except OSError:  # the other end is closed
                break
            if not chunk:
                break
            content += chunk
        assert process.wait() == 1
    os.close(main_end)
    return content.decode()


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm-256color", "NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
    ids=str,
)
def test_a_terminal_gets_colours_unless_it_does_not_want_them(
    demo_root: Path, environment: dict[str, str], *, coloured: bool
) -> None:
    """On a terminal the severities are coloured; NO_COLOR and a terminal without colours get plain words."""
    text = on_terminal(demo_root, **environment)
    assert "old-harbor.example" in text
    assert (ESCAPE in text) == coloured


def test_a_file_never_gets_colours(demo_root: Path) -> None:
    """What goes into a file or a pipe is plain, whatever the environment says."""
    command = [sys.executable, "-m", "autossl_doctor", "diagnose", "--root", str(demo_root), "--now", NOW.isoformat()]
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "FORCE_COLOR": "1"}
    answer = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert answer.returncode == 1
    assert ESCAPE.encode() not in answer.stdout
