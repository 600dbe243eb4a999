"""Older runs are read only where the last one repeats a failure, and only a few of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autossl_doctor.collect.runs import earlier
from autossl_doctor.collect.runs.earlier import MOST_READ, read_earlier
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known
from autossl_doctor.model.host import Problem
from autossl_doctor.model.log import AccountReading, LogFact, Run, RunReading

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIMIT = LogFact("ca.rate_limited", {}, "A rate limit prevents DCV.", event="ca_failed")
REASON = LogFact("ca.check_failed", {}, "400 urn:ietf:params:acme:error:connection (x) (y)", event="ca_failed")
PASSED = LogFact("check.ca_ok", {}, "", event="ca_ok")
NAME = "a.example"


def run(hours: float, username: str = "*") -> Run:
    """A run that began so many hours ago."""
    started = NOW - hours * HOUR
    return Run(started.isoformat(), started, username, "LetsEncrypt")


def reading(*facts: LogFact, repeating: bool = False) -> RunReading:
    """What a run says of one name of alice."""
    account = AccountReading("alice", "json", finished=True, names={NAME: facts})
    names = {"alice": frozenset((NAME,))} if repeating else {}
    return RunReading("json", {"alice": account}, repeating=names)


class Logs:
    """The logs of older runs, which count how often one is read."""

    def __init__(self, said: dict[str, RunReading]) -> None:
        self.said = said
        self.read: list[str] = []

    def read_run(self, _host: HostPaths, asked: Run) -> Fact[tuple[Run, RunReading]]:
        """Read one log."""
        self.read.append(asked.name)
        return Known((asked, self.said.get(asked.name, reading(LIMIT))), asked.name)


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Logs:
    """No log that says more than that a limit is used up."""
    found = Logs({})
    monkeypatch.setattr(earlier, "read_run", found.read_run)
    return found


def ask(
    directory: Path, older: list[Run], last: RunReading, problems: dict[str, tuple[Problem, ...]] | None = None
) -> dict[str, dict[str, tuple[LogFact, ...]]]:
    """Ask for what older runs say, after the last one."""
    newest = run(0.5)
    return read_earlier(HostPaths(directory), [newest, *older], [(newest, last)], problems or {}, {"alice"})


def test_nothing_is_read_where_nothing_is_repeated(tmp_path: Path, logs: Logs) -> None:
    """The ordinary run costs no further reading."""
    assert ask(tmp_path, [run(3), run(6)], reading(REASON)) == {}
    assert logs.read == []


def test_the_last_reason_is_taken(tmp_path: Path, logs: Logs) -> None:
    """A run over somebody else is passed over, and what lies behind the reason is not read."""
    older = [run(1, "alice"), run(2, "bob"), run(3), run(6)]
    logs.said[older[2].name] = reading(REASON)
    assert ask(tmp_path, older, reading(LIMIT, repeating=True)) == {"alice": {NAME: (REASON,)}}
    assert logs.read == [older[0].name, older[2].name]


def test_a_name_that_passed_since_has_no_older_reason(tmp_path: Path, logs: Logs) -> None:
    """What was wrong before that has been put right."""
    older = [run(3), run(6)]
    logs.said = {older[0].name: reading(PASSED), older[1].name: reading(REASON)}
    assert ask(tmp_path, older, reading(LIMIT, repeating=True)) == {}
    assert logs.read == [older[0].name]


def test_few_and_young_runs_are_read(tmp_path: Path, logs: Logs) -> None:
    """A limit of failed checks is counted by the hour."""
    ask(tmp_path, [run(1 + number / 10, "alice") for number in range(40)], reading(LIMIT, repeating=True))
    assert len(logs.read) == MOST_READ
    logs.read.clear()
    ask(tmp_path, [run(48), run(72)], reading(LIMIT, repeating=True))
    assert logs.read == []


@pytest.mark.parametrize(("written", "asked"), [(NOW, True), (NOW - 9 * HOUR, False)])
def test_a_record_that_is_younger_than_the_run_asks_as_well(
    tmp_path: Path, logs: Logs, written: datetime, *, asked: bool
) -> None:
    """The log may have told it in words that nobody knows."""
    row = Problem(NAME, "alice", written, (LIMIT,))
    older = [run(3)]
    logs.said[older[0].name] = reading(REASON)
    found = ask(tmp_path, older, reading(), {"alice": (row,), "bob": (row,)})
    assert found == ({"alice": {NAME: (REASON,)}} if asked else {})
