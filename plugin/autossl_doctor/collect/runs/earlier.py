"""What the CA said of names in older runs, for those of which the last run only says that an earlier check failed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from autossl_doctor.collect.runs.catalogue import ALL_USERS, read_run
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known
from autossl_doctor.model.host import Problem
from autossl_doctor.model.log import LogFact, Run, RunReading
from autossl_doctor.model.repeating import repeats_a_failure

MOST_READ = 8
WITHIN = timedelta(hours=26)
"""A limit of failed checks is counted by the hour, and a daily check may have met it."""
Earlier = dict[str, dict[str, tuple[LogFact, ...]]]
Wanted = dict[str, set[str]]


def read_earlier(
    host: HostPaths,
    catalogue: Iterable[Run],
    pairs: Sequence[tuple[Run, RunReading]],
    problems: Mapping[str, tuple[Problem, ...]],
    accounts: Container[str],
) -> Earlier:
    """Give, by account and name, why the CA's checks failed before; nothing is read where nobody asks for it."""
    wanted: Wanted = {}
    since: dict[str, datetime] = {}
    for account, names in _repeating(pairs, problems):
        deciding = _deciding(pairs, account) if account in accounts else None
        if deciding is not None:
            wanted.setdefault(account, set()).update(names)
            since[account] = deciding.started
    found: Earlier = {}
    if not wanted:
        return found
    newest = max(since.values())
    read = 0
    for run in catalogue:
        asked = [name for name in wanted if since[name] > run.started and run.username in (ALL_USERS, "", name)]
        if not asked:
            continue
        if read >= MOST_READ or newest - run.started > WITHIN:
            break
        read += 1
        known = read_run(host, run)
        if isinstance(known, Known):
            for account in asked:
                _take(known.value[1], account, wanted, found)
        if not wanted:
            break
    return found


def _repeating(
    pairs: Sequence[tuple[Run, RunReading]], problems: Mapping[str, tuple[Problem, ...]]
) -> Iterator[tuple[str, Iterable[str]]]:
    """Give accounts with the names of which only an earlier failure is told."""
    for run, reading in pairs:
        for account, names in reading.repeating.items():
            if account in reading.accounts and _deciding(pairs, account) == run:
                yield account, names
    for account, rows in problems.items():
        for row in rows:
            if row.facts and all(repeats_a_failure(fact.kind, fact.text) for fact in row.facts):
                deciding = _deciding(pairs, account)
                if deciding is not None and row.written is not None and row.written >= deciding.started:
                    yield account, (row.name,)


def _deciding(pairs: Sequence[tuple[Run, RunReading]], account: str) -> Run | None:
    """Give the last run that finished with an account."""
    for run, reading in pairs:
        said = reading.accounts.get(account)
        if said is not None and said.finished:
            return run
    return None


def _take(reading: RunReading, account: str, wanted: Wanted, found: Earlier) -> None:
    """Take over what a run says of the names that are asked about; whoever passed or failed in it is asked no more."""
    said = reading.accounts.get(account)
    if said is None:
        return
    left = wanted[account]
    for name in tuple(left):
        facts = said.names.get(name, ())
        failed: list[LogFact] = []
        for fact in facts:
            if fact.event == "ca_ok":
                failed = []
                left.discard(name)
            elif fact.event == "ca_failed" and not repeats_a_failure(fact.kind, fact.text):
                failed.append(fact)
        if failed:
            found.setdefault(account, {})[name] = tuple(failed)
            left.discard(name)
    if not left:
        del wanted[account]
