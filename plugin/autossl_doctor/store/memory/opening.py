"""Opening `state.db`: made where it is missing, brought to this version, set aside where it is damaged."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from autossl_doctor.store.memory.schema import APPLICATION, MIGRATIONS, VERSION
from autossl_doctor.store.state import State

DATABASE = "state.db"
_SIDES = ("-wal", "-shm", "-journal")
_CREATE = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
PATIENCE = 10.0
"""Seconds to wait for another program of root's that writes."""
WAL_KEPT = 4 * 1024 * 1024
_BROKEN = (
    "malformed",
    "not a database",
    "disk image",
    "file is encrypted",
    "no such table",
    "no such column",
    "could not decode",
)

Condition = Literal["as it was", "begun", "begun anew"]


class TooNewError(Exception):
    """The database was written by a later version of the doctor, and is left alone."""


class Memory:
    """The open database. `condition` tells whether it was there, was begun, or was damaged and is begun anew."""

    def __init__(self, connection: sqlite3.Connection, condition: Condition) -> None:
        self.connection = connection
        self.condition: Condition = condition
        self._version: int = connection.execute("PRAGMA data_version").fetchone()[0]

    def close(self) -> None:
        """Let go of the database; what was not committed is as if it had never been."""
        self.connection.close()

    @contextmanager
    def whole(self) -> Iterator[sqlite3.Connection]:
        """Do several things together or none of them."""
        self.begin()
        try:
            yield self.connection
            self.commit()
        except BaseException:
            self.give_up()
            raise

    @property
    def is_writing(self) -> bool:
        """Tell whether something was begun and neither made to last nor given up."""
        return self.connection.in_transaction

    def begin(self) -> None:
        """Begin to write; other programs wait until it is over."""
        self.connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make what was written last."""
        self.connection.execute("COMMIT")

    def give_up(self) -> None:
        """Take back what was written since it was begun."""
        if self.is_writing:
            with suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")

    def was_changed_by_others(self) -> bool:
        """Tell whether another program has written since this was asked last."""
        version: int = self.connection.execute("PRAGMA data_version").fetchone()[0]
        changed, self._version = version != self._version, version
        return changed


def open_memory(state: State) -> Memory:
    """Open the memory for writing. A damaged one is set aside: the logs still hold a month of it.

    Raises TooNewError, sqlite3.OperationalError where the disk is full or another program holds it for too long, and
    OSError.
    """
    begun = _make(state)
    try:
        return Memory(_connect(state), "begun" if begun else "as it was")
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
    set_aside(state)
    _make(state)
    return Memory(_connect(state), "begun anew")


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether an error means that the file is broken, and not that it is locked or the disk is full."""
    words = str(error).lower()
    return any(each in words for each in _BROKEN)


def set_aside(state: State) -> None:
    """Take the database out of the way; nothing of what it says is believed any more."""
    for name in (DATABASE, *(DATABASE + side for side in _SIDES)):
        with suppress(FileNotFoundError):
            state.set_aside(name, state.top)


def _make(state: State) -> bool:
    """Give the file its owner and mode before anything is in it; what is no file of root's is set aside."""
    with suppress(FileNotFoundError):
        found = os.stat(DATABASE, dir_fd=state.top, follow_symlinks=False)
        if stat.S_ISREG(found.st_mode) and found.st_uid == state.owner and found.st_nlink == 1:
            if stat.S_IMODE(found.st_mode) != 0o600:  # noqa: PLR2004 - read and write for the owner alone
                os.chmod(DATABASE, 0o600, dir_fd=state.top)
            return found.st_size == 0
        set_aside(state)
    os.close(os.open(DATABASE, _CREATE, 0o600, dir_fd=state.top))
    return True


def _connect(state: State) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{state.path}/{DATABASE}", timeout=PATIENCE, isolation_level=None)
    try:
        version = _version(connection)
        if version < VERSION:
            # Only before there are tables does this do anything, and it waits for whoever writes.
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA journal_size_limit={WAL_KEPT}")
        connection.execute("PRAGMA trusted_schema=0")
        if version < VERSION:
            _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    empty = not (version or application or connection.execute("SELECT 1 FROM sqlite_master").fetchone())
    if not empty and (application != APPLICATION or version < 1):
        raise sqlite3.DatabaseError("malformed: the database of another program")
    if version > VERSION:
        raise TooNewError(str(version))
    return version


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables to this version, all steps or none; another program may be about to do the same."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for migration in MIGRATIONS[version:]:
            for statement in _statements(migration):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id={APPLICATION}")
        connection.execute(f"PRAGMA user_version={VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    """Part a script into its statements: `executescript` would commit before each script."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
