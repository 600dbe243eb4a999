"""A stranger's first minutes: a fresh copy, one command, and everything gone again afterwards."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.needs import ORDINARY_USER, PRIVATE_MOUNTS

ROOT = Path(__file__).resolve().parents[2]
MADE = [".git", ".venv*", ".demo", "build", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis"]


def run(directory: Path, *command: str, user: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in a directory, as somebody else if named."""
    environment = os.environ | {"HOME": str(directory), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        command,
        cwd=directory,
        user=user,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
        timeout=600,
    )


@pytest.fixture
def checkout() -> Iterator[Path]:
    """A fresh copy of the repository."""
    # Not pytest's own directory: an ordinary user may not enter root's.
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory, "checkout")
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*MADE))
        yield copy


def hand_over(checkout: Path) -> str | None:
    """Give the copy to an ordinary user if root runs the tests; answers whom to become."""
    if os.getuid() != 0:
        return None
    for path in (checkout.parent, checkout, *checkout.rglob("*")):
        shutil.chown(path, ORDINARY_USER)
    return ORDINARY_USER


def files_in(directory: Path) -> set[str]:
    """What lies in a directory, without what Python caches."""
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if "__pycache__" not in path.parts}


@pytest.mark.system("the package index", "an ordinary user with git and Python")
def test_the_demonstration_needs_no_root_and_leaves_nothing(checkout: Path) -> None:
    """One command shows a diagnosis, the second call installs nothing, uninstall.sh removes all of it."""
    before = files_in(checkout)
    user = hand_over(checkout)

    first = run(checkout, "./install.sh", "--demo", "--no-panel", "--lang", "en", user=user)
    assert first.returncode == 0, first.stderr
    assert "Installing the Python packages" in first.stderr
    assert first.stdout.strip()

    second = run(checkout, "./install.sh", "--demo", "--no-panel", "--lang", "ja", user=user)
    assert second.returncode == 0, second.stderr
    assert "Installing" not in second.stderr
    assert "証明書" in second.stdout

    removed = run(checkout, "./uninstall.sh", user=user)
    assert removed.stdout.startswith("Removed: .venv .demo")
    assert files_in(checkout) == before


def words_until(demo: subprocess.Popen[str], sign: str) -> str:
    """What the demonstration prints up to a line that contains the sign, or up to its end."""
    assert demo.stdout is not None
    said = []
    for line in demo.stdout:
        said.append(line)
        if sign in line:
            break
    return "".join(said)


@contextmanager
def demonstration(checkout: Path, user: str | None) -> Iterator[subprocess.Popen[str]]:
    """The demonstration at work, as somebody; killed at the end if it has not ended by then."""
    with subprocess.Popen(
        ["./install.sh", "--demo", "--lang", "en"],
        cwd=checkout,
        user=user,
        env=os.environ | {"HOME": str(checkout), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as demo:
        try:
            yield demo
        finally:
            demo.kill()


def processes_of(directory: Path) -> list[str]:
    """The command lines of processes that work in the directory or name it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            place = str((entry / "cwd").readlink())
        except OSError:
            continue
        if str(directory) in command or place.startswith(str(directory)):
            found.append(command)
    return found


@pytest.mark.system("the package index", "an ordinary user with git and Python", "mount and network namespaces")
@pytest.mark.parametrize("as_root", [False, True])
def test_the_panel_of_the_demonstration(checkout: Path, *, as_root: bool) -> None:
    """As root and without, the demonstration opens a panel that answers, and Ctrl-C leaves no process behind."""
    if as_root and os.getuid() != 0:
        pytest.skip("needs root")
    user = None if as_root else hand_over(checkout)
    prepared = run(checkout, "./install.sh", "--demo", "--no-panel", user=user)
    assert prepared.returncode == 0, prepared.stderr
    with demonstration(checkout, user) as demo:
        said = words_until(demo, "Ctrl-C ends it.")
        address = urlsplit(next(line.strip() for line in said.splitlines() if line.startswith("  http://127.0.0.1:")))
        with closing(http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)) as connection:
            connection.request("GET", "/")
            assert connection.getresponse().status == 200
        assert "asagao" in said
        assert ("yamato" in said.partition("Log in")[2]) is as_root
        demo.send_signal(signal.SIGINT)
        assert demo.wait(30) == 0
    assert processes_of(checkout) == []
    assert run(checkout, "./uninstall.sh", user=user).returncode == 0


@pytest.mark.system("the package index")
def test_pip_install_gives_the_command(checkout: Path, tmp_path: Path) -> None:
    """`pip install .` gives `autossl-doctor`, its typing marker and one compiled catalogue of causes."""
    made = run(tmp_path, sys.executable, "-m", "venv", "installed")
    assert made.returncode == 0, made.stderr
    installed = run(checkout, str(tmp_path / "installed/bin/python"), "-m", "pip", "install", "--quiet", ".")
    assert installed.returncode == 0, installed.stderr

    answer = run(tmp_path, "installed/bin/autossl-doctor", "--help")
    assert answer.returncode == 0, answer.stderr
    (package,) = tmp_path.glob("installed/lib/python3*/site-packages/autossl_doctor")
    assert (package / "py.typed").is_file()
    assert json.loads((package / "causes/catalogue.json").read_text(encoding="utf-8"))


PRETEND_CPANEL = """
mount -t tmpfs none /usr/local
mkdir /usr/local/cpanel
echo 11.134.0.1 >/usr/local/cpanel/version
"""


@pytest.mark.system("mount namespaces")
@pytest.mark.parametrize(
    ("script", "status", "words"),
    [
        ("install.sh", 69, ["use the release bundle", "nothing was changed"]),
        ("uninstall.sh", 0, ["Nothing to remove."]),
    ],
)
def test_a_checkout_changes_nothing_on_a_cpanel_server(
    checkout: Path, script: str, status: int, words: list[str]
) -> None:
    """A checkout brings no packages, so it is the release bundle that is to be installed there."""
    before = files_in(checkout)
    shell = ["sh", "-e", "-c", f"{PRETEND_CPANEL}exec ./{script}"]
    answer = run(checkout, *PRIVATE_MOUNTS, *shell)
    assert answer.returncode == status, answer.stderr
    for word in words:
        assert word in answer.stdout + answer.stderr
    assert files_in(checkout) == before


@pytest.mark.system("the package index")
def test_developers_make_a_release_of_a_checkout(checkout: Path, tmp_path: Path) -> None:
    """`--from-index` fetches the locked packages, builds our own, and is verified like any other release."""
    script = f"""
    program={tmp_path}/program state={tmp_path}/none
    . plugin/system/setup/words.sh; . plugin/system/setup/values.sh; . plugin/system/setup/release.sh
    python={sys.executable} working_on=test
    make_release_from_checkout; verify_release; keep_release
    """
    before = files_in(checkout)
    made = run(checkout, "sh", "-eu", "-c", script)
    assert made.returncode == 0, made.stderr
    # Here the checkout is the home as well, in which programs that pip asks for their version leave settings.
    assert {name for name in files_in(checkout) - before if not name.startswith(".")} == set()
    release = tmp_path / "program/release"
    assert {path.name.partition("-")[0] for path in (release / "wheelhouse").iterdir()} >= {"autossl_doctor", "msgspec"}
    assert (release / "install.sh").stat().st_mode & 0o777 == 0o755
    assert (release / "VERSION").read_text().strip() in (release / "cpanel_plugin.yaml").read_text()
