"""What is remembered of the server as a whole: its schedule, the CA's limits, how long things take."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from autossl_doctor.actions.ledger import Standing
from autossl_doctor.collect.schedule import expected_starts
from autossl_doctor.diagnose.schedule_truth import ScheduleTruth, SeenRun, schedule_truth
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known
from autossl_doctor.model.past import Step, Usual
from autossl_doctor.model.plain import moment
from autossl_doctor.present.history import usual_as_plain
from autossl_doctor.store.memory.recalling import runs_since

LOOKED_BACK = timedelta(days=30)
MOST_NAMED = 50
_STATES = frozenset(("live", "finished", "died", "unknown"))


def truth(host: HostPaths, connection: sqlite3.Connection, now: datetime) -> ScheduleTruth | None:
    """Compare the runs that the schedule asked for with those that there were; None where nobody can know."""
    rows = runs_since(connection, int((now - LOOKED_BACK).timestamp()))
    if not rows:
        return None
    seen = [SeenRun(started, ended, state if state in _STATES else "unknown") for started, ended, state in rows]  # type: ignore[arg-type]
    expected = expected_starts(host, min(run.started for run in seen) - timedelta(minutes=1), now)
    return schedule_truth(expected.value, seen, now) if isinstance(expected, Known) else None


def schedule_as_plain(found: ScheduleTruth | None) -> dict[str, Any] | None:
    """Write what came of the schedule."""
    if found is None:
        return None
    return {
        "expected": found.expected,
        "seen": found.seen,
        "missing": [moment(at) for at in found.missing[-MOST_NAMED:]],
        "doubled": [moment(at) for at in found.doubled[-MOST_NAMED:]],
        "killed": [moment(at) for at in found.killed[-MOST_NAMED:]],
        "clock_moved": [moment(at) for at in found.clock_moved[-MOST_NAMED:]],
    }


def as_plain(found: ScheduleTruth | None, limits: Sequence[Standing], usual: Mapping[Step, Usual]) -> dict[str, Any]:
    """Write it for the report on the server."""
    return {
        "schedule": schedule_as_plain(found),
        "limits": [
            {
                "limit": each.limit,
                "subject": list(each.subject),
                "left_at_most": each.left,
                "capacity": each.capacity,
                "free_at": moment(each.free_at) if each.free_at else None,
            }
            for each in limits[:MOST_NAMED]
        ],
        "usual": {step: usual_as_plain(each) for step, each in usual.items()},
    }
