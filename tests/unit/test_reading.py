"""What a run says, arranged by account, website and name: the right place, or none at all."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.collect.runs.catalogue import list_runs, read_run
from autossl_doctor.collect.runs.reading import RunReader
from autossl_doctor.collect.runs.records import UNREADABLE, Record, decode_lines
from autossl_doctor.collect.signatures.lexicon import lines, reasons
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known
from autossl_doctor.model.log import AccountReading, RunReading
from tests.lab import hosts
from tests.lab.hosts import Account, Certificate, Crowd, Host, Run, Site, check
from tests.lab.reading import run_directories

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
START = NOW - timedelta(hours=4)
LATER = "02:17:09"


def row(indent: int, text: str, at: str = "02:17:05", kind: str = "out") -> Record:
    """One record."""
    return Record(f"2026-11-20T{at}Z", kind, indent, text)


USERS = row(0, "Analyzing 2 users …")
ALICE = row(1, "Analyzing “alice”’s domains …")
ALICES = row(2, "Analyzing “a.example” (website) …")
FINE = row(3, "TLS Status: OK")
BOB = row(1, "Analyzing “bob”’s domains …")
BOBS = row(2, "Analyzing “b.example” (website) …")
DEFECTIVE = row(3, "TLS Status: Defective")
FAILED_TO_INSTALL = "The system failed to install an SSL certificate onto the website"
END = row(1, "The system has completed “alice”’s AutoSSL check.")
LOST = Record(type=UNREADABLE, contents="no record")


def say(*rows: Record) -> RunReading:
    """What a log of these lines says."""
    return RunReader("json", lines(), reasons()).read([list(rows)])


def read(content: bytes) -> RunReading:
    """What a log with this content says."""
    return RunReader("json", lines(), reasons()).read([decode_lines(content)])


def run_of(root: Path) -> tuple[RunReading, bytes]:
    """What the newest run of a built host says, and its lines."""
    host = HostPaths(root)
    runs = list_runs(host)
    assert isinstance(runs, Known)
    found = read_run(host, runs.value[0])
    assert isinstance(found, Known)
    return found.value[1], (run_directories(root)[-1] / "json").read_bytes()


Summary = dict[str, tuple[bool, object, object, object]]


def summary(reading: RunReading, *, without: str = "") -> Summary:
    """What was said about each account, apart from the times and places where it stood."""
    return {
        account.name: (
            account.finished,
            {
                site.name: (site.status, site.severity, [fact.kind for fact in site.facts])
                for site in account.websites.values()
            },
            {name: [(fact.kind, fact.event) for fact in facts] for name, facts in account.names.items()},
            [fact.kind for fact in account.facts],
        )
        for account in reading.accounts.values()
        if account.name != without
    }


def kinds(account: AccountReading, site: str) -> list[str]:
    """The kinds of what was said about a website."""
    return [fact.kind for fact in account.websites[site].facts]


# --- real runs


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunReading, bytes]:
    """A run over one account for each situation, in batches of four."""
    sites = tuple(story(f"{name.replace('_', '-')}.example", name) for name, story in hosts.stories.STORIES.items())
    host = Host(now=NOW, sites=sites, runs=(Run(start=START, batch=4),))
    return run_of(hosts.build(host, tmp_path_factory.mktemp("stories") / "root"))


def test_every_line_of_a_big_run_is_recognised(tmp_path: Path) -> None:
    """Of the normal wording nothing is left over, and every account is finished."""
    logs = tmp_path / "var/cpanel/logs/autossl"
    hosts.write_run(logs, Crowd(accounts=400, sites_per_account=2), start=START, run=Run(start=START, batch=50))
    reading, content = run_of(tmp_path)
    assert reading.unrecognised.lines == 0, reading.unrecognised.samples
    assert reading.recognised == content.count(b"\n")
    assert len(reading.accounts) == reading.announced == 400
    assert all(account.finished for account in reading.accounts.values())
    assert reading.first_at == "2026-11-22T08:30:00Z"
    assert reading.last_at == json.loads(content.splitlines()[-1])["timestamp"]


@pytest.mark.parametrize(
    ("story", "status", "facts", "main_name"),
    [
        ("healthy", "ok", [], []),
        ("renewed", "renewal", ["website.will_request", "install.done"], ["check.http_ok", "check.ca_ok"]),
        ("expired_and_elsewhere", "defective", ["website.defect", "impediment.total"], ["dns.elsewhere"]),
        ("deferred", "renewal", ["impediment.secured"], ["check.http_ok"]),
        ("forbidden", "renewal", ["impediment.total"], ["http.status"]),
        ("no_address", "renewal", ["impediment.total"], ["dns.no_address"]),
        ("unregistered", "renewal", [], ["dns.unregistered"]),
        ("caa_forbidden", "renewal", [], ["check.ca_forbidden"]),
        ("refused_by_ca", "renewal", ["impediment.total"], ["check.http_ok", "ca.check_failed"]),
        ("external", "renewal", ["impediment.external"], []),
        ("all_excluded", "renewal", ["website.user_excluded", "impediment.excluded"], []),
        ("service_names_fail", "incomplete", ["impediment.unsecured"], ["check.http_ok"]),
        (
            "key_type_mismatch",
            "key_mismatch",
            ["key.wanted", "key.present", "website.will_request", "install.done"],
            ["check.http_ok", "check.ca_ok"],
        ),
    ],
)
def test_facts_land_where_they_belong(
    stories: tuple[RunReading, bytes], story: str, status: str, facts: list[str], main_name: list[str]
) -> None:
    """Both phases of a website, far apart in the log, are put together, and nothing of a neighbour is."""
    account = stories[0].accounts[story]
    (site,) = account.websites.values()
    assert (site.name, site.status) == (f"{story.replace('_', '-')}.example", status)
    assert [fact.kind for fact in site.facts] == facts
    assert [fact.kind for fact in account.names.get(site.name, ())] == main_name
    assert all(name.endswith(site.name) for name in account.names)
    assert account.finished


@pytest.mark.parametrize(("story", "kind"), [("suspended", "account.suspended"), ("feature_off", "account.no_feature")])
def test_an_account_that_is_passed_over_is_finished(stories: tuple[RunReading, bytes], story: str, kind: str) -> None:
    """What AutoSSL does not look at, it is done with."""
    account = stories[0].accounts[story]
    assert account.finished
    assert [fact.kind for fact in account.facts] == [kind]
    assert not account.websites


def test_every_fact_names_its_line(stories: tuple[RunReading, bytes]) -> None:
    """File, number, time and words of a fact are those of the line that says it."""
    reading, content = stories
    rows = [json.loads(line) for line in content.splitlines()]
    facts = [
        fact
        for account in reading.accounts.values()
        for group in (account.facts, *account.names.values(), *(site.facts for site in account.websites.values()))
        for fact in group
        if fact.number
    ]
    assert len(facts) > 50
    for fact in facts:
        row = rows[fact.number - 1]
        assert (fact.at, fact.text, fact.severity) == (row["timestamp"], row["contents"], row["type"])
        assert fact.source.endswith("/json")


def build(directory: Path, run: Run) -> RunReading:
    """What a run over five accounts with two websites each says."""
    sites = []
    for number, story in enumerate(("deferred", "renewed", "forbidden", "healthy", "caa_forbidden")):
        main = hosts.stories.STORIES[story](f"s{number}.example", f"u{number}")
        addon = Site(f"t{number}.example", main.account, kind="addon", certificate=Certificate(days_left=9))
        sites += [main, addon]
    return run_of(hosts.build(Host(now=NOW, sites=tuple(sites), runs=(run,)), directory / "root"))[0]


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_phases_may_alternate(tmp_path: Path, batch: int) -> None:
    """With several batches phase 1 comes again after phase 2, and the run says the same."""
    (tmp_path / "whole").mkdir()
    whole = summary(build(tmp_path / "whole", Run(start=START)))
    (tmp_path / "parts").mkdir()
    parts = build(tmp_path / "parts", Run(start=START, batch=batch))
    assert len(whole) == parts.announced == 5
    assert summary(parts) == whole


def test_answers_may_come_mixed(tmp_path: Path) -> None:
    """Where the answers about management and CAA interleave, the run says the same."""
    (tmp_path / "ordered").mkdir()
    (tmp_path / "mixed").mkdir()
    ordered = build(tmp_path / "ordered", Run(start=START))
    assert summary(build(tmp_path / "mixed", Run(start=START, interleaved=True))) == summary(ordered)


def test_a_run_of_one_account_says_what_it_would_among_others(tmp_path: Path) -> None:
    """A single-user run holds that account only, completely."""
    (tmp_path / "all").mkdir()
    (tmp_path / "one").mkdir()
    everybody = summary(build(tmp_path / "all", Run(start=START)))
    alone = build(tmp_path / "one", Run(start=START, username="u2"))
    assert summary(alone) == {"u2": everybody["u2"]}
    assert alone.announced == 1


# --- lines that are not believed


def test_a_line_whose_time_goes_backwards_is_unrecognised() -> None:
    """Such a line is counted and shown, says nothing, and the lines behind it are believed again."""
    reading = say(
        USERS, ALICE, ALICES, row(3, "TLS Status: Defective", "02:17:04"), row(3, "Number of domains: 7"), FINE
    )
    assert reading.unrecognised.lines == 1
    assert reading.unrecognised.samples == ("TLS Status: Defective",)
    assert reading.accounts["alice"].websites["a.example"].status == "ok"


def test_a_time_beyond_the_log_is_unrecognised() -> None:
    """One record with a time that no log can reach does not make all the following go backwards."""
    future = Record("2027-11-20T02:17:05Z", "out", 3, "TLS Status: Defective")
    reading = say(USERS, ALICE, ALICES, future, FINE)
    assert reading.unrecognised.lines == 1
    assert reading.accounts["alice"].websites["a.example"].status == "ok"
    assert reading.last_at == "2026-11-20T02:17:05Z"


def test_fractions_do_not_turn_the_time_back() -> None:
    """`…05Z` and `…05.000Z` are the same second, in any order."""
    reading = say(
        USERS, ALICE, row(2, "Analyzing “a.example” (website) …", "02:17:05.000"), row(3, "TLS Status: OK", "02:17:05")
    )
    assert reading.unrecognised.lines == 0
    assert reading.accounts["alice"].websites["a.example"].status == "ok"


@pytest.mark.parametrize("indent", [2, 3, 4])
def test_an_indent_that_jumps_by_two_is_unrecognised(indent: int) -> None:
    """A header that stands too deep opens no scope."""
    reading = say(
        USERS, row(indent, "Analyzing “alice”’s domains …"), row(indent + 1, "Analyzing “a.example” (website) …")
    )
    assert reading.unrecognised.samples[0] == "Analyzing “alice”’s domains …"
    assert reading.accounts == {}


def test_the_first_line_stands_at_the_left() -> None:
    """A log does not begin two levels deep."""
    assert say(row(2, "TLS Status: OK")).unrecognised.lines == 1
    assert say(row(1, "Analyzing “alice”’s domains …")).unrecognised.lines == 0


def test_a_scope_ends_with_its_depth() -> None:
    """What stands outside a website or account is not about it."""
    reading = say(
        USERS, ALICE, ALICES, FINE, row(2, "No local DNS DCV is necessary."), DEFECTIVE, row(0, "Analyzing 1 user …")
    )
    assert reading.accounts["alice"].websites["a.example"].status == "ok"
    reading = say(USERS, ALICE, ALICES, FINE, row(1, "「bob」のドメインを分析中 …"), BOBS, DEFECTIVE)
    assert list(reading.accounts) == ["alice"]
    assert list(reading.accounts["alice"].websites) == ["a.example"]
    assert reading.unrecognised.lines == 1


@pytest.mark.parametrize(
    "header",
    [LOST, row(1, "Analyzing “bob”’s domains …", "02:17:01")],
    ids=["unreadable", "time goes backwards"],
)
def test_nothing_of_an_account_with_a_lost_beginning_goes_to_another(header: Record) -> None:
    """A report holds only records scoped to its account, also where the next account's header is lost."""
    reading = say(USERS, ALICE, ALICES, FINE, header, BOBS, DEFECTIVE)
    assert list(reading.accounts["alice"].websites) == ["a.example"]


