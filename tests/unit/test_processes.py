"""Whether the process that a run log names is still the same one."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.processes import has_process_table, is_alive
from tests.unit.ordinary_user import as_ordinary_user

PID, TICKS, BOOT = 30_121, 7_700, 1_790_000_000
UPID = f"{PID}.{TICKS}.{BOOT}"
BEFORE_START = "1 1 1 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0"


def table(root: Path, name: str = "autossl_check") -> HostPaths:
    """A saved host whose process table holds one process with that name."""
    process = root / f"proc/{PID}"
    process.mkdir(parents=True)
    (root / "proc/stat").write_text(f"cpu  1 2 3\nbtime {BOOT}\nprocesses 1\n", encoding="utf-8")
    (process / "stat").write_text(f"{PID} ({name}) S {BEFORE_START} {TICKS} 0 0\n", encoding="utf-8")
    return HostPaths(root)


@pytest.mark.parametrize("name", ["autossl_check", "a b", "a) S 1 (b", ")", "autossl_check - "])
def test_the_same_process_is_alive(tmp_path: Path, name: str) -> None:
    """Number, start and boot time agree, whatever the process calls itself."""
    assert is_alive(table(tmp_path, name), UPID) is True


@pytest.mark.parametrize(
    "upid",
    [f"{PID + 1}.{TICKS}.{BOOT}", f"{PID}.{TICKS + 1}.{BOOT}", f"{PID}.{TICKS}.{BOOT - 1}", f"{PID}.7.{BOOT}"],
    ids=["another number", "started later", "another boot", "a part of the start"],
)
def test_another_process_is_not_the_run(tmp_path: Path, upid: str) -> None:
    """A number that was given to another process, or a server that was started again, means that the run is gone."""
    assert is_alive(table(tmp_path), upid) is False


@pytest.mark.parametrize(
    "upid", ["", "30121", "1.2", "1.2.3.4", "a.b.c", "1..3", "-1.2.3", " 1.2.3", "../1.2.3", "1.2.3\n"]
)
def test_what_is_no_upid_tells_nothing(tmp_path: Path, upid: str) -> None:
    """Three numbers or no answer."""
    assert is_alive(table(tmp_path), upid) is None


def test_without_a_process_table_nothing_is_told(tmp_path: Path) -> None:
    """A saved host without /proc has no living and no dead processes."""
    host = HostPaths(tmp_path)
    assert not has_process_table(host)
    assert is_alive(host, UPID) is None


def test_a_process_table_is_noticed(tmp_path: Path) -> None:
    """A saved host with /proc/stat can tell, and so can the live one."""
    assert has_process_table(table(tmp_path))
    assert has_process_table(HostPaths())


def test_a_process_that_cannot_be_looked_at_tells_nothing(tmp_path: Path) -> None:
    """Another user's process that may not be read is neither alive nor dead."""
    host = table(tmp_path)
    tmp_path.chmod(0o755)  # or nobody gets as far as the file
    (tmp_path / f"proc/{PID}/stat").chmod(0)
    assert as_ordinary_user(lambda: is_alive(host, UPID)) is None


@pytest.mark.parametrize("content", ["", "30121", f"{PID} (x) S 1 2", f"{PID} x S {BEFORE_START} {TICKS}"])
def test_a_damaged_process_file_is_not_the_run(tmp_path: Path, content: str) -> None:
    """A process file without its fields never proves that the run is alive."""
    host = table(tmp_path)
    (tmp_path / f"proc/{PID}/stat").write_text(content, encoding="utf-8")
    assert is_alive(host, UPID) is not True


def test_this_very_process_is_alive() -> None:
    """The rule holds for the live host's own table."""
    fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    lines = Path("/proc/stat").read_text(encoding="utf-8").splitlines()
    boot = next(line.split()[1] for line in lines if line.startswith("btime "))
    assert is_alive(HostPaths(), f"{os.getpid()}.{fields[19]}.{boot}") is True
    assert is_alive(HostPaths(), f"{os.getpid()}.{int(fields[19]) + 1}.{boot}") is False


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> HostPaths:
    """One process table for many questions."""
    return table(tmp_path_factory.mktemp("processes"))


@given(upid=st.one_of(st.text(max_size=20), st.from_regex(r"\d{1,400}\.\d{1,9}\.\d{1,9}", fullmatch=True)))
def test_no_upid_raises(host: HostPaths, upid: str) -> None:
    """The target of a link is any text; only the right one is alive."""
    assert is_alive(host, upid) is not True
