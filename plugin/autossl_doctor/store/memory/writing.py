"""Writing down what was seen: accounts, runs, certificates, values that may change.

Every function works inside a transaction of its caller's; moments are seconds since 1970.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from autossl_doctor.host.people import Owner

PASSED_OVER = "passed over"
"""The state of a run whose log nobody could make sense of."""


class RunRow(NamedTuple):
    """A run as it was read; see `schema` for the columns."""

    name: str
    started: int
    ended: int | None
    username: str
    provider: str
    state: str
    websites: int
    inode: int
    size: int
    tail: bytes


def put_accounts(connection: sqlite3.Connection, owners: Iterable[Owner]) -> dict[str, int]:
    """Take note of the accounts that there are, and forget those that are gone with all that was about them.

    An account is its uid and the moment when it began: a renamed one keeps its memory, a re-used name has none. Where
    the panel does not say when an account began (its file is being written, say), what is known under the same number
    and name stays for the moment when it does, and is not given out before.
    """
    owners = list(owners)
    undated = {(owner.uid, owner.account) for owner in owners if not owner.startdate}
    known: dict[tuple[int, int], tuple[int, str]] = {
        (uid, startdate): (number, name)
        for number, name, uid, startdate in connection.execute("SELECT id, name, uid, startdate FROM accounts")
    }
    present: dict[str, int] = {}
    for owner in owners:
        number, name = known.get((owner.uid, owner.startdate), (0, ""))
        if number and not owner.startdate and name != owner.account:
            # Without a date of beginning a new account that has a former one's number looks like a renamed one.
            _forget_accounts(connection, [number])
            number = 0
        known.pop((owner.uid, owner.startdate), None)
        if not number:
            cursor = connection.execute(
                "INSERT INTO accounts(name, uid, startdate) VALUES(?, ?, ?)",
                (owner.account, owner.uid, owner.startdate),
            )
            number = cursor.lastrowid or 0
        elif name != owner.account:
            connection.execute("UPDATE accounts SET name = ? WHERE id = ?", (owner.account, number))
        present[owner.account] = number
    gone = [number for (uid, _), (number, name) in known.items() if (uid, name) not in undated]
    _forget_accounts(connection, gone)
    return present


def _forget_accounts(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Forget accounts with all that was about them."""
    gone = [(number,) for number in numbers]
    connection.executemany("DELETE FROM values_seen WHERE website IN (SELECT id FROM websites WHERE account = ?)", gone)
    connection.executemany("DELETE FROM accounts WHERE id = ?", gone)


class Websites:
    """The numbers of websites by account and name; one that was never seen gets its number when it is asked for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        rows = connection.execute("SELECT id, account, name FROM websites")
        self._known: dict[tuple[int, str], int] = {(account, name): number for number, account, name in rows}

    def number(self, account: int, name: str) -> int:
        """Give a website's number."""
        number = self._known.get((account, name))
        if number is None:
            cursor = self._connection.execute("INSERT INTO websites(account, name) VALUES(?, ?)", (account, name))
            number = self._known[account, name] = cursor.lastrowid or 0
        return number


def put_run(connection: sqlite3.Connection, run: RunRow) -> None:
    """Take note of a run that has been read, or of one that was written on since."""
    columns = ", ".join(RunRow._fields)
    places = ", ".join("?" * len(RunRow._fields))
    connection.execute(f"INSERT OR REPLACE INTO runs({columns}) VALUES({places})", run)


def see_values(connection: sqlite3.Connection, seen: Mapping[int, Mapping[str, str]], at: int) -> None:
    """Take note of what is true now of websites (0 is the server), one row for as long as it stays true."""
    newest = "SELECT max(id) FROM values_seen GROUP BY website, name"
    rows = connection.execute(f"SELECT website, name, id, value FROM values_seen WHERE id IN ({newest})")  # noqa: S608 - fixed
    known = {(website, name): (number, value) for website, name, number, value in rows}
    same, news = [], []
    for website, values in seen.items():
        for name, value in values.items():
            number, former = known.get((website, name), (0, None))
            if former == value:
                same.append((at, number))
            else:
                news.append((website, name, value, at, at))
    connection.executemany("UPDATE values_seen SET last = max(last, ?) WHERE id = ?", same)
    connection.executemany("INSERT INTO values_seen(website, name, value, first, last) VALUES(?, ?, ?, ?, ?)", news)


class CertificateRow(NamedTuple):
    """A certificate that is installed; see `schema` for the columns."""

    website: int
    fingerprint: str
    not_before: int
    not_after: int
    content: str
    first: int
    last: int


def see_certificates(connection: sqlite3.Connection, rows: Iterable[CertificateRow]) -> None:
    """Take note of the certificates that are installed now."""
    columns = ", ".join(CertificateRow._fields)
    connection.executemany(
        f"INSERT INTO certificates({columns}) VALUES(?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT(website, fingerprint) DO UPDATE SET last = max(last, excluded.last)",
        rows,
    )
