"""Who the accounts are: users of this machine, with a group that is theirs alone or is not."""

import grp
import os
import pwd
from pathlib import Path

import pytest

from autossl_doctor.host.people import Owner, account_of, arrange_owners, find_owner, find_owners, read_startdate


def person(name: str, uid: int, gid: int) -> pwd.struct_passwd:
    """A line of /etc/passwd."""
    return pwd.struct_passwd((name, "x", uid, gid, "", f"/home/{name}", "/bin/bash"))


def group(name: str, gid: int, *members: str) -> grp.struct_group:
    """A line of /etc/group."""
    return grp.struct_group((name, "x", gid, list(members)))


def arrange(*people: pwd.struct_passwd, groups: tuple[grp.struct_group, ...] = ()) -> dict[str, Owner]:
    """The accounts among these users."""
    return arrange_owners({"alice": 100, "bob": 200}, people, groups)


ALICE, BOB = person("alice", 1001, 1001), person("bob", 1002, 1002)


def test_an_account_has_a_group_of_its_own() -> None:
    """User, group and beginning are put together; root in the group changes nothing."""
    assert arrange(ALICE, BOB, groups=(group("alice", 1001, "root"), group("bob", 1002, "bob"))) == {
        "alice": Owner("alice", 1001, 1001, 100),
        "bob": Owner("bob", 1002, 1002, 200),
    }


@pytest.mark.parametrize(
    ("others", "groups"),
    [
        ((person("bob", 1002, 1001),), ()),
        ((person("mailnull", 47, 1001),), ()),
        ((BOB,), (group("alice", 1001, "bob"),)),
        ((BOB,), (group("alice", 1001), group("also", 1001, "nobody"))),
        ((person("double", 1001, 1003),), ()),
    ],
    ids=["another account", "no account", "a member", "a second name of the group", "the same user id"],
)
def test_a_group_is_shared_where_anybody_else_is_in_it(
    others: tuple[pwd.struct_passwd, ...], groups: tuple[grp.struct_group, ...]
) -> None:
    """By primary group, as a member, or by having the same user id."""
    assert arrange(ALICE, *others, groups=groups)["alice"].shared


def test_a_second_root_has_no_report_of_its_own() -> None:
    """What is root's own is closed to everybody else, also to an account with root's user id."""
    assert arrange(person("root", 0, 0), person("alice", 0, 0))["alice"].shared


def test_who_is_no_user_of_the_machine_has_no_report() -> None:
    """The panel may keep a file of an account that is gone; and root is no account."""
    assert arrange(person("carol", 1001, 1001)) == {}
    assert arrange_owners({"root": 5}, [person("root", 0, 0)], ()) == {}


@pytest.mark.parametrize(
    ("content", "began"),
    [
        ("USER=alice\nSTARTDATE=1700000000\n", 1_700_000_000),
        ("STARTDATE = 1700000000 \n", 1_700_000_000),
        ("USER=alice\n", 0),
        ("STARTDATE=\n", 0),
        ("STARTDATE=-1\n", 0),
        ("STARTDATE=99999999999999999999\n", 0),
        ("#STARTDATE=5\n", 0),
    ],
)
def test_the_beginning_of_an_account(tmp_path: Path, content: str, began: int) -> None:
    """As the panel writes it; 0 where it does not."""
    (tmp_path / "alice").write_text(content)
    assert read_startdate("alice", str(tmp_path)) == began


@pytest.mark.parametrize("name", ["", "../alice", ".lock", "missing", "a/b"])
def test_what_is_no_account_has_no_beginning(tmp_path: Path, name: str) -> None:
    """A name is no path."""
    (tmp_path / ".lock").write_text("STARTDATE=5\n")
    assert read_startdate(name, str(tmp_path)) is None


def test_a_link_or_fifo_is_no_account(tmp_path: Path) -> None:
    """Neither is followed or waited for."""
    (tmp_path / "real").write_text("STARTDATE=5\n")
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    os.mkfifo(tmp_path / "pipe")
    assert read_startdate("linked", str(tmp_path)) is None
    assert read_startdate("pipe", str(tmp_path)) is None


def test_users_of_this_machine_are_found(tmp_path: Path) -> None:
    """A file of the panel and a user of the machine make an account, alone as among all."""
    name = pwd.getpwuid(65_534).pw_name
    for account in (name, "not-a-user-of-this-machine"):
        (tmp_path / account).write_text("STARTDATE=5\n")
    found = find_owners(str(tmp_path))
    assert set(found) == {name}
    assert found[name] == find_owner(name, str(tmp_path))
    assert found[name][:2] == (name, 65_534)
    assert find_owner("not-a-user-of-this-machine", str(tmp_path)) is None
    assert find_owners(str(tmp_path / "nowhere")) == {}
    assert account_of(65_534) == name
    assert account_of(4_000_000_000) == account_of(-(2**40)) == ""
