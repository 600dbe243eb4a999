"""The present moment, asked for in one place only, so that everything else can be given any moment."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Give the present moment in UTC, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
