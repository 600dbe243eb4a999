"""Opening `state.db`: made where it is missing, brought to this version, set aside where it is damaged."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from autossl_doctor.store.layout import DATABASE
from autossl_doctor.store.memory.schema import APPLICATION, MIGRATIONS, VERSION
from autossl_doctor.store.state import State

_SIDES = ("-wal", "-shm", "-journal")
OPENED, READING = "state.lock", "state.reading"
"""Who has the database open shares the lock on the first file; who reads the logs has the second one's alone."""
CHECKED = "state.checked"
"""Its time of change is when all pages of the database were looked at last."""
CHECK_EVERY = 86_400
KEPT = (DATABASE, *(DATABASE + side for side in _SIDES), OPENED, READING, CHECKED)
"""All files of the memory."""
_CREATE = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
PATIENCE = 10.0
"""Seconds to wait for another program of root's that writes."""
BRIEFLY = 300
"""Milliseconds to wait where it can be done later as well."""
_LOOK_AGAIN = 0.05
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

    def __init__(self, connection: sqlite3.Connection, condition: Condition, lock: int = -1) -> None:
        self.connection = connection
        self.condition: Condition = condition
        self._version: int = connection.execute("PRAGMA data_version").fetchone()[0]
        self._lock = lock

    def close(self) -> None:
        """Let go of the database; what was not committed is as if it had never been."""
        self.connection.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    @contextmanager
    def whole(self) -> Iterator[sqlite3.Connection]:
        """Do several things together or none of them."""
        self.begin()
        try:
            yield self.connection
            # A disk that is full may say so only now.
            self.commit()
        except BaseException:
            self.give_up()
            raise

    @contextmanager
    def if_free(self) -> Iterator[None]:
        """Do something without waiting: where somebody else writes just now it is left undone, for the next time."""
        self.connection.execute(f"PRAGMA busy_timeout={BRIEFLY}")
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
        finally:
            self.connection.execute(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")

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
    lock = _lock_file(state, OPENED)
    try:
        alone = _is_alone(lock)
        memory = Memory(*_opened(state, alone=alone), lock)
        if alone:
            fcntl.flock(lock, fcntl.LOCK_SH)
    except BaseException:
        os.close(lock)
        raise
    return memory


@contextmanager
def reading_alone(state: State) -> Iterator[bool]:
    """Be the only one who reads the logs; False where another program does already."""
    lock = _lock_file(state, READING)
    try:
        yield _has(lock, fcntl.LOCK_EX)
    finally:
        os.close(lock)


def check_is_due(state: State, now: int) -> bool:
    """Tell whether the database has not been checked for a day; the clock may have been wrong then."""
    try:
        return not 0 <= now - os.stat(CHECKED, dir_fd=state.top, follow_symlinks=False).st_mtime < CHECK_EVERY
    except FileNotFoundError:
        return True


def note_check(state: State, now: int) -> None:
    """Note that the database has been checked."""
    descriptor = _lock_file(state, CHECKED)
    os.utime(descriptor, (now, now))
    os.close(descriptor)


def set_aside_unless_used(state: State) -> bool:
    """Take a damaged database out of the way; False where another program has it open, and must be done first.

    SQLite removes a database's side files by name: whoever closes the former one would remove those of the new one.
    """
    lock = _lock_file(state, OPENED)
    try:
        alone = _has(lock, fcntl.LOCK_EX)
        if alone:
            set_aside(state)
    finally:
        os.close(lock)
    return alone


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether an error means that the file is broken, and not that it is locked or the disk is full."""
    words = str(error).lower()
    return isinstance(error, sqlite3.IntegrityError) or any(each in words for each in _BROKEN)


def set_aside(state: State) -> None:
    """Take the database out of the way; nothing of what it says is believed any more."""
    for name in (DATABASE, *(DATABASE + side for side in _SIDES)):
        with suppress(FileNotFoundError):
            state.set_aside(name, state.top)


def _lock_file(state: State, name: str) -> int:
    return os.open(name, _CREATE, 0o600, dir_fd=state.top)


def _is_alone(lock: int) -> bool:
    """Have the lock alone, or share it with the others that have the database open already."""
    until = time.monotonic() + PATIENCE
    while True:
        if _has(lock, fcntl.LOCK_EX):
            return True
        if _has(lock, fcntl.LOCK_SH):
            return False
        if time.monotonic() >= until:
            raise sqlite3.OperationalError("database is locked")
        time.sleep(_LOOK_AGAIN)


def _has(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _opened(state: State, *, alone: bool) -> tuple[sqlite3.Connection, Condition]:
    begun = _make(state)
    try:
        return _connect(state), "begun" if begun else "as it was"
    except sqlite3.DatabaseError as error:
        if not (alone and is_damage(error)):
            raise
    set_aside(state)
    _make(state)
    return _connect(state), "begun anew"


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
        # What is said to be forgotten is overwritten.
        connection.execute("PRAGMA secure_delete=ON")
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
