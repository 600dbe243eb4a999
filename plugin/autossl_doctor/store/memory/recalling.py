"""What is remembered of websites, put together: with nothing but SQLite and JSON, for `history` is asked by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

from autossl_doctor.model.json_text import read_json
from autossl_doctor.model.past import STEPS, Change, Spell, Step, Usual, usual
from autossl_doctor.model.record import Record

MOST_SPELLS = 400
MOST_TIMED = 500
"""So many of the last times tell what is usual: a server changes."""


LIMITED = "LetsEncrypt"
"""The provider whose limits are counted; of a run without a name of one nobody knows better."""


class Installed(Record):
    """A certificate that was seen installed: between which looks, and until when it was valid."""

    first: datetime
    last: datetime
    not_after: datetime
    issuer: str


class Click(Record):
    """Something that a person did here; `names` where it was about some."""

    at: datetime
    verb: str
    said_by: str
    names: tuple[str, ...] = ()


class Past(Record):
    """Everything that is remembered of one website, each list in the order of time."""

    account: str
    site: str
    spells: tuple[Spell, ...]
    changes: tuple[Change, ...]
    certificates: tuple[Installed, ...]
    clicks: tuple[Click, ...]


_NAMED = "w.name = ?"
_HAS_NAME = """EXISTS (SELECT 1 FROM values_seen v WHERE v.id =
    (SELECT max(id) FROM values_seen WHERE website = w.id AND name = 'names')
    AND instr(' ' || v.value || ' ', ' ' || ? || ' '))"""


def websites_named(connection: sqlite3.Connection, names: tuple[str, ...]) -> list[tuple[int, str, str]]:
    """Find websites: number, account and name, for the first of the names that is one or is a further name of one.

    A domain may have been of several accounts, one after the other: the one that was checked last comes first.
    """
    for name in names:
        for fits in (_NAMED, _HAS_NAME):
            rows = connection.execute(
                "SELECT w.id, a.name, w.name FROM websites w JOIN accounts a ON a.id = w.account "  # noqa: S608 - fixed
                f"WHERE {fits} ORDER BY (SELECT max(last) FROM spells WHERE website = w.id) DESC, w.id DESC",
                (name,),
            ).fetchall()
            if rows:
                return rows
    return []


def websites_of(connection: sqlite3.Connection, uid: int, startdate: int) -> list[tuple[int, str, str]]:
    """Find an account's websites: number, account and name."""
    return connection.execute(
        "SELECT w.id, a.name, w.name FROM websites w JOIN accounts a ON a.id = w.account "
        "WHERE a.uid = ? AND a.startdate = ? ORDER BY w.name",
        (uid, startdate),
    ).fetchall()


def past_of(connection: sqlite3.Connection, website: int, account: str, site: str) -> Past:
    """Recall one website."""
    return Past(
        account,
        site,
        tuple(_spells(connection, website)),
        tuple(_changes(connection, website)),
        tuple(_certificates(connection, website)),
        tuple(_clicks(connection, website, site)),
    )


def usual_times(connection: sqlite3.Connection) -> dict[Step, Usual]:
    """Tell how long things usually take on this server, as far as that was seen often enough."""
    found: dict[Step, Usual] = {}
    for step in STEPS:
        rows = connection.execute(
            "SELECT seconds FROM durations WHERE step = ? ORDER BY at DESC LIMIT ?", (step, MOST_TIMED)
        )
        known = usual([seconds for (seconds,) in rows])
        if known is not None:
            found[step] = known
    return found


def _spells(connection: sqlite3.Connection, website: int) -> Iterator[Spell]:
    rows = connection.execute(
        "SELECT began, last, times, stuck, cause, content FROM spells WHERE website = ? "
        "ORDER BY began DESC, id DESC LIMIT ?",
        (website, MOST_SPELLS),
    ).fetchall()
    for began, last, times, stuck, cause, content in reversed(rows):
        findings = tuple(item for item in read_json(content).get("findings", ()) if isinstance(item, dict))
        yield Spell(_moment(began), _moment(last), times, bool(stuck), cause, findings)


def _changes(connection: sqlite3.Connection, website: int) -> Iterator[Change]:
    """Give the changes of the website and of the server, by the moment when they were seen."""
    rows = connection.execute(
        "SELECT name, value, first, last FROM values_seen WHERE website IN (0, ?) ORDER BY website, name, id",
        (website,),
    )
    found = []
    before: tuple[str, str, int] | None = None
    for name, value, first, last in rows:
        if before is not None and before[0] == name:
            found.append(Change(name, before[1], value, _moment(before[2]), _moment(first)))
        before = name, value, last
    yield from sorted(found, key=lambda change: change.by)


