"""What status says of the memory: how much, since when, what waits, what is wrong, and the schedule."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autossl_doctor.entry import memory_status, upkeep
from autossl_doctor.entry import status as status_module
from autossl_doctor.entry.cli import main
from autossl_doctor.entry.installing import telling
from autossl_doctor.entry.memory_status import MemoryStatus, as_plain, read_memory, told
from autossl_doctor.entry.status import read_status
from autossl_doctor.explain.interface import Interface
from autossl_doctor.host import people
from autossl_doctor.host.files import HostPaths
from autossl_doctor.store import state as state_module
from tests.lab.hosts import Account, Host, Run, Site
from tests.unit.remembered_host import NOW, Remembered, remembered
from tests.unit.store_places import state_in

__all__ = ["remembered"]

SITES = (Site("shop.example", Account("alice")), Site("club.example", Account("bob")))
LONG_AGO = NOW.timestamp() - 40 * 86_400
MADE_BY_HAND = ("missing", "empty", "garbage")
TROUBLES = (*MADE_BY_HAND, "locked", "newer", "values")


def build(remembered: Remembered, **more: Any) -> None:
    """Make a host whose schedule is older than its runs."""
    remembered.build(Host(now=NOW, sites=SITES, **more))
    os.utime(remembered.root / "etc/cron.d/cpanel_autossl", (LONG_AGO, LONG_AGO))


def look(remembered: Remembered) -> MemoryStatus:
    """What status finds."""
    return read_memory(str(remembered.place), remembered.files, remembered.now)


def lines(found: MemoryStatus, language: str = "en") -> list[str]:
    """What a terminal shows of it."""
    return list(told(found, Interface(language)))


@contextmanager
def in_trouble(remembered: Remembered, what: str) -> Iterator[None]:
    """Let something be the matter with the memory."""
    path = remembered.place / "state.db"
    if what == "missing":
        path.unlink()
    elif what == "empty":
        path.write_bytes(b"")
    elif what == "garbage":
        path.write_bytes(b"\x1b[2Jgarbage" * 999)
    with closing(sqlite3.connect(":memory:" if what in MADE_BY_HAND else path, isolation_level=None)) as db:
        if what == "locked":
            db.execute("PRAGMA locking_mode=EXCLUSIVE")
            db.execute("PRAGMA journal_mode=DELETE")
            db.execute("BEGIN EXCLUSIVE")
        elif what == "newer":
            db.execute("PRAGMA user_version=2")
        elif what == "values":
            db.execute("UPDATE runs SET started = 99999999999999999")
        yield


def test_how_much_is_remembered_and_since_when(remembered: Remembered) -> None:
    """Runs, the first and the last of them, the size on the disk, and that the schedule was kept."""
    build(remembered)
    remembered.refresh()
    found = look(remembered)
    assert found.trouble is None
    assert (found.runs, found.waiting, found.passed_over) == (8, 0, 0)
    assert found.size >= (remembered.place / "state.db").stat().st_size > 0
    assert found.since is not None
    assert found.newest is not None
    assert found.newest - found.since == timedelta(hours=21)
    said = "\n".join(lines(found))
    assert "Remembered: 8 runs, since 2026-11-21T" in said
    assert "Size of the memory: 0." in said
    assert "Runs over all accounts in the last 30 days: 8 (the schedule asked for 8, since it was written)" in said
    assert len(lines(found)) == 3


def test_what_waits_and_what_did_not_come(remembered: Remembered) -> None:
    """Logs that no refresh has read yet, one that made no sense, and a scheduled run that is missing."""
    build(remembered)
    logs = remembered.logs
    remembered.hide(logs[3], *logs[5:])
    remembered.refresh()
    remembered.show(*(log.name for log in logs[5:]))
    with closing(sqlite3.connect(remembered.place / "state.db")) as db, db:
        db.execute("UPDATE runs SET state = 'passed over' WHERE name = ?", (logs[0].name,))
    waiting = look(remembered)
    assert (waiting.runs, waiting.waiting, waiting.passed_over) == (4, 3, 1)
    assert "Not yet read into the memory: 3 logs" in lines(waiting)
    assert "Passed over, because no sense could be made of it: 1 log" in lines(waiting)
    remembered.refresh()
    missing = look(remembered)
    assert missing.schedule is not None
    (due,) = missing.schedule.missing
    assert timedelta(0) <= abs(due - datetime.fromisoformat(logs[3].name)) < timedelta(minutes=5)
    assert [line for line in lines(missing) if line.startswith("Scheduled and not come: 1 run, at 2026-11-2")]
    assert as_plain(missing)["schedule"]["missing"]


def test_a_run_that_was_killed_is_counted(remembered: Remembered) -> None:
    """With when it began."""
    runs = (Run(start=NOW - timedelta(hours=6)), Run(start=NOW - timedelta(hours=3), after_accounts=1))
    build(remembered, runs=runs, proc=True)
    remembered.refresh()
    assert "Ended before its end: 1 run, begun at 2026-11-22T09:30:00Z" in lines(look(remembered))


def test_without_a_schedule_nobody_knows(remembered: Remembered) -> None:
    """It says so."""
    build(remembered, runs=())
    remembered.refresh()
    found = look(remembered)
    assert found.schedule is None
    assert lines(found)[0] == "Remembered: no run yet"
    assert lines(found)[-1].startswith("Whether every scheduled run came is not known")


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("what", TROUBLES)
def test_trouble_is_said_in_one_line(
    remembered: Remembered, what: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without steering the terminal, and without changing the file."""
    monkeypatch.setattr(memory_status, "PATIENCE", 0.05)
    build(remembered)
    remembered.refresh()
    path = remembered.place / "state.db"
    with in_trouble(remembered, what):
        before = path.read_bytes() if path.exists() else None
        found = look(remembered)
        assert (path.read_bytes() if path.exists() else None) == before
    expected = {"missing": "no_memory", "empty": "no_memory", "locked": "locked", "newer": "too_new"}
    assert found.trouble == expected.get(what, "damaged")
    assert found.is_broken == (what in ("garbage", "newer", "values"))
    (line,) = lines(found, language)
    assert "\x1b" not in line
    assert as_plain(found)["trouble"] == found.trouble