@pytest.mark.parametrize(
    "header",
    [LOST, row(2, "Analyzing “z.example” (website) …", "02:17:01")],
    ids=["unreadable", "time goes backwards"],
)
def test_nothing_of_a_website_with_a_lost_beginning_goes_to_another(header: Record) -> None:
    """A status behind a header that was lost is nobody's."""
    reading = say(USERS, ALICE, ALICES, FINE, header, DEFECTIVE)
    assert reading.accounts["alice"].websites["a.example"].status == "ok"


def test_a_clock_that_was_set_back_mixes_no_accounts() -> None:
    """When the clock catches up in the middle of bob's lines, they are not alice's."""
    rows = [USERS, ALICE, row(2, "Analyzing “a.example” (website) …", LATER), row(3, "TLS Status: OK", LATER)]
    rows += [BOB, BOBS, row(3, "Number of domains: 7"), row(3, "TLS Status: Defective", "02:17:10")]
    assert say(*rows).accounts["alice"].websites["a.example"].status == "ok"


# --- the ends of scopes


def test_an_account_is_finished_by_its_own_end_only() -> None:
    """The end names the account; another's end is not this one's."""
    reading = say(USERS, ALICE, ALICES, FINE, row(1, "The system has completed “bob”’s AutoSSL check."))
    assert not reading.accounts["alice"].finished
    assert reading.accounts["bob"].finished
    end = say(USERS, ALICE, row(1, "The system has completed “alice”’s AutoSSL check.", LATER)).accounts["alice"]
    assert (end.finished, end.finished_at) == (True, f"2026-11-20T{LATER}Z")


