"""What is left of the CA's limits: token buckets, filled with what this server saw.

The numbers say "at least so much was spent, as this server saw": other servers with the same account at the CA, and
other services that order for the same names, spend from the same buckets. Where the CA itself has said "retry after",
its word counts and not the ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

Limit = Literal["orders", "certificates", "same_names", "failed_checks", "paused"]
"""The limits by the ids that the cause `ca_rate_limited` gives them."""
LIMITS: tuple[Limit, ...] = get_args(Limit)
PAUSED: Limit = "paused"
"""The one limit that does not end by itself."""

NONE: Mapping[str, Iterable[datetime]] = MappingProxyType({})
NO_SETS: Mapping[frozenset[str], Iterable[datetime]] = MappingProxyType({})
NO_ROWS: Mapping[str, int] = MappingProxyType({})


class Bucket(NamedTuple):
    """So many tokens fit into it, and one comes back each time `every` has passed."""

    capacity: int
    every: timedelta


BUCKETS: Mapping[Limit, Bucket] = MappingProxyType(
    {
        "orders": Bucket(300, timedelta(seconds=36)),
        "certificates": Bucket(50, timedelta(minutes=202)),
        "same_names": Bucket(5, timedelta(hours=34)),
        "failed_checks": Bucket(5, timedelta(minutes=12)),
    }
)
"""Let's Encrypt's limits, as it publishes them (letsencrypt.org/docs/rate-limits; facts, section 7.7)."""

MOST_FAILURES = 1152
"""After so many failed checks of a name in a row its orders are paused, until somebody lifts the pause."""


class Level(NamedTuple):
    """How full a bucket is: `left` whole tokens, `free_at` when there is one again (None if there is one now).

    At `full_at` nothing has been spent any more; it lies in the past, or is `now`, where the bucket is full.
    """

    left: int
    free_at: datetime | None
    full_at: datetime


class Spent(NamedTuple):
    """What this server saw being spent. Moments are UTC, unsorted; names are in their xn-- form.

    `orders` are all orders of the account at the CA. `certificates` are those issued for names that had not been on a
    certificate together before, by registered domain (a renewal with the same names is exempt), and `same_names` all
    that were issued, by their exact set of names. `failed_checks` are the CA's own checks, by name, without the local
    ones; `failures_in_a_row` counts them since the last that passed.
    """

    orders: Iterable[datetime] = ()
    certificates: Mapping[str, Iterable[datetime]] = NONE
    same_names: Mapping[frozenset[str], Iterable[datetime]] = NO_SETS
    failed_checks: Mapping[str, Iterable[datetime]] = NONE
    failures_in_a_row: Mapping[str, int] = NO_ROWS


class Standing(NamedTuple):
    """What is left of one limit, at most: `subject` are the names that it is about, () for the whole account.

    `free_at` is None where something is left, and for a pause, which does not end by itself.
    """

    limit: Limit
    subject: tuple[str, ...]
    left: int
    capacity: int
    free_at: datetime | None


class Wait(NamedTuple):
    """The limit that forbids a try now, and when it frees up; None for a pause."""

    limit: Limit
    until: datetime | None


def left(bucket: Bucket, spent: Iterable[datetime], now: datetime) -> Level:
    """Tell how full a bucket is that began full; moments after `now` (a clock that was set back) do not count.

    A token that was spent although the ledger saw none proves that there was one: below empty it never goes.
    """
    moments = sorted(moment for moment in spent if moment <= now)
    full_at = moments[0] if moments else now
    deepest = bucket.capacity * bucket.every
    for moment in moments:
        full_at = min(max(full_at, moment) + bucket.every, moment + deepest)
    if full_at <= now:
        return Level(bucket.capacity, None, full_at)
    # Rounded up: a token that is on its way back is not there yet.
    gone = -((now - full_at) // bucket.every)
    whole = bucket.capacity - gone
    return Level(whole, None if whole else full_at - deepest + bucket.every, full_at)


def standings(spent: Spent, now: datetime) -> tuple[Standing, ...]:
    """Give every limit of which less than the whole is left, the worst first."""
    found = (standing for standing in _all(spent, now) if standing.left < standing.capacity)
    return tuple(sorted(found, key=_badness))


def concerning(found: Iterable[Standing], names: Collection[str]) -> tuple[Standing, ...]:
    """Keep what an order for exactly these names would meet."""
    return tuple(standing for standing in found if _concerns(standing, frozenset(names)))


def waits_until(found: Iterable[Standing]) -> Wait | None:
    """Give the limit that forbids a try for longest; None if something is left of each."""
    empty = [standing for standing in found if standing.left == 0]
    worst = min(empty, key=_badness, default=None)
    return Wait(worst.limit, worst.free_at) if worst is not None else None


def _all(spent: Spent, now: datetime) -> Iterator[Standing]:
    yield _standing("orders", (), spent.orders, now)
    for domain, moments in spent.certificates.items():
        yield _standing("certificates", (domain,), moments, now)
    for names, moments in spent.same_names.items():
        yield _standing("same_names", tuple(sorted(names)), moments, now)
    for name, moments in spent.failed_checks.items():
        yield _standing("failed_checks", (name,), moments, now)
    for name, count in spent.failures_in_a_row.items():
        yield Standing(PAUSED, (name,), max(0, MOST_FAILURES - count), MOST_FAILURES, None)


def _standing(limit: Limit, subject: tuple[str, ...], moments: Iterable[datetime], now: datetime) -> Standing:
    bucket = BUCKETS[limit]
    level = left(bucket, moments, now)
    return Standing(limit, subject, level.left, bucket.capacity, level.free_at)


def _badness(standing: Standing) -> tuple[object, ...]:
    """Sort by the part that is left; of what is used up first a pause, then what frees up last."""
    free_at = standing.free_at
    ends_in = 0.0 if free_at is None else -free_at.timestamp()
    return standing.left / standing.capacity, free_at is not None, ends_in, standing.limit, standing.subject


def _concerns(standing: Standing, names: frozenset[str]) -> bool:
    match standing.limit:
        case "orders":
            return True
        case "certificates":
            (domain,) = standing.subject
            return any(name == domain or name.endswith(f".{domain}") for name in names)
        case "same_names":
            return names == frozenset(standing.subject)
    return names.issuperset(standing.subject)
