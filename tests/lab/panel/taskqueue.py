"""The panel's task queue: checks are queued here, begin a moment later, and each is a process of its own."""

import os
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any

from tests.lab.cpsrvd.calls import Call, Result
from tests.lab.host_model import Cron, Host
from tests.lab.panel import account_changes, functions
from tests.lab.panel.asking import QUEUE, Door
from tests.lab.panel.live_run import Manner, check, present
from tests.lab.panel.live_world import LiveWorld, apply
from tests.lab.panel.present_state import present_accounts
from tests.lab.schedule import times_before
from tests.lab.website_model import Site
from tests.lab.world import World

_LOOK_EVERY = 0.1
_HASTE = 10
"""How much faster a check of all users goes, so that nobody waits for it."""


@dataclass(frozen=True)
class _Running:
    """A check at work: its process, and the pipe over which it says what it changes."""

    process: int
    pipe: "Connection[Any, Any]"


class TaskQueue:
    """Keeps the world from one check to the next; serves one visitor at a time."""

    def __init__(self, host: Host, world: World, manner: Manner, root: Path, place: Path) -> None:
        self.root = root
        self.host = host
        self.world = world
        self.manner = manner
        self.calls: list[tuple[float, Call, Result]] = []
        self._door = Door(place, QUEUE)
        self._waiting: dict[str, float] = {}
        self._running: dict[str, _Running] = {}
        self._scheduled = host.now
        self._verbs: Mapping[str, Callable[..., object]] = {
            "call": self.call,
            "calls": lambda: self.calls,
            "start": self.start,
            "manner": self.set_manner,
            "change": self.change,
            "account": self.change_account,
            "state": lambda: (sorted(self._waiting), {user: run.process for user, run in self._running.items()}),
        }

    def serve_forever(self, ready: Callable[[], None]) -> None:
        """Answer, start what is due, and learn from the checks at work, until the process ends."""
        ready()
        while True:
            pipes = [run.pipe for run in self._running.values()]
            for there in wait([self._door.fileno(), *pipes], timeout=_LOOK_EVERY):
                if isinstance(there, Connection):
                    self._learn(there)
                else:
                    self._door.serve_one(lambda verb, given: self._verbs[verb](**given))
            self._obey_schedule()
            self._start_due()

    def call(self, call: Call) -> Result:
        """A UAPI function, made by an account."""
        result = functions.answer(call, self)
        self.calls.append((time.time(), call, result))
        return result

    def start(self, user: str) -> None:
        """Queue a check; one that waits already stands for both."""
        self._waiting.setdefault(user, time.monotonic() + self.manner.delay)

    def set_manner(self, **changes: object) -> None:
        """Let later checks go in another manner."""
        self.manner = replace(self.manner, **changes)  # type: ignore[arg-type]

    def change(self, domain: str, **changes: object) -> None:
        """Change the description of a website, as its owner or the world outside would."""
        if domain not in {site.domain for site in self.host.sites}:
            raise KeyError(domain)

        def changed(site: Site) -> Site:
            return replace(site, **changes) if site.domain == domain else site  # type: ignore[arg-type]

        self.host = replace(self.host, sites=tuple(map(changed, self.host.sites)))

    def change_account(self, how: str, **given: str) -> None:
        """Let an account come, go or change: `create`, `remove`, `rename` or `give_to`."""
        changes: Mapping[str, Callable[..., Host]] = {
            "create": account_changes.create,
            "remove": account_changes.remove,
            "rename": account_changes.rename,
            "give_to": account_changes.give_to,
        }
        self.host = changes[how](self.root, self.host, **given)

    def _obey_schedule(self) -> None:
        """Start the check of all users when its time comes, as cron does where the schedule is as it should be."""
        if self.host.cron is not Cron.SCHEDULED or self.host.runs is not None or self.host.silent_for:
            return
        newest = next(times_before(self.host, present()), None)
        if newest is not None and newest > self._scheduled:
            self._scheduled = newest
            self.start("*")

    def _start_due(self) -> None:
        if self.manner.never_start:
            return
        for user, due in list(self._waiting.items()):
            if due <= time.monotonic() and user not in self._running:
                del self._waiting[user]
                self._running[user] = self._begin(user)

    def _begin(self, user: str) -> _Running:
        known = present_accounts(self.host, self.root)
        accounts = {account: websites for account, websites in known.items() if user in {account.name, "*"}}
        manner = replace(self.manner, pace=self.manner.pace / _HASTE) if user == "*" else self.manner
        ours, theirs = Pipe(duplex=False)
        process = os.fork()
        if process == 0:
            status = 1
            try:
                world = LiveWorld(self.world, self.host, self.root, theirs.send)
                check(self.host, accounts, world, user, manner, self.root)
                status = 0
            except BaseException:  # noqa: BLE001 - it ends in the next line, whatever happened
                traceback.print_exc()
            finally:
                os._exit(status)
        theirs.close()
        return _Running(process, ours)

    def _learn(self, pipe: "Connection[Any, Any]") -> None:
        """Take over what a check changed; a closed pipe is its end."""
        user, run = next((user, run) for user, run in self._running.items() if run.pipe is pipe)
        try:
            apply(pipe.recv(), self.world)
        except EOFError:
            os.waitpid(run.process, 0)
            pipe.close()
            del self._running[user]
