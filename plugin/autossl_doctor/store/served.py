"""What the prober saw last, by website: root's own memory of it, from which `visitors` is judged."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from autossl_doctor.host.replacing import replace_file
from autossl_doctor.model.served import Served, from_file, merged, to_file
from autossl_doctor.store.layout import SERVED, STATE

MOST_SITES = 50_000
AHEAD = timedelta(minutes=10)
_CAP = 64 * 1024 * 1024


def remember(seen: Iterable[Served], sites: Collection[str], now: datetime, *, state: str = STATE) -> None:
    """Add visits to what is remembered. `sites` are all websites of the server; what is gone is forgotten.

    A visit that says it was in the future is not believed: it would stay the youngest for ever.
    """
    path = Path(state) / SERVED
    try:
        with path.open("rb") as stream:
            known = from_file(stream.read(_CAP)) or {}
    except OSError:
        # Nothing yet, or nothing readable: the next look fills it again.
        known = {}
    there = merged(known, (served for served in seen if served.at <= now + AHEAD), frozenset(sites))
    newest = sorted(there.values(), key=lambda records: records[0].at, reverse=True)[:MOST_SITES]
    replace_file(path, to_file(served for records in newest for served in records))
