"""What install.sh does not do: on a server that does not fit it changes nothing, and says why in a sentence."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.install.server import LOCK, changed, files, install, server
from tests.lab.panel.entered import StandingPanel

pytestmark = [pytest.mark.system("root and layered files", "the package index")]
_SCRIPT = "printf '#!/bin/sh\\n%s\\n' '{lines}' >{place}; chmod 755 {place}"


def script(place: str, lines: str) -> str:
    """A shell command that puts a script in a place."""
    return f"rm -f {place}; " + _SCRIPT.format(lines=lines, place=place)


NO_PYTHON = "cd /usr/bin; rm -f python3 python3.11 python3.12 python3.13"
EARLY = script("/usr/bin/python3.12", 'case "$1" in -V) echo "Python 3.12.0rc1" ;; *) echo early ;; esac')
REFUSED = {
    "no version of the panel": ("echo nonsense >/usr/local/cpanel/version", "does not say which version"),
    "old panel": ("echo 11.108.0.3 >/usr/local/cpanel/version", "needs 110 or newer"),
    "unknown panel": ("echo 11.222.0.3 >/usr/local/cpanel/version", "newer than this release knows"),
    "no register_appconfig": ("rm /usr/local/cpanel/bin/register_appconfig", "register_appconfig is missing"),
    "other architecture": (script("/usr/bin/uname", "echo aarch64"), "this machine is aarch64"),
    "old C library": (script("/usr/bin/getconf", "echo glibc 2.17"), "has glibc 2.17"),
    "no room": (script("/usr/bin/df", "echo; echo x 9 9 2048 9 /opt"), "only 2 MB are free"),
    "a file for a directory": ("touch /opt/autossl-doctor", "is not a directory"),
    "an open /opt": ("chmod 777 /opt", "/opt can be changed by others than root"),
    "a planted directory": ("mkdir /opt/autossl-doctor; chown alice /opt/autossl-doctor", "can be changed by others"),
    "no Python": (NO_PYTHON, "Python 3.11 or newer is missing and could not be installed"),
    "early Python": (f"{NO_PYTHON}; {EARLY}", "python3.12 is a pre-release of Python (Python 3.12.0rc1)"),
}


@pytest.fixture
def panel() -> Iterator[StandingPanel]:
    """A server of a known kind."""
    with server() as standing:
        yield standing


@pytest.mark.point(1)
@pytest.mark.parametrize("trouble", REFUSED)
def test_a_server_that_does_not_fit_is_left_alone(trouble: str, panel: StandingPanel, release: Path) -> None:
    """One sentence says what is missing, the answer is 69, and not a file differs."""
    command, sentence = REFUSED[trouble]
    assert panel.run(["sh", "-c", command]).returncode == 0
    before = files(panel)
    refused = install(panel, release)
    assert refused.returncode == 69, refused.stdout
    assert sentence in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert changed(before, files(panel)) in ([], [LOCK])


@pytest.mark.point(1)
@pytest.mark.parametrize("system", ["debian-12"])
def test_an_unknown_system_is_refused_unless_it_is_wished(system: str, release: Path) -> None:
    """`--untested` goes on, and says so."""
    with server(system=system) as panel:
        refused = install(panel, release)
        assert refused.returncode == 69
        assert "Debian GNU/Linux 12 is not among the systems" in refused.stderr
        assert "--untested" in refused.stderr
        wished = install(panel, release, "--untested", "--lang", "ja")
        assert (wished.returncode, wished.stderr) == (0, "")
        assert "--untested が指定されたため、そのままインストールします" in wished.stdout
        assert "インストールしました" in wished.stdout


@pytest.mark.point(1)
@pytest.mark.parametrize(
    "system", ["almalinux-8", "almalinux-10", "cloudlinux-9", "rocky-9", "ubuntu-22.04", "ubuntu-24.04"]
)
def test_the_known_systems_are_known(system: str, release: Path) -> None:
    """Each gets as far as its Python, which is taken away here so that the test ends there."""
    with server(system=system) as panel:
        panel.run(["sh", "-c", NO_PYTHON])
        asked = install(panel, release)
        assert "cPanel & WHM 134: good" in asked.stdout
        manager = "apt-get" if system.startswith("ubuntu") else "dnf"
        wanted = [line["arguments"] for line in panel.commands(manager)]
        assert any("python3.11" in arguments for arguments in wanted), wanted  # type: ignore[operator]
        assert any("python3.12" in arguments for arguments in wanted), wanted  # type: ignore[operator]


@pytest.mark.point(1, 14)
def test_a_missing_python_is_installed_from_the_distribution(panel: StandingPanel, release: Path) -> None:
    """The package manager brings python3.11; nothing else is asked of it."""
    panel.run(["sh", "-c", f"mkdir /opt/kept; cp -a /usr/bin/python3.11 /opt/kept; {NO_PYTHON}"])
    panel.behave("dnf", code=0, links={"/usr/bin/python3.11": "/opt/kept/python3.11"})
    done = install(panel, release)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "installing python3.11 with dnf" in done.stdout
    assert [line["arguments"] for line in panel.commands("dnf")] == [["install", "-y", "-q", "python3.11"]]


@pytest.mark.point(1)
def test_only_root_installs(panel: StandingPanel, release: Path) -> None:
    """And only root removes."""
    before = files(panel)
    place = panel.path("/opt/bundle")
    shutil.copytree(release, place)
    for name in ("install.sh", "uninstall.sh"):
        panel.run(["mkdir", "-p", "/opt/autossl-doctor"])
        refused = panel.run([f"/opt/bundle/{name}"], user="alice")
        assert refused.returncode == 69
        assert "only root" in refused.stderr
    panel.run(["rm", "-r", "/opt/bundle", "/opt/autossl-doctor"])
    assert changed(before, files(panel)) in ([], [LOCK])


@pytest.mark.point(34)
@pytest.mark.parametrize(
    "careless",
    [
        "chown alice /opt/place",
        "chmod 777 /opt/place",
        "chown alice /opt/place/release/install.sh",
        "chmod -R go+w /opt/place",
    ],
)
def test_a_release_that_others_can_change_is_not_trusted(careless: str, panel: StandingPanel, release: Path) -> None:
    """Root does not install what lies in an account's directory, whatever its sums say."""
    panel.run(["mkdir", "/opt/place"])
    panel.run(["cp", "-R", str(release), "/opt/place/release"])
    panel.run(["sh", "-c", careless])
    before = files(panel)
    refused = panel.run(["/opt/place/release/install.sh"])
    assert refused.returncode == 69, refused.stdout
    assert "can be changed by others than root" in refused.stderr
    assert changed(before, files(panel)) == []


