"""What a judgement takes from the memory: what is usual on the server, and the last run over all accounts.

The log of that run may have been purged, or removed by hand: then only the age of the schedule is left to go by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from autossl_doctor.collect.host import AHEAD
from autossl_doctor.collect.runs.catalogue import list_runs
from autossl_doctor.collect.schedule import read_schedule, read_zone
from autossl_doctor.host.databases import query
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known, Unknown
from autossl_doctor.model.host import HostReading
from autossl_doctor.model.moment import EARLIEST, LATEST
from autossl_doctor.model.past import STEPS, Step, Usual, usual
from autossl_doctor.store.layout import DATABASE, STATE
from autossl_doctor.store.memory.looking import UnreadableError, looking_into
from autossl_doctor.store.memory.recalling import MOST_TIMED, last_run_over_all, usual_times

MEMORY = f"{STATE}/{DATABASE}"
PATIENCE = 1.0
_LAST = "last"
_LONGEST = 10 * 365 * 86_400


class Recalled(NamedTuple):
    """What is remembered; `last_run` is the start of the last run over all accounts, None where none is."""

    usual: Mapping[Step, Usual] = {}
    last_run: datetime | None = None


def recall(host: HostPaths, now: datetime) -> Recalled:
    """Ask the memory of this server, or the one that a saved host brings along; nothing where it cannot be read."""
    return _saved(host, now) if host.saved else _own(now)


def with_memory(host: HostPaths, reading: HostReading, recalled: Recalled) -> HostReading:
    """Put what is remembered to what was read."""
    reading = replace(reading, usual=recalled.usual)
    last, seen = recalled.last_run, reading.last_all_users_run
    if last is None or not reading.now_given or (seen is not None and last <= seen):
        return reading
    runs = list_runs(host)
    if isinstance(runs, Unknown):
        # Where the logs cannot be seen there may have been others since.
        return reading
    told = all(run.username for run in runs.value if run.started > last)
    schedule = read_schedule(host, read_zone(host), reading.now, last, runs_known=told)
    return replace(reading, schedule=schedule, last_all_users_run=last)


def _own(now: datetime) -> Recalled:
    with suppress(UnreadableError), looking_into(MEMORY, PATIENCE) as connection:
        return Recalled(usual_times(connection), last_run_over_all(connection, now + AHEAD))
    return Recalled()


def _saved(host: HostPaths, now: datetime) -> Recalled:
    """Read a copy of a memory as any other program's database: whoever saved it may have written what they liked."""
    rows = query(host, MEMORY, _statement(int((now + AHEAD).timestamp())))
    return _believed(rows.value) if isinstance(rows, Known) else Recalled()


def _believed(rows: Iterable[tuple[object, ...]]) -> Recalled:
    seconds: dict[object, list[int]] = {}
    for what, number in rows:
        if isinstance(number, int):
            seconds.setdefault(what, []).append(number)
    found: dict[Step, Usual] = {}
    for step in STEPS:
        known = usual([number for number in seconds.get(step, ()) if 0 <= number <= _LONGEST])
        if known is not None:
            found[step] = known
    last = next((at for at in seconds.get(_LAST, ()) if EARLIEST.timestamp() <= at <= LATEST.timestamp()), None)
    return Recalled(found, None if last is None else datetime.fromtimestamp(last, UTC))


def _statement(until: int) -> str:
    timed = (
        f"SELECT '{step}', seconds FROM (SELECT seconds FROM durations WHERE step = '{step}' ORDER BY at DESC "  # noqa: S608 - fixed
        f"LIMIT {MOST_TIMED})"
        for step in STEPS
    )
    last = f"SELECT '{_LAST}', max(started) FROM runs WHERE username = '*' AND started <= {until}"  # noqa: S608 - a number
    return " UNION ALL ".join((*timed, last))
