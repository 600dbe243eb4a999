"""Points in time as logs, databases and people write them: ISO 8601, in UTC where nothing else is said."""

from __future__ import annotations

from datetime import UTC, datetime

FIRST_YEAR, LAST_YEAR = 1980, 2999
"""No server of the field lives outside these years, and the arithmetic of dates does not break inside them."""

EARLIEST, LATEST = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR, 12, 31, tzinfo=UTC)


def parse_moment(text: str) -> datetime | None:
    """Read an ISO 8601 moment; one without an offset is UTC. None if it is none, or none of a server's."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None
