"""Reading files of a live or a saved host without being led astray.

A saved host (`--root DIR`) may come from a stranger: every component below DIR is opened with O_NOFOLLOW relative to
its parent, so that no link leads out of it. On a live host only the last component must not be a link, because
administrators do put /var or /usr/local on other disks by links.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autossl_doctor.model.fact import Fact, Known, Unknown, Why

TEXT_CAP = 8 * 1024 * 1024
LINK_CAP = 255
_CLOSED = -1
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_DIRECTORY = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_REASONS: dict[int, Why] = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.EACCES: "permission_denied",
    errno.EPERM: "permission_denied",
    errno.ELOOP: "is_a_link",
}


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the directory says about a file: permission bits, owner, size in bytes, time of change, kind."""

    mode: int
    owner: int
    size: int
    changed: float
    regular: bool
    inode: int = 0


def reason(error: OSError) -> Why:
    """Name the reason of a failed call in the words of `Unknown`."""
    return _REASONS.get(error.errno or 0, "read_error")


def _no_directory(name: str, parent: int) -> OSError:
    """Tell a link in the middle of a path from a file there: the kernel says the same of both."""
    link = stat.S_ISLNK(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
    code = errno.ELOOP if link else errno.ENOTDIR
    return OSError(code, os.strerror(code), name)


class HostPaths:
    """The files of one host: the live one (`root` None) or a saved one below `root`."""

    _top = _CLOSED

    def __init__(self, root: Path | None = None) -> None:
        self.root = root
        self._top = os.open(root or "/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self.belongs_to_root = os.fstat(self._top).st_uid == 0

    def close(self) -> None:
        """Let go of the directory that everything is opened from; a host that nobody has any more does so itself."""
        top, self._top = self._top, _CLOSED
        if top != _CLOSED:
            os.close(top)

    __del__ = close

    @property
    def saved(self) -> bool:
        """Tell whether this is a saved host and not the running one."""
        return self.root is not None

    @contextmanager
    def _parent(self, path: str) -> Iterator[tuple[int, str]]:
        """Open the directory that holds `path` and give it with the last component."""
        parts = [part for part in path.split("/") if part]
        if ".." in parts or not parts:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        if "\0" in path:
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        if not self.saved:
            descriptor = os.open("/" + "/".join(parts[:-1]), os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        else:
            descriptor = os.dup(self._top)
            for part in parts[:-1]:
                try:
                    below = os.open(part, _DIRECTORY, dir_fd=descriptor)
                except NotADirectoryError:
                    raise _no_directory(part, descriptor) from None
                finally:
                    os.close(descriptor)
                descriptor = below
        try:
            yield descriptor, parts[-1]
        finally:
            os.close(descriptor)

    def open(self, path: str) -> Fact[int]:
        """Open a regular file for reading; the caller closes the descriptor. Never waits on a FIFO."""
        try:
            with self._parent(path) as (parent, name):
                descriptor = os.open(name, _FLAGS, dir_fd=parent)
        except OSError as error:
            return Unknown(reason(error), path)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            return Unknown("not_a_regular_file", path)
        return Known(descriptor, path)

    def read_bytes(self, path: str, cap: int = TEXT_CAP) -> Fact[bytes]:
        """Read a whole file of at most `cap` bytes."""
        opened = self.open(path)
        if isinstance(opened, Unknown):
            return opened
        try:
            with os.fdopen(opened.value, "rb") as stream:
                content = stream.read(cap + 1)
        except OSError as error:
            return Unknown(reason(error), path)
        return Unknown("too_large", path) if len(content) > cap else Known(content, path)

    def read_text(self, path: str, cap: int = TEXT_CAP) -> Fact[str]:
        """Read a whole text file; bytes that are not UTF-8 become replacement characters."""
        content = self.read_bytes(path, cap)
        if isinstance(content, Unknown):
            return content
        return Known(content.value.decode("utf-8", "replace"), path)

    def list_directory(self, path: str) -> Fact[list[str]]:
        """List the names in a directory, sorted."""
        try:
            with self._parent(path) as (parent, name):
                try:
                    descriptor = os.open(name, os.O_RDONLY | _DIRECTORY & ~os.O_PATH, dir_fd=parent)
                except NotADirectoryError:
                    link = stat.S_ISLNK(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
                    return Unknown("is_a_link" if link else "not_a_directory", path)
        except OSError as error:
            return Unknown(reason(error), path)
        try:
            return Known(sorted(os.listdir(descriptor)), path)  # noqa: PTH208 - a descriptor, no path
        except OSError as error:
            return Unknown(reason(error), path)
        finally:
            os.close(descriptor)

    def read_link(self, path: str) -> Fact[str]:
        """Give the target of a link without following it.

        AutoSSL keeps short values in dangling links. An archive made without support for links holds small regular
        files instead, with the target as content; they are accepted in a saved host.
        """
        try:
            with self._parent(path) as (parent, name):
                return Known(os.readlink(name, dir_fd=parent), path)
        except OSError as error:
            if error.errno != errno.EINVAL or not self.saved:
                return Unknown("not_a_regular_file" if error.errno == errno.EINVAL else reason(error), path)
        content = self.read_bytes(path, LINK_CAP)
        if isinstance(content, Unknown):
            return content
        target = content.value.decode("utf-8", "replace").rstrip("\n")
        return Known(target, path) if target and target.isprintable() else Unknown("damaged", path)

    def facts(self, path: str) -> Fact[FileFacts]:
        """Tell mode, owner, size and kind of a file without opening it or following a link."""
        try:
            with self._parent(path) as (parent, name):
                found = os.stat(name, dir_fd=parent, follow_symlinks=False)
        except OSError as error:
            return Unknown(reason(error), path)
        return Known(
            FileFacts(
                stat.S_IMODE(found.st_mode),
                found.st_uid,
                found.st_size,
                found.st_mtime,
                stat.S_ISREG(found.st_mode),
                found.st_ino,
            ),
            path,
        )

    def exists(self, path: str) -> bool:
        """Tell whether something (a dangling link counts) stands at `path`."""
        return isinstance(self.facts(path), Known)
