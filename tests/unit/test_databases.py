"""Reading another program's SQLite file: the rows are right, and nothing is left beside it."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autossl_doctor.collect.problems import DATABASE
from autossl_doctor.host import clock
from autossl_doctor.host.databases import COPY_CAP, query
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from tests import needs
from tests.lab import hosts
from tests.unit.ordinary_user import as_ordinary_user

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
FILE = "/names.sqlite"
ALL = "SELECT name FROM names ORDER BY name"
ROWS = [("a",), ("b",)]
WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA synchronous=off")
connection.execute(f"PRAGMA wal_autocheckpoint={sys.argv[2]}")
print("ready", flush=True)
number = 0
while True:
    number += 1
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE names SET name = ?", (number,))
    connection.execute("COMMIT")
"""
READER = """
import sys
from pathlib import Path
from autossl_doctor.host.databases import query
from autossl_doctor.host.files import HostPaths
print(repr(query(HostPaths(Path(sys.argv[1])), sys.argv[2], sys.argv[3])))
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A directory that every user may look into, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)  # noqa: PTH101, S103 - others are to read what stands there
        yield Path(name)


def write(folder: Path, *, pending: bool) -> Path:
    """A database in WAL mode with two rows, one or both of which wait in the `-wal` file."""
    draft = folder / "draft"
    draft.mkdir()
    with closing(sqlite3.connect(draft / FILE[1:], isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=wal")
        connection.execute("CREATE TABLE names(name TEXT)")
        connection.execute("INSERT INTO names VALUES ('a')")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("INSERT INTO names VALUES ('b')")
        if not pending:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for file in draft.iterdir():
            if pending or file.suffix == ".sqlite":
                shutil.copyfile(file, folder / file.name)
    shutil.rmtree(draft)
    return folder / FILE[1:]


def state(folder: Path) -> list[tuple[str, int, int, bytes]]:
    """Everything in a directory: names, sizes, times and contents."""
    files = sorted(folder.iterdir())
    return [
        (file.name, file.stat().st_size, file.stat().st_mtime_ns, file.read_bytes()) for file in files if file.is_file()
    ]


def why(fact: object) -> str:
    """The reason of an Unknown; "" for a known value."""
    return fact.why if isinstance(fact, Unknown) else ""


@pytest.mark.parametrize("pending", [False, True], ids=["in place", "copied"])
def test_the_rows_are_read_and_nothing_appears_beside_them(folder: Path, *, pending: bool) -> None:
    """Rows in the file and rows that still wait in `-wal` are given, and the directory is as before."""
    write(folder, pending=pending)
    before = state(folder)
    assert query(HostPaths(folder), FILE, ALL) == Known(ROWS, FILE)
    assert state(folder) == before


def test_an_empty_write_ahead_log_needs_no_copy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `-wal` absent or empty the file is opened in place, also where nothing can be copied anywhere."""
    write(folder, pending=False)
    monkeypatch.setattr(tempfile, "tempdir", "/nonexistent")
    assert query(HostPaths(folder), FILE, ALL) == Known(ROWS, FILE)
    (folder / f"{FILE[1:]}-wal").touch()
    assert query(HostPaths(folder), FILE, ALL) == Known(ROWS, FILE)


def test_a_pending_write_ahead_log_needs_a_copy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that wait in `-wal` are never passed over: without room for a copy the answer is Unknown."""
    write(folder, pending=True)
    monkeypatch.setattr(tempfile, "tempdir", "/nonexistent")
    assert why(query(HostPaths(folder), FILE, ALL)) == "read_error"


def test_the_copy_is_removed(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left in the directory for temporary files, however the query ends."""
    write(folder, pending=True)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert isinstance(query(HostPaths(folder), FILE, ALL), Known)
    assert isinstance(query(HostPaths(folder), FILE, "SELECT stranger"), Unknown)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("journal", ["delete", "wal", "wal-pending"])
def test_the_labs_database_is_read_in_every_journal_mode(tmp_path: Path, journal: str) -> None:
    """The problems database of a built host gives its row, whichever way it was written."""
    row = hosts.ProblemRow(domain="a.example", username="alice", problem="HTTP DCV: x", time=NOW)
    root = hosts.build(
        hosts.Host(now=NOW, problems=(row,), problems_journal=journal),  # type: ignore[arg-type]
        tmp_path / "root",
    )
    before = state(root / "var/cpanel")
    rows = query(HostPaths(root), DATABASE, "SELECT domain, username FROM problems")
    assert rows == Known([("a.example", "alice")], DATABASE)
    assert state(root / "var/cpanel") == before


