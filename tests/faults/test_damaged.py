"""A memory that is locked or damaged costs nobody a report: one line is said, and the next pass has all of it again."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.server import STATE, Dump, Server, check_complete, crowd, daily, differences, server
from tests.lab.chance import chance
from tests.lab.panel.live_run import present

pytestmark = pytest.mark.system("root", "mount and network namespaces")
Damage = Callable[[Path, random.Random], None]
HEADER = 100
PAGE = 4096


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this module keeps its things."""
    return tmp_path_factory.mktemp("damaged")


@pytest.fixture(scope="module")
def standing(place: Path) -> Iterator[Server]:
    """A server with more runs than are read before the reports are written."""
    now = present()
    with server(crowd(now, daily(now, 10)), place) as found:
        yield found


@pytest.fixture(scope="module")
def undisturbed(standing: Server, place: Path) -> Dump:
    """What the memory holds when all is well."""
    standing.forget()
    standing.refresh()
    standing.keep()
    return standing.dump(place)


def database(standing: Server, side: str = "") -> Path:
    """The database, or a file beside it, seen from outside."""
    return standing.path(f"{STATE}/state.db{side}")


def reports(standing: Server) -> dict[str, float]:
    """When each report was written last."""
    return {str(path): path.stat().st_ctime for path in standing.path(f"{STATE}/reports").glob("*/report.json")}


def made_good(standing: Server, place: Path, dump: Dump) -> None:
    """All reports are written with one line at most; at the latest the pass after that has rebuilt everything."""
    before = reports(standing)
    done = standing.refresh()
    after = reports(standing)
    assert all(after[path] > before[path] for path in before)
    assert done["err"].count("autossl-doctor:") <= 1, done["err"]
    standing.refresh()
    assert differences(standing.dump(place), dump) == {}
    check_complete(standing)


@pytest.mark.parametrize("kind", ["IMMEDIATE", "EXCLUSIVE"])
def test_locked_for_longer_than_it_waits(standing: Server, place: Path, undisturbed: Dump, kind: str) -> None:
    """The reports are written all the same, after one wait and with one line."""
    standing.restore()
    other = standing.ask("sql", statements=[f"BEGIN {kind}"], seconds=60)
    done = standing.refresh(patience=0.5)
    standing.ask("end", process=other["process"])
    assert "locked" in done["err"]
    assert done["err"].count("autossl-doctor:") == 1
    check_complete(standing)
    standing.refresh()
    assert differences(standing.dump(place), undisturbed) == {}


def test_locked_at_the_very_beginning(standing: Server, place: Path, undisturbed: Dump) -> None:
    """Where another program keeps an empty database locked, everybody gets a report, and the memory comes later."""
    standing.forget()
    standing.run(["sh", "-c", f"umask 077; : > {STATE}/state.db"])
    other = standing.ask("sql", statements=["BEGIN EXCLUSIVE"], seconds=60)
    done = standing.refresh(patience=0.5)
    standing.ask("end", process=other["process"])
    assert done["err"].count("autossl-doctor:") == 1
    check_complete(standing, memory=False)
    standing.refresh()
    assert differences(standing.dump(place), undisturbed) == {}


def test_locked_for_a_while(standing: Server, place: Path, undisturbed: Dump) -> None:
    """A lock that is gone in time is not worth a word."""
    standing.forget()
    standing.doctor_runs("refresh", kinds=["a statement of SQL"], at=80, signal=9)
    other = standing.ask("sql", statements=["BEGIN IMMEDIATE"], seconds=1)
    done = standing.refresh(patience=30)
    standing.ask("end", process=other["process"], kill=False)
    assert "autossl-doctor:" not in done["err"]
    assert differences(standing.dump(place), undisturbed) == {}


def _random_bytes(path: Path, dice: random.Random, begin: int = 0) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(40):
        at = dice.randrange(begin, len(content) - 64)
        content[at : at + 64] = dice.randbytes(64)
    path.write_bytes(content)


