"""Accounts come and go: what was remembered of one is never shown to another, and is gone within one pass."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.server import STATE, Server, check_complete, check_whole, crowd, daily, server
from tests.lab.panel.live_run import present

pytestmark = pytest.mark.system("root", "mount and network namespaces")


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[Server]:
    """A server on which everybody has a past."""
    now = present()
    with server(crowd(now, daily(now, 10), accounts=4), tmp_path) as found:
        found.refresh()
        yield found


def forget_account(standing: Server, user: str) -> None:
    """Take an account away, as the panel does."""
    standing.path(f"/var/cpanel/users/{user}").unlink()
    for name in ("userdatadomains", "userdomains", "trueuserdomains"):
        path = standing.path(f"/etc/{name}")
        if path.exists():
            kept = [line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if user not in line]
            path.write_text("".join(kept), encoding="utf-8")


def change(standing: Server, path: str, former: str, new: str) -> None:
    """Change a file of the panel."""
    file = standing.path(path)
    text = file.read_text(encoding="utf-8")
    assert re.search(former, text, re.MULTILINE), text
    file.write_text(re.sub(former, new, text, flags=re.MULTILINE), encoding="utf-8")


def memory_as(standing: Server, uid: int, account: str, startdate: int) -> str:
    """What an account's page would get to see, asked by a process of that user's."""
    done = standing.ask("own", uid=uid, gid=uid, account=account, startdate=startdate)
    return f"{done['report']} {done['sites']}"


def everywhere(standing: Server) -> bytes:
    """Every byte that the doctor keeps."""
    return b"".join(path.read_bytes() for path in standing.path(STATE).rglob("*") if path.is_file())


def test_a_removed_account_is_forgotten(standing: Server) -> None:
    """After one pass its website is in no report and in no table, and nobody's directory is left."""
    gone, uid = "user02", standing.numbers["user02"]
    assert b"site02.example" in everywhere(standing)
    forget_account(standing, gone)
    standing.refresh()
    assert not standing.path(f"{STATE}/reports/{uid}").exists()
    assert not standing.path(f"{STATE}/inbox/{uid}").exists()
    rows = standing.ask("rows", queries=["SELECT name FROM accounts", "SELECT name FROM websites"])["rows"]
    assert [gone] not in rows[0]
    assert ["site02.example"] not in rows[1]
    for table in ("spells", "certificates", "orders", "checks_by_ca"):
        query = f"SELECT count(*) FROM {table} WHERE website NOT IN (SELECT id FROM websites)"  # noqa: S608 - fixed
        assert standing.ask("rows", queries=[query])["rows"] == [[[0]]]
    assert b"site02.example" not in everywhere(standing), "bytes of it are left"


def test_the_next_owner_of_a_name_and_number(standing: Server) -> None:
    """A new account under the same name and number reads nothing of the former one, before and after the pass."""
    uid = standing.numbers["user02"]
    assert memory_as(standing, uid, "user02", 1_600_000_000) == "Loaded ['site02.example']"
    change(standing, "/var/cpanel/users/user02", "^STARTDATE=.*$", "STARTDATE=1790000000")
    assert memory_as(standing, uid, "user02", 1_790_000_000) == "Trouble []"
    standing.refresh()
    assert memory_as(standing, uid, "user02", 1_790_000_000) == "Loaded []" or "site02" in memory_as(
        standing, uid, "user02", 1_790_000_000
    )
    spells = "SELECT count(*) FROM spells s JOIN websites w ON w.id = s.website WHERE w.name = 'site02.example'"
    assert standing.ask("rows", queries=[spells])["rows"] == [[[0]]]
    check_complete(standing)


def test_the_next_owner_of_a_number_without_a_date(standing: Server) -> None:
    """Where the panel says no date of beginning, another name is another account: it is no renamed one."""
    uid = standing.numbers["user02"]
    change(standing, "/var/cpanel/users/user02", "^STARTDATE=.*$", "X=")
    standing.refresh()
    standing.refresh()
    rename(standing, "user02", "newcomer", "other.example")
    standing.refresh()
    assert "site02" not in memory_as(standing, uid, "newcomer", 0)
    rows = standing.ask("rows", queries=["SELECT name FROM websites WHERE name = 'site02.example'"])["rows"]
    assert rows == [[]]
    check_whole(standing)


def test_a_renamed_account_keeps_its_past(standing: Server) -> None:
    """The same number and date of beginning under another name is the same account."""
    uid = standing.numbers["user02"]
    rename(standing, "user02", "renamed", "site02.example")
    standing.refresh()
    assert memory_as(standing, uid, "renamed", 1_600_000_000) == "Loaded ['site02.example']"
    spells = "SELECT count(*) > 0 FROM spells s JOIN websites w ON w.id = s.website WHERE w.name = 'site02.example'"
    assert standing.ask("rows", queries=[spells])["rows"] == [[[1]]]


def rename(standing: Server, user: str, new: str, domain: str) -> None:
    """Give a number to another name, with another website or the same one."""
    users = standing.path("/var/cpanel/users")
    (users / user).rename(users / new)
    userdata = standing.path("/var/cpanel/userdata")
    (userdata / user).rename(userdata / new)
    for name in ("passwd", "group", "userdatadomains", "userdomains", "trueuserdomains"):
        path = standing.path(f"/etc/{name}")
        if path.exists():
            text = path.read_text(encoding="utf-8").replace(user, new).replace("site02.example", domain)
            path.write_text(text, encoding="utf-8")


def test_a_list_of_users_that_cannot_be_read(standing: Server) -> None:
    """An account whose file cannot be read for a moment keeps its past."""
    file = standing.path("/var/cpanel/users/user02")
    text = file.read_text(encoding="utf-8")
    before = standing.ask("rows", queries=["SELECT count(*) FROM spells"])["rows"]
    file.write_text("", encoding="utf-8")
    standing.refresh()
    file.write_text(text, encoding="utf-8")
    standing.refresh()
    assert standing.ask("rows", queries=["SELECT count(*) FROM spells"])["rows"] == before
    check_complete(standing)