def test_an_account_that_comes_again_goes_on() -> None:
    """An account that another part of the log takes up again keeps what was said before."""
    second = row(2, "Analyzing “c.example” (website) …")
    reading = say(USERS, ALICE, ALICES, FINE, END, ALICE, second, DEFECTIVE)
    assert {name: site.status for name, site in reading.accounts["alice"].websites.items()} == {
        "a.example": "ok",
        "c.example": "defective",
    }


def test_a_second_end_forgets_nothing() -> None:
    """What was said about an account stays, however often AutoSSL says that it is done."""
    reading = say(USERS, ALICE, ALICES, FINE, END, END)
    assert list(reading.accounts["alice"].websites) == ["a.example"]


def test_a_success_of_nobody_is_not_guessed_at() -> None:
    """An installation whose website stands in a lost line belongs to no website."""
    reading = say(row(0, "Processing “alice”’s local DCV results …"), LOST, row(1, "Success!"))
    assert "" not in reading.accounts["alice"].websites


def test_what_the_poller_could_not_set_up_goes_to_its_account() -> None:
    """It writes into the log of a run whose accounts are long done, and names account and website itself."""
    error = "The system failed to create the directory “/home/alice/x” because of an error: Disk quota exceeded"
    reading = say(
        row(1, "Analyzing “alice”’s domains …"),
        row(2, "Local HTTP DCV OK: a.example"),
        row(0, "The system has completed “alice”’s AutoSSL check."),
        row(
            0,
            "The system failed to set up for Sectigo’s DCV (Domain Control Validation) for the certificate request for "
            f"“alice”’s website “a.example” because of an error: {error}",
        ),
    )
    assert [fact.kind for fact in reading.accounts["alice"].names["a.example"]] == ["check.http_ok", "file.over_quota"]
    assert reading.accounts["alice"].finished


