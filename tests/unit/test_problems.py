"""The recorded problems: one row for a name, its reasons told apart, each with its kind."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.collect.problems import DATABASE, read_problems, split_problem
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known, Unknown
from autossl_doctor.model.host import Problem
from tests.lab import hosts
from tests.lab.hosts import Account, Certificate, Host, ProblemRow, Run, Site, check

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
START = NOW - timedelta(hours=4)
TIME = "2026-11-22T08:30:00Z"
NO_ADDRESS = "“a.example” does not resolve to any IP addresses on the internet."
FORBIDDEN = (
    "The system queried for a temporary file at “http://a.example/x”, but the web server responded with the following "
    "error: 403 (Forbidden). A DNS (Domain Name System) or web server misconfiguration may exist."
)
Row = tuple[object, object, object, object, object]


@pytest.mark.parametrize(
    ("problem", "parts"),
    [
        ("HTTP DCV: x", [("HTTP", "x")]),
        ("DNS DCV: x; HTTP DCV: y", [("DNS", "x"), ("HTTP", "y")]),
        ("MASTER DCV: x; y; HTTP: z; DNS", [("MASTER", "x; y; HTTP: z; DNS")]),
        ("DNS DCV: a; b; HTTP DCV: c; d", [("DNS", "a; b"), ("HTTP", "c; d")]),
        ("DNS DCV: x;HTTP DCV: y", [("DNS", "x;HTTP DCV: y")]),
        ("DNS DCV: x; FTP DCV: y", [("DNS", "x; FTP DCV: y")]),
        ("DNS DCV: x; HTTP DCV:y", [("DNS", "x; HTTP DCV:y")]),
        ("HTTP DCV: ", [("HTTP", "")]),
        ("something else; HTTP DCV: x", [("", "something else"), ("HTTP", "x")]),
        ("something else", [("", "something else")]),
        ("HTTP DCV: x\nDNS DCV: y", [("HTTP", "x\nDNS DCV: y")]),
        ("", []),
        ("  ", []),
    ],
)
def test_only_the_next_method_parts_a_problem(problem: str, parts: list[tuple[str, str]]) -> None:
    """A semicolon inside a reason is part of it; only one before `METHOD DCV: ` is not."""
    assert list(split_problem(problem)) == parts


@given(st.text())
def test_nothing_is_lost_in_parting(problem: str) -> None:
    """The parts, put together again, are the problem."""
    parts = [f"{method} DCV: {reason}" if method else reason for method, reason in split_problem(problem)]
    assert not problem.strip() or "; ".join(parts) == problem


def write(root: Path, *rows: Row) -> HostPaths:
    """A saved host with these rows: domain, username, log, time, problem."""
    file = root / DATABASE[1:]
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE problems(domain, username, log, time, problem)")
        connection.executemany("INSERT INTO problems VALUES (?, ?, ?, ?, ?)", rows)
    return HostPaths(root)


def problems(host: HostPaths) -> dict[str, tuple[Problem, ...]]:
    """Every recorded problem by account."""
    found = read_problems(host)
    assert isinstance(found, Known)
    assert found.source == DATABASE
    return dict(found.value)


def kinds(problem: Problem) -> list[tuple[str, str]]:
    """Kind and event of each of a problem's reasons."""
    return [(fact.kind, fact.event) for fact in problem.facts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"HTTP DCV: {NO_ADDRESS}", [("dns.no_address", "http_failed")]),
        (
            f"DNS DCV: No local authority: “a.example”; HTTP DCV: {FORBIDDEN}",
            [("reason.no_authority", "dns_failed"), ("http.status", "http_failed")],
        ),
        (f"HTTP DCV: (XID 55jkbt) {NO_ADDRESS}", [("dns.no_address", "http_failed")]),
        ("HTTP DCV: something new", [("unrecognised", "http_failed")]),
        ("HTTP DCV: ", [("unrecognised", "http_failed")]),
        ("MASTER DCV: 400 urn:ietf:params:acme:error:dns (x; y)", [("dns.failing", "ca_failed")]),
        ("something else", [("unrecognised", "http_failed")]),
    ],
)
def test_each_reason_has_its_kind(tmp_path: Path, text: str, expected: list[tuple[str, str]]) -> None:
    """The words are those of the log, and what no signature knows is unrecognised."""
    ((problem,),) = problems(write(tmp_path, ("a.example", "alice", TIME, TIME, text))).values()
    assert kinds(problem) == expected
    assert "; ".join(fact.text for fact in problem.facts) == text
    assert {(fact.source, fact.at, fact.severity) for fact in problem.facts} == {(DATABASE, TIME, "error")}


