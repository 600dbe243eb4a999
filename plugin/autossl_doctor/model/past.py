"""What is remembered of a website: for how long runs said the same, what changed, and since when it is in trouble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from autossl_doctor.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, TypeAlias

Step: TypeAlias = 'Literal["check", "renewal", "run", "order"]'
"""What is timed: one account's check, from its start to the new certificate, a whole run, an order that had to wait."""
STEPS: tuple[Step, ...] = ("check", "renewal", "run", "order")


class Spell(Record):
    """What runs said of a website for a while: from its first run to its last one (their starts), how many said so.

    `stuck` is True where somebody had to act. `findings` are ids and arguments as plain data, the main one first.
    """

    began: datetime
    last: datetime
    times: int
    stuck: bool
    cause: str
    findings: tuple[Mapping[str, Any], ...] = ()


class Change(Record):
    """Something that changed between two looks: what it was until `after` at least, and what it has been since `by`."""

    name: str
    former: str
    value: str
    after: datetime
    by: datetime


class Trouble(Record):
    """Why and since when a renewal has not succeeded.

    `attempts` counts the runs that failed since; `first_cause` is what stood in the way at first, `first_name` the name
    that it was about. `last_good` is the last run before, None where none is remembered; `changes` lie between the two.
    """

    since: datetime
    attempts: int
    first_cause: str
    first_name: str
    cause: str
    last_good: datetime | None
    changes: tuple[Change, ...]


class Usual(Record):
    """How long something takes on this server: half of the times, 95 times of a hundred, how many were counted."""

    half: timedelta
    most: timedelta
    counted: int


FEWEST = 3
"""From fewer times nothing is said to be usual."""


def trouble(spells: Sequence[Spell], changes: Sequence[Change]) -> Trouble | None:
    """Tell since when a website has been in trouble; None where the last run that spoke of it found none.

    `spells` and `changes` are in the order of time.
    """
    begin = len(spells)
    while begin and spells[begin - 1].stuck:
        begin -= 1
    bad = spells[begin:]
    if not bad:
        return None
    last_good = spells[begin - 1].last if begin else None
    first = bad[0]
    named = next((name for finding in first.findings for name in finding.get("domains", ())), "")
    between = tuple(
        change for change in changes if last_good is not None and change.after < first.began and change.by > last_good
    )
    attempts = sum(spell.times for spell in bad)
    return Trouble(first.began, attempts, first.cause, str(named), bad[-1].cause, last_good, between)


def usual(seconds: Sequence[int]) -> Usual | None:
    """Tell what is usual from the durations that were seen; None from too few."""
    if len(seconds) < FEWEST:
        return None
    ordered = sorted(seconds)
    half = ordered[(len(ordered) - 1) // 2]
    most = ordered[min(len(ordered) - 1, -(-95 * len(ordered) // 100) - 1)]
    return Usual(timedelta(seconds=half), timedelta(seconds=most), len(ordered))


DAYS_SHOWN = 30
FINE_DAY, TROUBLED_DAY, UNKNOWN_DAY = "o", "x", "."


def days(spells: Sequence[Spell], now: datetime, count: int = DAYS_SHOWN) -> str:
    """Tell of each of the last days, oldest first, whether a run found trouble: one sign a day, today last.

    A spell reaches from its first run to its last one; a day without any run is not known.
    """
    signs = []
    for back in range(count - 1, -1, -1):
        end = now - timedelta(days=back)
        begin = end - timedelta(days=1)
        met = [spell for spell in spells if spell.began <= end and spell.last > begin]
        signs.append(TROUBLED_DAY if any(spell.stuck for spell in met) else FINE_DAY if met else UNKNOWN_DAY)
    return "".join(signs)
