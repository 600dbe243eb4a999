"""How far a run has come, told from its log while it is written."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autossl_doctor.collect.runs import follow_file
from autossl_doctor.collect.runs.follow_file import Tail
from autossl_doctor.collect.runs.progress import Progress
from autossl_doctor.collect.runs.records import UNREADABLE, Record
from autossl_doctor.collect.runs.running import RunningRuns
from autossl_doctor.collect.signatures.lexicon import lines
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known, Unknown
from tests.lab import hosts
from tests.lab.hosts import Account, Certificate, Host, Run, Site
from tests.lab.reading import records, run_directories

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
STEPS = ["check", "domain_test", "order", "issued", "installed"]


def row(indent: int, text: str, second: int = 5) -> Record:
    """One record."""
    return Record(f"2026-11-20T02:17:{second:02}Z", "out", indent, text)


def after(*rows: Record) -> Progress:
    """What is known after these records."""
    progress = Progress(lines())
    progress.feed(rows)
    return progress


ALICE = row(1, "Analyzing “alice”’s domains …")
PHASE_2 = row(0, "Processing “alice”’s local DCV results …", 10)
END = row(1, "The system has completed “alice”’s AutoSSL check.", 20)


def test_every_step_of_a_renewal_is_seen_in_its_order(tmp_path: Path) -> None:
    """A run as AutoSSL writes it, line by line: each step once, never back, and the end after all of them."""
    site = Site("shop.example", Account("alice"), certificate=Certificate(days_left=3))
    root = hosts.build(
        Host(now=NOW, sites=(site,), runs=(Run(start=NOW - timedelta(hours=1), username="alice"),)), tmp_path / "root"
    )
    progress, seen, done = Progress(lines()), list[str](), list[bool]()
    for record in records(run_directories(root)[-1]):
        said = Record(record["timestamp"], record["type"], record["indent"], record["contents"])
        progress.feed([said])
        reached = progress.reached("alice", "shop.example")
        if reached and (not seen or seen[-1] != reached[0]):
            seen.append(reached[0])
        done.append(bool(progress.done_at("alice")))
    assert seen == STEPS
    assert done.index(True) >= len(done) - 2


def test_before_its_turn_nothing_is_known_of_an_account() -> None:
    """A run over all accounts begins with others."""
    progress = after(row(0, "Analyzing 2 users …"), row(1, "Analyzing “bob”’s domains …"))
    assert progress.reached("alice", "a.example") is None
    assert progress.done_at("alice") == ""


def test_the_time_is_that_of_the_line_which_began_the_step() -> None:
    """Further lines of the same step do not move it."""
    progress = after(
        ALICE, row(2, "Analyzing “a.example” (website) …", 7), PHASE_2, row(1, "Local DNS DCV OK: x.y", 11)
    )
    assert progress.reached("alice", "a.example") == ("domain_test", "2026-11-20T02:17:10Z")


def test_a_test_of_a_name_is_the_second_step() -> None:
    """Already in the first phase, in which the tests over HTTP are made."""
    progress = after(ALICE, row(2, "Performing HTTP DCV on 1 domain …"), row(3, "Local HTTP DCV OK: a.example"))
    assert progress.reached("alice", "a.example") == ("domain_test", "2026-11-20T02:17:05Z")


def test_websites_of_one_account_are_told_apart() -> None:
    """The order of one is none of the other."""
    progress = after(
        ALICE,
        PHASE_2,
        row(1, "Analyzing “a.example”’s DCV results …", 11),
        row(2, "AutoSSL will request a new certificate.", 11),
        row(1, "Analyzing “b.example”’s DCV results …", 12),
        row(2, "Impediment: TOTAL_DCV_FAILURE: Every domain failed DCV.", 12),
        row(1, "Certificate #1: “a.example” only", 13),
        row(2, "Installing “a.example”’s new certificate …", 14),
        row(3, "Success!", 15),
    )
    assert progress.reached("alice", "a.example") == ("installed", "2026-11-20T02:17:15Z")
    assert progress.reached("alice", "b.example") == ("domain_test", "2026-11-20T02:17:10Z")
    assert progress.done_at("alice") == ""
    progress.feed([END])
    assert progress.done_at("alice") == "2026-11-20T02:17:20Z"


def test_a_success_without_an_installation_is_none() -> None:
    """The word alone says nothing about a website."""
    progress = after(ALICE, PHASE_2, row(1, "Success!", 11))
    assert progress.reached("alice", "a.example") == ("domain_test", "2026-11-20T02:17:10Z")


@pytest.mark.parametrize(
    "text", ["“alice” is suspended.", "“alice” does not possess the required feature (“autossl”)."]
)
def test_an_account_that_is_passed_over_is_done(text: str) -> None:
    """AutoSSL says no more of it."""
    assert after(row(1, text)).done_at("alice") == "2026-11-20T02:17:05Z"


@pytest.mark.parametrize(
    "odd",
    [
        row(1, "Analyzing “eve”’s domains …", 1),
        row(4, "Analyzing “eve”’s domains …"),
        Record(type=UNREADABLE, contents="Analyzing “eve”’s domains …"),
        row(1, "The content “Analyzing “eve”’s domains …” of the DCV file"),
    ],
    ids=["back in time", "two levels deeper", "no record", "quoted"],
)
def test_lines_that_are_not_believed_open_nothing(odd: Record) -> None:
    """A website may put such words into what AutoSSL quotes."""
    progress = after(ALICE, odd, row(2, "Local HTTP DCV OK: a.example", 6))
    assert progress.reached("eve", "a.example") is None


def test_a_line_nobody_believes_closes_what_it_may_have_ended() -> None:
    """What follows may be about another account."""
    progress = after(ALICE, row(1, "Analyzing “bob”’s domains …", 1), row(2, "Local HTTP DCV OK: a.example", 6))
    assert progress.reached("alice", "a.example") == ("check", "2026-11-20T02:17:05Z")


# --- reading on


def line(text: str, indent: int = 0) -> bytes:
    """One line of a log."""
    return json.dumps({"timestamp": "2026-11-20T02:17:05Z", "indent": indent, "contents": text}).encode() + b"\n"


def contents(found: Known[list[Record]] | Unknown) -> list[str]:
    """What new records say."""
    assert isinstance(found, Known)
    return [record.contents for record in found.value]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """An empty log."""
    path = tmp_path / "json"
    path.touch()
    return path


def test_only_what_is_new_is_read_and_only_whole_lines(log: Path) -> None:
    """Half a line waits for its other half."""
    tail = Tail(HostPaths(log.parent), "/json")
    assert contents(tail.read_new()) == []
    whole = line("one") + line("two")
    with log.open("ab", buffering=0) as stream:
        stream.write(whole[:-10])
        assert contents(tail.read_new()) == ["one"]
        assert contents(tail.read_new()) == []
        stream.write(whole[-10:])
        assert contents(tail.read_new()) == ["two"]


@pytest.mark.parametrize("how", ["cut", "replaced"])
def test_a_log_that_is_not_the_same_is_read_from_its_beginning(log: Path, how: str) -> None:
    """And it is said so, because what was known is about another log."""
    tail = Tail(HostPaths(log.parent), "/json")
    log.write_bytes(line("one") + line("two"))
    tail.read_new()
    if how == "cut":
        os.truncate(log, 0)
        log.write_bytes(line("three"))
    else:
        (log.parent / "other").write_bytes(line("three") + line("four") + line("five"))
        (log.parent / "other").replace(log)
    assert contents(tail.read_new())[0] == "three"
    assert tail.begun_anew
    tail.read_new()
    assert not tail.begun_anew


def test_a_long_log_is_read_in_parts(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others are served in between."""
    monkeypatch.setattr(follow_file, "MOST_AT_ONCE", 100)
    log.write_bytes(b"".join(line(str(number)) for number in range(20)))
    tail = Tail(HostPaths(log.parent), "/json")
    parts, behind = [contents(tail.read_new())], [tail.behind]
    while behind[-1]:
        parts.append(contents(tail.read_new()))
        behind.append(tail.behind)
    assert len(parts) > 10
    assert [text for part in parts for text in part] == [str(number) for number in range(20)]


