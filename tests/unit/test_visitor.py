"""Who a page believes its visitor to be: the account that runs it, and nobody else."""

import os
import pwd
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.host import visitor as module
from autossl_doctor.host import zone
from autossl_doctor.host.visitor import Visitor, visitor
from autossl_doctor.host.zone import local_zone
from tests.unit.ordinary_user import as_ordinary_user

UID = 1042
STARTDATE = 1_763_000_000
SETTINGS = (
    f"# cPanel: do not edit\nUSER=shop\nSTARTDATE={STARTDATE}\nDEMO=0\nSUSPENDED=0\nSSL_DEFAULT_KEY_TYPE=rsa-2048\n"
)


def fields(who: Visitor | None) -> tuple[object, ...]:
    """Everything that a visitor is."""
    assert who is not None
    return (who.account, who.uid, who.startdate, who.demo, who.suspended, who.key_type)


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of the panel's account files, on a machine where the process runs as the account `shop`."""
    run_as(monkeypatch, "shop", UID, UID)
    monkeypatch.setattr(module, "USERS", str(tmp_path))
    return tmp_path


def run_as(patch: pytest.MonkeyPatch, name: str, uid: int, effective: int) -> None:
    """Make the process believe that it runs under these ids, and that the effective one has this name."""
    entry = pwd.struct_passwd((name, "x", effective, effective, "", "/home/shop", "/bin/sh"))

    def one(asked: int) -> pwd.struct_passwd:
        if asked != effective:
            raise KeyError(asked)
        return entry

    patch.setattr(pwd, "getpwuid", one)
    patch.setattr(os, "getuid", lambda: uid)
    patch.setattr(os, "geteuid", lambda: effective)


def write(users: Path, content: str = SETTINGS, name: str = "shop") -> None:
    """Write the panel's file about an account."""
    (users / name).write_text(content, encoding="utf-8")


def test_the_account_is_its_own_visitor(users: Path) -> None:
    """Where the panel, the kernel and the account's file agree, the page knows who asks."""
    write(users)
    assert fields(visitor("shop")) == ("shop", UID, STARTDATE, False, False, "rsa-2048")


def test_a_real_process_of_an_account_is_its_own_visitor(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the ids that the kernel really gives, only the name of the process's own account opens."""
    name = as_ordinary_user(lambda: pwd.getpwuid(os.geteuid()).pw_name)
    with tempfile.TemporaryDirectory() as directory:
        users = Path(directory)
        users.chmod(0o755)
        for account in (name, "daemon"):
            write(users, f"USER={account}\nSTARTDATE={STARTDATE}\n", account)
            (users / account).chmod(0o644)
        monkeypatch.setattr(module, "USERS", directory)
        opened = as_ordinary_user(lambda: (visitor(name) is not None, visitor("daemon") is not None))
    assert opened == (True, False)


# --- names


HOSTILE = [
    "",
    ".",
    "..",
    "../shop",
    "shop/../shop",
    "shop/",
    "/shop",
    "Shop",
    "SHOP",
    " shop",
    "shop ",
    "shop\n",
    "shop\0",
    "shop;id",
    "-shop",
    ".shop",
    "shöp",
    "ｓｈｏｐ",
    "root",
    "other",
    "x" * 65,
    "x" * 100_000,
    "\udcff",
]


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: repr(name[:20]))
def test_a_name_that_is_not_the_accounts_own_opens_nothing(users: Path, name: str) -> None:
    """Other names, paths, other letters and no name at all are nobody, although files stand where they point."""
    write(users)
    write(users, SETTINGS.replace("shop", "other"), "other")
    assert visitor(name) is None


