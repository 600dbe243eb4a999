"""What an account's page leaves behind after a click: a lock, so that twenty clicks are one, and a record for root."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any

from autossl_doctor.store.layout import LOCK, RECORD_CAP, STATE, inbox_directory
from autossl_doctor.store.opening import objection, open_directory, read_capped
from autossl_doctor.store.own import Trouble

TRIES = 100
PAUSE = 0.05
"""Another click holds the lock for one call of the panel; nobody waits for it longer than five seconds."""
_LOCK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Lock:
    """The held lock of an account. Its content is the account's own note of its last click; only its page reads it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def read(self) -> dict[str, Any] | None:
        """Give the note of the last click; None where there is none that can be read."""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        content = read_capped(self._descriptor, RECORD_CAP)
        try:
            note = json.loads(content) if isinstance(content, bytes) else None
        except (ValueError, RecursionError):
            return None
        return note if isinstance(note, dict) else None

    def write(self, note: Mapping[str, Any]) -> bool:
        """Replace the note; False where it is too long or the disk (or the account's quota) is full."""
        content = _encoded(note)
        if content is None:
            return False
        try:
            os.ftruncate(self._descriptor, 0)
            return os.pwrite(self._descriptor, content, 0) == len(content)
        except OSError:
            return False


class locked:  # noqa: N801 - reads as what it does: `with locked(uid) as lock`
    """Hold the account's lock for the length of a `with` block.

    Gives the `Lock`, or `Trouble`: `no_inbox` (this account has none: nobody looked at it yet, or its group is shared),
    `busy` (another click still holds it), `damaged` (something else stands in its place), `full` (no room for it).
    """

    def __init__(self, uid: int, *, state: str = STATE, sleep: Callable[[float], None] = time.sleep) -> None:
        self._uid = uid
        self._state = state
        self._sleep = sleep
        self._descriptor = -1

    def __enter__(self) -> Lock | Trouble:
        directory = open_directory(inbox_directory(self._uid, self._state))
        if isinstance(directory, str):
            return Trouble("no_inbox")
        try:
            self._descriptor = os.open(LOCK, _LOCK_FLAGS, 0o600, dir_fd=directory)
        except OSError as error:
            return _trouble(error)
        finally:
            os.close(directory)
        if objection(os.fstat(self._descriptor), self._uid):
            return Trouble("damaged")
        for _ in range(TRIES):
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._sleep(PAUSE)
            except OSError:
                return Trouble("damaged")
            else:
                return Lock(self._descriptor)
        return Trouble("busy")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)


def leave(uid: int, record: Mapping[str, Any], *, state: str = STATE) -> Trouble | None:
    """Leave a record for root: what the account said that it did. None where that worked.

    The record is `{"schema": 1, "verb", "site", "names", "at"}`, at most 1 KiB as JSON.
    """
    content = _encoded(record)
    if content is None:
        return Trouble("too_large")
    directory = open_directory(inbox_directory(uid, state))
    if isinstance(directory, str):
        return Trouble("no_inbox")
    at = "".join(sign for sign in str(record.get("at", "")) if sign.isdigit())[:14]
    # Root takes only names that end in .json: it never sees a record that is half written.
    name = f"{at}-{os.urandom(8).hex()}"
    try:
        descriptor = os.open(f"{name}.new", _NEW_FLAGS, 0o600, dir_fd=directory)
        try:
            whole = os.write(descriptor, content) == len(content)
        finally:
            os.close(descriptor)
        if not whole:
            os.unlink(f"{name}.new", dir_fd=directory)
            return Trouble("full")
        os.rename(f"{name}.new", f"{name}.json", src_dir_fd=directory, dst_dir_fd=directory)
    except OSError as error:
        with suppress(OSError):
            os.unlink(f"{name}.new", dir_fd=directory)
        return _trouble(error)
    finally:
        os.close(directory)
    return None


def _encoded(note: Mapping[str, Any]) -> bytes | None:
    content = json.dumps(note, ensure_ascii=False, separators=(",", ":")).encode()
    return content if len(content) <= RECORD_CAP else None


def _trouble(error: OSError) -> Trouble:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Trouble("full")
    return Trouble("no_inbox" if error.errno in (errno.EACCES, errno.ENOENT) else "damaged")