def test_certificates_go_to_their_websites() -> None:
    """Orders and installations of one account are told apart by the lines before them."""
    reading = say(
        row(0, "Processing “alice”’s local DCV results …"),
        row(1, "Certificate #1: “a.example” and “www.a.example”"),
        row(2, "Installing “a.example”’s new certificate …"),
        row(3, "Success!"),
        row(1, "Certificate #2: “c.example” only"),
        row(2, "Installing “c.example”’s new certificate …"),
        row(3, f"{FAILED_TO_INSTALL} “c.example” because of the following error: disk full"),
    )
    account = reading.accounts["alice"]
    assert kinds(account, "a.example") == ["install.done"]
    assert kinds(account, "c.example") == ["install.failed"]


REQUESTED = (
    "The system will attempt to renew the SSL certificates for (a.example: a.example www.a.example mail.a.example), "
    "(blog.a.example: blog.a.example www.blog.a.example), and (c.example: c.example www.c.example)."
)
LIMITED = (
    "AutoSSL failed to create a new certificate order because the server’s Let’s Encrypt account has reached a rate "
    "limit. (too many certificates already issued) You may contact Let’s Encrypt."
)


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("“a.example” and 2 other domains", ["a.example"]),
        ("“a.example” and 4 other domains", ["a.example", "blog.a.example"]),
        ("“a.example” and 6 other domains", ["a.example", "blog.a.example", "c.example"]),
        ("“c.example” and “www.c.example”", ["c.example"]),
        ("“a.example” and “c.example”", ["a.example", "c.example"]),
        ("“a.example” and 3 other domains", ["a.example"]),
        ("“a.example” and 90 other domains", ["a.example"]),
        ("“a.example” only", ["a.example"]),
    ],
)
def test_what_becomes_of_an_order_concerns_every_website_on_it(title: str, told: list[str]) -> None:
    """Let's Encrypt puts websites of one account on one certificate; the line only counts the names."""
    reading = say(
        row(0, "Processing “alice”’s local DCV results …"),
        row(1, REQUESTED),
        row(1, f"Certificate #1: {title}"),
        row(2, LIMITED, kind="warn"),
        row(1, "Certificate #2: “other.example” only"),
        row(2, "An odd word.", kind="warn"),
    )
    account = reading.accounts["alice"]
    assert list(account.websites) == told
    assert all(kinds(account, website) == ["order.rate_limited"] for website in told)
    assert [fact.fields["order"] for fact in account.facts] == ["other.example"]


