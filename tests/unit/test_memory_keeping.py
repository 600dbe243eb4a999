"""How long memory lasts: 400 days, less where it grows too large, and a website that is gone ends with its last row."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from autossl_doctor.store.clicks import Click
from autossl_doctor.store.memory import spells, writing
from autossl_doctor.store.memory.acting import put_clicks
from autossl_doctor.store.memory.keeping import DAY, DAYS, FEWEST_DAYS, forget_the_old, size
from autossl_doctor.store.memory.opening import Memory, open_memory
from tests.unit.remembered_host import BEGAN, UIDS, owner_of
from tests.unit.store_places import state_in

NOW = 1_795_350_600
AGED = {"spells": "last", "certificates": "last", "values_seen": "last", "orders": "at", "checks_by_ca": "at"}
OTHERS = {"durations": "at", "actions": "at"}


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    """A memory with nothing in it."""
    state = state_in(tmp_path / "state")
    with closing(open_memory(state)) as opened:
        yield opened
    state.close()


def fill(memory: Memory, ages: Iterator[int] | range, content: str = "{}") -> None:
    """Let everything happen once so many days ago."""
    with memory.whole() as connection:
        (account,) = writing.put_accounts(connection, [owner_of("alice")]).values()
        website = writing.Websites(connection).number(account, "shop.example")
        for age in ages:
            at = NOW - age * DAY
            spells.begin(
                connection, spells.Spell(website, b"%d" % age, at, stuck=True, cause="x", content=content), None
            )
            row = writing.CertificateRow(website, f"{age}", at, at, content, at, at)
            writing.see_certificates(connection, [row])
            writing.see_values(connection, {website: {"names": f"{age}"}, 0: {"provider": f"{age}"}}, at)
            connection.execute("INSERT INTO orders VALUES(?, ?, 'LetsEncrypt', 'a b', 1)", (at, website))
            connection.execute("INSERT INTO checks_by_ca VALUES(?, ?, 'a', 0)", (at, website))
            connection.execute("INSERT INTO durations VALUES('run', ?, 5)", (at,))
            put_clicks(connection, [Click(UIDS["alice"], BEGAN, "alice", at, "retry", "shop.example")])
            writing.put_run(
                connection, writing.RunRow(f"{age}", at, at, "*", "LetsEncrypt", "finished", 1, age, 1, b"")
            )


def count(memory: Memory, table: str) -> int:
    """How many rows a table has."""
    return int(memory.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - fixed


@pytest.mark.point(40)
def test_everything_is_forgotten_after_400_days(memory: Memory) -> None:
    """Nothing younger, and nothing older, in any table."""
    fill(memory, range(DAYS + 10, 0, -10))
    assert forget_the_old(memory, NOW) == DAYS
    for table, column in {**AGED, **OTHERS, "runs": "started"}.items():
        oldest = memory.connection.execute(f"SELECT min({column}) FROM {table}").fetchone()[0]  # noqa: S608 - fixed
        assert oldest == NOW - DAYS * DAY, table


def test_what_is_still_true_is_not_forgotten(memory: Memory) -> None:
    """However long ago it began."""
    fill(memory, range(DAYS + 100, DAYS + 99, -1))
    with memory.whole() as connection:
        website = connection.execute("SELECT id FROM websites").fetchone()[0]
        ((_, _, newest),) = spells.open_spells(connection)
        spells.go_on(connection, [(newest.id, 1, NOW)])
        writing.see_values(connection, {website: {"names": f"{DAYS + 100}"}}, NOW)
    forget_the_old(memory, NOW)
    assert (count(memory, "spells"), count(memory, "values_seen"), count(memory, "websites")) == (1, 1, 1)


@pytest.mark.point(40)
def test_a_memory_that_is_too_large_loses_its_oldest_time(memory: Memory) -> None:
    """As much as is needed, evenly of all; the newest stays, and the file can shrink."""
    fill(memory, range(390, -1, -10), "x" * 20_000)
    before = size(memory.connection)
    days = forget_the_old(memory, NOW, before // 2)
    assert FEWEST_DAYS <= days < DAYS
    assert size(memory.connection) <= before // 2
    assert memory.connection.execute("SELECT max(last) FROM spells").fetchone()[0] == NOW
    assert memory.connection.execute("SELECT min(last) FROM spells").fetchone()[0] >= NOW - days * DAY


def test_a_week_is_kept_however_large_it_is(memory: Memory) -> None:
    """A cap that cannot be met takes no more than what is older."""
    fill(memory, range(20, -1, -1), "x" * 5_000)
    assert forget_the_old(memory, NOW, 1) == FEWEST_DAYS
    assert count(memory, "spells") == FEWEST_DAYS + 1


def test_runs_that_could_still_be_read_stay_known(memory: Memory) -> None:
    """Also where little time is kept: a log that is there would be read again, and counted again."""
    fill(memory, range(390, -1, -10))
    forget_the_old(memory, NOW, 1)
    assert count(memory, "runs") == 40


def test_a_website_that_is_gone_ends_with_its_last_row(memory: Memory) -> None:
    """As long as something is remembered of it, it has its name."""
    fill(memory, range(300, 299, -1))
    forget_the_old(memory, NOW)
    assert count(memory, "websites") == 1
    forget_the_old(memory, NOW + 101 * DAY)
    assert count(memory, "websites") == count(memory, "spells") == count(memory, "orders") == 0
    assert count(memory, "accounts") == 1


def test_a_clock_that_was_set_back_forgets_nothing(memory: Memory) -> None:
    """What seems to lie in the future stays."""
    fill(memory, range(10, -1, -1))
    forget_the_old(memory, NOW - 300 * DAY)
    assert count(memory, "spells") == 11