def _noise(path: Path, dice: random.Random) -> None:
    path.write_bytes(dice.randbytes(3 * PAGE + 17))


def _cut(path: Path, dice: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: dice.randrange(HEADER, path.stat().st_size)])


def _cut_to_pages(path: Path, dice: random.Random) -> None:
    size = path.stat().st_size // PAGE * PAGE
    path.write_bytes(path.read_bytes()[: size - PAGE * dice.randrange(1, size // PAGE)])


def _emptied(path: Path, _: random.Random) -> None:
    path.write_bytes(b"")


def _other_database(path: Path, _: random.Random) -> None:
    with closing(sqlite3.connect(":memory:")) as other:
        other.execute("CREATE TABLE something(else_)")
        other.execute("PRAGMA user_version=1")
        path.write_bytes(other.serialize())


def _directory(path: Path, _: random.Random) -> None:
    path.unlink()
    (path / "within").mkdir(parents=True)


def _link(path: Path, _: random.Random) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


def _pages_swapped(path: Path, dice: random.Random) -> None:
    """Every page is whole, and in the wrong place."""
    content = path.read_bytes()
    pages = [content[at : at + PAGE] for at in range(PAGE, len(content), PAGE)]
    dice.shuffle(pages)
    path.write_bytes(content[:PAGE] + b"".join(pages))


DAMAGES: tuple[Damage, ...] = (
    _random_bytes,
    _noise,
    _cut,
    _cut_to_pages,
    _emptied,
    _other_database,
    _directory,
    _link,
    _pages_swapped,
)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.strip("_"))
def test_a_damaged_database(standing: Server, place: Path, undisturbed: Dump, damage: Damage) -> None:
    """Its daily check finds it at the latest; it is built anew from the logs, and no file of the machine's changes."""
    standing.restore()
    damage(database(standing), chance("damaged", DAMAGES.index(damage)))
    standing.path(f"{STATE}/state.checked").unlink()
    passwd = standing.read("/etc/passwd")
    made_good(standing, place, undisturbed)
    assert standing.read("/etc/passwd") == passwd


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_log_of_changes(standing: Server, place: Path, undisturbed: Dump, seed: int) -> None:
    """Killed in the middle, and then the WAL is cut or damaged and the -shm is garbage: nothing is lost for long."""
    dice = chance("wal", seed)
    while True:
        standing.forget()
        standing.doctor_runs("refresh", kinds=["a statement of SQL"], at=dice.randrange(60, 300), signal=9)
        wal = database(standing, "-wal")
        if wal.exists() and wal.stat().st_size > PAGE:
            break
    [_cut, _random_bytes, _noise, _emptied][seed % 4](wal, dice)
    _noise(database(standing, "-shm"), dice)
    standing.refresh()
    made_good(standing, place, undisturbed)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE spells SET content = 'no JSON'",
        "UPDATE spells SET content = '[]'",
        "UPDATE spells SET content = CAST(x'fffe41' AS TEXT)",
        "UPDATE spells SET began = 'x', last = 'y'",
        "UPDATE spells SET last = 99999999999999999",
        "DROP TABLE orders",
        "UPDATE runs SET tail = 'x', inode = 'x'",
    ],
)
def test_nonsense_within(standing: Server, undisturbed: Dump, statement: str) -> None:
    """Rows that nobody wrote cost at most what they hold: all reports are written and little is said."""
    standing.restore()
    assert undisturbed
    assert standing.ask("sql", statements=[statement])["done"]
    before = reports(standing)
    done = standing.refresh()
    assert all(reports(standing)[path] > before[path] for path in before)
    assert done["err"].count("autossl-doctor:") <= 1, done["err"]
    standing.refresh()
    check_complete(standing)
    told = standing.doctor_runs("history", "site02.example")
    assert told["status"] in {1, 2}
    assert "internal error" not in told["err"]
