"""What is left of the CA's limits for each website, from what this server saw being spent."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache

from publicsuffixlist import PublicSuffixList

from autossl_doctor.actions.ledger import BUCKETS, Spent, Standing, Wait, concerning, standings, waits_until
from autossl_doctor.store.memory.recalling import (
    checks_failed_in_a_row,
    checks_failed_since,
    names_certified,
    orders_since,
)

LONGEST = 2 * max(bucket.capacity * bucket.every for bucket in BUCKETS.values())
"""What was spent before is back, however much it was."""
FAILED = 2 * BUCKETS["failed_checks"].capacity * BUCKETS["failed_checks"].every


def all_standings(connection: sqlite3.Connection, now: datetime) -> tuple[Standing, ...]:
    """Tell what is left of every limit of which something was spent, as far as this server saw."""
    since = _seconds(now - LONGEST)
    renewed = names_certified(connection, since)
    orders: list[datetime] = []
    certificates: dict[str, list[datetime]] = {}
    same_names: dict[frozenset[str], list[datetime]] = {}
    for at, names, issued in orders_since(connection, since):
        moment = _moment(at)
        orders.append(moment)
        if not issued or not names:
            continue
        if names not in same_names and names not in renewed:
            # A renewal with the same names is exempt from the limit by domain.
            for domain in {registered_domain(name) for name in names}:
                certificates.setdefault(domain, []).append(moment)
        same_names.setdefault(names, []).append(moment)
    failed: dict[str, list[datetime]] = {}
    for at, name in checks_failed_since(connection, _seconds(now - FAILED)):
        failed.setdefault(name, []).append(_moment(at))
    in_a_row = checks_failed_in_a_row(connection, since)
    return standings(Spent(orders, certificates, same_names, failed, in_a_row), now)


def wait_of(found: Sequence[Standing], names: Iterable[str]) -> Wait | None:
    """Tell which limit a website with these names has to wait for; None where it can be ordered for now."""
    return waits_until(concerning(found, tuple(names)))


def registered_domain(name: str) -> str:
    """Give the part of a name that was registered: shop.example.co.jp is below example.co.jp."""
    return _suffixes().privatesuffix(name.removeprefix("*.")) or name


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
