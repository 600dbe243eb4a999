"""Counts how often a file is put in place by a rename, without missing one: the kernel tells it (inotify)."""

import ctypes
import os
import struct
from pathlib import Path

# Both ends of a move: the kernel makes one of two equal events that follow each other.
_MOVED_FROM, _MOVED_TO, _NONBLOCK = 0x40, 0x80, 0o4000
_EVENT = struct.Struct("iIII")
_LIBC = ctypes.CDLL(None, use_errno=True)


class MovedIn:
    """Watches one directory from now on; close it when it is no longer needed."""

    def __init__(self, directory: Path) -> None:
        self._number = _LIBC.inotify_init1(_NONBLOCK)
        if _LIBC.inotify_add_watch(self._number, os.fsencode(directory), _MOVED_FROM | _MOVED_TO) < 0:
            raise OSError(ctypes.get_errno(), f"{directory} cannot be watched")

    def count(self, name: str) -> int:
        """How often a file of this name was put in place since the last question."""
        return self._names().count(name)

    def _names(self) -> list[str]:
        found: list[str] = []
        while True:
            try:
                events = os.read(self._number, 1 << 20)
            except BlockingIOError:
                return found
            place = 0
            while place < len(events):
                _watch, _mask, _cookie, length = _EVENT.unpack_from(events, place)
                place += _EVENT.size
                found.append(events[place : place + length].rstrip(b"\0").decode("utf-8", "replace"))
                place += length

    def close(self) -> None:
        """Watch no more."""
        os.close(self._number)
