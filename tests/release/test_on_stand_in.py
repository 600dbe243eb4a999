"""The files of a release on the stand-in for a server, without a network: installed, upgraded and removed for good."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

import autossl_doctor
from tests.install.bundle import release_of, with_version
from tests.install.server import COMMAND, LOCK, LOGS, STATE, changed, files, server
from tests.install.test_refusals import NO_PYTHON
from tests.lab.panel.entered import StandingPanel
from tests.release.conftest import COMMITTED, Release
from tests.security.browsing import log_in, visit
from tools.release import packages

pytestmark = pytest.mark.system(
    "root and layered files", "the package index", "rpmbuild and dpkg", "the system's Python 3.11 with venv"
)
NEWER = "99.0.0"


@dataclass(frozen=True)
class Manager:
    """A package system on the server that has it, and how it is told to work without fetching anything."""

    name: str
    system: str
    own_files: tuple[str, ...]
    prepare: str
    install: tuple[str, ...]
    remove: tuple[str, ...]


MANAGERS = (
    # The machine's own database; its list of unusual owners names groups that the stand-in does not have.
    Manager(
        "deb",
        "ubuntu-24.04",
        ("/var/lib/dpkg", "/var/log/dpkg.log"),
        ": >/var/lib/dpkg/statoverride",
        ("dpkg", "--install"),
        ("dpkg", "--remove"),
    ),
    # An empty database, so nothing that is needed is in it. An older version is for our own scripts to refuse.
    Manager(
        "rpm",
        "almalinux-8",
        ("/var/lib/rpm",),
        "mkdir -p /var/lib/rpm && rpm --dbpath=/var/lib/rpm --initdb",
        ("rpm", "--dbpath=/var/lib/rpm", "--upgrade", "--nodeps", "--oldpackage"),
        ("rpm", "--dbpath=/var/lib/rpm", "--erase"),
    ),
)


def done(panel: StandingPanel, *command: str) -> str:
    """What a command says that ends well inside, as root."""
    ended = panel.run(command, patience=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def version_at_work(panel: StandingPanel) -> str:
    """The version that works: everything of it is registered, and an owner gets the page."""
    said = json.loads(done(panel, COMMAND, "status", "--format", "json"))
    page = visit(panel, log_in(panel, "alice"))
    assert page.status == 200, page.text
    assert "shop.example" in page.text
    return str(said["installation"]["version"])


def left_behind(panel: StandingPanel, before: dict[str, tuple[str, ...]], *allowed: str) -> list[str]:
    """The places that are not as before, without those that may differ."""
    return [place for place in changed(before, files(panel)) if not place.startswith(allowed)]


@pytest.fixture
def newer(tmp_path: Path) -> dict[str, Path]:
    """Both packages of the same sources under a higher version."""
    tree = release_of("packaged", with_version(NEWER))
    about = packages.About(NEWER, "The same", "The same under a higher version.", COMMITTED)
    return {"rpm": packages.build_rpm(tree, about, tmp_path), "deb": packages.build_deb(tree, about, tmp_path)}


@pytest.mark.point(2, 14, 51, 52)
@pytest.mark.slow
@pytest.mark.parametrize("manager", MANAGERS, ids=lambda manager: manager.name)
def test_a_package_lives_and_goes(release: Release, newer: dict[str, Path], manager: Manager) -> None:
    """Installed it works; upgraded the newer version works; an older one is refused; removed, only the data stay."""
    package = str({"deb": release.deb, "rpm": release.rpm}[manager.name])
    with server(system=manager.system) as panel:
        done(panel, "sh", "-c", manager.prepare)
        before = files(panel)

        done(panel, *manager.install, package)
        assert version_at_work(panel) == autossl_doctor.__version__

        done(panel, *manager.install, str(newer[manager.name]))
        assert version_at_work(panel) == NEWER

        refused = panel.run([*manager.install, package], patience=300)
        assert refused.returncode != 0
        assert f"AutoSSL Doctor {NEWER} is installed, and this is {autossl_doctor.__version__}" in refused.stderr
        assert version_at_work(panel) == NEWER

        done(panel, *manager.remove, "autossl-doctor")
        assert left_behind(panel, before, STATE, LOGS, LOCK, *manager.own_files) == []
        assert panel.path(f"{STATE}/state.db").exists()

        if manager.name == "deb":
            done(panel, "dpkg", "--purge", "autossl-doctor")
            assert left_behind(panel, before, LOCK, *manager.own_files) == []


def test_no_package_is_installed_while_one_is_installed(release: Release) -> None:
    """Where Python is gone although the database has it, the deb says so; apt-get would wait for its own lock."""
    with server(system="ubuntu-24.04") as panel:
        done(panel, "sh", "-c", f": >/var/lib/dpkg/statoverride; {NO_PYTHON}")
        refused = panel.run(["dpkg", "--install", str(release.deb)], patience=300)
        assert refused.returncode != 0
        assert "Python 3.11 or newer is missing" in refused.stderr
        assert panel.commands("apt-get") == []


def test_the_archive_lives_and_goes(release: Release) -> None:
    """Unpacked and started it works, from the copy that it keeps; purged nothing of it is left."""
    with server(system="cloudlinux-9") as panel:
        before = files(panel)
        done(panel, "tar", "--directory=/root", "-xzf", str(release.archive))
        unpacked = f"/root/{release.tree.name}"
        done(panel, f"{unpacked}/install.sh")
        done(panel, "rm", "-r", unpacked)
        assert version_at_work(panel) == autossl_doctor.__version__

        done(panel, "/opt/autossl-doctor/release/uninstall.sh", "--purge")
        assert left_behind(panel, before, LOCK) == []
