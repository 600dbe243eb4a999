"""The schedule against what happened: runs over all accounts that are missing, doubled or killed, and a moved clock."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from typing import NamedTuple

from autossl_doctor.model.log import RunState

NEAR = timedelta(hours=1, minutes=5)
"""So far from its time a run still counts for a scheduled start: an hour for a change of daylight saving time or a busy
machine, and some minutes for the beginning itself. Earlier than that nobody speaks of a missing run either."""
CLOSE = timedelta(minutes=5)
"""Two runs that begin within so short a time belong together."""
LONGEST = timedelta(hours=27)
"""Nothing goes on for longer: every night maintenance kills what has run for three hours (facts, section 6)."""
NAMED_AHEAD = timedelta(seconds=500)
"""A run's name may lie so far in the future, where earlier seconds were taken (facts, section 1.1)."""


class SeenRun(NamedTuple):
    """One run over all accounts, in UTC: `started` is the moment in its name.

    `last_at` is the last record of its own process so far (a poller may have added younger ones), None without any.
    """

    started: datetime
    last_at: datetime | None
    state: RunState


class ScheduleTruth(NamedTuple):
    """What came of the schedule; all moments are UTC and sorted.

    `expected` counts the starts that had a run, or should have had one by now; `seen` the runs. `missing` are starts
    without a run, although no former one was still at work. `doubled` are the beginnings of runs that came while
    another was at work, or right after it for the same start; somebody may have asked for them. `killed` are the
    beginnings of runs that died. `clock_moved` are the beginnings of runs before which, or during which, the clock was
    set back.
    """

    expected: int
    seen: int
    missing: tuple[datetime, ...]
    doubled: tuple[datetime, ...]
    killed: tuple[datetime, ...]
    clock_moved: tuple[datetime, ...]


def schedule_truth(expected: Iterable[datetime], seen: Sequence[SeenRun], now: datetime) -> ScheduleTruth:
    """Compare the starts of the schedule with the runs, in the order in which they were found.

    `expected` are the starts in UTC within the time of which all runs are known; those after `now` do not count. The
    pause between two starts is seen from them: a run counts for one start, the nearest.
    """
    starts = sorted({start for start in expected if start <= now})
    met = _met(starts, seen)
    due = [start for start in starts if start in met or start + NEAR <= now]
    return ScheduleTruth(
        len(due),
        len(seen),
        tuple(_missing([start for start in due if start not in met], seen, now)),
        tuple(sorted(_doubled(starts, seen))),
        tuple(sorted(run.started for run in seen if run.state == "died")),
        tuple(sorted(_clock_moved(seen, now))),
    )


def _met(starts: Sequence[datetime], seen: Iterable[SeenRun]) -> frozenset[datetime]:
    """Give the starts that had a run: each run counts for the nearest, or for the one beside that if it has another.

    Where the clock goes forward an hour, a run that comes an hour late stands in the middle between two starts.
    """
    runs: dict[datetime, list[datetime]] = {start: [] for start in starts}
    for run in seen:
        nearest = _nearest(starts, run.started)
        if nearest is not None:
            runs[nearest].append(run.started)
    for one, other in pairwise(starts):
        for start, beside in ((one, other), (other, one)):
            spare = min(runs[beside], key=lambda moment: abs(moment - start), default=start)
            if not runs[start] and len(runs[beside]) > 1 and abs(spare - start) <= NEAR:
                runs[beside].remove(spare)
                runs[start].append(spare)
    return frozenset(start for start, moments in runs.items() if moments)


def _nearest(starts: Sequence[datetime], moment: datetime) -> datetime | None:
    """Give the start that a run is for; in the middle between two it is late rather than early."""
    place = bisect_left(starts, moment)
    found = min(starts[max(0, place - 1) : place + 1], key=lambda start: abs(start - moment), default=None)
    return found if found is not None and abs(found - moment) <= NEAR else None


def _wrote_until(run: SeenRun) -> datetime:
    """Tell until when a run was at work by its own records: what is called doubled has to be certain."""
    return min(run.last_at or run.started, run.started + LONGEST)


def _may_work_until(run: SeenRun, now: datetime) -> datetime:
    """Tell until when a run may have been at work: one that lives may be silent for long."""
    return min(now, run.started + LONGEST) if run.state == "live" else _wrote_until(run)


def _missing(unmet: Sequence[datetime], seen: Sequence[SeenRun], now: datetime) -> Iterator[datetime]:
    """Take away the starts at which a former run was still at work: AutoSSL runs once at a time."""
    runs = sorted(seen, key=lambda run: run.started)
    begun = [run.started for run in runs]
    busy = list(accumulate((_may_work_until(run, now) for run in runs), max))
    for start in unmet:
        place = bisect_right(begun, start)
        if not place or busy[place - 1] <= start:
            yield start


def _doubled(starts: Sequence[datetime], seen: Sequence[SeenRun]) -> Iterator[datetime]:
    """Look at each run and those found before it, up to where the clock was set back: beyond that nothing compares."""
    if not seen:
        return
    busy = _wrote_until(seen[0])
    for former, run in pairwise(seen):
        if _is_back(former.started, run.started):
            busy = _wrote_until(run)
            continue
        gap = abs(run.started - former.started)
        if run.started < busy or (gap < CLOSE and _nearest(starts, run.started) == _nearest(starts, former.started)):
            yield max(run.started, former.started)
        busy = max(busy, _wrote_until(run))


def _clock_moved(seen: Sequence[SeenRun], now: datetime) -> Iterator[datetime]:
    """Give the runs that end before they begin, or begin before the one that was found before them.

    The last one found shows the same if it begins later than now. That the clock went forward leaves no trace but
    missing runs.
    """
    moved = {run.started for run in seen if run.last_at is not None and _is_back(run.started, run.last_at)}
    moved |= {run.started for former, run in pairwise(seen) if _is_back(former.started, run.started)}
    if seen and _is_back(seen[-1].started, now):
        moved.add(seen[-1].started)
    yield from moved


def _is_back(former: datetime, later: datetime) -> bool:
    """Tell whether a moment that came later has an earlier time."""
    return later + NAMED_AHEAD < former
