"""Reading a live or a saved host: nothing leads out of it, nothing waits, and what cannot be read is Unknown."""

import os
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.host.files import LINK_CAP, TEXT_CAP, HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from tests.unit.ordinary_user import as_ordinary_user

SECRET = "outside the saved host"
MOST_SECONDS = 5
Look = Callable[[HostPaths, str], object]


@pytest.fixture(autouse=True)
def impatience() -> Iterator[None]:
    """A call that blocks fails its test instead of stopping all of them."""

    def give_up(*_: object) -> None:
        raise TimeoutError("the call waits")

    former = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(MOST_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, former)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A saved host with one file, beside something that it must not show."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_text(SECRET, encoding="utf-8")
    folder = tmp_path / "root/var/cpanel/users"
    folder.mkdir(parents=True)
    (folder / "alice").write_text("FEATURELIST=default\n", encoding="utf-8")
    return tmp_path / "root"


@pytest.fixture
def saved(root: Path) -> HostPaths:
    """The saved host."""
    return HostPaths(root)


def why(fact: object) -> str:
    """The reason of an Unknown; "" for a known value."""
    return fact.why if isinstance(fact, Unknown) else ""


def value(fact: Fact[str]) -> str:
    """A text that must be known."""
    assert isinstance(fact, Known)
    return fact.value


READERS: dict[str, Look] = {
    "open": HostPaths.open,
    "read_bytes": HostPaths.read_bytes,
    "read_text": HostPaths.read_text,
}
LOOKERS: dict[str, Look] = {
    **READERS,
    "list_directory": HostPaths.list_directory,
    "read_link": HostPaths.read_link,
    "facts": HostPaths.facts,
}


def test_a_file_of_a_saved_host_is_read_below_its_root(saved: HostPaths) -> None:
    """A path of the host means the file below DIR, and the fact names the path as the host knows it."""
    assert saved.read_text("/var/cpanel/users/alice") == Known("FEATURELIST=default\n", "/var/cpanel/users/alice")
    assert saved.list_directory("/var/cpanel") == Known(["users"], "/var/cpanel")
    assert saved.saved
    assert not HostPaths().saved


@pytest.mark.parametrize("target", ["alice", "/var/cpanel/users/alice", "../../../../outside/file", "nowhere"])
@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_link_in_place_of_a_file_is_refused(root: Path, saved: HostPaths, read: Look, target: str) -> None:
    """The last component of a saved path is no link, wherever the link leads."""
    (root / "var/cpanel/users/bob").symlink_to(target)
    assert why(read(saved, "/var/cpanel/users/bob")) == "is_a_link"


@pytest.mark.parametrize("depth", ["var", "var/cpanel", "var/cpanel/users"])
@pytest.mark.parametrize("target", ["outside", "/", "."])
@pytest.mark.parametrize("look", LOOKERS.values(), ids=LOOKERS)
def test_a_link_in_the_middle_of_a_saved_path_is_refused(
    root: Path, saved: HostPaths, look: Look, depth: str, target: str
) -> None:
    """No component of a saved path is a link: not for reading, not for listing, not for asking."""
    (root / depth).rename(root / "moved")
    (root / depth).symlink_to(root.parent / target if target == "outside" else target)
    path = "/var/cpanel/users/file"
    assert why(look(saved, path)) == "is_a_link"
    assert not saved.exists(path)


def test_a_live_host_may_have_links_in_the_middle(root: Path) -> None:
    """Administrators put whole directories on other disks by links; only the file itself must not be one."""
    live = HostPaths()
    (root / "other").symlink_to("var/cpanel")
    (root / "var/cpanel/users/bob").symlink_to("alice")
    assert value(live.read_text(f"{root}/other/users/alice")) == "FEATURELIST=default\n"
    assert why(live.read_text(f"{root}/other/users/bob")) == "is_a_link"


@pytest.mark.parametrize("live", [False, True], ids=["saved", "live"])
def test_a_link_is_read_but_never_followed(root: Path, *, live: bool) -> None:
    """The target of a link is a value of its own; what stands there is not looked at."""
    (root / "provider").symlink_to("../outside/file")
    (root / "upid").symlink_to("30121.77.1790000000")
    host, base = (HostPaths(), str(root)) if live else (HostPaths(root), "")
    assert value(host.read_link(f"{base}/provider")) == "../outside/file"
    assert value(host.read_link(f"{base}/upid")) == "30121.77.1790000000"
    assert host.exists(f"{base}/upid")


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"LetsEncrypt", "LetsEncrypt"), (b"*\n", "*"), ("日本".encode(), "日本"), (b"x" * LINK_CAP, "x" * LINK_CAP)],
)
def test_a_flattened_link_is_accepted_in_a_saved_host(
    root: Path, saved: HostPaths, content: bytes, expected: str
) -> None:
    """An archive without links holds small files instead; a live host never does."""
    (root / "username").write_bytes(content)
    assert value(saved.read_link("/username")) == expected
    assert why(HostPaths().read_link(f"{root}/username")) == "not_a_regular_file"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "damaged"), (b"\n", "damaged"), (b"a\0b", "damaged"), (b"a\nb", "damaged"), (b"x" * 256, "too_large")],
)
def test_what_cannot_be_a_links_target_is_unknown(root: Path, saved: HostPaths, content: bytes, reason: str) -> None:
    """A file that is no flattened link gives no value."""
    (root / "username").write_bytes(content)
    assert why(saved.read_link("/username")) == reason