QUEUED = "The queue contains a request for a certificate for “alice”’s website “a.example” (order item ID “7”)."
TIMES_OF_ORDER = "The request’s start time is 11/22/26, 3:31 AM UTC, and its last poll time is 11/22/26, 4:26 AM UTC."


@pytest.mark.parametrize("header", [LOST, row(0, "Die Warteschlange enthält …")], ids=["unreadable", "unrecognised"])
def test_nothing_of_an_order_with_a_lost_beginning_goes_to_another(header: Record) -> None:
    """What the queue's poller says behind a header that was lost is not about the order before it."""
    reading = say(row(0, QUEUED), header, row(1, TIMES_OF_ORDER))
    assert kinds(reading.accounts["alice"], "a.example") == ["order.queued"]


def test_a_success_behind_an_unknown_header_is_nobodys() -> None:
    """Where AutoSSL said in unknown words whose certificate it installs, the success is not the website's before."""
    reading = say(
        row(0, "Processing “alice”’s local DCV results …"),
        row(1, "Certificate #1: “a.example” only"),
        row(2, "Installing “a.example”’s new certificate …"),
        row(3, "It failed.", "02:17:05", "error"),
        row(1, "Certificate #2: “c.example” only"),
        row(2, "「c.example」の新証明書をインストール中 …"),
        row(3, "Success!"),
    )
    assert "a.example" not in reading.accounts["alice"].websites


def test_orders_are_followed_for_hours(tmp_path: Path) -> None:
    """What the queue's poller adds to the old log goes to the website and account of each order."""
    outcomes = {
        "alice": (hosts.order.issued(), "install.done"),
        "bob": (hosts.order.pending(), "order.not_checked"),
        "cho": (hosts.order.install_failed("disk full"), "install.failed"),
        "dan": (hosts.order.rejected(), "order.rejected"),
    }
    sites = tuple(
        Site(f"{user}.example", Account(user), certificate=Certificate(days_left=9), order=outcome)
        for user, (outcome, _) in outcomes.items()
    )
    start = NOW - timedelta(hours=9)
    host = Host(now=NOW, provider="cPanel", version="11.110.0.55", sites=sites, runs=(Run(start=start),))
    reading, _ = run_of(hosts.build(host, tmp_path / "root"))
    assert reading.unrecognised.lines == 0
    for user, (_, last) in outcomes.items():
        account = reading.accounts[user]
        assert account.finished
        assert kinds(account, f"{user}.example")[-1] == last
        assert list(account.websites) == [f"{user}.example"]


# --- wording


def test_a_message_in_its_old_dress_is_recognised() -> None:
    """Line breaks, markup, exception ids and source positions of old versions are taken off."""
    dcv = '<abbr title="Domain Control Validation">DCV</abbr>'
    reading = say(
        row(0, "Analyzing 1 user …\n"),
        row(1, "Analyzing “alice”’s domains …\n"),
        row(2, f"Performing HTTP {dcv} on 2 domains …\n"),
        row(
            2,
            "(XID 55jkbt) AutoSSL cannot increase “alice”’s SSL coverage. at /usr/local/cpanel/Cpanel/X.pm line 17.\n",
        ),
        row(2, 'Analyzing "a.example" (website) ...'),
        row(3, "\x1b[32mTLS Status: OK\x1b[0m"),
    )
    assert reading.unrecognised.samples == ()
    assert reading.accounts["alice"].websites["a.example"].status == "ok"
    assert [fact.kind for fact in reading.accounts["alice"].facts] == ["account.cannot_increase"]