@pytest.mark.parametrize("checkpoint", [1, 10, 1000])
def test_beside_a_busy_writer_no_row_is_ever_half_new(tmp_path: Path, checkpoint: int) -> None:
    """While another process commits all the time, each answer is one commit's rows, or says that it could not look."""
    file = write(tmp_path, pending=False)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE filling AS SELECT zeroblob(40000) AS content")
        connection.executemany("INSERT INTO names VALUES (?)", [(f"{'x' * 900}{n}",) for n in range(60)])
        connection.execute("UPDATE names SET name = 0")
    arguments = [sys.executable, "-c", WRITER, str(file), str(checkpoint)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as writer:
        try:
            assert writer.stdout
            writer.stdout.readline()
            host, answers = HostPaths(tmp_path), []
            until = clock.now() + timedelta(seconds=2)
            while clock.now() < until:
                answers.append(query(host, FILE, "SELECT DISTINCT name FROM names"))
            names = {path.name for path in tmp_path.iterdir()}
        finally:
            writer.kill()
    assert names <= {"names.sqlite", "names.sqlite-wal", "names.sqlite-shm"}
    known = [answer.value for answer in answers if isinstance(answer, Known)]
    assert known
    assert {len(rows) for rows in known} == {1}
    assert {why(answer) for answer in answers} <= {"", "locked"}


@pytest.mark.parametrize("pending", [False, True], ids=["in place", "copied"])
def test_an_ordinary_user_reads_what_permissions_allow(folder: Path, *, pending: bool) -> None:
    """Without the right to write beside it, a readable database gives its rows and a private one its reason."""
    file = write(folder, pending=pending)
    for each in folder.iterdir():
        each.chmod(0o644)
    host = HostPaths(folder)
    folder.chmod(0o555)
    assert as_ordinary_user(lambda: query(host, FILE, ALL)) == Known(ROWS, FILE)
    file.chmod(0o000)
    assert as_ordinary_user(lambda: query(host, FILE, ALL)) == Unknown("permission_denied", FILE)
    folder.chmod(0o755)


@pytest.mark.system("mount namespaces")
@pytest.mark.parametrize("pending", [False, True], ids=["in place", "copied"])
def test_a_read_only_disk_is_no_hindrance(folder: Path, *, pending: bool) -> None:
    """On a mount where nothing can be written the rows are read all the same."""
    write(folder, pending=pending)
    mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && ! touch "$0/x" 2>/dev/null && exec "$@"'
    reader = [sys.executable, "-c", READER, str(folder), FILE, ALL]
    answer = subprocess.run(
        [*needs.PRIVATE_MOUNTS, "sh", "-c", mount, str(folder), *reader],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert answer.stdout.strip() == repr(Known(ROWS, FILE)), answer.stderr


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 4096, b"this is no database" * 100, b"SQLite format 3\0", b"SQLite format 3\0" + b"\xff" * 4080],
    ids=["empty", "zeroes", "garbage", "magic only", "magic and garbage"],
)
@pytest.mark.parametrize("pending", [False, True], ids=["alone", "with a log"])
def test_what_is_no_database_is_damaged(tmp_path: Path, content: bytes, *, pending: bool) -> None:
    """An empty file or a file of anything else gives Unknown, names the file, and stays as it is."""
    (tmp_path / FILE[1:]).write_bytes(content)
    if pending:
        (tmp_path / f"{FILE[1:]}-wal").write_bytes(content or b"x")
    before = state(tmp_path)
    fact = query(HostPaths(tmp_path), FILE, ALL)
    assert isinstance(fact, Unknown)
    assert (fact.why, fact.source) == ("damaged", FILE)
    assert state(tmp_path) == before


@pytest.mark.parametrize("length", [50, 100, 4096, 4097, 6000, 8191])
def test_a_truncated_database_is_damaged(tmp_path: Path, length: int) -> None:
    """A file that a full disk cut short gives Unknown and not what is left of its rows."""
    file = write(tmp_path, pending=False)
    os.truncate(file, length)
    assert why(query(HostPaths(tmp_path), FILE, ALL)) == "damaged"


@pytest.mark.parametrize("statement", ["SELECT name FROM strangers", "SELECT stranger FROM names"])
def test_a_missing_table_or_column_is_damaged(tmp_path: Path, statement: str) -> None:
    """A layout of another version gives Unknown with SQLite's words."""
    write(tmp_path, pending=False)
    fact = query(HostPaths(tmp_path), FILE, statement)
    assert isinstance(fact, Unknown)
    assert fact.why == "damaged"
    assert "no such" in fact.detail


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    """No file, no rows, and no new file either."""
    assert query(HostPaths(tmp_path), FILE, ALL) == Unknown("missing", FILE)
    assert list(tmp_path.iterdir()) == []


