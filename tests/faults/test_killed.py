"""Whoever ends the doctor in the middle, at whatever moment, harms no report and loses or doubles no run."""

import json
import random
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.server import (
    Dump,
    Server,
    check_complete,
    check_whole,
    copy_of_memory,
    crowd,
    daily,
    differences,
    server,
)
from tests.lab.chance import chance
from tests.lab.panel.live_run import present

pytestmark = pytest.mark.system("root", "mount and network namespaces")
KILL, END, INTERRUPT = signal.SIGKILL, signal.SIGTERM, signal.SIGINT


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this module keeps its things."""
    return tmp_path_factory.mktemp("killed")


@pytest.fixture(scope="module")
def standing(place: Path) -> Iterator[Server]:
    """A server with more runs than are read before the reports are written."""
    now = present()
    with server(crowd(now, daily(now, 14)), place) as found:
        yield found


@pytest.fixture(scope="module")
def undisturbed(standing: Server, place: Path) -> tuple[Dump, dict[str, int]]:
    """What the memory holds after passes that nobody disturbed, and how many moments the first and the next have."""
    standing.forget()
    first = standing.refresh()["moments"]
    dump = standing.dump(place)
    assert len(dump["runs"]) == len(standing.host.runs or ())
    return dump, {"first": first, "next": standing.refresh()["moments"]}


def draw(dice: random.Random, moments: int, count: int) -> list[int]:
    """Moments from everywhere, one from each stretch."""
    stretch = moments / count
    return [int(stretch * (number + dice.random())) + 1 for number in range(count)]


def test_killed_at_any_moment_of_the_first_pass(
    standing: Server, place: Path, undisturbed: tuple[Dump, dict[str, int]]
) -> None:
    """Killed once or twice, the first pass leaves whole files; the next one brings what one without trouble does."""
    dump, moments = undisturbed
    dice = chance("killed", "first")
    for number, at in enumerate(draw(dice, moments["first"], 8)):
        standing.forget()
        assert standing.doctor_runs("refresh", at=at, signal=KILL)["status"] == -KILL
        check_whole(standing)
        if number % 2:
            standing.doctor_runs("refresh", at=dice.randrange(1, moments["first"]), signal=KILL)
            check_whole(standing)
        assert opens(standing, place)
        standing.refresh()
        assert differences(standing.dump(place), dump) == {}, at
        check_complete(standing)


def opens(standing: Server, place: Path) -> bool:
    """Whether the database is whole as far as it has been written; it may not have been begun."""
    path = copy_of_memory(standing, place)
    if not Path(path).exists():
        return True
    with closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")


def test_killed_at_any_time_of_the_first_pass(
    standing: Server, place: Path, undisturbed: tuple[Dump, dict[str, int]]
) -> None:
    """As above, where it is the time that decides: in the middle of writing to the disk, too."""
    dump, _ = undisturbed
    dice = chance("killed", "time")
    for _number in range(4):
        standing.forget()
        for _attempt in range(dice.randrange(1, 4)):
            standing.doctor_runs("refresh", after=dice.random() * 0.8, signal=KILL)
            check_whole(standing)
            assert opens(standing, place)
        standing.refresh()
        assert differences(standing.dump(place), dump) == {}
        check_complete(standing)


def test_killed_at_any_moment_of_a_later_pass(
    standing: Server, place: Path, undisturbed: tuple[Dump, dict[str, int]]
) -> None:
    """An account always has its former report or the new one; nothing is counted again."""
    dump, moments = undisturbed
    standing.forget()
    standing.refresh()
    for at in draw(chance("killed", "next"), moments["next"], 8):
        assert standing.doctor_runs("refresh", at=at, signal=KILL)["status"] == -KILL
        check_whole(standing)
        found = standing.ask("facts")["facts"]
        for uid in standing.numbers.values():
            assert json.loads(found[f"reports/{uid}/report.json"][3])["uid"] == uid
            assert f"reports/{uid}/memory.json" in found
    standing.refresh()
    assert differences(standing.dump(place), dump) == {}
    check_complete(standing)


def test_killed_before_each_file_gets_its_name(standing: Server) -> None:
    """What was written under another name is gone after the next pass, wherever it lies."""
    renames = standing.refresh(kinds=["os.rename"])["moments"]
    assert renames > 2 * len(standing.numbers)
    for at in range(1, renames + 1):
        assert standing.doctor_runs("refresh", kinds=["os.rename"], at=at, signal=KILL)["status"] == -KILL
        if at % 12 == 0 or at > renames - 4:
            check_whole(standing)
            standing.refresh()
            check_complete(standing)


@pytest.mark.parametrize("number", [END, INTERRUPT], ids=["SIGTERM", "SIGINT"])
def test_asked_to_end(
    standing: Server, place: Path, undisturbed: tuple[Dump, dict[str, int]], number: signal.Signals
) -> None:
    """Asked to end while it reads the logs, it ends in good order after the run at hand, and the next one goes on."""
    dump, moments = undisturbed
    some = False
    late = [int(moments["first"] * part) for part in (0.75, 0.88)]
    for at in (*draw(chance("asked", number), moments["first"], 2), *late):
        standing.forget()
        done = standing.doctor_runs("refresh", at=at, signal=number)
        assert done["status"] in {0, 128 + number, -number}
        assert "Traceback" not in done["err"]
        check_whole(standing)
        if "still to be read" in done["err"]:
            assert done["status"] == 0
            check_complete(standing, memory=False)
            some |= 0 < len(standing.dump(place)["runs"]) < len(dump["runs"])
        standing.refresh()
        assert differences(standing.dump(place), dump) == {}
        check_complete(standing)
    assert some, "not one of them ended in the middle of the logs"