def test_rows_go_to_their_accounts(tmp_path: Path) -> None:
    """Names are compared without their case and given in order."""
    text = f"HTTP DCV: {NO_ADDRESS}"
    rows = [
        (name, user, TIME, TIME, text)
        for name, user in (("b.example", "bob"), ("C.example", "alice"), ("a.example", "alice"))
    ]
    found = problems(write(tmp_path, *rows))
    assert {user: {each.name for each in own} for user, own in found.items()} == {
        "alice": {"a.example", "c.example"},
        "bob": {"b.example"},
    }
    assert {each.account for each in found["alice"]} == {"alice"}


@pytest.mark.parametrize(
    ("log", "time", "written"),
    [
        ("2026-11-22T08:00:00Z", TIME, datetime(2026, 11, 22, 8, 30, tzinfo=UTC)),
        (TIME, None, datetime(2026, 11, 22, 8, 30, tzinfo=UTC)),
        (TIME, "", datetime(2026, 11, 22, 8, 30, tzinfo=UTC)),
        ("never", "ever", None),
        (None, None, None),
    ],
)
def test_the_time_of_a_row(tmp_path: Path, log: object, time: object, written: datetime | None) -> None:
    """The row's own time counts, else the log's; a row without one is kept."""
    ((problem,),) = problems(write(tmp_path, ("a.example", "alice", log, time, f"HTTP DCV: {NO_ADDRESS}"))).values()
    assert problem.written == written


def test_odd_values_are_borne(tmp_path: Path) -> None:
    """Numbers, nothing and raw bytes in place of texts do not end the reader."""
    rows: list[Row] = [
        (None, None, None, None, None),
        (1, 2, 3, 4, 5),
        (b"\xff", b"\xff", b"\xff", b"\xff", b"\xff"),
        ("a.example", "alice", TIME, TIME, "HTTP DCV: " + "x" * 100_000),
    ]
    found = problems(write(tmp_path, *rows))
    assert sum(len(own) for own in found.values()) == len(rows)
    assert len(found["alice"][0].facts[0].text) <= 20_000


def test_no_problems_are_known_to_be_none(tmp_path: Path) -> None:
    """An empty table is an answer; no file, no table and another layout are reasons."""
    assert problems(write(tmp_path / "empty")) == {}
    assert read_problems(HostPaths(tmp_path)) == Unknown("missing", DATABASE)
    file = tmp_path / DATABASE[1:]
    file.parent.mkdir(parents=True)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE problems(domain, username, problem)")
    found = read_problems(HostPaths(tmp_path))
    assert isinstance(found, Unknown)
    assert (found.why, found.source) == ("damaged", DATABASE)


@pytest.mark.parametrize("journal", ["delete", "wal", "wal-pending"])
def test_the_problems_of_a_built_host(tmp_path: Path, journal: str) -> None:
    """What failed in the last run is recorded with the kind that the log gives it."""
    site = Site(
        "shop.example",
        Account("alice"),
        service_names=(),
        certificate=Certificate(days_left=10),
        checks={"@": check.http_status(404), "www.": check.elsewhere("203.0.113.9")},
    )
    old = ProblemRow(domain="gone.example", username="bob", problem="MASTER DCV: x", time=NOW - timedelta(days=3))
    host = Host(
        now=NOW,
        sites=(site,),
        runs=(Run(start=START),),
        problems=(old,),
        problems_journal=journal,  # type: ignore[arg-type]
    )
    found = problems(HostPaths(hosts.build(host, tmp_path / "root")))
    assert [(each.name, each.facts[-1].kind) for each in found["alice"]] == [
        ("shop.example", "http.status"),
        ("www.shop.example", "dns.elsewhere"),
    ]
    assert [each.written for each in found["bob"]] == [NOW - timedelta(days=3)]
    written = found["alice"][0].written
    assert written is not None
    assert START <= written <= NOW
