"""Lays a tree of files over the real paths of this machine, for the processes of one mount namespace only.

A mount point that the machine does not have is made in memory: its parent gets an empty file system, into which
the parent's former children are bound back. So nothing on the disk changes, with or without root.
"""

import ctypes
import os
from collections.abc import Collection
from pathlib import Path

_BIND, _MOVE, _EVERYTHING_BELOW, _DETACHED = 4096, 8192, 16384, 2
_LIBC = ctypes.CDLL(None, use_errno=True)

WHOLE = (
    "/var/cpanel",
    "/usr/local/cpanel",
    "/opt/autossl-doctor",
    "/var/lib/autossl-doctor",
    "/run/autossl-doctor",
)
"""Directories that come from the tree alone, whatever the machine has there; where the tree has none, there is none."""


def mount(source: str, target: Path, kind: str, flags: int, data: str = "") -> None:
    """Mount something, or raise what the kernel says."""
    if _LIBC.mount(source.encode(), bytes(target), kind.encode(), ctypes.c_ulong(flags), data.encode()) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), f"{source} -> {target}")


def bind(source: Path, target: Path) -> None:
    """Show a file or a directory, with all that is mounted below it, at a second place, which must exist."""
    mount(str(source), target, "", _BIND | _EVERYTHING_BELOW)


def lay_over(tree: Path, stage: Path, whole: Collection[str] = WHOLE) -> None:
    """Lay the tree over the real root; `stage` is an empty directory for work in between."""
    for entry in sorted(tree.iterdir()):
        real = Path("/", entry.name).resolve()
        if not real.is_dir():
            raise FileNotFoundError(f"{real} is missing on this machine")
        _lay_directory(entry, real, stage, whole)


def _lay_directory(tree: Path, real: Path, stage: Path, whole: Collection[str]) -> None:
    """Go down while both sides have the same directories; where they differ, make a mixture in memory."""
    entries = sorted(tree.iterdir())
    if entries and all(_is_directory(entry) and _is_directory(real / entry.name) for entry in entries):
        for entry in entries:
            if str(real / entry.name) in whole:
                bind(entry, real / entry.name)
            else:
                _lay_directory(entry, real / entry.name, stage, whole)
        return
    mount("tmpfs", stage, "tmpfs", 0, "mode=755")
    _mix(tree, real, stage, whole)
    mount(str(stage), real, "", _MOVE)
    # Where the stage lies below the covered directory, binding that back has copied it as well.
    while os.path.ismount(stage):
        _LIBC.umount2(bytes(stage), _DETACHED)


def _mix(tree: Path, real: Path, made: Path, whole: Collection[str]) -> None:
    """Fill an empty directory with what the tree has and, beside it, what the machine has."""
    ours = {entry.name: entry for entry in tree.iterdir()}
    theirs = {} if str(real) in whole or not real.is_dir() else {entry.name: entry for entry in real.iterdir()}
    theirs = {name: entry for name, entry in theirs.items() if name in ours or str(entry) not in whole}
    for name in {**theirs, **ours}:
        entry, former = ours.get(name), theirs.get(name)
        place = made / name
        if entry is None:
            _show(theirs[name], place)
        elif former is None or str(former) in whole or not (_is_directory(entry) and _is_directory(former)):
            _show(entry, place)
        else:
            place.mkdir()
            place.chmod(former.stat().st_mode & 0o7777)
            _mix(entry, former, place, whole)


def _show(source: Path, place: Path) -> None:
    """A symbolic link is written again; everything else is bound."""
    if source.is_symlink():
        place.symlink_to(source.readlink())
        return
    if source.is_dir():
        place.mkdir()
    else:
        place.touch()
    bind(source, place)


def _is_directory(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
