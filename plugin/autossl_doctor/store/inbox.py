"""Root reads what accounts left: small regular files of their own, in a fixed form; anything else is thrown away.

What such a record says is only said by the account. It never leads to a call of the panel.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from autossl_doctor.host.people import Owner
from autossl_doctor.model.served import is_site, read_moment
from autossl_doctor.store.layout import INBOX, LOCK, RECORD_CAP, VERBS
from autossl_doctor.store.opening import read_regular
from autossl_doctor.store.state import State, names_in

MOST_RECORDS = 32
MOST_NAMES = 32
MOST_LOOKED_AT = 4096
"""So many entries of an inbox are looked at in one pass; an account that leaves more waits for the next pass."""
PATIENCE = 60
"""Seconds after which a record that was begun and not finished is thrown away."""
JUST_NOW = 1_000_000_000
"""Two changes within one tick of the file system's clock look like one; this is much longer (nanoseconds)."""


class Said(NamedTuple):
    """What an account says that it did. `at` is its own word for when."""

    uid: int
    verb: str
    site: str
    names: tuple[str, ...]
    at: datetime


class Taken(NamedTuple):
    """What was taken out of an inbox, and how much was thrown away unread or because it had no good form."""

    said: tuple[Said, ...]
    refused: int = 0


class _Record(msgspec.Struct, forbid_unknown_fields=True):
    schema: Literal[1]
    verb: str
    at: str
    site: str = ""
    names: tuple[str, ...] = ()


class Inboxes:
    """The inboxes of all accounts, as root keeps and reads them."""

    def __init__(self, state: State, clock: Callable[[], int] = time.time_ns) -> None:
        self._state = state
        self._clock = clock
        self._seen: dict[str, int] = {}

    def prepare(self, person: Owner, *, former: bool = False) -> None:
        """Give an account its inbox; none where its group is shared. Of a former owner's nothing is left."""
        with self._state.directory(INBOX) as inboxes:
            if person.shared:
                with suppress(FileNotFoundError):
                    self._state.remove(str(person.uid), inboxes)
                return
            if former:
                with suppress(FileNotFoundError):
                    self._state.remove(str(person.uid), inboxes)
            with self._state.directory(str(person.uid), inboxes, mode=0o1730, gid=person.gid):
                pass

    def remove_gone(self, uids: Container[int]) -> None:
        """Remove the inboxes of accounts that are gone."""
        with self._state.directory(INBOX) as inboxes:
            for name in names_in(inboxes):
                if name.isdecimal() and int(name) not in uids:
                    self._state.remove(name, inboxes)

    def take_all(self) -> Iterator[tuple[int, Taken]]:
        """Empty every inbox that has changed since it was last looked at."""
        with self._state.directory(INBOX) as inboxes:
            for name in names_in(inboxes):
                if name.isdecimal() and self._is_new(name, inboxes):
                    yield int(name), self._take(int(name), inboxes)

    def take(self, uid: int) -> Taken:
        """Empty one inbox."""
        with self._state.directory(INBOX) as inboxes:
            return self._take(uid, inboxes)

    def _is_new(self, name: str, inboxes: int) -> bool:
        try:
            changed = os.stat(name, dir_fd=inboxes, follow_symlinks=False).st_mtime_ns
        except OSError:
            return False
        if self._seen.get(name) == changed:
            return False
        if self._clock() - changed > JUST_NOW:
            self._seen[name] = changed
        return True

    def _take(self, uid: int, inboxes: int) -> Taken:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            inbox = os.open(str(uid), flags, dir_fd=inboxes)
        except OSError:
            return Taken(())
        try:
            return self._empty(uid, inbox)
        finally:
            os.close(inbox)

    def _empty(self, uid: int, inbox: int) -> Taken:
        if os.fstat(inbox).st_uid != self._state.owner:
            return Taken(())
        said: list[Said] = []
        refused = 0
        for name in _some_names(inbox):
            if name.endswith(".new") and self._is_begun(name, inbox, uid):
                continue
            record = _read(name, inbox, uid) if len(said) < MOST_RECORDS else None
            if record is None:
                refused += 1
            else:
                said.append(record)
            _discard(name, inbox)
        return Taken(tuple(sorted(said, key=lambda item: item.at)), refused)

    def _is_begun(self, name: str, inbox: int, uid: int) -> bool:
        """Tell whether somebody is writing this record just now."""
        try:
            found = os.stat(name, dir_fd=inbox, follow_symlinks=False)
        except OSError:
            return True
        young = self._clock() - found.st_ctime_ns < PATIENCE * JUST_NOW
        return young and stat.S_ISREG(found.st_mode) and found.st_uid == uid


def _some_names(inbox: int) -> list[str]:
    names = []
    with os.scandir(inbox) as entries:
        for entry in entries:
            if entry.name != LOCK:
                names.append(entry.name)
            if len(names) >= MOST_LOOKED_AT:
                break
    return sorted(names)


def _read(name: str, inbox: int, uid: int) -> Said | None:
    """Read one record; None for anything that is not exactly one."""
    if not name.endswith(".json"):
        return None
    content = read_regular(name, inbox, owner=uid, cap=RECORD_CAP)
    try:
        record = msgspec.json.decode(content, type=_Record) if isinstance(content, bytes) else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if record is None or record.verb not in VERBS or len(record.names) > MOST_NAMES:
        return None
    at = read_moment(record.at)
    if at is None or not (is_site(record.site) or (record.verb == "look" and not record.site)):
        return None
    if not all(is_site(host.removeprefix("*.")) for host in record.names):
        return None
    return Said(uid, record.verb, record.site, record.names, at)


def _discard(name: str, inbox: int) -> None:
    """Remove what was left. A directory that is not empty stays: it costs the account's own quota and is never read."""
    try:
        os.unlink(name, dir_fd=inbox)
    except IsADirectoryError:
        with suppress(OSError):
            os.rmdir(name, dir_fd=inbox)
    except OSError:
        pass
