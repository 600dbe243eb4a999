"""Logs that vanish, shrink or are replaced while they are read, clocks that jump, and a directory full of runs."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.faults.server import (
    LOGS,
    STATE,
    Dump,
    Server,
    check_complete,
    crowd,
    daily,
    differences,
    server,
)
from tests.lab import hosts
from tests.lab.panel.live_run import present
from tests.unit.followed_host import FollowedHost

pytestmark = pytest.mark.system("root", "mount and network namespaces")
MANY = 500


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this module keeps its things."""
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="module")
def standing(place: Path) -> Iterator[Server]:
    """A server with runs of two weeks; a copy of its logs is kept."""
    now = present()
    with server(crowd(now, daily(now, 14)), place) as found:
        shutil.copytree(found.path(LOGS), place / "logs", symlinks=True)
        yield found


@pytest.fixture
def memory(standing: Server, place: Path) -> Dump:
    """What the memory holds of all the logs, which are whole again."""
    whole_again(standing, place)
    standing.forget()
    standing.refresh()
    return standing.dump(place)


def whole_again(standing: Server, place: Path) -> None:
    """Put all logs back; they are new files."""
    for run in standing.path(LOGS).iterdir():
        shutil.rmtree(run)
    shutil.copytree(place / "logs", standing.path(LOGS), symlinks=True, dirs_exist_ok=True)


def runs(standing: Server) -> list[Path]:
    """The directories of the runs, oldest first."""
    return sorted(path for path in standing.path(LOGS).iterdir() if not path.name.startswith("."))


def without_files(dump: Dump) -> Dump:
    """The same without how large the logs were."""
    return dump | {"runs": [row[:7] for row in dump["runs"]]}


