"""Clicks on their way into the memory: each once, nobody's too many, none lost because somebody else writes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autossl_doctor.entry.remembering import remembering
from autossl_doctor.entry.remembering.remembering import Remembering
from autossl_doctor.host.people import Owner
from autossl_doctor.store import clicks
from autossl_doctor.store.clicks import Click, Clicks, taking
from autossl_doctor.store.inbox import Said
from autossl_doctor.store.memory import acting, writing
from autossl_doctor.store.memory.acting import put_clicks
from autossl_doctor.store.memory.opening import Memory, open_memory
from autossl_doctor.store.state import State
from tests.lab import hosts
from tests.lab.hosts import Account, Host, Site
from tests.unit.followed_host import OTHER, OWNER, FollowedHost
from tests.unit.store_places import listing, mode, state_in

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
SITE = "shop.example"
ROWS = "a.name, a.uid, a.startdate, t.website, t.verb, t.names, t.said_by, t.at"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """The doctor's directory."""
    made = state_in(tmp_path / "state")
    yield made
    made.close()


@pytest.fixture
def memory(state: State) -> Iterator[Memory]:
    """A memory with nothing in it."""
    with closing(open_memory(state)) as opened:
        yield opened


def said(verb: str = "retry", site: str = SITE, at: datetime = NOW, names: tuple[str, ...] = ()) -> Said:
    """A record of alice's inbox."""
    return Said(OWNER.uid, verb, site, names, at)


def click(at: int = 1_795_350_600, verb: str = "retry", owner: Owner = OWNER) -> Click:
    """A click that is to be remembered."""
    return Click(owner.uid, owner.startdate, owner.account, at, verb, SITE)


def kept(state: State) -> list[Click]:
    """What waits for the memory; it is taken out."""
    with taking(state) as found:
        return list(found)


def actions(memory: Memory) -> list[tuple[object, ...]]:
    """What is remembered, oldest first."""
    query = f"SELECT {ROWS} FROM actions t JOIN accounts a ON a.id = t.account ORDER BY t.at, t.id"  # noqa: S608 - fixed
    return memory.connection.execute(query).fetchall()


def put(memory: Memory, *rows: Click) -> None:
    """Remember clicks."""
    with memory.whole() as connection:
        put_clicks(connection, rows)


# --- from the inbox to a file


def test_what_was_said_is_kept_for_root_alone_until_it_is_taken(state: State) -> None:
    """With the account's number and beginning, by which it is told from a former owner of its name."""
    Clicks(state).keep(OWNER, [said("exclude", names=("a.example", "b.example"))], NOW)
    place = Path(state.path, "clicks")
    assert (mode(place), [mode(entry) for entry in place.iterdir()]) == (0o700, [0o600])
    (found,) = kept(state)
    assert found == Click(
        OWNER.uid,
        OWNER.startdate,
        "alice",
        int(NOW.timestamp()),
        "exclude",
        SITE,
        ("a.example", "b.example"),
    )
    assert listing(place) == set()


def test_what_could_not_be_remembered_stays(state: State) -> None:
    """Whoever comes next takes it."""
    Clicks(state).keep(OWNER, [said()], NOW)
    with pytest.raises(sqlite3.OperationalError), taking(state):
        raise sqlite3.OperationalError("database is locked")
    assert len(kept(state)) == 1


def test_the_same_button_at_one_time_counts_once(state: State) -> None:
    """Twenty clicks are one; another button or website is another."""
    Clicks(state).keep(OWNER, [*[said()] * 20, said("look"), said(site="tea.example")], NOW)
    assert [(each.verb, each.site) for each in kept(state)] == [
        ("retry", SITE),
        ("look", SITE),
        ("retry", "tea.example"),
    ]


def test_an_account_cannot_push_others_out(state: State) -> None:
    """A program that clicks without end is kept twenty times an hour; everybody else as ever."""
    keeper = Clicks(state)
    for number in range(100):
        keeper.keep(OWNER, [said()], NOW + timedelta(seconds=number))
    keeper.keep(OTHER, [said()], NOW)
    assert sorted(each.account for each in kept(state)) == ["alice"] * 20 + ["bob"]
    keeper.keep(OWNER, [said()], NOW + timedelta(hours=1, minutes=2))
    assert len(kept(state)) == 1


