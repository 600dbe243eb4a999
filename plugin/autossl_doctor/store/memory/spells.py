"""What runs said of websites, spell by spell: each lasts for as long as they said the same.

Runs are mostly told in the order of their starts. One that began early and ended late is told after others that began
later than it: it finds its place among them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

ALL_USERS = "*"


class Spell(NamedTuple):
    """What runs said of a website for a while: `said` tells two spells apart, `content` is JSON."""

    website: int
    said: bytes
    began: int
    stuck: bool
    cause: str
    content: str


class Open(NamedTuple):
    """The newest spell of a website."""

    id: int
    said: bytes
    last: int


class _Row(NamedTuple):
    id: int
    said: bytes
    began: int
    last: int
    times: int
    stuck: int
    cause: str
    content: str

    def means(self, spell: Spell) -> bool:
        """Tell whether it means the same, whatever the words were."""
        return (self.stuck, self.cause, self.content) == (spell.stuck, spell.cause, spell.content)


_COLUMNS = ", ".join(_Row._fields)


def open_spells(connection: sqlite3.Connection) -> Iterator[tuple[str, str, Open]]:
    """Give the newest spell of every website, with the names of its account and of the website."""
    rows = connection.execute(
        "SELECT a.name, w.name, s.id, s.said, s.last FROM websites w JOIN accounts a ON a.id = w.account "
        "JOIN spells s ON s.id = "
        "(SELECT id FROM spells WHERE website = w.id ORDER BY began DESC, id DESC LIMIT 1)"
    )
    for account, website, number, said, last in rows:
        yield account, website, Open(number, said, last)


def go_on(connection: sqlite3.Connection, met: Iterable[tuple[int, int, int]]) -> None:
    """Take note how often spells were met again: the number of the spell, how many times more, and when last.

    One that began in the future began while the clock was ahead: it cannot have begun after it was met.
    """
    connection.executemany(
        "UPDATE spells SET last = ?, times = times + ?, began = min(began, ?) WHERE id = ?",
        [(last, more, last, number) for number, more, last in met],
    )


def begin(connection: sqlite3.Connection, spell: Spell, former: Open | None) -> Open:
    """Take note of new words about a website after its newest spell; those that mean the same let it go on."""
    if former is not None:
        cursor = connection.execute(
            "UPDATE spells SET said = ?, last = ?, times = times + 1 "
            "WHERE id = ? AND stuck = ? AND cause = ? AND content = ?",
            (spell.said, spell.began, former.id, int(spell.stuck), spell.cause, spell.content),
        )
        if cursor.rowcount:
            return Open(former.id, spell.said, spell.began)
    return Open(_insert(connection, spell, spell.began, 1), spell.said, spell.began)


def put_among(connection: sqlite3.Connection, spell: Spell, account: str) -> Open:
    """Take note of what a run said of a website that began before the newest one did; give the newest spell."""
    before = _nearest(connection, "began <= ? ORDER BY began DESC, id DESC", spell)
    after = _nearest(connection, "began > ? ORDER BY began, id", spell)
    if before is not None and before.means(spell):
        _stretch(connection, before, before.began, max(before.last, spell.began))
    elif before is not None and before.last > spell.began:
        _part(connection, before, spell, account)
        _insert(connection, spell, spell.began, 1)
    elif after is not None and after.means(spell):
        _stretch(connection, after, spell.began, after.last)
    else:
        _insert(connection, spell, spell.began, 1)
    newest = connection.execute(
        "SELECT id, said, last FROM spells WHERE website = ? ORDER BY began DESC, id DESC LIMIT 1", (spell.website,)
    ).fetchone()
    return Open(*newest)


def _nearest(connection: sqlite3.Connection, which: str, spell: Spell) -> _Row | None:
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM spells WHERE website = ? AND {which} LIMIT 1",  # noqa: S608 - fixed
        (spell.website, spell.began),
    ).fetchone()
    return None if row is None else _Row(*row)


def _stretch(connection: sqlite3.Connection, row: _Row, began: int, last: int) -> None:
    connection.execute("UPDATE spells SET began = ?, last = ?, times = times + 1 WHERE id = ?", (began, last, row.id))


def _part(connection: sqlite3.Connection, row: _Row, spell: Spell, account: str) -> None:
    """Part a spell in two where a run between its runs said something else; which runs those were `runs` tells."""
    runs = [
        started
        for (started,) in connection.execute(
            "SELECT started FROM runs WHERE started BETWEEN ? AND ? AND username IN (?, ?) ORDER BY started",
            (row.began, row.last, ALL_USERS, account),
        )
    ]
    earlier = [started for started in runs if started < spell.began]
    times = min(max(1, len(earlier)), row.times - 1)
    connection.execute(
        "UPDATE spells SET last = ?, times = ? WHERE id = ?", (max(earlier, default=row.began), times, row.id)
    )
    later = min((started for started in runs if started > spell.began), default=row.last)
    rest = Spell(spell.website, row.said, later, bool(row.stuck), row.cause, row.content)
    _insert(connection, rest, row.last, row.times - times)


def _insert(connection: sqlite3.Connection, spell: Spell, last: int, times: int) -> int:
    cursor = connection.execute(
        "INSERT INTO spells(website, said, began, last, times, stuck, cause, content) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
        (spell.website, spell.said, spell.began, last, times, int(spell.stuck), spell.cause, spell.content),
    )
    return cursor.lastrowid or 0
