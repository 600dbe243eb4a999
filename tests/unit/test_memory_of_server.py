"""What the server's report tells of the past: the runs that the schedule asked for, limits, what is usual."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from autossl_doctor.store.own import load_memory
from tests.lab import hosts
from tests.lab.hosts import Account, Host, Site
from tests.unit.remembered_host import NOW, Remembered
from tests.unit.store_places import ME, folder

LONG_AGO = NOW.timestamp() - 40 * 86_400
RUNS = 9


@pytest.fixture
def remembered(tmp_path: Path) -> Remembered:
    """A server that has kept its schedule for a day, with a job's file that is older than its runs."""
    place = Remembered(tmp_path)
    place.build(Host(now=NOW, sites=(Site("club.example", Account("carol")),), run_count=RUNS))
    os.utime(place.root / "etc/cron.d/cpanel_autossl", (LONG_AGO, LONG_AGO))
    return place


def told(place: Remembered) -> dict[str, Any]:
    """What the server's report says of the past after a refresh."""
    place.refresh()
    place.refresh()
    memory: dict[str, Any] = json.loads((place.place / "server.json").read_text("utf-8"))["memory"]
    return memory


def test_a_schedule_that_was_kept_has_nothing_missing(remembered: Remembered) -> None:
    """As many runs were seen as were asked for, and how long they take is known."""
    found = told(remembered)
    assert found["schedule"] == {
        "expected": RUNS,
        "seen": RUNS,
        "missing": [],
        "doubled": [],
        "killed": [],
        "clock_moved": [],
    }
    assert found["usual"]["run"]["count"] == RUNS
    assert found["limits"] == []


def test_a_run_that_did_not_come_is_named(remembered: Remembered) -> None:
    """The moment when the schedule asked for it."""
    lost = remembered.logs[4]
    shutil.rmtree(lost)
    found = told(remembered)["schedule"]
    assert (found["expected"], found["seen"], found["missing"]) == (RUNS, RUNS - 1, [lost.name])


def test_without_a_schedule_nothing_is_said_of_it(remembered: Remembered) -> None:
    """Where the job's file is gone, nobody knows which runs were to come."""
    (remembered.root / "etc/cron.d/cpanel_autossl").unlink()
    assert told(remembered)["schedule"] is None


def test_the_answer_is_about_the_server_only(remembered: Remembered) -> None:
    """No account's file holds it."""
    told(remembered)
    assert "schedule" not in remembered.own("carol")
    assert hosts.CANARY not in json.dumps(remembered.own("carol"))


def test_every_account_is_told_what_is_usual_here(remembered: Remembered) -> None:
    """Its page says so beside a check that is under way."""
    told(remembered)
    assert remembered.own("carol")["usual"]["run"]["count"] == RUNS
    carol = remembered.owners["carol"]
    loaded = load_memory(carol.uid, "carol", carol.startdate, state=str(remembered.place), owner=ME)
    assert set(loaded.sites) == {"club.example"}
    assert loaded.usual == remembered.own("carol")["usual"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"schema": 1}'])
def test_an_account_s_file_that_is_damaged_tells_nothing(remembered: Remembered, content: bytes) -> None:
    """The page is whole without it."""
    told(remembered)
    carol = remembered.owners["carol"]
    path = folder(remembered.place, carol.uid) / "memory.json"
    path.write_bytes(content)
    assert load_memory(carol.uid, "carol", carol.startdate, state=str(remembered.place), owner=ME) == ({}, {})


def test_a_file_without_what_is_usual_is_one_of_a_former_version(remembered: Remembered) -> None:
    """What it tells of the websites is told."""
    told(remembered)
    carol = remembered.owners["carol"]
    path = folder(remembered.place, carol.uid) / "memory.json"
    path.write_text(json.dumps({key: value for key, value in remembered.own("carol").items() if key != "usual"}))
    loaded = load_memory(carol.uid, "carol", carol.startdate, state=str(remembered.place), owner=ME)
    assert (set(loaded.sites), loaded.usual) == ({"club.example"}, {})
