"""The present moment, asked for in one place only, so that everything else can be given any moment."""

from __future__ import annotations

from datetime import UTC, datetime

FIRST_YEAR, LAST_YEAR = 1980, 2999
"""No server of the field lives outside these years, and the arithmetic of dates does not break inside them."""


def now() -> datetime:
    """Give the present moment in UTC, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def parse_moment(text: str) -> datetime | None:
    """Read an ISO 8601 moment; one without an offset is UTC. None if it is none, or none of a server's."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None
