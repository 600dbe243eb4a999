"""The lab's small service manager: it reads unit files and starts, feeds and ends services as they say."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.panel.service_limits import withheld
from tests.lab.panel.services import Services
from tests.lab.panel.systemctl import open_fifo
from tests.lab.panel.unit_file import Unit, read_unit, seconds
from tests.lab.panel.watched_path import is_there, states


def unit(directory: Path, text: str, name: str = "autossl-doctor-test.service") -> Unit:
    """A unit file with this text."""
    (directory / name).write_text(text, encoding="utf-8")
    return read_unit(directory / name)


def finish(services: Services, name: str = "autossl-doctor-test.service") -> str:
    """Wait until the service has ended; its result."""
    until = time.monotonic() + 10
    while services[name].process is not None and time.monotonic() < until:
        services.look_after()
        time.sleep(0.01)
    return services[name].result


@pytest.mark.parametrize(
    ("text", "expected"), [("30", 30), ("5min", 300), ("1h 30min", 5400), ("500ms", 0.5), ("2 days", 172_800)]
)
def test_spans_of_time(text: str, expected: float) -> None:
    """Spans are read as systemd writes them."""
    assert seconds(text) == expected


def test_a_unit_file(tmp_path: Path) -> None:
    """Lists add up, an empty value forgets, long lines go on, comments are no values."""
    read = unit(
        tmp_path,
        "# comment\n[Path]\nPathChanged=/a\nPathChanged=/b\nPathExists=/c\nPathExists=\nUnit=x.service\n"
        "Description=one \\\n   two\n[Install]\nWantedBy=paths.target\n",
        "autossl-doctor-test.path",
    )
    assert read.all("PathChanged") == ("/a", "/b")
    assert read.all("PathExists") == ()
    assert read.last("Description") == "one two"
    assert (read.service, read.kind, read.enabled) == ("x.service", "path", True)


def test_the_service_of_a_trigger_has_its_name(tmp_path: Path) -> None:
    """Without Unit= or Service= a trigger starts the service that is called like it."""
    assert unit(tmp_path, "[Socket]\n", "autossl-doctor-a.socket").service == "autossl-doctor-a.service"


@pytest.mark.parametrize(
    ("line", "expected"),
    [("", 0), ("CapabilityBoundingSet=", 41), ("CapabilityBoundingSet=CAP_CHOWN CAP_KILL", 39)],
)
def test_capabilities_that_are_withheld(tmp_path: Path, line: str, expected: int) -> None:
    """An empty set withholds all of them, no set none."""
    assert len(withheld(unit(tmp_path, f"[Service]\n{line}\n"))) == expected


def test_a_service_gets_its_streams_and_ends(tmp_path: Path) -> None:
    """Standard input and output are the files that the unit names; the result tells how it ended."""
    (tmp_path / "in").write_text("hello", encoding="utf-8")
    text = f"[Service]\nExecStart=/bin/cat\nStandardInput=file:{tmp_path}/in\nStandardOutput=truncate:{tmp_path}/out\n"
    services = Services([unit(tmp_path, text)], tmp_path / "journal", lambda _: [])
    assert services.start("autossl-doctor-test.service")
    assert finish(services) == "success"
    assert (tmp_path / "out").read_text(encoding="utf-8") == "hello"


def test_a_failure_is_remembered(tmp_path: Path) -> None:
    """A service that fails is failed, and what it said stands in the journal."""
    text = "[Service]\nExecStart=/bin/sh -c 'echo trouble >&2; exit 3'\n"
    services = Services([unit(tmp_path, text)], tmp_path / "journal", lambda _: [])
    services.start("autossl-doctor-test.service")
    assert finish(services) == "failed: 3"
    assert (tmp_path / "journal").read_text(encoding="utf-8") == "trouble\n"


def test_starting_too_often_is_refused(tmp_path: Path) -> None:
    """After as many starts as the limit allows the next one is refused."""
    text = "[Unit]\nStartLimitBurst=2\n[Service]\nExecStart=/bin/true\n"
    services = Services([unit(tmp_path, text)], tmp_path / "journal", lambda _: [])
    for allowed in (True, True, False):
        assert services.start("autossl-doctor-test.service") is allowed
        finish(services)
    assert services["autossl-doctor-test.service"].state == "failed"


def test_a_service_that_is_stopped_ends(tmp_path: Path) -> None:
    """Stopping ends the process, and that is a success."""
    services = Services([unit(tmp_path, "[Service]\nExecStart=/bin/sleep 60\n")], tmp_path / "journal", lambda _: [])
    services.start("autossl-doctor-test.service")
    assert services["autossl-doctor-test.service"].state == "active"
    services.stop("autossl-doctor-test.service")
    assert finish(services) == "success"


def test_a_fifo_is_handed_over(tmp_path: Path) -> None:
    """The service finds the FIFO of its socket unit as descriptor 3, with the variables that say so."""
    socket = unit(tmp_path, f"[Socket]\nListenFIFO={tmp_path}/wake\nSocketMode=0622\n", "autossl-doctor-test.socket")
    script = 'test "$LISTEN_PID" = $$ && echo "$LISTEN_FDS $(head -c 1 <&3)"'
    text = f"[Service]\nExecStart=/bin/sh -c '{script}'\nStandardOutput=truncate:{tmp_path}/out\n"
    fifo = open_fifo(socket)
    try:
        assert (tmp_path / "wake").stat().st_mode & 0o777 == 0o622
        (tmp_path / "wake").write_bytes(b"x")
        services = Services([unit(tmp_path, text)], tmp_path / "journal", lambda _: [fifo])
        services.start("autossl-doctor-test.service")
        assert finish(services) == "success"
    finally:
        os.close(fifo)
    assert (tmp_path / "out").read_text(encoding="utf-8") == "1 x\n"


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "new").write_text("", encoding="utf-8"),
        lambda folder: (folder / "old").unlink(),
        lambda folder: (folder / "old").write_text("longer", encoding="utf-8"),
    ],
)
def test_a_path_unit_sees_changes(tmp_path: Path, change: Callable[[Path], object]) -> None:
    """A watched directory has changed when a file in it was made, removed or written."""
    folder = tmp_path / "watched"
    folder.mkdir()
    (folder / "old").write_text("old", encoding="utf-8")
    watching = unit(tmp_path, f"[Path]\nPathChanged={folder}\n", "autossl-doctor-test.path")
    before = states(watching)
    assert states(watching) == before
    change(folder)
    assert states(watching) != before


def test_a_path_unit_sees_presence(tmp_path: Path) -> None:
    """A path that exists, and a directory that holds something, are reasons of their own."""
    watching = unit(tmp_path, f"[Path]\nPathExists={tmp_path}/there\n", "autossl-doctor-test.path")
    assert not is_there(watching)
    (tmp_path / "there").touch()
    assert is_there(watching)
