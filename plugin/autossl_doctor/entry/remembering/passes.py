"""One pass over the logs: every run that has ended and is not known yet is read, judged and written down.

A few runs are written in one transaction: whoever ends the pass in the middle loses them and nothing else, and the next
pass goes on there. A log that nobody can make sense of ends nothing: it is noted as such, and passed over.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from autossl_doctor.collect.languages.reading_hosts import Lexicons, keeping_lexicons_of
from autossl_doctor.collect.runs.catalogue import SURELY_DEAD, read_run, with_state
from autossl_doctor.collect.runs.reading import RunReader
from autossl_doctor.entry.remembering.logs import Log, added, is_unchanged, logs_to_read, tail_of
from autossl_doctor.entry.remembering.states import States
from autossl_doctor.entry.remembering.telling import Teller
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.people import Owner
from autossl_doctor.model.cause import Cause
from autossl_doctor.model.fact import Known
from autossl_doctor.model.log import Run, RunReading
from autossl_doctor.model.moment import parse_moment
from autossl_doctor.store.memory import writing
from autossl_doctor.store.memory.opening import Memory
from autossl_doctor.store.memory.reading import known_log, known_logs

MOST_WRITTEN_AT_ONCE = 20_000
"""After so many websites what was written is made to last: a second or two of work."""
_OF_THE_MACHINE = (sqlite3.Error, OSError, MemoryError)
"""What goes wrong for other reasons than what a log says."""


class Passed(NamedTuple):
    """How a pass went: runs read, logs that were written on, whether all that there was has been read."""

    runs: int
    written_on: int
    whole: bool


class Pass:
    """Reads runs into the memory, oldest first. `passed_over` names those of which no sense could be made, and why."""

    def __init__(
        self, host: HostPaths, memory: Memory, owners: Mapping[str, Owner], load: Callable[[], Iterable[Cause]]
    ) -> None:
        self._host = host
        self._memory = memory
        self._owners = owners
        self._load = load
        self._known_lexicons: Lexicons | None = None
        self._teller: Teller | None = None
        self._states: States | None = None
        self._written = 0
        self._done = Passed(0, 0, whole=True)
        self._lasting = self._done
        self.passed_over: dict[str, str] = {}

    def go(self, now: datetime, stop: Callable[[], bool], told: Callable[[Log], None] = lambda _: None) -> Passed:
        """Read what is new until nothing is, or until `stop` says so; `told` hears of each log before it is read."""
        while True:
            log = None
            try:
                for log in logs_to_read(self._host, known_logs(self._memory.connection), now):
                    if stop():
                        self._done = self._done._replace(whole=False)
                        break
                    told(log)
                    self._take(log, now)
                self._commit()
            except BaseException as error:
                # What was counted for the runs that are lost must not be believed.
                self._memory.give_up()
                self._states, self._written, self._done = None, 0, self._lasting
                if log is None or not isinstance(error, Exception) or isinstance(error, _OF_THE_MACHINE):
                    raise
                self._pass_over(log, error)
            else:
                return self._done

    def _take(self, log: Log, now: datetime) -> None:
        """Take in one log, and make what was written last now and then."""
        if log.news == "written on":
            self._done = self._done._replace(written_on=self._done.written_on + self._read_on(log, now))
        else:
            self._done = self._done._replace(runs=self._done.runs + self._read(log, now))
        if self._written >= MOST_WRITTEN_AT_ONCE:
            self._commit()

    def _read(self, log: Log, now: datetime) -> int:
        found = read_run(self._host, log.run, self._lexicons())
        # What is being written on now would be read twice: to its present end, and from where it ended at the look.
        if not isinstance(found, Known) or not is_unchanged(self._host, log):
            return 0
        run, reading = found.value
        run = _ended(with_state(self._host, run, reading, now), reading, now)
        if run.state == "live":
            return 0
        states, teller = self._begin()
        if not self._is_news(log):
            return 0
        if log.news == "new":
            teller.tell(run, reading, states, int(now.timestamp()))
        self._note(log, run, reading)
        return 1

    def _read_on(self, log: Log, now: datetime) -> int:
        """Read what the queue's poller added to a log (facts, section 3)."""
        records = added(self._host, log)
        if not isinstance(records, Known):
            return 0
        reading = RunReader(log.path, *self._lexicons()).read(records.value)
        if not is_unchanged(self._host, log):
            return 0
        states, teller = self._begin()
        if not self._is_news(log):
            return 0
        teller.tell_later(replace(log.run, state="finished"), reading, states, int(now.timestamp()))
        self._note_size(log)
        return 1

    def _lexicons(self) -> Lexicons:
        """Give the lexicons for all logs of this pass; one without news loads none."""
        if self._known_lexicons is None:
            self._known_lexicons = keeping_lexicons_of(self._host)
        return self._known_lexicons

    def _is_news(self, log: Log) -> bool:
        """Tell whether a log is still to be written down; another program may have done that meanwhile."""
        known = known_log(self._memory.connection, log.run.name)
        if known is None or log.news == "new":
            return known is None
        return (known.inode, known.size) != (log.inode, log.size)

    def _begin(self) -> tuple[States, Teller]:
        """Begin to write, or go on with it: what another program wrote since the last time is taken in first."""
        if self._teller is None:
            self._teller = Teller(self._host, self._memory.connection, self._load)
        if not self._memory.is_writing:
            self._memory.begin()
            if self._states is None or self._memory.was_changed_by_others():
                self._states = States(self._memory.connection, self._owners.values())
        assert self._states is not None  # noqa: S101 - it was made with the first transaction
        return self._states, self._teller

    def _commit(self) -> None:
        """Let what was written last."""
        if self._memory.is_writing and self._states is not None:
            self._states.flush(self._memory.connection)
            self._memory.commit()
        self._written, self._lasting = 0, self._done

    def _pass_over(self, log: Log, error: Exception) -> None:
        """Note a log as read, so that it stands in nobody's way; what it says nobody knows."""
        self.passed_over[log.run.name] = type(error).__name__
        with self._memory.whole():
            if log.news == "new":
                self._note(log, log.run, None)
            else:
                self._note_size(log)

    def _note(self, log: Log, run: Run, reading: RunReading | None) -> None:
        ended = parse_moment(reading.last_at) if reading is not None else None
        websites = sum(len(account.websites) for account in reading.accounts.values()) if reading is not None else 0
        row = writing.RunRow(
            run.name,
            int(run.started.timestamp()),
            int(ended.timestamp()) if ended else None,
            run.username,
            run.provider,
            run.state if reading is not None else writing.PASSED_OVER,
            websites,
            log.inode,
            log.size,
            tail_of(self._host, log.path, log.size),
        )
        writing.put_run(self._memory.connection, row)
        self._written += websites + 1

    def _note_size(self, log: Log) -> None:
        self._memory.connection.execute(
            "UPDATE runs SET inode = ?, size = ?, tail = ? WHERE name = ?",
            (log.inode, log.size, tail_of(self._host, log.path, log.size), log.run.name),
        )


def _ended(run: Run, reading: RunReading, now: datetime) -> Run:
    """Believe that a run is dead that seems to live only because its mark of work in progress was left behind.

    Nothing that is at work by the table of processes comes here.
    """
    last = parse_moment(reading.last_at) or run.started
    return replace(run, state="died") if run.state == "live" and now - last > SURELY_DEAD else run