def test_a_link_or_fifo_in_place_of_the_database_is_refused(tmp_path: Path) -> None:
    """The rules of all files hold for databases too."""
    (tmp_path / "root").mkdir()
    write(tmp_path, pending=False)
    (tmp_path / "root/names.sqlite").symlink_to(tmp_path / FILE[1:])
    os.mkfifo(tmp_path / "root/other.sqlite")
    host = HostPaths(tmp_path / "root")
    assert why(query(host, FILE, ALL)) == "is_a_link"
    assert why(query(host, "/other.sqlite", ALL)) == "not_a_regular_file"


@pytest.mark.parametrize("grown", ["", "-wal"], ids=["database", "log"])
def test_what_is_too_large_is_not_copied(tmp_path: Path, grown: str) -> None:
    """A database and its log of more than the cap together give Unknown."""
    file = write(tmp_path, pending=True)
    os.truncate(f"{file}{grown}", COPY_CAP)
    assert why(query(HostPaths(tmp_path), FILE, ALL)) == "too_large"


@pytest.mark.parametrize("pending", [False, True], ids=["in place", "copied"])
@pytest.mark.parametrize("statement", ["DELETE FROM names", "CREATE TABLE x(y)", "PRAGMA user_version=7"])
def test_nothing_can_be_written(tmp_path: Path, statement: str, *, pending: bool) -> None:
    """Even a statement that writes leaves the foreign file as it is."""
    write(tmp_path, pending=pending)
    before = state(tmp_path)
    query(HostPaths(tmp_path), FILE, statement)
    assert state(tmp_path) == before


def test_text_that_is_no_utf8_is_replaced(tmp_path: Path) -> None:
    """A stray byte in a row costs one sign, not the answer."""
    with closing(sqlite3.connect(tmp_path / FILE[1:])) as connection:
        connection.execute("CREATE TABLE names AS SELECT CAST(x'63e9' AS TEXT) AS name")
    assert query(HostPaths(tmp_path), FILE, ALL) == Known([("c\ufffd",)], FILE)


def as_link(log: Path) -> None:
    """The log lies elsewhere, behind a link."""
    log.rename(log.with_name("elsewhere"))
    log.symlink_to("elsewhere")


def as_private(log: Path) -> None:
    """The log is another user's."""
    log.chmod(0o000)


@pytest.mark.parametrize("spoil", [as_link, as_private])
def test_a_log_that_cannot_be_read_is_not_passed_over(folder: Path, spoil: object) -> None:
    """Rows that wait in an unreadable `-wal` make the answer Unknown: "I could not look" is a value."""
    file = write(folder, pending=True)
    file.chmod(0o644)
    assert callable(spoil)
    spoil(folder / f"{FILE[1:]}-wal")
    host = HostPaths(folder)
    fact: Fact[list[tuple[object, ...]]] = as_ordinary_user(lambda: query(host, FILE, ALL))
    assert isinstance(fact, Unknown)


def test_a_hostile_database_does_not_hold_the_reader(tmp_path: Path) -> None:
    """A saved host may come from a stranger: a table that is an endless view gives Unknown in the end."""
    endless = "WITH RECURSIVE n(name) AS (SELECT 1 UNION ALL SELECT name + 1 FROM n) SELECT name FROM n"
    with closing(sqlite3.connect(tmp_path / FILE[1:])) as connection:
        connection.execute(f"CREATE VIEW names AS {endless}")
    arguments = [sys.executable, "-c", READER, str(tmp_path), FILE, "SELECT count(*) FROM names"]
    answer = subprocess.run(arguments, capture_output=True, check=True, text=True, timeout=60)
    assert answer.stdout.startswith("Unknown")


def test_a_schema_that_is_no_text_is_damage(folder: Path) -> None:
    """SQLite quotes the broken place, and what it quotes need not be text."""
    file = folder / FILE[1:]
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE names(name TEXT)")
    said = b"CREATE TABLE names(name TEXT)"
    content = file.read_bytes()
    assert said in content
    file.write_bytes(content.replace(said, b"CREATE \xed\xa0 names(name TEXT)".ljust(len(said))))
    found = query(HostPaths(folder), FILE, ALL)
    assert isinstance(found, Unknown)
    assert found.why == "damaged"
