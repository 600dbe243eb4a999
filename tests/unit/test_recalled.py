"""What a judgement takes from the memory: the last run whose log is gone, and what is usual on the server."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autossl_doctor.entry import commands
from autossl_doctor.entry.cli import main
from autossl_doctor.entry.remembering import recalled
from autossl_doctor.entry.remembering.recalled import Recalled, recall
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.past import Usual
from autossl_doctor.model.plain import moment
from tests.lab.hosts import Account, Certificate, Host, Run, Site, check
from tests.unit.remembered_host import NOW, Remembered, remembered

__all__ = ["remembered"]

LONG_AGO = NOW.timestamp() - 40 * 86_400
HOUR = timedelta(hours=1)
FINE = Site("shop.example", Account("alice"))
FAILING = Site("club.example", Account("bob"), certificate=Certificate(days_left=20), checks={"*": check.no_address()})
SECONDS = {"run": 100, "renewal": 7200}


def build(remembered: Remembered, *runs: float, **more: Any) -> None:
    """A server with runs over all accounts so many hours ago, whose schedule is older than all of them."""
    began = tuple(Run(start=NOW - each * HOUR) for each in runs)
    remembered.build(Host(now=NOW, sites=(FINE, FAILING), runs=began, **more))
    os.utime(remembered.root / "etc/cron.d/cpanel_autossl", (LONG_AGO, LONG_AGO))


def server_findings(remembered: Remembered) -> dict[str, dict[str, Any]]:
    """What the server's report finds, by cause."""
    report = json.loads((remembered.place / "server.json").read_text())
    return {finding["cause"]: finding for finding in report["server_findings"]}


def purge(remembered: Remembered) -> None:
    """Remove all logs, but not their directory."""
    for log in remembered.logs:
        shutil.rmtree(log)


# --- the last run


def test_a_run_whose_log_is_gone_has_come_all_the_same(remembered: Remembered) -> None:
    """Nobody is told that the schedule stopped, because somebody tidied up."""
    build(remembered, 5, 2)
    remembered.refresh()
    purge(remembered)
    remembered.refresh()
    assert "run_overdue" not in server_findings(remembered)


def test_without_a_memory_only_the_age_of_the_schedule_is_left(remembered: Remembered) -> None:
    """The finding of before: possible, without a last run."""
    build(remembered, 5, 2)
    purge(remembered)
    remembered.refresh()
    found = server_findings(remembered)["run_overdue"]
    assert (found["confidence"], "last_run" in found["args"]) == ("possible", False)


def test_a_silence_is_certain_where_the_last_run_is_remembered(remembered: Remembered) -> None:
    """With when that was, although its log is gone."""
    build(remembered, 53, 50)
    remembered.refresh(NOW - 48 * HOUR)
    purge(remembered)
    remembered.refresh()
    found = server_findings(remembered)["run_overdue"]
    assert found["confidence"] == "certain"
    assert found["args"]["last_run"] == "2026-11-20T10:30:00Z"


def test_a_younger_log_counts_more_than_the_memory(remembered: Remembered) -> None:
    """What can be seen is seen."""
    build(remembered, 53)
    remembered.refresh(NOW - 48 * HOUR)
    build(remembered, 29)
    remembered.refresh()
    assert server_findings(remembered)["run_overdue"]["args"]["last_run"] == "2026-11-21T07:30:00Z"


def test_a_run_of_the_future_is_none(remembered: Remembered) -> None:
    """The clock was ahead when it was remembered."""
    build(remembered, 53)
    remembered.refresh(NOW - 48 * HOUR)
    with closing(sqlite3.connect(remembered.place / "state.db")) as db, db:
        db.execute(
            "INSERT INTO runs SELECT NULL, 'x', ?, ended, '*', provider, state, 1, 1, 1, tail FROM runs", (2**40,)
        )
    purge(remembered)
    remembered.refresh()
    assert server_findings(remembered)["run_overdue"]["args"]["last_run"] == "2026-11-20T07:30:00Z"


def test_logs_that_cannot_be_seen_may_hold_a_younger_run(remembered: Remembered) -> None:
    """So nothing is said of a silence."""
    build(remembered, 53)
    remembered.refresh(NOW - 48 * HOUR)
    purge(remembered)
    directory = remembered.logs[0].parent if remembered.logs else remembered.root / "var/cpanel/logs/autossl"
    directory.rmdir()
    directory.write_text("no directory")
    remembered.refresh()
    assert "run_overdue" not in server_findings(remembered)


# --- the command


def with_durations(path: Path) -> None:
    """Let the memory know how long things take."""
    with closing(sqlite3.connect(path)) as db, db:
        for step, seconds in SECONDS.items():
            db.executemany("INSERT INTO durations VALUES(?, ?, ?)", [(step, at, seconds) for at in range(3)])
        db.execute("DELETE FROM durations WHERE at > 3")


