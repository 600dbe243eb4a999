"""What a click leaves: the lock that makes twenty clicks one, the record for root, and the byte that wakes."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autossl_doctor.actions.verbs import VERBS as ACTIONS
from autossl_doctor.store.click import PAUSE, TRIES, Lock, leave, locked
from autossl_doctor.store.layout import VERBS
from autossl_doctor.store.note import read_note
from autossl_doctor.store.own import Trouble
from autossl_doctor.store.wake import wake
from tests.unit.store_places import AT, ME, inbox, listing, mode

RECORD = {"schema": 1, "verb": "retry", "site": "shop.example", "names": [], "at": AT}
CHEAP = {"autossl_doctor.store.layout", "autossl_doctor.store.opening"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A doctor's directory in which whoever runs the tests has an inbox."""
    inbox(tmp_path, ME).mkdir(parents=True)
    return tmp_path


def test_a_record_is_left_for_root(place: Path) -> None:
    """One file for each click, named by its time and something that nobody guesses, readable for nobody else."""
    assert leave(ME, RECORD, state=str(place)) is None
    assert leave(ME, RECORD, state=str(place)) is None
    names = sorted(listing(inbox(place, ME)))
    assert len(names) == 2
    assert all(name.startswith("20261122123000-") and name.endswith(".json") for name in names)
    assert json.loads((inbox(place, ME) / names[0]).read_text()) == RECORD
    assert mode(inbox(place, ME) / names[0]) == 0o600


def test_a_record_that_is_too_long_is_not_left(place: Path) -> None:
    """Root would throw it away."""
    record = {**RECORD, "names": ["a.example"] * 100}
    assert leave(ME, record, state=str(place)) == Trouble("too_large")
    assert listing(inbox(place, ME)) == set()


def test_without_an_inbox_nothing_is_left(tmp_path: Path) -> None:
    """An account whose group is shared has none."""
    assert leave(ME, RECORD, state=str(tmp_path)) == Trouble("no_inbox")
    with locked(ME, state=str(tmp_path)) as lock:
        assert lock == Trouble("no_inbox")


def test_the_lock_holds_the_note_of_the_last_click(place: Path) -> None:
    """A shorter note replaces a longer one whole; before the first click there is none."""
    with locked(ME, state=str(place)) as lock:
        assert isinstance(lock, Lock)
        assert lock.read() is None
        assert lock.write({"verb": "retry", "before": "a" * 64})
    with locked(ME, state=str(place)) as lock:
        assert isinstance(lock, Lock)
        assert lock.write({"verb": "look"})
        assert not lock.write({"verb": "x" * 1024})
        assert lock.read() == {"verb": "look"}
    assert read_note(ME, state=str(place)) == {"verb": "look"}
    assert mode(inbox(place, ME) / "lock") == 0o600


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"x" * 2000, b"[" * 1024])
def test_a_note_that_is_none_is_no_note(place: Path, content: bytes) -> None:
    """The account may write anything into its own lock."""
    (inbox(place, ME) / "lock").write_bytes(content)
    with locked(ME, state=str(place)) as lock:
        assert isinstance(lock, Lock)
        assert lock.read() is None
    assert read_note(ME, state=str(place)) is None


def test_a_second_click_waits_and_then_gives_up(place: Path) -> None:
    """The wait has an end, after which the page says that something was just started."""
    pauses: list[float] = []
    with locked(ME, state=str(place)) as first, locked(ME, state=str(place), sleep=pauses.append) as second:
        assert isinstance(first, Lock)
        assert second == Trouble("busy")
    assert pauses == [PAUSE] * TRIES


def test_a_waiting_click_gets_the_lock_when_it_is_free(place: Path) -> None:
    """The clicks of one account come one after the other."""
    descriptor = os.open(inbox(place, ME) / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with locked(ME, state=str(place), sleep=lambda _: fcntl.flock(descriptor, fcntl.LOCK_UN)) as lock:
        assert isinstance(lock, Lock)
    os.close(descriptor)


@pytest.mark.parametrize("kind", ["link", "dangling", "hardlink", "fifo", "directory"])
def test_a_lock_that_is_no_own_file_is_not_taken(place: Path, kind: str) -> None:
    """Something else in its place is refused, not waited for and not followed."""
    path, other = inbox(place, ME) / "lock", place / "other"
    other.write_text("untouched")
    if kind == "link":
        path.symlink_to(other)
    elif kind == "dangling":
        path.symlink_to(place / "nowhere")
    elif kind == "hardlink":
        path.hardlink_to(other)
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.mkdir()
    with locked(ME, state=str(place)) as lock:
        assert lock == Trouble("damaged")
    assert other.read_text() == "untouched"
    assert not (place / "nowhere").exists()


def test_waking_needs_somebody_who_reads(tmp_path: Path) -> None:
    """Without a FIFO, and without a reader, nobody is woken, and nobody waits."""
    assert not wake(str(tmp_path / "nowhere"))
    assert not wake(str(tmp_path))
    os.mkfifo(tmp_path / "wake")
    assert not wake(str(tmp_path))
    reader = os.open(tmp_path / "wake", os.O_RDONLY | os.O_NONBLOCK)
    assert wake(str(tmp_path))
    assert os.read(reader, 10) == b"w"
    os.close(reader)


def test_a_full_fifo_has_woken_already(tmp_path: Path) -> None:
    """Whoever does not come to read it will see it."""
    os.mkfifo(tmp_path / "wake")
    reader = os.open(tmp_path / "wake", os.O_RDWR | os.O_NONBLOCK)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
    os.write(reader, b"x" * 4096)
    assert wake(str(tmp_path))
    os.close(reader)


@pytest.mark.parametrize("kind", ["file", "link"])
def test_only_a_fifo_is_written_to(tmp_path: Path, kind: str) -> None:
    """A file in its place stays as it is."""
    other = tmp_path / "other"
    other.write_text("")
    if kind == "file":
        other.rename(tmp_path / "wake")
        other = tmp_path / "wake"
    else:
        (tmp_path / "wake").symlink_to(other)
    assert not wake(str(tmp_path))
    assert other.read_text() == ""


def test_the_verbs_are_those_of_the_page() -> None:
    """Root knows every verb that a button has, and no other."""
    assert set(VERBS) == set(ACTIONS)


@pytest.mark.parametrize(
    ("module", "strangers"),
    [("live", {"json", "typing", "re", "pathlib", "msgspec"}), ("click", {"pathlib", "msgspec", "dataclasses"})],
)
def test_the_account_s_side_costs_no_time(module: str, strangers: set[str]) -> None:
    """A page and its light endpoint load only what is small."""
    code = f"import sys, autossl_doctor.store.{module}, autossl_doctor.store.wake; print(*sys.modules)"
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"]
    loaded = set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    assert loaded >= CHEAP
    assert not loaded & strangers