def test_trouble_that_no_signature_knows_is_kept() -> None:
    """An unknown warning or error stays visible where it stood; unknown chatter is only counted."""
    reading = say(USERS, ALICE, ALICES, row(3, "Something new", "02:17:05", "error"), row(3, "Chatter"))
    (fact,) = reading.accounts["alice"].websites["a.example"].facts
    assert (fact.kind, fact.text, fact.severity, fact.number) == ("unrecognised", "Something new", "error", 4)
    assert reading.unrecognised.lines == 2


def test_odd_contents_are_counted(tmp_path: Path) -> None:
    """Objects, lists and null in place of a message are unrecognised and stop nothing."""
    run = Run(start=START, extra=hosts.ODD_CONTENTS)
    host = Host(now=NOW, sites=(Site("shop.example", Account("alice")),), runs=(run,))
    reading, _ = run_of(hosts.build(host, tmp_path / "root"))
    assert reading.unrecognised.lines == len(hosts.ODD_CONTENTS)
    assert reading.accounts["alice"].finished


def test_numbers_are_those_of_the_file() -> None:
    """Blank and bad lines count: the number of a fact is its line in the file."""
    form = '{{"timestamp":"2026-11-20T02:17:05Z","type":"error","indent":{},"contents":"{}"}}'
    text = [form.format(0, "Analyzing 1 user …"), "", "bad", "\r", "", form.format(1, "Analyzing “alice”’s domains …")]
    text.append(form.format(2, "AutoSSL cannot increase “alice”’s SSL coverage."))
    (fact,) = read("".join(f"{line}\n" for line in text).encode()).accounts["alice"].facts
    assert fact.number == 7


BLANK = ["\n", " ", "\u00a0", "\x1b[0m", " at /usr/local/cpanel/Cpanel/X.pm line 17.\n"]


@pytest.mark.parametrize("contents", BLANK)
def test_a_message_without_words_is_borne(contents: str) -> None:
    """A line break alone, as versions 58 to 68 may log, does not end the reader."""
    assert say(USERS, row(1, contents)).announced == 2


@pytest.mark.parametrize("test", ["Local HTTP DCV error", "Local DNS DCV error"])
def test_a_failure_without_a_reason_is_borne(test: str) -> None:
    """A failed test whose reason is blank is a failure of an unknown kind."""
    reading = say(USERS, ALICE, row(2, f"{test} (a.example):  "))
    assert [fact.kind for fact in reading.accounts["alice"].names["a.example"]] == ["unrecognised"]


# --- any text


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 5_000),
        st.sampled_from(["insert", "delete", "swap", "cut", "drop", "double", "deeper", "flatter"]),
        st.integers(0, 200),
        st.sampled_from(["“", "”", '"', "’", "…", "(", ")", ":", "é", "日", "\n", "\0", "x", "0"]),
    ),
    min_size=1,
    max_size=40,
)


def changed(rows: list[Record], changes: list[tuple[int, str, int, str]]) -> list[Record]:
    """The records with some of them mutated."""
    rows = list(rows)
    for place, kind, at, sign in changes:
        index = place % len(rows)
        old = rows[index]
        text, indent = old.contents, old.indent
        position = at % (len(text) + 1)
        if kind == "insert":
            text = text[:position] + sign + text[position:]
        elif kind == "delete":
            text = text[:position] + text[position + 1 :]
        elif kind == "swap":
            text = text[:position] + text[position : position + 2][::-1] + text[position + 2 :]
        elif kind == "cut":
            text = text[:position]
        elif kind in ("deeper", "flatter"):
            indent = max(0, indent + (1 if kind == "deeper" else -1))
        elif kind == "drop" and len(rows) > 1:
            del rows[index]
            continue
        elif kind == "double":
            rows.insert(index, old)
        rows[index] = Record(old.timestamp, old.type, indent, text)
    return rows


@given(changes=CHANGES)
def test_a_mutated_run_never_raises(
    stories: tuple[RunReading, bytes], changes: list[tuple[int, str, int, str]]
) -> None:
    """Whatever happens to the lines of a real run, every line is recognised, counted or empty."""
    rows = changed(decode_lines(stories[1]), changes)
    reading = RunReader("json", lines(), reasons()).read([rows])
    assert reading.recognised + reading.unrecognised.lines >= len([row for row in rows if row.contents])
    assert set(reading.accounts) - set(stories[0].accounts) <= {
        word for row in rows for word in row.contents.replace('"', "“").replace("”", "“").split("“")
    }


