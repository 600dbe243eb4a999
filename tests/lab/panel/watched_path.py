"""What a path unit looks at: whether a file is there, or whether it changed since the last look."""

import os
from pathlib import Path

from tests.lab.panel.unit_file import Unit

_CHANGES = ("PathChanged", "PathModified")
State = tuple[tuple[str, int, int, int], ...]


def watched(unit: Unit) -> list[str]:
    """The paths whose changes start the service."""
    return [path for directive in _CHANGES for path in unit.all(directive)]


def states(unit: Unit) -> dict[str, State]:
    """How each watched path looks now."""
    return {path: _state(Path(path)) for path in watched(unit)}


def is_there(unit: Unit) -> bool:
    """Whether something exists that starts the service by its mere presence."""
    if any(Path(path).exists() for path in unit.all("PathExists")):
        return True
    return any(Path(path).is_dir() and any(os.scandir(path)) for path in unit.all("DirectoryNotEmpty"))


def _state(path: Path) -> State:
    """A file by number, size and time of change; a directory with all that lies in it."""
    try:
        found = [("", path.stat())]
        if path.is_dir():
            found += [(entry.name, entry.stat(follow_symlinks=False)) for entry in os.scandir(path)]
    except OSError:
        return ()
    return tuple(sorted((name, stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in found))
