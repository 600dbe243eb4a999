"""Opening `state.db`: begun, as it was, set aside where it is damaged or another's, and never read by anybody else."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import autossl_doctor.entry.remembering
import autossl_doctor.store.memory
from autossl_doctor.store.memory import opening
from autossl_doctor.store.memory.opening import Condition, Memory, TooNewError, is_damage, open_memory
from autossl_doctor.store.memory.schema import APPLICATION, VERSION
from autossl_doctor.store.state import State
from tests.unit.store_places import mode, state_in

LATER = re.compile(
    r"\b(RETURNING|STRICT|DROP COLUMN|GENERATED|MATERIALIZED|NULLS (FIRST|LAST)|FILTER ?\(|iif\(|VACUUM INTO|OVER ?\("
    r"|IS (NOT )?DISTINCT FROM|(RIGHT|FULL) (OUTER )?JOIN|string_agg|unixepoch|concat)"
    r"|->>?'|UPDATE \w+ SET [^\"]* FROM "
)
"""What SQLite learned after 3.26 (or, window functions, is not in every build of it)."""


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """The doctor's directory, opened."""
    opened = state_in(tmp_path / "state")
    yield opened
    opened.close()


def database(state: State) -> Path:
    """Where the memory lies."""
    return Path(state.path, "state.db")


def opened(state: State) -> Condition:
    """Open the memory, look whether it works, and close it."""
    memory = open_memory(state)
    try:
        with memory.whole() as connection:
            connection.execute("INSERT INTO accounts(name, uid, startdate) VALUES('x', abs(random()), 0)")
        return memory.condition
    finally:
        memory.close()


def accounts(state: State) -> int:
    """Count what tests left in the memory."""
    memory = open_memory(state)
    try:
        return int(memory.connection.execute("SELECT count(*) FROM accounts").fetchone()[0])
    finally:
        memory.close()


def pragma(memory: Memory, name: str) -> object:
    """One of SQLite's settings."""
    return memory.connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_a_memory_is_begun_and_found_again(state: State) -> None:
    """What was written the first time is there the second time."""
    assert opened(state) == "begun"
    assert opened(state) == "as it was"
    assert accounts(state) == 2


def test_its_settings_are_those_that_the_memory_relies_on(state: State) -> None:
    """Write-ahead log, foreign keys, space that can be given back, and the letters of this program."""
    memory = open_memory(state)
    found = {name: pragma(memory, name) for name in ("journal_mode", "foreign_keys", "auto_vacuum", "synchronous")}
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "auto_vacuum": 2, "synchronous": 1}
    assert (pragma(memory, "application_id"), pragma(memory, "user_version")) == (APPLICATION, VERSION)
    memory.close()


@pytest.mark.point(38)
def test_only_root_reads_it_and_what_lies_beside_it(state: State) -> None:
    """The write-ahead log holds the same secrets."""
    memory = open_memory(state)
    with memory.whole() as connection:
        connection.execute("INSERT INTO accounts(name, uid, startdate) VALUES('x', 1, 0)")
    sides = sorted(database(state).parent.glob("state.db*"))
    assert [path.name for path in sides] == ["state.db", "state.db-shm", "state.db-wal"]
    assert {mode(path) for path in sides} == {0o600}
    memory.close()


def test_its_mode_is_repaired(state: State) -> None:
    """What somebody loosened is tight again, and nothing is lost."""
    opened(state)
    database(state).chmod(0o644)
    assert opened(state) == "as it was"
    assert mode(database(state)) == 0o600


@pytest.mark.parametrize("kind", ["link", "dangling link", "hard link", "directory", "full directory", "fifo"])
def test_what_stands_in_its_place_is_set_aside(state: State, tmp_path: Path, kind: str) -> None:
    """Nothing is written to where a link leads, and no reader of another name of the file sees it."""
    outside = tmp_path / "outside"
    outside.write_bytes(b"" if kind == "hard link" else b"untouched")
    path = database(state)
    if kind == "link":
        path.symlink_to(outside)
    elif kind == "dangling link":
        path.symlink_to(tmp_path / "nowhere")
    elif kind == "hard link":
        path.hardlink_to(outside)
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.mkdir()
        if kind == "full directory":
            (path / "content").write_text("x")
    assert opened(state) == "begun"
    assert path.is_file()
    assert not path.is_symlink()
    assert path.stat().st_nlink == 1
    assert outside.read_bytes() == (b"" if kind == "hard link" else b"untouched")
    assert not (tmp_path / "nowhere").exists()
    assert "state.db" in state.oddities


