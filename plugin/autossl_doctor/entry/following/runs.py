"""The logs that are read while they are written, and what they say of those who wait."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from autossl_doctor.collect.languages.reading_hosts import lexicons_of
from autossl_doctor.collect.runs.catalogue import ALL_USERS, LOG_DIRECTORY
from autossl_doctor.collect.runs.follow_file import Tail
from autossl_doctor.collect.runs.progress import Progress, Step
from autossl_doctor.collect.runs.running import RunningRuns
from autossl_doctor.entry.following.asked import Asked
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known
from autossl_doctor.model.log import Run
from autossl_doctor.model.moment import parse_moment


class Standing(NamedTuple):
    """How far AutoSSL has come with a website: the step and since when, and whether it is done with the account."""

    step: Step
    since: datetime
    over: bool


class _Log:
    """One run's log, as far as it has been read."""

    def __init__(self, host: HostPaths, run: Run) -> None:
        self.run = run
        self.alive = True
        self._tail = Tail(host, f"{LOG_DIRECTORY}/{run.name}/json")
        self._lexicon = lexicons_of(host).lines
        self.progress = Progress(self._lexicon)

    def read_on(self, *, alive: bool) -> None:
        """Take in what is new. What a process wrote last is read after it has ended."""
        records = self._tail.read_new()
        if self._tail.begun_anew:
            self.progress = Progress(self._lexicon)
        if isinstance(records, Known):
            self.progress.feed(records.value)
        self.alive = alive or self._tail.behind

    @property
    def behind(self) -> bool:
        """Tell whether there is more to read at once."""
        return self._tail.behind


class WatchedRuns:
    """Reads the logs of those runs that somebody waits for."""

    def __init__(self, host: HostPaths) -> None:
        self._host = host
        self._running = RunningRuns(host)
        self._logs: dict[str, _Log] = {}
        self._alive: tuple[Run, ...] = ()
        self._known: frozenset[str] | None = None

    @property
    def alive(self) -> tuple[Run, ...]:
        """Give the runs that are under way."""
        return self._alive

    @property
    def newest(self) -> Run | None:
        """Give the run that began last."""
        return self._running.runs[0] if self._running.runs else None

    @property
    def behind(self) -> bool:
        """Tell whether there is more to read at once."""
        return any(log.behind for log in self._logs.values())

    def look(self, waiting: Iterable[Asked]) -> tuple[Run, ...]:
        """Read on in the logs that are waited for; give the runs that have ended since the last look."""
        before = self._alive
        # First who lives, then what was written: in this order nothing that a process wrote before its end is missed.
        self._alive = tuple(self._running.look())
        alive = {run.name for run in self._alive}
        wanted = {run.name: run for asked in waiting for run in self._covering(asked)}
        for name in self._logs.keys() - wanted.keys():
            del self._logs[name]
        for name, run in wanted.items():
            self._logs.setdefault(name, _Log(self._host, run)).read_on(alive=name in alive)
        return (*(run for run in before if run.name not in alive), *self._missed(alive))

    def _missed(self, alive: Collection[str]) -> list[Run]:
        """Give the runs that began and ended between two looks."""
        # A directory whose run has no name yet has just been made.
        recent = [run for run in self._running.recent() if run.username]
        known, self._known = self._known, frozenset(run.name for run in recent)
        if known is None:
            return []
        return [run for run in recent if run.name not in known and run.name not in alive]

    def standing(self, asked: Asked) -> Standing | None:
        """Tell how far AutoSSL has come for somebody; None while no run has begun with the account.

        The account's own run counts before a run over all accounts, and the newer before the older.
        """
        logs = [self._logs[run.name] for run in self._covering(asked) if run.name in self._logs]
        for log in sorted(logs, key=lambda log: log.run.username == ALL_USERS):
            standing = _standing(log, asked)
            if standing is not None:
                return standing
        return None

    def _covering(self, asked: Asked) -> list[Run]:
        """Give the runs that may be the one that is waited for, newest first."""
        alive = {run.name for run in self._alive}
        return [
            run
            for run in self._running.recent()
            if run.username in (ALL_USERS, asked.owner.account) and (run.name in alive or run.started >= asked.at)
        ]


def _standing(log: _Log, asked: Asked) -> Standing | None:
    account, run = asked.owner.account, log.run
    reached = log.progress.reached(account, asked.site)
    done_at = parse_moment(log.progress.done_at(account))
    if done_at is not None and done_at < asked.at:
        # Done before anybody asked: the click waits for another run.
        return None
    if reached is None and done_at is None and run.username == ALL_USERS:
        return None
    step, at = reached or ("check", "")
    return Standing(step, parse_moment(at) or max(run.started, asked.at), done_at is not None or not log.alive)
