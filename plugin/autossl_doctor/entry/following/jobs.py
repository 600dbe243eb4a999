"""Writing reports anew without standing still: each time in a program of its own."""

from __future__ import annotations

import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Protocol

Log = Callable[[str], None]
FEW_ACCOUNTS = 10
"""To judge more of them one by one costs more than to judge the whole server once."""
PAUSE_FACTOR = 10


class Job(Protocol):
    """Something that was started and ends by itself."""

    def poll(self) -> int | None:
        """Give its exit status once it has ended."""


def start_refresh(account: str) -> Job:
    """Start `autossl-doctor refresh`, for one account or for all."""
    wanted = [f"--account={account}"] if account else []
    return subprocess.Popen(  # noqa: S603 - this program itself; the account is a user of this machine
        [sys.executable, "-I", "-m", "autossl_doctor", "refresh", *wanted],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        close_fds=True,
    )


class Refreshes:
    """Keeps at most one refresh of the server and one of an account going; others wait for their turn.

    `pause` is how long after a judgement of the whole server nobody may ask for another one without need.
    """

    def __init__(self, start: Callable[[str], Job], log: Log, clock: Callable[[], datetime], pause: timedelta) -> None:
        self._start = start
        self._log = log
        self._clock = clock
        self._pause = pause
        self._waiting: deque[str] = deque()
        self._later: dict[str, None] = {}
        self._of_account: tuple[str, Job] | None = None
        self._of_server: Job | None = None
        self._server_due = False
        self._began = self._rests_until = datetime.min.replace(tzinfo=UTC)
        self.server_judged = 0
        """How often the whole server has been judged."""

    def want(self, account: str) -> None:
        """Have an account judged again; "" is the whole server."""
        self._later.pop(account, None)
        if not account:
            self._server_due = True
        elif account not in self._waiting:
            self._waiting.append(account)

    def want_later(self, accounts: Iterable[str]) -> None:
        """Have accounts judged again when nobody waits for anything else; if they are many, the whole server."""
        self._later.update((account, None) for account in accounts if account not in self._waiting)
        if len(self._later) > FEW_ACCOUNTS:
            self._later = {"": None}

    @property
    def busy(self) -> bool:
        """Tell whether anything is going on or waits."""
        return bool(self._of_account or self._of_server or self._waiting or self._later or self._server_due)

    @property
    def busy_with_server(self) -> bool:
        """Tell whether the whole server is being judged, or will be at once."""
        return self._of_server is not None or self._server_due

    @property
    def busy_with_account(self) -> bool:
        """Tell whether an account's report is being written."""
        return self._of_account is not None

    def look(self) -> str:
        """Begin what waits; give the account whose report has just been written (or could not be), "" if none."""
        if self._of_server is not None and (status := self._of_server.poll()) is not None:
            self._of_server = None
            self._note(status, "the server")
            self.server_judged += not status
            now = self._clock()
            # However many websites there are, most of the time is left to others.
            self._rests_until = now + max(self._pause, PAUSE_FACTOR * (now - self._began))
        if "" in self._later and self._clock() >= self._rests_until:
            self.want("")
        if self._server_due and self._of_server is None:
            self._server_due = False
            self._later.clear()
            self._began = self._clock()
            self._of_server = self._begin("")
        ended = ""
        if self._of_account is not None and (status := self._of_account[1].poll()) is not None:
            ended = self._of_account[0]
            self._of_account = None
            self._note(status, ended)
            # Who asked again meanwhile waits for the next one.
            ended = "" if ended in self._waiting else ended
        if self._of_account is None and (account := self._next()):
            job = self._begin(account)
            self._of_account = (account, job) if job is not None else None
            # A program that cannot even be started has ended as well.
            ended = ended or (account if job is None else "")
        return ended

    def _next(self) -> str:
        """Take the account whose turn it is; "" if nobody waits."""
        if self._waiting:
            return self._waiting.popleft()
        account = next(filter(None, self._later), "")
        if account:
            del self._later[account]
        return account

    def _begin(self, account: str) -> Job | None:
        try:
            return self._start(account)
        except OSError as error:
            self._log(f"no new report on {account or 'the server'}: {error.strerror}")
            return None

    def _note(self, status: int, whom: str) -> None:
        if status:
            self._log(f"no new report on {whom}: the program ended with {status}")
