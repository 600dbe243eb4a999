"""A host whose runs are written step by step, with a follower that tests can let look whenever they want."""

import json
import os
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from autossl_doctor.collect.runs.catalogue import LOG_DIRECTORY
from autossl_doctor.entry.following.follower import Around, Follower
from autossl_doctor.entry.following.timing import Timing
from autossl_doctor.entry.refresh import People, refresh
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.people import Owner
from autossl_doctor.model.plain import moment
from autossl_doctor.model.served import Served
from autossl_doctor.store.click import leave
from tests.unit.store_places import ME, MY_GROUP, folder, state_in

SITE = "shop.example"
OWNER = Owner("alice", ME, MY_GROUP, 1_700_000_000)
OTHER = Owner("bob", ME + 1, MY_GROUP, 1_700_000_000)
BEGIN = ((0, "AutoSSL’s configured provider is “Let’s Encrypt™”."), (0, "Analyzing 1 user …"))
CHECK = (
    (1, "Analyzing “alice”’s domains …"),
    (2, f"Analyzing “{SITE}” (website) …"),
    (3, "TLS Status: Ready for Renewal"),
)
TEST = ((2, "Performing HTTP DCV on 1 domain …"), (3, f"Local HTTP DCV OK: {SITE}"))
ORDER = (
    (0, "Processing “alice”’s local DCV results …"),
    (1, f"Analyzing “{SITE}”’s DCV results …"),
    (2, "AutoSSL will request a new certificate."),
)
ISSUED = ((1, f"Certificate #1: “{SITE}” only"), (2, f"Installing “{SITE}”’s new certificate …"))
SUCCESS = ((3, "Success!"),)
DONE = ((1, "The system has completed “alice”’s AutoSSL check."),)
Said = Iterable[tuple[int, str]]


class Clock:
    """A moment that goes on when a test says so."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Tell it."""
        return self.now

    def pass_by(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span


class FakeProber:
    """A prober whose answer a test decides on."""

    def __init__(self) -> None:
        self.asked: list[list[tuple[str, str]]] = []
        self.answer: Sequence[Served] | None = None
        self.remembered: list[Served] = []
        self.reminded = 0
        self.works = True

    def ask(self, visits: Iterable[tuple[str, str]]) -> str:
        """Note the question."""
        self.asked.append(list(visits))
        return str(len(self.asked))

    def answers(self, identity: str) -> Sequence[Served] | None:
        """Give the answer once there is one, to the last question only."""
        return self.answer if identity == str(len(self.asked)) else None

    def remind(self) -> bool:
        """Note that it was asked once more."""
        self.reminded += 1
        return self.works

    def remember(self, seen: Sequence[Served], now: datetime) -> None:
        """Note what was seen."""
        assert now.tzinfo
        self.remembered += seen


class Ended:
    """A program that has ended already."""

    def __init__(self, status: int) -> None:
        self._status = status

    def poll(self) -> int:
        """Give its exit status."""
        return self._status


class FollowedHost:
    """The tree of a host, the doctor's directory beside it, and the follower."""

    def __init__(self, root: Path, place: Path, now: datetime) -> None:
        self.root, self.place = root, place
        self.clock, self.prober = Clock(now), FakeProber()
        self.state = state_in(place)
        self.refreshed: list[str] = []
        self.said: list[str] = []
        self.owners = {owner.account: owner for owner in (OWNER, OTHER)}
        self.judge("")
        self.refreshed.clear()
        self.follower = self.new_follower()

    def new_follower(self, timing: Timing | None = None) -> Follower:
        """A follower that begins now."""
        uids = {owner.uid: owner.account for owner in self.owners.values()}
        return Follower(
            Around(
                HostPaths(self.root),
                self.state,
                self.clock,
                self.prober,
                self.judge,
                self.said.append,
                timing or Timing(),
                self.owners.get,
                lambda uid: uids.get(uid, ""),
                lambda: self.owners,
            )
        )

    def judge(self, account: str) -> Ended:
        """Refresh at once instead of in a program of its own."""
        self.refreshed.append(account)
        people = People(self.owners.get, lambda: self.owners)
        done = refresh(HostPaths(self.root), self.state, self.clock, account, people)
        return Ended(0 if done.outcome == "done" else 2)

    def click(self, verb: str = "retry", site: str = SITE) -> None:
        """The account presses a button now."""
        record = {"schema": 1, "verb": verb, "site": site, "names": [], "at": moment(self.clock.now)}
        assert leave(ME, record, state=str(self.place)) is None

    def look(self, seconds: float = 0.5, *, woken: bool = False) -> None:
        """Let a little time pass, then let the follower look."""
        self.clock.pass_by(timedelta(seconds=seconds))
        self.follower.look(woken=woken)

    def live(self, uid: int = ME) -> dict[str, Any] | None:
        """What the account's page is told."""
        path = folder(self.place, uid) / "live.json"
        return json.loads(path.read_text()) if path.exists() else None

    def step(self) -> str:
        """The step that the account's page shows; "" if none."""
        return str((self.live() or {"step": ""})["step"])

    def report(self, uid: int = ME) -> dict[str, Any]:
        """The account's report."""
        report: dict[str, Any] = json.loads((folder(self.place, uid) / "report.json").read_text())
        return report


class WrittenRun:
    """A run whose process lives until a test ends it."""

    _pid = 40_000

    def __init__(self, host: FollowedHost, username: str = "alice") -> None:
        WrittenRun._pid += 1
        self._host, self._pid = host, WrittenRun._pid
        self.directory = host.root / LOG_DIRECTORY[1:] / moment(host.clock.now)
        self.directory.mkdir(mode=0o700)
        boot = (host.root / "proc/stat").read_text().partition("btime ")[2].split()[0]
        links = {"username": username, "provider": "LetsEncrypt", "upid": f"{self._pid}.77.{boot}"}
        for name, target in links.items():
            (self.directory / name).symlink_to(target)
        self._process = host.root / "proc" / str(self._pid) / "stat"
        self._process.parent.mkdir()
        self._process.write_text(f"{self._pid} (autossl_check) S {' '.join('0' * 18)} 77 0\n")
        (self.directory / "json").touch()
        self.write(BEGIN)

    def write(self, said: Said, kind: str = "out") -> None:
        """AutoSSL writes lines."""
        with (self.directory / "json").open("a", encoding="utf-8") as log:
            for indent, text in said:
                row = {"timestamp": moment(self._host.clock.now), "type": kind, "indent": indent, "contents": text}
                log.write(f"{json.dumps(row, ensure_ascii=False)}\n")

    def end(self) -> None:
        """The process ends, or is killed."""
        self._process.unlink()
        self._process.parent.rmdir()
        os.utime(self.directory)
