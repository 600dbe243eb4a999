"""One at a time: an installation, a repair and a removal would take the places out of each other's hands."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

LOCK = "/run/autossl-doctor.lock"
"""The shell scripts lock the same file; it is empty, and goes with the next start of the server."""
PATIENCE = 300
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def turn(lock: str = LOCK, patience: float = PATIENCE) -> Iterator[bool]:
    """Wait until nobody else is at work; False where that takes too long."""
    descriptor = os.open(lock, _FLAGS, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        until = time.monotonic() + patience
        taken = _take(descriptor)
        while not taken and time.monotonic() < until:
            time.sleep(1)
            taken = _take(descriptor)
        yield taken
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