def test_runs_are_purged_while_they_are_read(standing: Server, place: Path, memory: Dump) -> None:
    """A run that is renamed and removed in the middle is forgotten or whole, and the others are not harmed."""
    standing.forget()
    names = [run.name for run in runs(standing)]
    first = standing.doctor_runs("refresh", purge=[names[5], names[9]], at_log=len(names) // 2)
    assert first["status"] == 0
    assert "Traceback" not in first["err"]
    standing.refresh()
    found = standing.dump(place)
    seen = {row[0] for row in found["runs"]}
    assert set(names) - seen <= {names[5], names[9]}
    assert [row for row in found["runs"] if row not in memory["runs"]] == []
    check_complete(standing)
    assert not list(standing.path(LOGS).glob(".purge*"))


def test_purged_runs_stay_remembered(standing: Server, place: Path, memory: Dump) -> None:
    """What was read once needs its log no longer."""
    for run in runs(standing)[:-1]:
        shutil.rmtree(run)
    standing.refresh()
    assert differences(standing.dump(place), memory) == {}


def test_logs_are_truncated_and_replaced_between_passes(standing: Server, place: Path, memory: Dump) -> None:
    """Nothing that was counted is counted again, however often the files change under the same names."""
    for change in ("half", "nothing", "replaced", "grown"):
        for run in runs(standing)[:-1]:
            log, whole = run / "json", (place / "logs" / run.name / "json").read_bytes()
            if change == "half":
                log.write_bytes(whole[: len(whole) // 2])
            elif change == "nothing":
                log.write_bytes(b"")
            else:
                other = run / "json.new"
                other.write_bytes(whole)
                other.rename(log)
        standing.refresh()
        standing.refresh()
        found, wanted = without_files(standing.dump(place)), without_files(memory)
        for table in ("spells", "orders", "checks_by_ca"):
            assert found[table] == wanted[table], (change, table)
        assert len(found["runs"]) == len(wanted["runs"])


def test_the_clock_jumps_back_and_forth(standing: Server, place: Path, memory: Dump) -> None:
    """A clock that is wrong by hours, days or years for one pass costs nothing once it is right again."""
    now = standing.host.now
    for span in (timedelta(hours=2), timedelta(days=3), timedelta(days=900)):
        for moment in (now + span, now, now - span, now):
            standing.refresh(now=moment.timestamp())
            generated = {report(standing, user)["generated_at"] for user in standing.numbers}
            assert generated == {f"{moment:%Y-%m-%dT%H:%M:%SZ}"}
    found = standing.dump(place)
    for table in ("runs", "spells", "orders", "checks_by_ca", "durations"):
        assert found[table] == memory[table], table
    check_complete(standing)


def test_a_run_from_the_future(standing: Server, place: Path, memory: Dump) -> None:
    """A run that began while the clock was a year ahead does not stop the memory from learning."""
    logs, last = standing.path(LOGS), runs(standing)[-1]
    ahead = standing.host.now + timedelta(days=365)
    shutil.copytree(last, logs / f"{ahead:%Y-%m-%dT%H:%M:%SZ}", symlinks=True)
    standing.refresh(now=(ahead + timedelta(minutes=30)).timestamp())
    later = standing.host.now + timedelta(hours=6)
    shutil.rmtree(logs / f"{ahead:%Y-%m-%dT%H:%M:%SZ}")
    shutil.copytree(last, logs / f"{later:%Y-%m-%dT%H:%M:%SZ}", symlinks=True)
    standing.refresh(now=(later + timedelta(hours=1)).timestamp())
    found = standing.dump(place)
    assert len(found["runs"]) == len(memory["runs"]) + 2
    assert {row[3] for row in found["spells"]} & {int(later.timestamp())}
    assert max(row[3] for row in found["spells"]) <= int(later.timestamp())
    whole_again(standing, place)


def test_a_run_that_is_read_late(standing: Server, place: Path, memory: Dump) -> None:
    """A long run that ends after a shorter one has been read does not put an end to what the newer one said."""
    late = runs(standing)[3]
    hidden = place / "hidden"
    standing.forget()
    shutil.move(late, hidden)
    standing.refresh()
    before = standing.dump(place)
    shutil.move(hidden, late)
    standing.refresh()
    found = standing.dump(place)
    assert len(found["runs"]) == len(memory["runs"])
    newest = {row[0]: row[3] for row in sorted(before["spells"], key=lambda row: row[3])}
    assert {row[0]: row[3] for row in sorted(found["spells"], key=lambda row: row[3])} == newest


def report(standing: Server, user: str) -> dict[str, Any]:
    """An account's report."""
    path = standing.path(f"{STATE}/reports/{standing.numbers[user]}/report.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def many(now: datetime) -> list[hosts.Run]:
    """Runs of one account's, an hour apart, and one over all accounts at the end."""
    own = [hosts.Run(start=now - timedelta(hours=number + 2), username="user02") for number in range(MANY - 1)]
    return [*own, hosts.Run(start=now - timedelta(hours=1))]


def test_a_directory_full_of_runs(tmp_path: Path) -> None:
    """An unchanged pass opens no log of the five hundred but those that every judgement reads, and lists them once."""
    now = present()
    with server(replace(crowd(now, many(now), accounts=4)), tmp_path) as standing:
        standing.refresh()
        dump = standing.dump(tmp_path)
        assert len(dump["runs"]) == MANY
        logs = standing.path(LOGS)
        shutil.copytree(runs(standing)[0], logs / ".purge.2026-01-01T00:00:00Z", symlinks=True)
        before = standing.refresh()
        shutil.rmtree(logs / ".purge.2026-01-01T00:00:00Z")
        after = standing.refresh()
        assert before["logs"] <= 2
        assert after["logs"] <= 2
        assert after["listed"] <= 2, "once for the memory and once for the judgement"
        assert differences(standing.dump(tmp_path), dump) == {}


def test_a_judgement_of_the_future_is_no_young_one(tmp_path: Path) -> None:
    """A follower that finds the server judged tomorrow, while the clock was ahead, has it judged again."""
    now = present()
    followed = FollowedHost(
        hosts.build(crowd(now, daily(now, 2), accounts=1), tmp_path / "root"), tmp_path / "place", now
    )
    followed.follower.refresh_if_old(now + timedelta(days=1))
    followed.look()
    assert followed.refreshed == [""]