def make_fifo(path: Path) -> None:
    """A FIFO, on which an ordinary open waits for a writer."""
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    """A socket, which nobody can open."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path.name)


def make_device(path: Path) -> None:
    """A terminal device, where opening may wait and reading never ends."""
    if os.geteuid() != 0:
        pytest.skip("only root makes devices")
    os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 5))


@pytest.mark.parametrize("make", [make_fifo, make_socket, make_device, Path.mkdir])
@pytest.mark.parametrize("look", [*READERS.values(), HostPaths.read_link], ids=[*READERS, "read_link"])
def test_what_is_no_file_is_unknown_at_once(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], None],
    look: Look,
) -> None:
    """A FIFO, socket, device or directory in place of a file gives Unknown without waiting."""
    monkeypatch.chdir(root)  # the name of a socket is short
    make(root / "strange")
    assert why(look(HostPaths(root), "/strange")) in ("not_a_regular_file", "read_error")
    assert isinstance(HostPaths(root).list_directory("/strange"), Unknown if make is not Path.mkdir else Known)


def test_an_endless_device_of_the_live_host_is_not_read() -> None:
    """Only regular files are read."""
    assert why(HostPaths().read_bytes("/dev/zero")) == "not_a_regular_file"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(lambda path: path.symlink_to("var"), "is_a_link", id="link"),
        pytest.param(make_fifo, "not_a_directory", id="fifo"),
        pytest.param(Path.touch, "not_a_directory", id="file"),
    ],
)
def test_the_reason_for_not_listing_is_true(
    root: Path, saved: HostPaths, make: Callable[[Path], None], reason: str
) -> None:
    """What stands there but is no directory is not called missing."""
    make(root / "strange")
    assert why(saved.list_directory("/strange")) == reason


def test_a_file_in_the_middle_of_a_path_is_no_link(saved: HostPaths) -> None:
    """The reason tells what is really there."""
    assert why(saved.read_text("/var/cpanel/users/alice/main")) != "is_a_link"


@pytest.mark.parametrize("mode", [0o000, 0o200], ids=oct)
def test_a_file_without_permission_is_unknown(root: Path, saved: HostPaths, mode: int) -> None:
    """Another user's file gives its reason, not an error and not silence."""
    file = root / "var/cpanel/users/alice"
    file.chmod(mode)
    assert as_ordinary_user(lambda: saved.read_text("/var/cpanel/users/alice")) == Unknown(
        "permission_denied", "/var/cpanel/users/alice"
    )


def test_a_directory_without_permission_is_unknown(root: Path, saved: HostPaths) -> None:
    """What stands in a closed directory is not missing: nobody knows."""
    (root / "var/cpanel/users").chmod(0)
    try:
        looked = as_ordinary_user(
            lambda: [
                saved.list_directory("/var/cpanel/users"),
                saved.facts("/var/cpanel/users/alice"),
                saved.read_text("/var/cpanel/users/nobody"),
            ]
        )
    finally:
        (root / "var/cpanel/users").chmod(0o755)
    assert {why(fact) for fact in looked} == {"permission_denied"}


def test_a_cap_is_kept_to_the_byte(root: Path, saved: HostPaths) -> None:
    """A file of exactly the cap is read, one byte more is too large and not cut off."""
    (root / "file").write_bytes(b"x" * 1000)
    assert saved.read_bytes("/file", 1000) == Known(b"x" * 1000, "/file")
    assert why(saved.read_bytes("/file", 999)) == "too_large"
    os.truncate(root / "file", TEXT_CAP + 1)
    assert why(saved.read_text("/file")) == "too_large"


@pytest.mark.parametrize("path", ["/..", "/../outside/file", "/var/../var/cpanel", "/var/cpanel/users/..", "", "/"])
@pytest.mark.parametrize("look", LOOKERS.values(), ids=LOOKERS)
def test_no_path_goes_up(saved: HostPaths, look: Look, path: str) -> None:
    """Two dots are refused on a saved host, also where they would stay inside."""
    assert isinstance(look(saved, path), Unknown)


