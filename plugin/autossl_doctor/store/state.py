"""Root's hands in the doctor's directory: everything relative to an open directory, no link followed, nothing half.

What stands in the place of something else (a file instead of a directory, a link, a FIFO) is removed, or moved aside
where it is a directory, and remembered in `oddities`.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from autossl_doctor.store.layout import ODD, ROOT, STATE

TEMPORARY = ".new-"
_CLOSED = -1
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LEFT = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class State:
    """The doctor's directory, opened once. `owner` is who owns what is in it: root."""

    top = _CLOSED

    def __init__(self, path: str = STATE, owner: int = ROOT) -> None:
        self.path = path
        self.owner = owner
        self.oddities: list[str] = []
        with suppress(FileExistsError):
            os.mkdir(path, 0o711)  # noqa: PTH102 - directories are spoken of by descriptor here
        self.top = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        found = os.fstat(self.top)
        if found.st_uid != owner:
            self.close()
            raise PermissionError(f"{path} does not belong to user {owner}")
        _repair(self.top, found, 0o711, owner, found.st_gid)

    def close(self) -> None:
        """Let go of the directory, and of the lock on it; one that nobody has any more does so itself."""
        top, self.top = self.top, _CLOSED
        if top != _CLOSED:
            os.close(top)

    __del__ = close

    def hold(self) -> bool:
        """Be the only one who follows the runs; False where another one does already. Ends with `close`."""
        try:
            fcntl.flock(self.top, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @contextmanager
    def directory(self, name: str, parent: int | None = None, *, mode: int = 0o711, gid: int = 0) -> Iterator[int]:
        """Open a directory of root's, made, repaired or put in the place of what is none."""
        within = self.top if parent is None else parent
        descriptor = self._open(name, within)
        try:
            _repair(descriptor, os.fstat(descriptor), mode, self.owner, gid if self.owner == ROOT else os.getegid())
            yield descriptor
        finally:
            os.close(descriptor)

    def _open(self, name: str, parent: int) -> int:
        try:
            found = os.stat(name, dir_fd=parent, follow_symlinks=False)
        except FileNotFoundError:
            os.mkdir(name, 0o700, dir_fd=parent)
        else:
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.owner:
                self.set_aside(name, parent)
                os.mkdir(name, 0o700, dir_fd=parent)
        return os.open(name, _DIRECTORY, dir_fd=parent)

    def put(self, directory: int, name: str, content: Iterable[bytes], *, mode: int = 0o600, gid: int = 0) -> None:
        """Write a file whole or not at all, with its owner and mode from the first moment that it has its name."""
        temporary, descriptor = _begin_file(directory)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                for part in content:
                    stream.write(part)
                stream.flush()
                if self.owner == ROOT:
                    os.fchown(descriptor, ROOT, gid)
                os.fchmod(descriptor, mode)
                os.fsync(descriptor)
            self._make_way(name, directory)
            os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=directory)
            raise

    def sweep(self, directory: int) -> None:
        """Remove what somebody began to write and was ended over; what is being written just now stays."""
        for name in names_in(directory):
            if not name.startswith(TEMPORARY):
                continue
            with suppress(OSError):
                descriptor = os.open(name, _LEFT, dir_fd=directory)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    os.unlink(name, dir_fd=directory)
                finally:
                    os.close(descriptor)

    def _make_way(self, name: str, directory: int) -> None:
        """A link or a FIFO gives way by itself to what is renamed onto it; a directory does not."""
        with suppress(FileNotFoundError):
            found = os.stat(name, dir_fd=directory, follow_symlinks=False)
            if not stat.S_ISREG(found.st_mode):
                self.set_aside(name, directory)

    def set_aside(self, name: str, parent: int) -> None:
        """Take something away from its place: a directory is kept where only root sees it, anything else is removed."""
        self.oddities.append(name)
        if not stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
            os.unlink(name, dir_fd=parent)
            return
        try:
            os.rmdir(name, dir_fd=parent)
        except OSError:
            with self.directory(ODD, mode=0o700) as odd:
                os.rename(name, f"{name}-{secrets.token_hex(8)}", src_dir_fd=parent, dst_dir_fd=odd)

    def empty(self, directory: int) -> None:
        """Take everything out of a directory of root's."""
        for name in names_in(directory):
            found = os.stat(name, dir_fd=directory, follow_symlinks=False)
            if stat.S_ISDIR(found.st_mode):
                self.set_aside(name, directory)
            else:
                os.unlink(name, dir_fd=directory)

    def remove(self, name: str, parent: int) -> None:
        """Remove a directory of root's with all that is in it; what is no such directory goes as well."""
        found = os.stat(name, dir_fd=parent, follow_symlinks=False)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.owner:
            self.set_aside(name, parent)
            return
        descriptor = os.open(name, _DIRECTORY, dir_fd=parent)
        try:
            with suppress(OSError):
                # To move a directory that an account made, root would need more rights than the unit has.
                self.empty(descriptor)
        finally:
            os.close(descriptor)
        try:
            os.rmdir(name, dir_fd=parent)
        except OSError:
            self.set_aside(name, parent)


def _begin_file(directory: int) -> tuple[str, int]:
    """Begin a file under a name that means nothing yet; the lock on it tells that its writer is alive."""
    while True:
        name = f"{TEMPORARY}{secrets.token_hex(8)}"
        descriptor = os.open(name, _CREATE, 0o600, dir_fd=directory)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            os.stat(name, dir_fd=directory, follow_symlinks=False)
        except FileNotFoundError:
            # Swept away between the two calls.
            os.close(descriptor)
        else:
            return name, descriptor


def names_in(directory: int) -> list[str]:
    """List what is in an open directory."""
    return os.listdir(directory)


def _repair(descriptor: int, found: os.stat_result, mode: int, owner: int, gid: int) -> None:
    """Give a directory its owner and mode; writing them only where they differ keeps its time of change."""
    if (found.st_uid, found.st_gid) != (owner, gid):
        os.fchown(descriptor, owner, gid)
        os.fchmod(descriptor, mode)
    elif stat.S_IMODE(found.st_mode) != mode:
        os.fchmod(descriptor, mode)
