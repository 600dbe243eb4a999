"""A host whose logs come and go, the doctor's directory beside it, and a look into what is remembered."""

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autossl_doctor.causes.catalogue import load
from autossl_doctor.collect.runs.catalogue import LOG_DIRECTORY
from autossl_doctor.entry.refresh import People, Refreshed, read_the_rest, refresh
from autossl_doctor.entry.remembering.passes import Pass, Passed
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.people import Owner
from autossl_doctor.store.memory.opening import open_memory
from tests.lab import hosts
from tests.lab.hosts import Host
from tests.unit.store_places import MY_GROUP, folder, state_in

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
BEGAN = 1_600_000_000
UIDS = {"alice": 2001, "bob": 2002, "carol": 2003}


def owner_of(name: str, startdate: int = BEGAN, uid: int = 0) -> Owner:
    """An account as the machine knows it."""
    return Owner(name, uid or UIDS[name], MY_GROUP, startdate)


class Remembered:
    """A host, its doctor, and the accounts that there are."""

    def __init__(self, place: Path) -> None:
        self.root, self.place, self.hidden = place / "root", place / "state", place / "hidden"
        self.state = state_in(self.place)
        self.owners: dict[str, Owner] = {}
        self.now = NOW

    def build(self, host: Host) -> None:
        """Make the host's tree anew; its logs are new files."""
        for directory in (self.root, self.hidden):
            shutil.rmtree(directory, ignore_errors=True)
        hosts.build(host, self.root)
        self.owners = {site.account.name: owner_of(site.account.name) for site in host.sites}
        self.now = host.now

    @property
    def files(self) -> HostPaths:
        """The host as the doctor reads it."""
        return HostPaths(self.root)

    @property
    def logs(self) -> list[Path]:
        """The runs, oldest first."""
        return sorted((self.root / LOG_DIRECTORY[1:]).iterdir())

    def hide(self, *runs: Path) -> None:
        """Take runs away for a while."""
        self.hidden.mkdir(exist_ok=True)
        for run in runs:
            run.rename(self.hidden / run.name)

    def show(self, *names: str) -> None:
        """Bring runs back, or all of them: the same files."""
        for run in sorted(self.hidden.iterdir()):
            if not names or run.name in names:
                run.rename(self.root / LOG_DIRECTORY[1:] / run.name)

    def refresh(self, now: datetime | None = None) -> Refreshed:
        """Judge the host, and read the logs that nobody waited for."""
        at, people = now or self.now, People(self.owners.get, lambda: self.owners)
        done = refresh(self.files, self.state, lambda: at, "", people)
        if not done.behind:
            return done
        more = read_the_rest(self.files, self.state, lambda: at, lambda: False, lambda _: None, people)
        return done._replace(troubles=(*done.troubles, *more))

    def go(self, stop: Iterator[bool] | None = None, owners: Mapping[str, Owner] | None = None) -> Passed:
        """One pass over the logs, until `stop` says so."""
        with closing(open_memory(self.state)) as memory:
            people = self.owners if owners is None else owners
            goer = Pass(self.files, memory, people, lambda: load().causes)
            return goer.go(self.now, (lambda: next(stop)) if stop else lambda: False)

    def rows(self, what: str, *values: object) -> list[tuple[Any, ...]]:
        """What the memory answers."""
        with closing(sqlite3.connect(self.place / "state.db")) as connection:
            return connection.execute(f"SELECT {what}", values).fetchall()

    def spells(self, site: str) -> list[tuple[str, int, bool, str]]:
        """What runs said of a website, in the order of time: the cause, how often, stuck, the first run's start."""
        found = self.rows(
            "cause, times, stuck, began FROM spells s JOIN websites w ON w.id = s.website WHERE w.name = ? "
            "ORDER BY began, s.id",
            site,
        )
        return [(cause, times, bool(stuck), name_of(began)) for cause, times, stuck, began in found]

    def own(self, account: str) -> dict[str, Any]:
        """What an account's page is told of the past."""
        path = folder(self.place, self.owners[account].uid) / "memory.json"
        content: dict[str, Any] = json.loads(path.read_text())
        return content

    def site(self, account: str, name: str) -> dict[str, Any]:
        """What an account's page is told of a website's past."""
        (found,) = (site for site in self.own(account)["sites"] if site["site"] == name)
        return dict(found)


def name_of(seconds: int) -> str:
    """The name of a run that started then."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def remembered(tmp_path: Path) -> Iterator[Remembered]:
    """A host that is still to be built, and an empty directory of the doctor's."""
    made = Remembered(tmp_path)
    yield made
    made.state.close()


def append(log: Path, *said: tuple[int, str], at: str) -> None:
    """Write on in a log, its text twin included."""
    if (log / "json").exists():
        with (log / "json").open("a", encoding="utf-8") as stream:
            for indent, text in said:
                row = {"timestamp": at, "type": "out", "indent": indent, "contents": text}
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    with (log / "txt").open("a", encoding="utf-8") as stream:
        for indent, text in said:
            lead = "\t" * indent or " "
            stream.write(f"[{at}]{lead}{text}\n")