@pytest.mark.parametrize("name", ["", ".", "..", "-shop", ".shop", "Shop", "a/b", "x" * 65, "shöp"])
def test_an_odd_name_opens_nothing_even_if_the_kernel_knows_it(
    users: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A name that no account of the panel can have never becomes part of a path."""
    run_as(monkeypatch, name, UID, UID)
    opened: list[object] = []
    monkeypatch.setattr(module, "_settings", opened.append)
    write(users)
    assert visitor(name) is None
    assert opened == []


@given(st.text(max_size=80))
def test_only_the_own_name_is_looked_up(name: str) -> None:
    """Whatever name is claimed, no file but the account's own is opened."""
    opened: list[str] = []

    def settings(path: str) -> dict[str, str]:
        opened.append(path)
        raise FileNotFoundError(path)

    with pytest.MonkeyPatch.context() as patch:
        run_as(patch, "shop", UID, UID)
        patch.setattr(module, "_settings", settings)
        assert visitor(name) is None
    assert set(opened) <= {f"{module.USERS}/shop"}


# --- ids


def test_a_process_between_two_users_opens_nothing(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where real and effective user differ, nobody knows on whose behalf the page runs."""
    write(users)
    run_as(monkeypatch, "shop", 0, UID)
    assert visitor("shop") is None


def test_another_accounts_name_opens_nothing(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The panel says one account and the kernel another: closed, for root as well."""
    write(users)
    run_as(monkeypatch, "other", UID + 1, UID + 1)
    assert visitor("shop") is None
    run_as(monkeypatch, "root", 0, 0)
    assert visitor("shop") is None


def test_a_user_whom_the_system_does_not_know_is_nobody(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user id without an entry has no page."""
    write(users)
    monkeypatch.setattr(os, "geteuid", lambda: UID + 5)
    monkeypatch.setattr(os, "getuid", lambda: UID + 5)
    assert visitor("shop") is None


# --- the panel's file about the account


def test_an_account_that_the_panel_does_not_know_is_nobody(users: Path) -> None:
    """Without the panel's file there is no account, and no page."""
    assert list(users.iterdir()) == []
    assert visitor("shop") is None


def test_a_link_is_not_followed(users: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A link in place of the file is no file, wherever it leads."""
    target = tmp_path_factory.mktemp("elsewhere") / "shop"
    target.write_text(SETTINGS, encoding="utf-8")
    (users / "shop").symlink_to(target)
    assert visitor("shop") is None


def test_a_fifo_does_not_hold_the_page_up(users: Path) -> None:
    """Something that would make the page wait is no file."""
    os.mkfifo(users / "shop")
    assert visitor("shop") is None


def test_a_fifo_that_somebody_holds_open_is_no_file(users: Path) -> None:
    """A FIFO with a writer that says nothing is no file either."""
    os.mkfifo(users / "shop")
    writer = os.open(users / "shop", os.O_RDWR | os.O_NONBLOCK)
    try:
        assert visitor("shop") is None
    finally:
        os.close(writer)


@pytest.mark.parametrize("kind", ["directory", "null"])
def test_something_else_than_a_file_is_nobody(users: Path, kind: str) -> None:
    """A directory or a device in place of the file opens nothing."""
    if kind == "directory":
        (users / "shop").mkdir()
    else:
        (users / "shop").symlink_to(os.devnull)
    assert visitor("shop") is None


@pytest.mark.parametrize(
    "startdate",
    ["", "0x10", "-1", "+1", "1.5", "1e9", "１７６３", "²", "never", "17 63", "\x00"],
)
def test_without_a_startdate_nobody_can_be_told_apart(users: Path, startdate: str) -> None:
    """A STARTDATE that is missing or no number opens nothing: a former owner of the name might be meant."""
    write(users, SETTINGS.replace(str(STARTDATE), startdate))
    assert visitor("shop") is None
    write(users, SETTINGS.replace("STARTDATE=", "OTHER="))
    assert visitor("shop") is None


def test_an_absurd_startdate_opens_nothing(users: Path) -> None:
    """A number that no clock ever showed is no STARTDATE."""
    write(users, SETTINGS.replace(str(STARTDATE), "9" * 5000))
    assert visitor("shop") is None


@pytest.mark.parametrize("line", ["USER=other", "USER=", "USER=Shop", "USER=shop\nUSER=other"])
def test_a_file_of_another_account_is_not_believed(users: Path, line: str) -> None:
    """A file that names another account than the one who asks opens nothing."""
    write(users, SETTINGS.replace("USER=shop", line))
    assert visitor("shop") is None


def test_only_whole_keys_count(users: Path) -> None:
    """Keys that merely contain a known one, and lines without a sign, say nothing."""
    odd = (
        f"XSTARTDATE=1\nSTARTDATE2=2\n startdate=3\nDEMO1=1\nUNSUSPENDED=1\nDEMO\nUSER=shop\nSTARTDATE={STARTDATE}\r\n"
    )
    write(users, odd)
    assert fields(visitor("shop"))[2:5] == (STARTDATE, False, False)


def test_letters_that_are_no_utf8_do_not_matter(users: Path) -> None:
    """A contact address in an old encoding elsewhere in the file changes nothing."""
    (users / "shop").write_bytes(b"CONTACTEMAIL=caf\xe9@shop.example\n" + SETTINGS.encode())
    assert visitor("shop") is not None


@pytest.mark.parametrize(
    ("value", "is_set"),
    [("0", False), ("", False), (" 0 ", False), ("1", True), ("yes", True), ("00", True), ("false", True), ("-", True)],
)
@pytest.mark.parametrize("key", ["DEMO", "SUSPENDED"])
def test_demo_and_suspended_are_closed_unless_they_say_no(users: Path, key: str, value: str, is_set: bool) -> None:  # noqa: FBT001 - the expected answer
    """Only 0 or nothing means no; every other value closes the buttons."""
    write(users, SETTINGS.replace(f"{key}=0", f"{key}={value}"))
    who = visitor("shop")
    assert who is not None
    assert {"DEMO": who.demo, "SUSPENDED": who.suspended} == {"DEMO": False, "SUSPENDED": False} | {key: is_set}


def test_an_account_without_those_lines_is_an_ordinary_one(users: Path) -> None:
    """The panel leaves lines out that say nothing."""
    write(users, f"STARTDATE={STARTDATE}\n")
    assert fields(visitor("shop")) == ("shop", UID, STARTDATE, False, False, "")


# --- the machine's zone


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"),
        ("../usr/share/zoneinfo/Etc/GMT+9", "Etc/GMT+9"),
        ("/usr/share/zoneinfo/America/Port-au-Prince", "America/Port-au-Prince"),
        ("/usr/share/zoneinfo/UTC", "UTC"),
        ("/usr/share/zoneinfo/", "UTC"),
        ("/usr/share/zoneinfo/../../../etc/passwd", "UTC"),
        ("/usr/share/zoneinfo/<script>", "UTC"),
        ("/", "UTC"),
    ],
)
def test_the_zone_is_the_name_behind_the_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, name: str
) -> None:
    """The link's end is the zone's name; what can be none is UTC."""
    (tmp_path / "localtime").symlink_to(target)
    monkeypatch.setattr(zone, "LINK", str(tmp_path / "localtime"))
    assert local_zone() == name


@pytest.mark.parametrize("target", ["/etc/timezones/Tokyo", "Tokyo", "/usr/share/zoneinfo//etc/passwd"])
def test_a_link_that_leads_elsewhere_names_no_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    """A name that is none would break the page where it shows a date."""
    (tmp_path / "localtime").symlink_to(target)
    monkeypatch.setattr(zone, "LINK", str(tmp_path / "localtime"))
    assert local_zone() == "UTC"


def test_a_machine_that_does_not_say_is_in_utc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing link, or a plain file in its place, names no zone."""
    monkeypatch.setattr(zone, "LINK", str(tmp_path / "localtime"))
    assert local_zone() == "UTC"
    (tmp_path / "localtime").write_bytes(b"TZif2")
    assert local_zone() == "UTC"
