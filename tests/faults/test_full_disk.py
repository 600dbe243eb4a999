"""A disk that fills up: it is said in a line, old reports stay whole, and with room again everything is made good."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.server import STATE, Server, check_complete, check_whole, crowd, daily, differences, server
from tests.lab.panel.live_run import present

pytestmark = pytest.mark.system("root", "mount and network namespaces")
ROOMY = 8192


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this module keeps its things."""
    return tmp_path_factory.mktemp("full")


@pytest.fixture(scope="module")
def standing(place: Path) -> Iterator[Server]:
    """A server with more runs than are read before the reports are written."""
    now = present()
    with server(crowd(now, daily(now, 10)), place) as found:
        yield found


def said(errors: str) -> list[str]:
    """The lines about trouble."""
    assert "Traceback" not in errors
    assert "internal error" not in errors
    return [line for line in errors.splitlines() if line.startswith("autossl-doctor:")]


@pytest.mark.parametrize("kib", [0, 40, 260, 420, 480, 600])
def test_full_in_the_middle_of_the_first_pass(standing: Server, place: Path, kib: int) -> None:
    """Wherever the room ends, somebody is told why; what is there is whole; with room the next pass completes all."""
    standing.mount_disk(ROOMY)
    try:
        _fill(standing, kib)
        done = standing.doctor_runs("refresh")
        check_whole(standing)
        lines = said(done["err"])
        assert len(lines) <= 2
        if done["status"] or lines:
            assert any("No space left" in line or "full" in line or "I/O" in line for line in lines), done
        _make_room(standing)
        standing.refresh()
        standing.refresh()
        check_complete(standing)
        assert len(standing.dump(place)["runs"]) == len(standing.host.runs or ())
    finally:
        standing.unmount_disk()


def test_full_when_all_is_well(standing: Server, place: Path) -> None:
    """Without any room a later pass leaves every report as it was, says so, and the one after that goes on."""
    standing.mount_disk(ROOMY)
    try:
        standing.refresh()
        before, dump = standing.ask("facts")["facts"], standing.dump(place)
        for kib in (0, 24):
            _fill(standing, kib)
            done = standing.doctor_runs("refresh")
            assert said(done["err"]) or kib
            check_whole(standing)
            found = standing.ask("facts")["facts"]
            assert [path for path in before if path.endswith(".json") and path not in found] == []
            _make_room(standing)
        standing.refresh()
        check_complete(standing)
        assert differences(standing.dump(place), dump) == {}
    finally:
        standing.unmount_disk()


def _fill(standing: Server, kib: int) -> None:
    """Leave so much room and no more."""
    script = f"cd {STATE}; umask 077; dd if=/dev/zero of=filling bs=1024 2>/dev/null; truncate -s -{kib}K filling"
    assert standing.run(["sh", "-c", script]).returncode == 0


def _make_room(standing: Server) -> None:
    standing.path(f"{STATE}/filling").unlink()
