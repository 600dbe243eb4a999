"""Root writes each account's report where only root and that account can read it (contract: State on disk)."""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Literal

import msgspec

from autossl_doctor.host.people import Owner
from autossl_doctor.model.served import read_moment
from autossl_doctor.store.layout import FORM_KEY, LIVE, LIVE_CAP, MEMORY, REPORT, REPORT_CAP, REPORTS, SERVER
from autossl_doctor.store.opening import read_regular
from autossl_doctor.store.state import State, names_in

OPEN, CLOSED = 0o640, 0o600
"""A report is open to its account's group, unless other accounts are in it."""


KEY_BYTES = 32
"""How long the secret is with which a page signs its forms; it is written in hexadecimal."""
Written = Literal["replaced", "begun", "older"]
"""How writing a report went: `begun` is the account's first one, `older` was not written."""


class Head(msgspec.Struct):
    """What a report says of itself."""

    account: str
    uid: int
    startdate: int
    generated_at: str = ""
    written_at: str = ""


class LiveHead(msgspec.Struct):
    """What `live.json` says of itself."""

    site: str
    step: Literal["queued", "check", "domain_test", "order", "issued", "visitors"]
    since: str
    ended: str | None = None

    @property
    def moment(self) -> datetime | None:
        """Give the moment when its step began."""
        return read_moment(self.since)