@pytest.mark.parametrize("broken", [True, False])
def test_the_command_tells_of_it(
    remembered: Remembered,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    broken: bool,  # noqa: FBT001 - one of two
) -> None:
    """In both forms; a broken memory is trouble, and its files are no strange ones."""
    build(remembered)
    remembered.refresh()
    if broken:
        (remembered.place / "state.db").write_bytes(b"garbage" * 999)
    status = read_status(remembered.state, remembered.files, remembered.owners.values(), NOW)
    assert "odd" not in dict(status.findings)
    monkeypatch.setattr(upkeep, "is_root", lambda: True)
    monkeypatch.setattr(upkeep, "HostPaths", lambda: HostPaths(remembered.root))
    monkeypatch.setattr(upkeep, "now", lambda: NOW)
    monkeypatch.setattr(state_module, "State", lambda: state_in(remembered.place))
    monkeypatch.setattr(people, "find_owners", lambda: remembered.owners)
    # A machine without units is in trouble whatever the memory says.
    monkeypatch.setattr(status_module, "read_status", lambda *_: replace(status, findings=()))
    monkeypatch.setattr(telling, "is_wrong", lambda _: False)
    assert main(["status", "--lang", "en"]) == (1 if broken else 0)
    assert ("is damaged" if broken else "Remembered: 8 runs") in capsys.readouterr().out
    assert main(["status", "--format", "json"]) == (1 if broken else 0)
    assert json.loads(capsys.readouterr().out)["memory"]["trouble"] == ("damaged" if broken else None)


def test_the_size_of_what_is_not_there_is_nothing(tmp_path: Path) -> None:
    """And nothing is made by looking."""
    found = read_memory(str(tmp_path / "nowhere"), HostPaths(tmp_path), NOW)
    assert (found.size, found.trouble) == (0, "no_memory")
    assert list(tmp_path.iterdir()) == []
