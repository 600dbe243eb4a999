"""Looking things up in the memory."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple


class KnownLog(NamedTuple):
    """What is remembered of a log: the file, how far it was read, and the digest of the last bytes of that."""

    inode: int
    size: int
    tail: bytes


def known_log(connection: sqlite3.Connection, run: str) -> KnownLog | None:
    """Give what is remembered of one log; None where it has not been read."""
    row = connection.execute("SELECT inode, size, tail FROM runs WHERE name = ?", (run,)).fetchone()
    return None if row is None else KnownLog(*row)


def known_logs(connection: sqlite3.Connection) -> dict[str, KnownLog]:
    """Give what is remembered of each log, by the run's name."""
    rows = connection.execute("SELECT name, inode, size, tail FROM runs")
    return {name: KnownLog(inode, size, tail) for name, inode, size, tail in rows}