def test_a_package_s_own_installation_is_left_to_the_package_manager(panel: StandingPanel, release: Path) -> None:
    """Neither installed over nor removed by hand."""
    panel.run(["sh", "-c", f"{script('/usr/bin/rpm', 'exit 0')}; mkdir -p /opt/autossl-doctor/release"])
    before = files(panel)
    for name in ("install.sh", "uninstall.sh"):
        refused = panel.run([str(release / name)])
        assert refused.returncode == 69
        assert "as a package of the system" in refused.stderr
    assert changed(before, files(panel)) in ([], [LOCK])


@pytest.mark.point(1)
def test_a_pre_release_is_not_installed_first(release: Path) -> None:
    """Where the distribution has nothing but a pre-release, the system stays as it is."""
    with server(system="ubuntu-22.04") as panel:
        policy = script("/usr/bin/apt-cache", 'case $2 in *3.11) echo "  Candidate: 3.11.0~rc1-1~22.04" ;; esac')
        panel.run(["sh", "-c", f"{NO_PYTHON}; {policy}"])
        refused = install(panel, release)
        assert refused.returncode == 69
        assert "python3.11 is a pre-release of Python" in refused.stderr
        asked = [line["arguments"] for line in panel.commands("apt-get")]
        assert not any("python3.11" in arguments for arguments in asked)  # type: ignore[operator]


@pytest.mark.point(2)
@pytest.mark.parametrize("damage", ["changed", "missing", "no sums"])
def test_a_release_that_is_not_whole_is_refused(
    damage: str, panel: StandingPanel, release: Path, tmp_path: Path
) -> None:
    """Before anything is done every file is compared with its published sum."""
    copy = tmp_path / "release"
    shutil.copytree(release, copy)
    victim = copy / ("SHA256SUMS" if damage == "no sums" else "plugin/cpanel/index.live.cgi")
    if damage == "changed":
        victim.write_text(victim.read_text() + "# more\n")
    else:
        victim.unlink()
    before = files(panel)
    refused = install(panel, copy)
    assert refused.returncode == 70
    assert "Verifying the release" in refused.stderr
    assert changed(before, files(panel)) in ([], [LOCK])


@pytest.mark.point(10)
def test_two_at_once_are_one_after_the_other(panel: StandingPanel, release: Path) -> None:
    """While somebody else is at work, the second one says so and does nothing."""
    hold = ["flock", LOCK, "sleep", "30"]
    enter = ["nsenter", "--target", str(panel.process), "--mount", "--net"]
    with subprocess.Popen([*enter, *hold]) as holder:
        try:
            while not panel.path(LOCK).exists():
                pass
            refused = install(panel, release)
            assert refused.returncode == 69
            assert "is at work" in refused.stderr
        finally:
            holder.kill()
            panel.run(["sh", "-c", "kill $(fuser /run/autossl-doctor.lock 2>/dev/null) 2>/dev/null"])
