"""What the prober saw last, by website: root's own memory of it, from which `visitors` is judged.

What is new is put to the end of a small file: that costs nothing on a server with many websites, and the follower does
it while people wait. Whoever judges the whole server reads everything anyway, and then puts all of it into one file.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import chain

from autossl_doctor.model.served import SCHEMA, Served, to_line, to_lines
from autossl_doctor.store.layout import SERVED, SERVED_GATHERED, SERVED_NEW
from autossl_doctor.store.state import State

MOST_SITES = 200_000
CAP = 48 * 1024 * 1024
"""More is not written into one file; the collector reads a little more than that."""
AHEAD = timedelta(minutes=10)
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
Looks = Mapping[str, tuple[Served, ...]]


def remember(seen: Iterable[Served], now: datetime, state: State) -> None:
    """Add visits to what is remembered.

    A visit that says it was in the future is not believed: it would stay the youngest for ever.
    """
    content = to_lines(served for served in seen if served.at <= now + AHEAD)
    descriptor = _open_new(state)
    try:
        if os.fstat(descriptor).st_size + len(content) <= CAP:
            os.write(descriptor, content)
    finally:
        os.close(descriptor)


@contextmanager
def gathering(state: State) -> Iterator[Callable[[Looks | None], None]]:
    """Begin to put the new visits to the others: give a function that is called with all that was read in between.

    Websites that are not in it are forgotten; None is for a memory that cannot be read, which begins anew. Where
    somebody else has gathered meanwhile, theirs stays as it is.
    """
    aside = _set_aside(state)
    try:
        yield lambda looks: _gather(state, looks, aside)
    finally:
        if aside is not None:
            os.close(aside)


def _open_new(state: State) -> int:
    """Open the file of new visits, and hold it so that nobody sets it aside meanwhile."""
    while True:
        descriptor = os.open(SERVED_NEW, _APPEND, 0o600, dir_fd=state.top)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is_called(descriptor, SERVED_NEW, state):
            return descriptor
        os.close(descriptor)


def _set_aside(state: State) -> int | None:
    """Set the new visits aside, unless a former attempt left some there; None where there are none."""
    with suppress(FileNotFoundError):
        if not _is_there(SERVED_GATHERED, state):
            os.rename(SERVED_NEW, SERVED_GATHERED, src_dir_fd=state.top, dst_dir_fd=state.top)
        descriptor = os.open(SERVED_GATHERED, _READ, dir_fd=state.top)
        # Who writes into it just now is done in a moment.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        return descriptor
    return None


def _gather(state: State, looks: Looks | None, aside: int | None) -> None:
    if aside is not None and _is_called(aside, SERVED_GATHERED, state):
        state.put(state.top, SERVED, _pieces(looks or {}))
        os.unlink(SERVED_GATHERED, dir_fd=state.top)
    elif looks is None:
        state.put(state.top, SERVED, _pieces({}))


def _pieces(looks: Looks) -> Iterator[bytes]:
    """Write the file, newest visits first, as far as it may grow."""
    newest = sorted(looks.values(), key=lambda records: records[0].at, reverse=True)[:MOST_SITES]
    size = 0
    yield b'{"schema":%d,"served":[' % SCHEMA
    for number, served in enumerate(chain.from_iterable(newest)):
        line = to_line(served).rstrip(b"\n")
        size += len(line) + 2
        if size > CAP:
            break
        yield (b",\n" if number else b"\n") + line
    yield b"]}\n"


def _is_there(name: str, state: State) -> bool:
    with suppress(FileNotFoundError):
        os.stat(name, dir_fd=state.top, follow_symlinks=False)
        return True
    return False


def _is_called(descriptor: int, name: str, state: State) -> bool:
    """Tell whether an open file still has this name."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), os.stat(name, dir_fd=state.top, follow_symlinks=False))
    return False
