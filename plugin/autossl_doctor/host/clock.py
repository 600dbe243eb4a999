"""The present moment, asked for in one place only, so that everything else can be given any moment."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Give the present moment in UTC, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def parse_moment(text: str) -> datetime | None:
    """Read an ISO 8601 moment; one without an offset is UTC. None if it is not a moment."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
