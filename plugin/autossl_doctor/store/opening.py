"""Opening small files that somebody else may have tampered with: no links, no waiting, no surprise in size.

Imported by the page's lightest endpoint: nothing but `os` and its numbers.
"""

from __future__ import annotations

import errno
import os
import stat

_DIRECTORY = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_CHUNK = 1 << 16
_REASONS = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.EACCES: "permission_denied",
    errno.EPERM: "permission_denied",
    errno.ELOOP: "not_regular",
    errno.ENXIO: "not_regular",
    errno.EAGAIN: "locked",
}


def reason(error: OSError) -> str:
    """Name the reason of a failed call."""
    return _REASONS.get(error.errno or 0, "read_error")


def open_directory(path: str, parent: int | None = None) -> int | str:
    """Open a directory to reach what is in it, or say why not. The last component must not be a link."""
    try:
        return os.open(path, _DIRECTORY, dir_fd=parent)
    except OSError as error:
        return reason(error)


def open_regular(name: str, directory: int, owner: int) -> int | str:
    """Open a file below a directory for reading: a regular one of this owner, with one name only."""
    try:
        descriptor = os.open(name, _FILE, dir_fd=directory)
    except OSError as error:
        return reason(error)
    trouble = objection(os.fstat(descriptor), owner)
    if trouble:
        os.close(descriptor)
    return trouble or descriptor


def objection(found: os.stat_result, owner: int) -> str:
    """Say why an opened file is not to be believed; "" where it is what it should be."""
    if not stat.S_ISREG(found.st_mode):
        return "not_regular"
    if found.st_uid != owner:
        return "foreign_owner"
    return "" if found.st_nlink == 1 else "linked"


def read_regular(name: str, directory: int, *, owner: int, cap: int) -> bytes | str:
    """Read a whole small file, or say why not: `missing`, `permission_denied`, `too_large` and the like."""
    descriptor = open_regular(name, directory, owner)
    if isinstance(descriptor, str):
        return descriptor
    try:
        return read_capped(descriptor, cap)
    finally:
        os.close(descriptor)


def read_capped(descriptor: int, cap: int) -> bytes | str:
    """Read what is left of an open file, at most `cap` bytes of it."""
    parts, size = [], 0
    try:
        while chunk := os.read(descriptor, min(_CHUNK, cap + 1 - size)):
            parts.append(chunk)
            size += len(chunk)
            if size > cap:
                return "too_large"
    except OSError as error:
        return reason(error)
    return b"".join(parts)
