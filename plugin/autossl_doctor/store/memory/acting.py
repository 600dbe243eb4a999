"""Writing down what people did here, as they say themselves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from autossl_doctor.store.clicks import Click

ACCOUNT = "account"
"""Who says so, in `said_by`."""
MOST_OF_ACCOUNT = 500
"""More of one account are not remembered: they are its own words, and must not fill the disk."""


def put_clicks(connection: sqlite3.Connection, clicks: Iterable[Click]) -> None:
    """Take note of clicks, each once. Without a date of beginning an account cannot be told from a former one.

    An account that is new to the memory is noted as well: the next look at all accounts tells whether there is one.
    """
    accounts = set()
    for click in clicks:
        if not click.startdate:
            continue
        who = click.uid, click.startdate
        connection.execute(
            "INSERT OR IGNORE INTO accounts(name, uid, startdate) VALUES(?, ?, ?)", (click.account, *who)
        )
        (account,) = connection.execute("SELECT id FROM accounts WHERE uid = ? AND startdate = ?", who).fetchone()
        row = click.at, account, click.site, click.verb, " ".join(click.names)
        connection.execute(
            "INSERT INTO actions(at, account, website, verb, names, said_by) SELECT ?, ?, ?, ?, ?, ? WHERE NOT EXISTS "
            "(SELECT 1 FROM actions WHERE at = ? AND account = ? AND website = ? AND verb = ? AND names = ?)",
            (*row, ACCOUNT, *row),
        )
        accounts.add(account)
    connection.executemany(
        "DELETE FROM actions WHERE account = ? AND id NOT IN "
        "(SELECT id FROM actions WHERE account = ? ORDER BY at DESC, id DESC LIMIT ?)",
        [(account, account, MOST_OF_ACCOUNT) for account in accounts],
    )
