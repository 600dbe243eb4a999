"""Writing reports anew without standing still: each time in a program of its own."""

from __future__ import annotations

import subprocess
import sys
from collections import deque
from collections.abc import Callable
from typing import Protocol

Log = Callable[[str], None]


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
    """Keeps at most one refresh of the server and one of an account going; others wait for their turn."""

    def __init__(self, start: Callable[[str], Job], log: Log) -> None:
        self._start = start
        self._log = log
        self._waiting: deque[str] = deque()
        self._of_account: tuple[str, Job] | None = None
        self._of_server: Job | None = None
        self._server_due = False

    def want(self, account: str) -> None:
        """Have an account judged again; "" is the whole server."""
        if not account:
            self._server_due = True
        elif account not in self._waiting:
            self._waiting.append(account)

    @property
    def busy(self) -> bool:
        """Tell whether anything is going on or waits."""
        return bool(self._of_account or self._of_server or self._waiting or self._server_due)

    @property
    def busy_with_account(self) -> bool:
        """Tell whether an account's report is being written."""
        return self._of_account is not None

    def look(self) -> str:
        """Begin what waits; give the account whose report has just been written (or could not be), "" if none."""
        if self._of_server is not None and (status := self._of_server.poll()) is not None:
            self._of_server = None
            self._note(status, "the server")
        if self._server_due and self._of_server is None:
            self._server_due = False
            self._of_server = self._begin("")
        ended = ""
        if self._of_account is not None and (status := self._of_account[1].poll()) is not None:
            ended = self._of_account[0]
            self._of_account = None
            self._note(status, ended)
        if self._of_account is None and self._waiting:
            account = self._waiting.popleft()
            job = self._begin(account)
            self._of_account = (account, job) if job is not None else None
            # A program that cannot even be started has ended as well.
            ended = ended or (account if job is None else "")
        return ended

    def _begin(self, account: str) -> Job | None:
        try:
            return self._start(account)
        except OSError as error:
            self._log(f"no new report on {account or 'the server'}: {error.strerror}")
            return None

    def _note(self, status: int, whom: str) -> None:
        if status:
            self._log(f"no new report on {whom}: the program ended with {status}")
