"""What accounts leave for root: read if it is exactly a record, thrown away otherwise."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from autossl_doctor.host.people import Owner
from autossl_doctor.store.click import leave
from autossl_doctor.store.inbox import MOST_RECORDS, Inboxes, Taken
from autossl_doctor.store.state import State
from tests.unit.store_places import AT, ME, MY_GROUP, inbox, listing, mode, state_in

OWN = Owner("alice", ME, MY_GROUP, 1_700_000_000)
NAMES = ["www.shop.example", "*.a.example"]
RECORD = {"schema": 1, "verb": "exclude", "site": "shop.example", "names": NAMES, "at": AT}


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """The doctor's directory, opened, with an inbox for whoever runs the tests."""
    opened = state_in(tmp_path)
    Inboxes(opened).prepare(OWN)
    yield opened
    opened.close()


def put(place: Path, name: str, content: object = RECORD) -> Path:
    """A file in the inbox."""
    path = inbox(place, ME) / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def test_an_inbox_can_be_added_to_and_not_listed(state: State, tmp_path: Path) -> None:
    """The group may write and enter, the sticky bit keeps others' files; the directory above can only be passed."""
    assert mode(inbox(tmp_path, ME)) == 0o1730
    assert mode(tmp_path / "inbox") == 0o711
    inbox(tmp_path, ME).chmod(0o777)
    Inboxes(state).prepare(OWN)
    assert mode(inbox(tmp_path, ME)) == 0o1730


def test_a_record_is_taken_once(state: State, tmp_path: Path) -> None:
    """What was said is given and gone; the lock stays."""
    put(tmp_path, "lock", b"note")
    leave(ME, RECORD, state=str(tmp_path))
    (said,) = Inboxes(state).take(ME).said
    assert (said.uid, said.verb, said.site, said.names) == (ME, "exclude", "shop.example", tuple(NAMES))
    assert Inboxes(state).take(ME) == Taken(())
    assert listing(inbox(tmp_path, ME)) == {"lock"}


def test_records_come_in_the_order_in_which_they_were_said(state: State, tmp_path: Path) -> None:
    """The names of the files say nothing that is believed."""
    put(tmp_path, "a.json", {**RECORD, "at": "2026-11-22T12:31:00Z"})
    put(tmp_path, "b.json", {**RECORD, "at": "2026-11-22T12:30:00Z", "verb": "look", "site": ""})
    assert [said.verb for said in Inboxes(state).take(ME).said] == ["look", "exclude"]


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"verb": "install"},
        {"verb": None},
        {"site": ""},
        {"site": "../../etc/passwd"},
        {"site": "SHOP.example"},
        {"site": "shop.example\n"},
        {"names": ["a b"]},
        {"names": "www.shop.example"},
        {"names": ["a.example"] * 33},
        {"at": "yesterday"},
        {"at": "2026-11-22T12:30:00+09:00"},
        {"command": "reboot"},
    ],
    ids=str,
)
def test_a_record_of_another_form_is_thrown_away(state: State, tmp_path: Path, change: dict[str, object]) -> None:
    """Verbs are from a list, names are domains, and nothing else may be said."""
    put(tmp_path, "a.json", RECORD | change)
    assert Inboxes(state).take(ME) == Taken((), 1)
    assert listing(inbox(tmp_path, ME)) == set()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"null", b"[" * 1000, b"\xff\xfe", json.dumps(RECORD).encode() + b" " * 1024]
)
def test_what_is_no_record_is_thrown_away(state: State, tmp_path: Path, content: bytes) -> None:
    """Torn, odd or too long."""
    put(tmp_path, "a.json", content)
    assert Inboxes(state).take(ME) == Taken((), 1)


@pytest.mark.parametrize("kind", ["link", "hardlink", "fifo", "directory"])
def test_what_is_no_regular_file_is_thrown_away(state: State, tmp_path: Path, kind: str) -> None:
    """A good record behind a link is not read, a FIFO is not waited for, and what a link points to stays."""
    other = tmp_path / "other"
    other.write_text(json.dumps(RECORD))
    path = inbox(tmp_path, ME) / "a.json"
    if kind == "link":
        path.symlink_to(other)
    elif kind == "hardlink":
        path.hardlink_to(other)
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.mkdir()
    assert Inboxes(state).take(ME) == Taken((), 1)
    assert listing(inbox(tmp_path, ME)) == set()
    assert other.is_file()