@given(
    content=st.lists(
        st.sampled_from([b"\n", b"{", b"}", b'"', b"\\", b"\xff", b"\xe2\x80", b"\0", b"0", b","]), max_size=6
    ),
    place=st.integers(0),
)
def test_a_damaged_file_never_raises(stories: tuple[RunReading, bytes], content: list[bytes], place: int) -> None:
    """Bytes put anywhere into a real log cost the lines that they hit, never the rest."""
    log = stories[1]
    position = place % len(log)
    reading = read(log[:position] + b"".join(content) + log[position:])
    assert stories[0].recognised - reading.recognised <= 3 + reading.unrecognised.lines


@pytest.fixture(scope="module")
def quoting(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A run in which the websites of mallory say MARK in every way they can, between two other accounts."""
    marked = (
        check.content("MARK"),
        check.http_status(404, "MARK"),
        check.redirected("http://m.example/MARK"),
        check.fetch_error("Malformed Status-Line: MARK"),
        check.remote_error("403 urn:ietf:params:acme:error:unauthorized (x) (MARK)"),
    )
    names = ("@", "www.", "mail.", "cpanel.", "webmail.")
    sites = (
        Site("a.example", Account("aaron"), certificate=Certificate(days_left=10), checks={"*": check.no_address()}),
        Site(
            "m.example",
            Account("mallory"),
            certificate=Certificate(days_left=10),
            checks=dict(zip(names, marked, strict=True)),
        ),
        Site(
            "v.example",
            Account("victim"),
            certificate=Certificate(days_left=10),
            checks={"www.": check.http_status(403)},
        ),
    )
    host = Host(now=NOW, sites=sites, runs=(Run(start=START),))
    content = run_of(hosts.build(host, tmp_path_factory.mktemp("quoting") / "root"))[1]
    assert len([line for line in content.splitlines() if b"MARK" in line]) >= len(marked)
    return content


LURES = [
    *(line for signature in lines().signatures for line in signature.match),
    *(line for signature in reasons().signatures for line in signature.match),
]
QUOTED = st.lists(
    st.one_of(
        st.sampled_from(LURES).map(lambda line: line.replace("alice", "victim").replace("a.example", "v.example")),
        st.sampled_from(["”", "“", '"', "\n", ")", "). ", ": ", "; ", " (", "” of the DCV", "victim", "v.example"]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    ),
    max_size=8,
).map("".join)


@given(content=QUOTED)
def test_what_is_quoted_never_changes_another_account(quoting: bytes, content: str) -> None:
    """Content, reason phrases, addresses and the CA's quotations of mallory's websites concern mallory only."""
    inside = json.dumps(content, ensure_ascii=False)[1:-1].encode()
    plain, forged = read(quoting), read(quoting.replace(b"MARK", inside))
    assert forged.accounts["victim"] == plain.accounts["victim"]
    assert forged.accounts["aaron"] == plain.accounts["aaron"]
    assert forged.accounts.keys() == plain.accounts.keys()
    assert forged.facts == plain.facts
    assert forged.announced == plain.announced
    assert set(forged.accounts["mallory"].websites) == {"m.example"}
    assert set(forged.accounts["mallory"].names) == set(plain.accounts["mallory"].names)


def test_a_line_with_a_garbled_time_is_not_believed() -> None:
    """A time that is none ends nothing and becomes nobody's time, however it compares with the others."""
    garbled = Record("2026-11\ufffd-20T02:17:09Z", "out", 3, "TLS Status: OK")
    reading = say(USERS, ALICE, ALICES, garbled)
    assert reading.accounts["alice"].websites["a.example"].status == ""
    assert reading.last_at == "2026-11-20T02:17:05Z"
    assert reading.unrecognised.lines == 1


@pytest.mark.parametrize(
    "line", ["-----BEGIN RSA PRIVATE KEY-----", "MIIEpAIBAAKCAQEA7bq+/x" * 2, "c2VjcmV0c2VjcmV0cw=="]
)
def test_a_key_in_the_place_of_a_log_is_not_quoted(line: str) -> None:
    """A file that was copied to the wrong place is counted, and nothing of it is shown."""
    reading = read(line.encode() + b"\n")
    assert reading.unrecognised.lines == 1
    assert line not in reading.unrecognised.samples[0]
    assert line not in repr(say(USERS, ALICE, row(1, line, kind="error")))