def saved(remembered: Remembered, *, whole: bool = True) -> Path:
    """A saved host that brings its memory along; `whole` where nothing waits beside it."""
    build(remembered, 5, 2)
    remembered.refresh()
    with_durations(remembered.place / "state.db")
    place = remembered.root / "var/lib/autossl-doctor"
    place.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(remembered.place / "state.db")) as db:
        if whole:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for name in ("state.db", "state.db-wal"):
            if (remembered.place / name).exists():
                shutil.copy(remembered.place / name, place / name)
    return place / "state.db"


def diagnosed(remembered: Remembered, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What `diagnose` says of the website that fails."""
    main(["diagnose", "--root", str(remembered.root), "--now", "2026-11-22T12:30:00Z", "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    (site,) = (site for site in report["sites"] if site["site"] == "club.example")
    return dict(site)


@pytest.mark.parametrize("whole", [True, False])
def test_a_saved_host_brings_its_memory_along(
    remembered: Remembered,
    capsys: pytest.CaptureFixture[str],
    whole: bool,  # noqa: FBT001 - one of two
) -> None:
    """By when to act is told by how long renewals take there; nothing appears beside the file."""
    path = saved(remembered, whole=whole)
    before = {entry.name: entry.read_bytes() for entry in path.parent.iterdir()}
    site = diagnosed(remembered, capsys)
    ends = site["certificate"]["not_after"]
    assert site["main"]["act_by"] == moment(datetime.fromisoformat(ends) - timedelta(hours=2))
    assert {entry.name: entry.read_bytes() for entry in path.parent.iterdir()} == before


def test_a_saved_host_without_one_is_judged_as_ever(
    remembered: Remembered, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nothing to ask."""
    build(remembered, 5, 2)
    monkeypatch.setattr(recalled, "recall", lambda *_: pytest.fail("there is nothing to ask"))
    site = diagnosed(remembered, capsys)
    assert site["main"]["act_by"] != site["certificate"]["not_after"]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE durations SET seconds = 'x'",
        "UPDATE durations SET seconds = NULL",
        "UPDATE durations SET seconds = 9e99",
        "UPDATE durations SET seconds = -5",
        "UPDATE durations SET seconds = 4611686018427387904",
        "UPDATE runs SET started = 'x'",
        "UPDATE runs SET started = -4611686018427387904",
        "DROP TABLE runs",
        "DROP TABLE durations",
        "CREATE VIEW v AS SELECT 1; DROP TABLE runs; CREATE VIEW runs AS SELECT X'ff80' AS started, '*' AS username",
        "",
    ],
)
def test_a_memory_that_somebody_made_up_harms_nobody(
    remembered: Remembered, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    """The judgement is the one without it."""
    path = saved(remembered)
    if damage:
        with closing(sqlite3.connect(path)) as db:
            db.executescript(f"PRAGMA ignore_check_constraints=1; {made_loose(damage)}")
    else:
        path.write_bytes(b"garbage" * 999)
    found = recall(HostPaths(remembered.root), NOW)
    assert all(isinstance(each, Usual) for each in found.usual.values())
    assert diagnosed(remembered, capsys)["main"]["cause"] == "dns_no_address"


def made_loose(damage: str) -> str:
    """Columns that must not be NULL are made anew."""
    if "NULL" not in damage:
        return damage
    return (
        "DROP TABLE durations; CREATE TABLE durations(step, at, seconds); INSERT INTO durations VALUES('run', 1, NULL);"
    )


def test_a_link_to_a_memory_is_not_followed(remembered: Remembered) -> None:
    """A saved host must not show this server's own."""
    path = saved(remembered)
    path.rename(path.with_name("other.db"))
    path.symlink_to("other.db")
    assert recall(HostPaths(remembered.root), NOW) == Recalled()


def test_on_this_server_root_s_own_memory_is_asked(remembered: Remembered, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is opened for reading, and one that is busy or missing is as good as none."""
    saved(remembered)
    monkeypatch.setattr(recalled, "MEMORY", str(remembered.place / "state.db"))
    live = HostPaths()
    assert recall(live, NOW).last_run == NOW - 2 * HOUR
    assert {step: int(each.half.total_seconds()) for step, each in recall(live, NOW).usual.items()} == SECONDS
    monkeypatch.setattr(recalled, "MEMORY", str(remembered.place / "nowhere.db"))
    assert recall(live, NOW) == Recalled()


@pytest.mark.parametrize(("root", "asked"), [(True, True), (False, False)])
def test_only_root_asks_it(monkeypatch: pytest.MonkeyPatch, root: bool, asked: bool) -> None:  # noqa: FBT001 - one of two
    """An ordinary user may not read it, and does not try."""
    tried = []

    def exists(_: HostPaths, path: str) -> bool:
        tried.append(path)
        return False

    monkeypatch.setattr(commands, "is_root", lambda: root)
    monkeypatch.setattr(HostPaths, "exists", exists)
    commands._remembered(HostPaths(), object())  # type: ignore[arg-type]  # noqa: SLF001 - the door itself
    assert bool(tried) == asked
