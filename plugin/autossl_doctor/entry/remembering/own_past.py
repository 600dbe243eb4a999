"""What an account's page is told of the past of a website: little, for a page is opened often."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from autossl_doctor.actions.ledger import Wait
from autossl_doctor.model.past import days, trouble
from autossl_doctor.model.plain import moment
from autossl_doctor.present.history import trouble_as_plain
from autossl_doctor.store.memory.recalling import Past


def own_past(past: Past, wait: Wait | None, now: datetime) -> dict[str, Any]:
    """Write since when there is trouble, what it began with, the last days, and a limit of the CA to wait for."""
    found = trouble(past.spells, past.changes)
    told = None
    if found is not None:
        told = trouble_as_plain(found) | {"first": None}
        first = next(spell for spell in past.spells if spell.stuck and spell.began == found.since)
        if found.first_cause != found.cause and first.findings:
            told["first"] = dict(first.findings[0])
    until = None if wait is None or wait.until is None else moment(wait.until)
    return {
        "site": past.site,
        "trouble": told,
        "days": days(past.spells, now),
        "wait": None if wait is None else {"limit": wait.limit, "until": until},
    }
