"""`autossl-doctor follow`: started by systemd, stays while somebody waits for AutoSSL, then goes away."""

from __future__ import annotations

import os
import select
import signal
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from autossl_doctor.entry.following.follower import Around, Follower
from autossl_doctor.entry.following.jobs import start_refresh
from autossl_doctor.entry.following.visits import RealProber
from autossl_doctor.host.clock import now
from autossl_doctor.host.files import HostPaths
from autossl_doctor.store.layout import RUN, SERVER, WAKE
from autossl_doctor.store.state import State

FIRST_PASSED = 3
"""The number of the first descriptor that systemd passes on (sd_listen_fds(3))."""
BETWEEN_WAKES = timedelta(seconds=0.2)
"""However often somebody writes into the FIFO, the inboxes are looked into no more often."""
FIFO_CAP = 65536


def follow() -> int:
    """Follow the runs of this server until nobody waits any more."""
    state = State()
    if not state.hold():
        _log("another one is at work already")
        return 0
    try:
        follower = Follower(Around(HostPaths(), state, now, RealProber(state), start_refresh, _log))
        follower.refresh_if_old(last_refresh(state))
        with asked_to_stop() as stop, wake_up_call() as fifo:
            watch(follower, fifo, stop)
        follower.leave()
    finally:
        state.close()
    return 0


def watch(follower: Follower, fifo: int | None, stop: int) -> None:
    """Look, and look again, until the follower is idle or is asked to stop. Begins with reading all inboxes."""
    woken = True
    while True:
        # Without a FIFO nobody can wake the follower: it looks into the inboxes by itself.
        follower.look(woken=woken, read=woken or fifo is None)
        if follower.is_idle:
            return
        pause = follower.pause
        if _wait(min(pause, BETWEEN_WAKES), stop):
            return
        ready = _ready(max(pause - BETWEEN_WAKES, timedelta(0)), stop, fifo)
        if stop in ready:
            return
        woken = fifo is not None and fifo in ready and drain(fifo)


def last_refresh(state: State) -> datetime | None:
    """Tell when the whole server was judged last."""
    try:
        found = os.stat(SERVER, dir_fd=state.top, follow_symlinks=False)
    except OSError:
        return None
    return datetime.fromtimestamp(found.st_mtime, UTC)


def drain(fifo: int) -> bool:
    """Take out of the FIFO whatever is in it; only that somebody wrote matters."""
    woken = False
    with suppress(BlockingIOError):
        while os.read(fifo, FIFO_CAP):
            woken = True
    return woken


@contextmanager
def wake_up_call(run: str = RUN) -> Iterator[int | None]:
    """Open the FIFO, or take the one that systemd has opened; None where there is none."""
    fifo = _passed_on()
    if fifo is None:
        # Opened for writing too: so it does not end when the last writer closes it.
        with suppress(OSError):
            fifo = os.open(f"{run}/{WAKE}", os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    if fifo is not None and not stat.S_ISFIFO(os.fstat(fifo).st_mode):
        os.close(fifo)
        fifo = None
    if fifo is not None:
        os.set_blocking(fifo, False)
    try:
        yield fifo
    finally:
        if fifo is not None:
            os.close(fifo)


def _passed_on() -> int | None:
    """Take the descriptor that systemd passes on, if it is meant for this process."""
    number, pid = os.environ.pop("LISTEN_FDS", ""), os.environ.pop("LISTEN_PID", "")
    os.environ.pop("LISTEN_FDNAMES", None)
    if number != "1" or pid != str(os.getpid()):
        return None
    os.set_inheritable(FIRST_PASSED, False)  # noqa: FBT003 - the call takes it by place only
    return FIRST_PASSED


@contextmanager
def asked_to_stop() -> Iterator[int]:
    """Give a descriptor that becomes readable when systemd (SIGTERM) or a person (SIGINT) wants an end."""
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    former = {number: signal.signal(number, _go_on) for number in (signal.SIGTERM, signal.SIGINT)}
    wakeup = signal.set_wakeup_fd(writing)
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in former.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)


def _go_on(_number: int, _frame: object) -> None:
    """The signal is noted by its number in the pipe; what is being written is written to its end."""


def _wait(pause: timedelta, stop: int) -> bool:
    return bool(_ready(pause, stop, None))


def _ready(pause: timedelta, stop: int, fifo: int | None) -> list[int]:
    # poll, because select knows no file descriptor beyond 1023.
    poll = select.poll()
    for number in (stop, fifo):
        if number is not None:
            poll.register(number, select.POLLIN)
    return [number for number, _ in poll.poll(pause.total_seconds() * 1000)]


def _log(message: str) -> None:
    sys.stderr.write(f"autossl-doctor follow: {message}\n")
    sys.stderr.flush()