def test_a_directory_with_content_is_never_entered(state: State, tmp_path: Path) -> None:
    """It stays where it is, counts against the account's own quota, and hinders no record."""
    deep = inbox(tmp_path, ME) / "a.json/b"
    deep.mkdir(parents=True)
    put(tmp_path, "b.json")
    taken = Inboxes(state).take(ME)
    assert (len(taken.said), taken.refused) == (1, 1)
    assert deep.is_dir()


def test_a_file_that_is_not_the_account_s_is_thrown_away(state: State, tmp_path: Path) -> None:
    """The owner of the file must be the user whose inbox it is."""
    inbox(tmp_path, ME).rename(inbox(tmp_path, ME + 1))
    (inbox(tmp_path, ME + 1) / "a.json").write_text(json.dumps(RECORD))
    assert Inboxes(state).take(ME + 1) == Taken((), 1)


def test_a_flood_is_cut(state: State, tmp_path: Path) -> None:
    """32 records of a pass are heard; the rest is gone, so that it grows nowhere."""
    for number in range(MOST_RECORDS + 68):
        put(tmp_path, f"{number:03}.json")
    taken = Inboxes(state).take(ME)
    assert (len(taken.said), taken.refused) == (MOST_RECORDS, 68)
    assert listing(inbox(tmp_path, ME)) == set()


def test_bad_records_do_not_take_the_place_of_good_ones(state: State, tmp_path: Path) -> None:
    """Only what is heard counts against the 32."""
    for number in range(100):
        put(tmp_path, f"{number:03}.json", b"bad")
    put(tmp_path, "999.json")
    assert len(Inboxes(state).take(ME).said) == 1


def test_a_record_that_is_being_written_is_left_alone(state: State, tmp_path: Path) -> None:
    """For a minute; then nobody finishes it any more."""
    path = put(tmp_path, "a.new", b"")
    born = path.stat().st_ctime_ns
    assert Inboxes(state, lambda: born + 59 * 10**9).take(ME) == Taken(())
    assert Inboxes(state, lambda: born + 61 * 10**9).take(ME) == Taken((), 1)


def test_only_inboxes_that_changed_are_opened(state: State, tmp_path: Path) -> None:
    """One wake-up opens one inbox of many; a change just now may hide another one and is looked at again."""
    born = inbox(tmp_path, ME).stat().st_mtime_ns
    inboxes = Inboxes(state, lambda: born + 2 * 10**9)
    assert [uid for uid, _ in inboxes.take_all()] == [ME]
    assert list(inboxes.take_all()) == []
    put(tmp_path, "a.json")
    assert [len(taken.said) for _, taken in inboxes.take_all()] == [1]
    hasty = Inboxes(state, lambda: inbox(tmp_path, ME).stat().st_mtime_ns + 1)
    assert len(list(hasty.take_all())) == len(list(hasty.take_all())) == 1


def test_a_shared_group_has_no_inbox(state: State, tmp_path: Path) -> None:
    """Others in the group could speak in the account's name."""
    put(tmp_path, "a.json")
    Inboxes(state).prepare(OWN._replace(shared=True))
    assert listing(tmp_path / "inbox") == set()
    Inboxes(state).prepare(OWN._replace(shared=True))


def test_nothing_of_a_former_owner_s_inbox_stays(state: State, tmp_path: Path) -> None:
    """What the former owner of the id said is not said by the new one."""
    put(tmp_path, "a.json")
    put(tmp_path, "lock", b"note")
    Inboxes(state).prepare(OWN, former=True)
    assert listing(inbox(tmp_path, ME)) == set()


def test_inboxes_of_accounts_that_are_gone_are_removed(state: State, tmp_path: Path) -> None:
    """Also if something was left in them that cannot simply be removed."""
    (inbox(tmp_path, ME) / "directory/below").mkdir(parents=True)
    Inboxes(state).remove_gone(())
    assert listing(tmp_path / "inbox") == set()


@pytest.mark.parametrize("kind", ["link", "file"])
def test_what_stands_in_place_of_an_inbox_is_replaced(state: State, tmp_path: Path, kind: str) -> None:
    """A link is not followed."""
    inbox(tmp_path, ME).rmdir()
    (tmp_path / "other").mkdir()
    if kind == "link":
        inbox(tmp_path, ME).symlink_to(tmp_path / "other")
    else:
        inbox(tmp_path, ME).write_text("")
    assert Inboxes(state).take(ME) == Taken(())
    Inboxes(state).prepare(OWN)
    assert mode(inbox(tmp_path, ME)) == 0o1730
    assert not inbox(tmp_path, ME).is_symlink()
