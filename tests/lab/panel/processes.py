"""Ends everything that the stand-in has started: whoever lost its parent belongs to the stand-in's first process."""

import contextlib
import ctypes
import os
import signal
from collections.abc import Iterator
from pathlib import Path

_SIGNAL_WHEN_PARENT_DIES, _ADOPT_ORPHANS = 1, 36
_PARENT = 1
"""Where the parent stands in /proc/<pid>/stat behind the program's name."""


def become_first() -> None:
    """Adopt the orphans among the descendants, and end with the one who started this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    libc.prctl(_SIGNAL_WHEN_PARENT_DIES, signal.SIGTERM, 0, 0, 0)


def end_descendants() -> None:
    """Kill every child, then what its end left behind, until nothing is there."""
    while children := list(_children()):
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)


def _children() -> Iterator[int]:
    own = str(os.getpid())
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                if (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[_PARENT] == own:
                    yield int(entry.name)
