"""Waking the reader of the inboxes: one byte into its FIFO; what the byte is does not matter."""

from __future__ import annotations

import os
import stat

from autossl_doctor.store.layout import RUN, WAKE
from autossl_doctor.store.opening import open_directory

_FLAGS = os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC


def wake(run: str = RUN) -> bool:
    """Wake the reader; False where nobody can be woken. A full FIFO has woken it already."""
    directory = open_directory(run)
    if isinstance(directory, str):
        return False
    try:
        descriptor = os.open(WAKE, _FLAGS, dir_fd=directory)
    except OSError:
        return False
    finally:
        os.close(directory)
    try:
        return stat.S_ISFIFO(os.fstat(descriptor).st_mode) and os.write(descriptor, b"w") == 1
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