class Reports:
    """The reports of all accounts, as root keeps them."""

    def __init__(self, state: State) -> None:
        self._state = state

    def write(self, person: Owner, report: Mapping[str, Any], memory: Mapping[str, Any] | None = None) -> Written:
        """Replace an account's report, unless a newer one stands there already, and what is remembered beside it."""
        with self._of(person) as (directory, head):
            if head is None:
                self._begin(directory, person)
            elif report["generated_at"] < head.generated_at <= report["written_at"]:
                # One from the future was written while the clock was ahead, and is no newer one.
                return "older"
            if memory is not None:
                self._put(directory, MEMORY, msgspec.json.encode(memory), person)
            self._put(directory, REPORT, msgspec.json.encode(report), person)
        return "replaced" if head is not None else "begun"

    def write_memory(self, person: Owner, memory: Mapping[str, Any]) -> None:
        """Replace what is remembered beside an account's report, where it has one."""
        with self._of(person) as (directory, head):
            if head is not None:
                self._put(directory, MEMORY, msgspec.json.encode(memory), person)

    def write_live(self, person: Owner, live: Mapping[str, Any]) -> bool:
        """Say how far AutoSSL has come for an account that asked for it; False where it has no report (any more).

        Whoever calls knows the account since a while: a report that was closed meanwhile is not opened again, and a new
        owner of the id is told nothing about the former one.
        """
        with self._of(person) as (directory, head):
            if head is None:
                return False
            closed = stat.S_IMODE(os.stat(REPORT, dir_fd=directory, follow_symlinks=False).st_mode) == CLOSED
            person = person._replace(shared=person.shared or closed)
            self._put(directory, LIVE, msgspec.json.encode(live), person)
        return True

    def remove_live(self, uid: int) -> None:
        """Forget how far AutoSSL had come for an account."""
        with suppress(OSError), self._state.directory(REPORTS) as reports:
            directory = os.open(str(uid), os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=reports)
            try:
                os.unlink(LIVE, dir_fd=directory)
            finally:
                os.close(directory)

    def lives(self) -> Iterator[tuple[int, LiveHead]]:
        """Find what is said about checks that were under way when somebody looked last; what is damaged is removed."""
        with self._state.directory(REPORTS) as reports:
            for name in names_in(reports):
                content = _read_below(reports, name, LIVE, self._state.owner) if name.isdecimal() else "missing"
                if content == "missing":
                    continue
                try:
                    live = msgspec.json.decode(content, type=LiveHead) if isinstance(content, bytes) else None
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                    live = None
                if live is not None:
                    yield int(name), live
                else:
                    self.remove_live(int(name))

    def read(self, person: Owner) -> dict[str, Any] | None:
        """Give an account's report, if it has one that was written for it."""
        with self._of(person) as (directory, head):
            content = read_regular(REPORT, directory, owner=self._state.owner, cap=REPORT_CAP) if head else ""
        return msgspec.json.decode(content, type=dict[str, Any]) if isinstance(content, bytes) else None

    def write_server(self, parts: Iterable[bytes]) -> None:
        """Replace the report on the whole server, which is for root only."""
        self._state.put(self._state.top, SERVER, parts)

    def remove_gone(self, uids: Container[int]) -> int:
        """Remove the reports of accounts that are gone; give how many."""
        removed = 0
        with self._state.directory(REPORTS) as reports:
            for name in names_in(reports):
                if name.isdecimal() and int(name) not in uids:
                    self._state.remove(name, reports)
                    removed += 1
        return removed

    def heads(self) -> Iterator[tuple[int, Head | None, int]]:
        """Give each report there is: the user id, what it says of itself, and its mode; without changing anything."""
        with self._state.directory(REPORTS) as reports:
            for name in sorted(names_in(reports)):
                if not name.isdecimal():
                    continue
                try:
                    directory = os.open(
                        name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=reports
                    )
                except OSError:
                    yield int(name), None, 0
                    continue
                try:
                    mode = os.stat(REPORT, dir_fd=directory, follow_symlinks=False).st_mode
                    yield int(name), self._head(directory), stat.S_IMODE(mode)
                except FileNotFoundError:
                    yield int(name), None, 0
                finally:
                    os.close(directory)

    @contextmanager
    def _of(self, person: Owner) -> Iterator[tuple[int, Head | None]]:
        """Open an account's directory and say what its report says of itself; None where it has none of its own.

        Two programs of root's never change reports at the same time: each looks first whether the other's is newer.
        """
        with self._state.directory(REPORTS) as reports:
            fcntl.flock(reports, fcntl.LOCK_EX)
            with self._state.directory(str(person.uid), reports, mode=0o750, gid=person.gid) as directory:
                self._state.sweep(directory)
                head = self._head(directory)
                if head is None or (head.account, head.uid, head.startdate) != (
                    person.account,
                    person.uid,
                    person.startdate,
                ):
                    head = None
                yield directory, head

    def _head(self, directory: int) -> Head | None:
        content = read_regular(REPORT, directory, owner=self._state.owner, cap=REPORT_CAP)
        try:
            return msgspec.json.decode(content, type=Head) if isinstance(content, bytes) else None
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None

    def _begin(self, directory: int, person: Owner) -> None:
        """Make a place for an account: whatever a former owner of the id left is gone, also the forms that it made."""
        self._state.empty(directory)
        self._put(directory, FORM_KEY, _new_key(), person)

    def _put(self, directory: int, name: str, content: bytes, person: Owner) -> None:
        mode = CLOSED if person.shared else OPEN
        self._state.put(directory, name, (content,), mode=mode, gid=person.gid)
        self._mend(directory, mode, person.gid)
        try:
            whole = os.stat(FORM_KEY, dir_fd=directory, follow_symlinks=False).st_size == 2 * KEY_BYTES
        except FileNotFoundError:
            whole = False
        if not whole:
            self._state.put(directory, FORM_KEY, (_new_key(),), mode=mode, gid=person.gid)

    def _mend(self, directory: int, mode: int, gid: int) -> None:
        """Give the other files of an account the same mode, for its group may have become a shared one."""
        for name in names_in(directory):
            try:
                found = os.stat(name, dir_fd=directory, follow_symlinks=False)
            except FileNotFoundError:
                continue
            if not stat.S_ISREG(found.st_mode) or found.st_uid != self._state.owner or found.st_nlink != 1:
                self._state.set_aside(name, directory)
            elif stat.S_IMODE(found.st_mode) != mode or (self._state.owner == 0 and found.st_gid != gid):
                descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
                try:
                    if self._state.owner == 0:
                        os.fchown(descriptor, 0, gid)
                    os.fchmod(descriptor, mode)
                finally:
                    os.close(descriptor)


def _new_key() -> bytes:
    return secrets.token_hex(KEY_BYTES).encode()


def _read_below(parent: int, name: str, file: str, owner: int) -> bytes | str:
    try:
        directory = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    except OSError:
        return "missing"
    try:
        return read_regular(file, directory, owner=owner, cap=LIVE_CAP)
    finally:
        os.close(directory)