def test_no_path_goes_up_on_a_live_host() -> None:
    """Two dots are refused on a live host as well."""
    assert isinstance(HostPaths().read_text("/etc/../etc/hostname"), Unknown)


def test_nothing_is_missing(saved: HostPaths) -> None:
    """What is not there is missing, at every depth."""
    for look in LOOKERS.values():
        assert why(look(saved, "/var/nothing")) == "missing"
        assert why(look(saved, "/nothing/at/all")) == "missing"
    assert not saved.exists("/var/nothing")


def test_bytes_that_are_no_text_are_replaced(root: Path, saved: HostPaths) -> None:
    """A stray byte costs one sign, not the file."""
    (root / "file").write_bytes(b"caf\xe9 \xff\n")
    assert value(saved.read_text("/file")) == "caf\ufffd \ufffd\n"


def test_a_name_that_is_too_long_is_unknown(saved: HostPaths) -> None:
    """A name that no directory can hold gives Unknown."""
    assert isinstance(saved.read_text("/var/" + "x" * 300), Unknown)


@pytest.mark.parametrize("live", [False, True], ids=["saved", "live"])
def test_a_path_that_no_file_can_have_is_unknown(saved: HostPaths, *, live: bool) -> None:
    """A NUL, which a damaged list of domains brings into a website's name, gives Unknown."""
    host = HostPaths() if live else saved
    assert isinstance(host.read_text("/shop\0.example"), Unknown)


def test_facts_are_those_of_the_link_itself(root: Path, saved: HostPaths) -> None:
    """Mode, owner, size and kind are told without following a link."""
    file = root / "var/cpanel/users/alice"
    file.chmod(0o640)
    (root / "link").symlink_to("var/cpanel/users/alice")
    plain, link = saved.facts("/var/cpanel/users/alice"), saved.facts("/link")
    assert isinstance(plain, Known)
    assert isinstance(link, Known)
    assert (plain.value.mode, plain.value.owner, plain.value.size) == (0o640, os.geteuid(), 20)
    assert plain.value.inode == file.stat().st_ino
    assert plain.value.regular
    assert not link.value.regular


def test_the_owner_of_the_root_is_known(root: Path, saved: HostPaths) -> None:
    """Owners are judged only where DIR belongs to root; so that is told."""
    assert saved.belongs_to_root == (root.stat().st_uid == 0)
    if os.geteuid() == 0:
        os.chown(root, 65_534, -1)
        assert not HostPaths(root).belongs_to_root


def test_no_descriptor_stays_open(root: Path, saved: HostPaths) -> None:
    """However a call ends, it leaves nothing open."""
    (root / "link").symlink_to("var")
    os.mkfifo(root / "fifo")
    paths = ["/var/cpanel/users/alice", "/link", "/link/x", "/fifo", "/fifo/x", "/nothing/x", "/var", "/..", ""]
    before = os.listdir("/proc/self/fd")  # noqa: PTH208 - only the names count
    for path in paths:
        for name, look in LOOKERS.items():
            fact = look(saved, path)
            if name == "open" and isinstance(fact, Known) and isinstance(fact.value, int):
                os.close(fact.value)
    assert len(os.listdir("/proc/self/fd")) == len(before)  # noqa: PTH208 - as above


@pytest.fixture(scope="module")
def maze(tmp_path_factory: pytest.TempPathFactory) -> HostPaths:
    """A saved host where files and links of all kinds share a few names, with one secret beside it."""
    top = tmp_path_factory.mktemp("maze")
    (top / "b").write_text(SECRET, encoding="utf-8")
    root = top / "root"
    for folder in ("", "a", "a/a"):
        (root / folder).mkdir(parents=True)
        (root / folder / "b").write_text("inside", encoding="utf-8")
        (root / folder / "c").symlink_to("..")
        (root / folder / "d").symlink_to(top)
        (root / folder / "e").symlink_to(top / "b")
    return HostPaths(root)


@given(parts=st.lists(st.sampled_from(["a", "b", "c", "d", "e", ".", "..", ""]), max_size=6))
def test_no_path_leads_out(maze: HostPaths, parts: list[str]) -> None:
    """Whatever a path is made of, it shows files of the saved host or nothing."""
    path = "/" + "/".join(parts)
    assert maze.read_text(path) == Known("inside", path) or why(maze.read_text(path))
    if not {"c", "d", "e", ".."}.isdisjoint(parts):
        assert why(maze.read_text(path))
    listed = maze.list_directory(path)
    assert isinstance(listed, Unknown) or listed.value == ["b", "c", "d", "e"] or "a" in listed.value