def _zeros_in_the_middle(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + bytes(8192) + whole[100 + 8192 :])


def _another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE accounts(whatever)")
        connection.execute("PRAGMA application_id=42")
        connection.execute("PRAGMA user_version=1")


def _foreign_tables(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE accounts(whatever)")


def _strange_tables(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE something_else(whatever)")


def _negative_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=-1")


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"no database at all" * 1000),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        _zeros_in_the_middle,
        _another_program,
        _foreign_tables,
        _strange_tables,
        _negative_version,
    ],
    ids=["garbage", "cut", "zeros", "another program", "its own tables", "strange tables", "odd version"],
)
def test_a_damaged_or_foreign_one_is_begun_anew(state: State, damage: object) -> None:
    """Whatever is the matter with it, the next opening has a memory that works, and the one after finds it."""
    opened(state)
    assert callable(damage)
    damage(database(state))
    for side in ("-wal", "-shm"):
        Path(f"{database(state)}{side}").unlink(missing_ok=True)
    assert opened(state) == "begun anew"
    assert opened(state) == "as it was"
    assert accounts(state) == 2
    assert mode(database(state)) == 0o600


def test_an_empty_file_is_begun(state: State) -> None:
    """As a crash leaves it between making the file and filling it."""
    database(state).touch(0o600)
    assert opened(state) == "begun"


def test_an_end_in_the_middle_of_the_first_opening_leaves_nothing_half(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All tables are made, or none; the next opening makes them."""
    with monkeypatch.context() as broken:
        broken.setattr(opening, "MIGRATIONS", ("CREATE TABLE accounts(id);\nCREATE TABLE accounts(id);\n",))
        with pytest.raises(sqlite3.OperationalError):
            open_memory(state)
    assert opened(state) in ("begun", "as it was")
    assert accounts(state) == 1


@pytest.mark.point(51)
def test_a_newer_one_is_left_alone(state: State) -> None:
    """Not a byte of it changes: whoever goes back a version by mistake loses nothing."""
    opened(state)
    with closing(sqlite3.connect(database(state))) as connection:
        connection.execute(f"PRAGMA user_version={VERSION + 1}")
    before = database(state).read_bytes()
    with pytest.raises(TooNewError):
        open_memory(state)
    assert database(state).read_bytes() == before
    assert state.oddities == []


def test_a_lock_is_no_damage(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program of root's that writes for too long is told of, and its work is not thrown away."""
    memory = open_memory(state)
    monkeypatch.setattr(opening, "PATIENCE", 0.05)
    with memory.whole() as connection:
        connection.execute("INSERT INTO accounts(name, uid, startdate) VALUES('x', 1, 0)")
        other = open_memory(state)
        with pytest.raises(sqlite3.OperationalError) as found, other.whole():
            pass
        other.close()
    assert not is_damage(found.value)
    memory.close()
    assert accounts(state) == 1


@pytest.mark.point(39)
def test_what_fails_half_way_has_not_happened(state: State) -> None:
    """Several things are done together or not at all."""
    memory = open_memory(state)

    def half() -> None:
        with memory.whole() as connection:
            connection.execute("INSERT INTO accounts(name, uid, startdate) VALUES('x', 1, 0)")
            raise KeyError

    with pytest.raises(KeyError):
        half()
    memory.close()
    assert accounts(state) == 0


def test_nothing_needs_a_newer_sqlite_than_el_8_has() -> None:
    """No statement uses what SQLite learned after 3.26."""
    for package in (autossl_doctor.store.memory, autossl_doctor.entry.remembering):
        for source in Path(package.__path__[0]).glob("*.py"):
            assert not LATER.search(source.read_text("utf-8")), source.name