def _certificates(connection: sqlite3.Connection, website: int) -> Iterator[Installed]:
    rows = connection.execute(
        "SELECT first, last, not_after, content FROM certificates WHERE website = ? ORDER BY first, not_after",
        (website,),
    )
    for first, last, not_after, content in rows:
        issuer = read_json(content).get("issuer", "")
        yield Installed(_moment(first), _moment(last), _moment(not_after), str(issuer))


def _clicks(connection: sqlite3.Connection, website: int, site: str) -> Iterator[Click]:
    """Give what was done about the website, or about all of its account."""
    rows = connection.execute(
        "SELECT at, verb, said_by, names FROM actions WHERE website IN (?, '') AND account = "
        "(SELECT account FROM websites WHERE id = ?) ORDER BY at, id",
        (site, website),
    )
    yield from (Click(_moment(at), verb, said_by, tuple(names.split())) for at, verb, said_by, names in rows)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def runs_since(connection: sqlite3.Connection, since: int) -> list[tuple[datetime, datetime | None, str]]:
    """Give the runs over all accounts since a moment, in the order in which they were read: start, end and state."""
    rows = connection.execute(
        "SELECT started, ended, state FROM runs WHERE username = '*' AND started >= ? ORDER BY id", (since,)
    )
    return [(_moment(started), None if ended is None else _moment(ended), state) for started, ended, state in rows]


def last_run_over_all(connection: sqlite3.Connection, until: datetime) -> datetime | None:
    """Give the start of the last run over all accounts up to a moment; None where none is remembered."""
    (started,) = connection.execute(
        "SELECT max(started) FROM runs WHERE username = '*' AND started <= ?", (int(until.timestamp()),)
    ).fetchone()
    return None if started is None else _moment(started)


def orders_since(connection: sqlite3.Connection, since: int) -> Iterator[tuple[int, frozenset[str], bool]]:
    """Give the orders at Let's Encrypt since a moment, oldest first: when, for which names, and whether it issued."""
    rows = connection.execute(
        "SELECT at, names, issued FROM orders WHERE at >= ? AND provider IN (?, '') ORDER BY at", (since, LIMITED)
    )
    for at, names, issued in rows:
        yield at, frozenset(names.split()), bool(issued)


def names_ordered(connection: sqlite3.Connection, website: int) -> tuple[str, ...]:
    """Give the names for which a website's last certificate was asked for; none where that is not known."""
    row = connection.execute(
        "SELECT names FROM orders WHERE website = ? AND names != '' ORDER BY at DESC LIMIT 1", (website,)
    ).fetchone()
    return tuple(row[0].split()) if row else ()


def names_certified(connection: sqlite3.Connection, before: int) -> set[frozenset[str]]:
    """Give the sets of names that certificates from before a moment are for: another one is a renewal."""
    rows = connection.execute(
        "SELECT DISTINCT names FROM orders WHERE at < ? AND issued AND names != ''", (before,)
    ).fetchall()
    found = {frozenset(names.split()) for (names,) in rows}
    for (content,) in connection.execute("SELECT content FROM certificates WHERE not_before < ?", (before,)):
        found.add(frozenset(read_json(content).get("covers", ())))
    return found


def checks_failed_since(connection: sqlite3.Connection, since: int) -> list[tuple[int, str]]:
    """Give the CA's own checks that failed since a moment: when, and of which name."""
    return connection.execute("SELECT at, name FROM checks_by_ca WHERE at >= ? AND NOT passed", (since,)).fetchall()


def checks_failed_in_a_row(connection: sqlite3.Connection, since: int) -> dict[str, int]:
    """Count, for each name that failed since a moment, the CA's checks that failed since it passed last."""
    rows = connection.execute(
        "SELECT c.name, count(*) FROM checks_by_ca c WHERE NOT c.passed AND c.name IN "
        "(SELECT DISTINCT name FROM checks_by_ca WHERE at >= ? AND NOT passed) AND c.at > "
        "coalesce((SELECT max(p.at) FROM checks_by_ca p WHERE p.name = c.name AND p.passed), 0) GROUP BY c.name",
        (since,),
    )
    return dict(rows.fetchall())
