"""How the memory is doing: what it holds, what it has not read yet, and what it knows of the schedule."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from autossl_doctor.diagnose.schedule_truth import ScheduleTruth
from autossl_doctor.entry.remembering.logs import logs_to_read
from autossl_doctor.entry.remembering.of_server import LOOKED_BACK, schedule_as_plain, truth
from autossl_doctor.explain.interface import Interface
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.plain import moment
from autossl_doctor.present.harmless import harmless
from autossl_doctor.store.layout import DATABASE
from autossl_doctor.store.memory.looking import Kind, UnreadableError, looking_into
from autossl_doctor.store.memory.reading import known_logs
from autossl_doctor.store.memory.writing import PASSED_OVER

PATIENCE = 2.0
MIB = 1024 * 1024
_FILES = (DATABASE, f"{DATABASE}-wal")


class MemoryStatus(NamedTuple):
    """What was found. `size` is in bytes, on the disk; without `trouble` the rest is what the memory says itself.

    `waiting` counts the logs that the next refresh reads, `passed_over` those of which no sense could be made.
    """

    size: int
    trouble: Kind | None = None
    why: str = ""
    runs: int = 0
    passed_over: int = 0
    since: datetime | None = None
    newest: datetime | None = None
    waiting: int = 0
    schedule: ScheduleTruth | None = None

    @property
    def is_broken(self) -> bool:
        """Tell whether it does not come right by waiting a minute, or by the first refresh."""
        return self.trouble in ("damaged", "too_new")


def read_memory(place: str, host: HostPaths, now: datetime) -> MemoryStatus:
    """Look into the memory of the doctor's directory; nothing is changed, also where it is damaged."""
    size = sum(_size(f"{place}/{name}") for name in _FILES)
    try:
        with looking_into(f"{place}/{DATABASE}", PATIENCE) as connection:
            query = "SELECT count(*), min(started), max(started), coalesce(sum(state = ?), 0) FROM runs"
            runs, since, newest, passed_over = connection.execute(query, (PASSED_OVER,)).fetchone()
            return MemoryStatus(
                size,
                runs=runs,
                passed_over=passed_over,
                since=_moment(since),
                newest=_moment(newest),
                waiting=sum(1 for _ in logs_to_read(host, known_logs(connection), now)),
                schedule=truth(host, connection, now),
            )
    except UnreadableError as error:
        return MemoryStatus(size, error.kind, error.why)


def as_plain(found: MemoryStatus) -> dict[str, Any]:
    """Give it as the JSON of the command line."""
    return {
        "trouble": found.trouble,
        "size": found.size,
        "runs": found.runs,
        "since": None if found.since is None else moment(found.since),
        "newest": None if found.newest is None else moment(found.newest),
        "waiting": found.waiting,
        "passed_over": found.passed_over,
        "schedule": schedule_as_plain(found.schedule),
    }


def told(found: MemoryStatus, words: Interface) -> Iterator[str]:
    """Give it in lines, for a terminal."""

    def say(what: str, **values: str | int) -> str:
        return words.say("status_memory", what, **values)

    if found.trouble is not None:
        # SQLite quotes what it could not read.
        yield harmless(say(found.trouble, why=found.why))
        return
    yield say("runs", count=found.runs, since=moment(found.since)) if found.since else say("no_runs")
    yield say("size", size=f"{found.size / MIB:.1f}")
    for what, count in (("waiting", found.waiting), ("passed_over", found.passed_over)):
        if count:
            yield say(what, count=count)
    schedule = found.schedule
    if schedule is None:
        yield say("no_schedule")
        return
    yield say("schedule", days=LOOKED_BACK.days, seen=schedule.seen, expected=schedule.expected)
    for what, moments in (
        ("missing", schedule.missing),
        ("doubled", schedule.doubled),
        ("killed", schedule.killed),
        ("clock_moved", schedule.clock_moved),
    ):
        if moments:
            yield say(what, count=len(moments), at=moment(moments[-1]))


def _size(path: str) -> int:
    with suppress(OSError):
        return os.lstat(path).st_size
    return 0


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
