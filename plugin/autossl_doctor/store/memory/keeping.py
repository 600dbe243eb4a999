"""How long memory lasts: 400 days, and never more than its share of the disk."""

from __future__ import annotations

import sqlite3

from autossl_doctor.store.memory.opening import Memory, check_is_due, note_check
from autossl_doctor.store.state import State

DAYS = 400
DAY = 86_400
CAP = 512 * 1024 * 1024
"""Bytes; a server of 4,500 websites needs a tenth of it in a year."""
SHORTER = 0.8
"""Where the cap is met, the oldest fifth of the time goes, again and again until the rest fits."""
FEWEST_DAYS = 7
PAGES_FREED = 2000

_AGED = (
    "DELETE FROM spells WHERE last < ?",
    "DELETE FROM certificates WHERE last < ?",
    "DELETE FROM values_seen WHERE last < ?",
    "DELETE FROM orders WHERE at < ?",
    "DELETE FROM checks_by_ca WHERE at < ?",
    "DELETE FROM durations WHERE at < ?",
    "DELETE FROM actions WHERE at < ?",
)


def check_now_and_then(memory: Memory, state: State, now: int) -> None:
    """Once a day, have SQLite look at every page: damage that no query meets would stay unseen.

    Raises sqlite3.DatabaseError where the database is damaged.
    """
    if not check_is_due(state, now):
        return
    query = "SELECT count(*) FROM pragma_integrity_check(1) WHERE integrity_check <> 'ok'"
    if memory.connection.execute(query).fetchone()[0]:
        raise sqlite3.DatabaseError("malformed: found by its daily check")
    note_check(state, now)


UNCONFIRMED_DAYS = 40
"""AutoSSL keeps its logs for 30 days: so far the clock is believed without a run that confirms it."""


def believed(memory: Memory, now: int) -> int:
    """Give the moment up to which the clock is believed when it comes to forgetting.

    A clock that is years ahead for an hour must not cost years: it is believed as far as AutoSSL's own runs confirm it.
    """
    newest = memory.connection.execute("SELECT max(started) FROM runs WHERE started <= ?", (now,)).fetchone()[0]
    return now if newest is None else min(now, newest + UNCONFIRMED_DAYS * DAY)


def forget_the_old(memory: Memory, now: int, cap: int = CAP) -> int:
    """Forget what is older than 400 days, and more where the database is larger than `cap`; give the days that stay."""
    days = float(DAYS)
    _forget(memory, now - DAYS * DAY)
    with memory.whole() as connection:
        # However short the time is: a run that could still be read must stay known, or it would be read anew.
        connection.execute("DELETE FROM runs WHERE started < ?", (now - DAYS * DAY,))
    while size(memory.connection) > cap and days > FEWEST_DAYS:
        days = max(FEWEST_DAYS, days * SHORTER)
        _forget(memory, now - int(days * DAY))
    memory.connection.execute(f"PRAGMA incremental_vacuum({PAGES_FREED})").fetchall()
    return int(days)


def size(connection: sqlite3.Connection) -> int:
    """Tell how many bytes of the database are in use."""
    pages, free, page = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    used: int = (pages - free) * page
    return used


def _forget(memory: Memory, before: int) -> None:
    with memory.whole() as connection:
        for statement in _AGED:
            connection.execute(statement, (before,))
        connection.execute(
            "DELETE FROM websites WHERE id NOT IN (SELECT website FROM spells) AND id NOT IN "
            "(SELECT website FROM certificates) AND id NOT IN (SELECT website FROM values_seen)"
        )