def test_a_line_without_end_is_counted_once(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not fill the memory, and what follows it is read."""
    monkeypatch.setattr(follow_file, "LINE_CAP", 100)
    tail, found = Tail(HostPaths(log.parent), "/json"), list[Record]()
    with log.open("ab", buffering=0) as stream:
        for part in (b"x" * 80, b"x" * 80, b"x" * 500, b"x\n" + line("after")):
            stream.write(part)
            read = tail.read_new()
            assert isinstance(read, Known)
            found += read.value
    assert [(record.type, record.contents) for record in found] == [(UNREADABLE, ""), ("out", "after")]


def test_a_missing_log_is_not_an_empty_one(tmp_path: Path) -> None:
    """It may come; a FIFO in its place is not waited for."""
    assert isinstance(Tail(HostPaths(tmp_path), "/json").read_new(), Unknown)
    os.mkfifo(tmp_path / "json")
    assert isinstance(Tail(HostPaths(tmp_path), "/json").read_new(), Unknown)


# --- what runs


def test_runs_are_alive_while_their_process_is(tmp_path: Path) -> None:
    """A process that ends, and a new run that appears, are noticed."""
    minute = timedelta(minutes=1)
    runs = (Run(start=NOW - 9 * minute), Run(start=NOW - 2 * minute, username="alice", alive=True))
    site = Site("shop.example", Account("alice"))
    root = hosts.build(Host(now=NOW, sites=(site,), runs=runs, proc=True, pace=0.1), tmp_path / "root")
    running = RunningRuns(HostPaths(root))
    assert [run.username for run in running.look()] == ["alice"]
    upid = (root / "var/cpanel/logs/autossl" / running.runs[0].name / "upid").readlink().name
    (root / "proc" / upid.partition(".")[0] / "stat").unlink()
    assert running.look() == []
    new = root / "var/cpanel/logs/autossl/2026-11-22T12:30:00Z"
    new.mkdir()
    for link, target in {"username": "*", "in_progress": "1"}.items():
        (new / link).symlink_to(target)
    assert [run.username for run in running.look()] == ["*"]
    assert [run.username for run in running.recent()] == ["*", "alice", "*"]