def test_there_are_never_very_many_files(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is taken any more, nothing more is kept."""
    monkeypatch.setattr(clicks, "MOST_FILES", 3)
    keeper = Clicks(state)
    for number in range(5):
        keeper.keep(OWNER, [said()], NOW + timedelta(seconds=number))
    assert len(kept(state)) == 3


@pytest.mark.parametrize(("hours", "believed"), [(1, 0), (-1, -1), (-100, -24)])
def test_the_time_is_the_account_s_word_within_a_day(state: State, hours: int, believed: int) -> None:
    """Never the future, and nothing long ago."""
    Clicks(state).keep(OWNER, [said(at=NOW + timedelta(hours=hours))], NOW)
    assert [each.at for each in kept(state)] == [int((NOW + timedelta(hours=believed)).timestamp())]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'[{"uid": 1}]', b"\xff" * 10])
def test_what_nobody_wrote_is_thrown_away(state: State, content: bytes) -> None:
    """A file of another version, or one that a broken disk left."""
    Clicks(state).keep(OWNER, [said()], NOW)
    Path(state.path, "clicks", "odd.json").write_bytes(content)
    assert len(kept(state)) == 1
    assert listing(Path(state.path, "clicks")) == set()


# --- from the file into the memory


def test_a_click_is_remembered_once(memory: Memory) -> None:
    """Whoever was ended between remembering and removing the file left it to be read again."""
    put(memory, click())
    put(memory, click(), click(verb="look"))
    assert [row[4] for row in actions(memory)] == ["retry", "look"]
    assert actions(memory)[0] == (
        "alice",
        OWNER.uid,
        OWNER.startdate,
        SITE,
        "retry",
        "",
        "account",
        1_795_350_600,
    )


def test_a_click_belongs_to_the_account_of_its_time(memory: Memory) -> None:
    """A new owner of the number or the name finds none; with the account it goes."""
    put(memory, click(), click(owner=OWNER._replace(startdate=OWNER.startdate + 5)), click(owner=OTHER))
    assert len({row[2] for row in actions(memory) if row[1] == OWNER.uid}) == 2
    with memory.whole() as connection:
        writing.put_accounts(connection, [OTHER])
    assert [row[0] for row in actions(memory)] == ["bob"]


def test_an_account_without_a_beginning_is_not_told_from_others(memory: Memory) -> None:
    """So nothing is remembered of it."""
    put(memory, click(owner=OWNER._replace(startdate=0)))
    assert actions(memory) == []


def test_one_account_does_not_fill_the_disk(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its newest clicks stay."""
    monkeypatch.setattr(acting, "MOST_OF_ACCOUNT", 3)
    put(memory, click(owner=OTHER), *(click(at) for at in range(10)))
    assert [row[7] for row in actions(memory) if row[0] == "alice"] == [7, 8, 9]
    assert [row[0] for row in actions(memory)].count("bob") == 1


def test_a_memory_that_is_being_written_is_not_waited_for(state: State) -> None:
    """The clicks stay, nothing is wrong, and the next time they are remembered."""
    Clicks(state).keep(OWNER, [said()], NOW)
    with closing(open_memory(state)) as other:
        memory = Remembering(state)
        other.begin()
        memory.take_clicks()
        assert memory.troubles == []
        other.give_up()
        assert len(listing(Path(state.path, "clicks"))) == 1
        memory.take_clicks()
        assert listing(Path(state.path, "clicks")) == set()
        assert len(actions(other)) == 1
        memory.close()


def test_a_memory_that_is_broken_keeps_the_clicks(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are remembered by the one that is begun anew."""
    Clicks(state).keep(OWNER, [said()], NOW)
    memory = Remembering(state)

    def broken(*_: object) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    with monkeypatch.context() as patched:
        patched.setattr(remembering, "put_clicks", broken)
        memory.take_clicks()
    assert "damaged" in memory.troubles[0]
    again = Remembering(state)
    again.take_clicks()
    again.close()
    with closing(open_memory(state)) as opened:
        assert len(actions(opened)) == 1


# --- the whole way


def test_a_button_on_the_page_becomes_a_line_of_the_memory(tmp_path: Path) -> None:
    """The follower takes the record out of the inbox, and the judgement at the end writes it down."""
    sites = (Site(SITE, Account("alice")), Site("quiet.example", Account("bob")))
    host = FollowedHost(hosts.build(Host(now=NOW, sites=sites, proc=True), tmp_path / "root"), tmp_path / "state", NOW)
    host.click()
    host.look(woken=True)
    assert len(listing(host.place / "clicks")) == 1
    host.look(31 * 60)
    host.click("look", site="")
    for _ in range(5):
        host.look(40.0, woken=True)
    assert "alice" in host.refreshed
    with closing(open_memory(host.state)) as memory:
        assert [(row[0], row[3], row[4], row[6]) for row in actions(memory)] == [
            ("alice", SITE, "retry", "account"),
            ("alice", "", "look", "account"),
        ]
    assert listing(host.place / "clicks") == set()
    assert host.said == []
    host.state.close()


def test_who_shares_a_group_or_is_gone_is_not_remembered(tmp_path: Path) -> None:
    """As it is not heard."""
    sites = (Site(SITE, Account("alice")), Site("quiet.example", Account("bob")))
    host = FollowedHost(hosts.build(Host(now=NOW, sites=sites, proc=True), tmp_path / "root"), tmp_path / "state", NOW)
    host.click()
    host.owners["alice"] = OWNER._replace(shared=True)
    host.look(woken=True)
    assert listing(host.place / "clicks") == set()
    host.state.close()
