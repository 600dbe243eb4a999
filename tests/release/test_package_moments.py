"""What RPM and dpkg really call when they install, upgrade, remove and purge, and what becomes of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.release.machine import on_machine, provider, small_deb, small_rpm

pytestmark = pytest.mark.system("mount and network namespaces", "rpmbuild and dpkg")
ALL = ("/bin/sh", "python3.12", "coreutils", "util-linux")

Packages = Callable[..., tuple[Path, ...]]


@pytest.fixture
def debs(tmp_path: Path) -> Packages:
    """Makes debs of small bundles with these versions."""
    return lambda *versions: tuple(small_deb(version, tmp_path) for version in versions)


@pytest.fixture
def rpms(tmp_path: Path) -> Packages:
    """Makes RPMs of small bundles with these versions, after one that provides what they need."""
    return lambda *versions: (provider(tmp_path, *ALL), *(small_rpm(version, tmp_path) for version in versions))


@pytest.mark.point(51, 52)
def test_dpkg_installs_upgrades_removes_and_purges(debs: Packages) -> None:
    """The old version undoes nothing when it is replaced; removing keeps the data, purging does not."""
    ended = on_machine(
        """
        dpkg -i "$1" >&2
        dpkg -i "$2" >&2
        test ! -e /opt/autossl-doctor/release/wheelhouse/own-1.9.0.whl
        dpkg -r autossl-doctor >&2
        test -d /var/lib/autossl-doctor
        test ! -e /opt/autossl-doctor
        dpkg -P autossl-doctor >&2
        test ! -e /var/lib/autossl-doctor
        test ! -e /var/log/autossl-doctor
        cat /var/lib/record
        """,
        *debs("1.9.0", "1.10.0"),
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [
        "install.sh --package of 1.9.0",
        "install.sh --package of 1.10.0",
        "uninstall.sh --package of 1.10.0",
    ]


@pytest.mark.point(51, 52)
def test_rpm_installs_upgrades_and_removes(rpms: Packages) -> None:
    """RPM runs the old version's scripts after the new one's: they must not undo what was just set up."""
    ended = on_machine(
        """
        rpm -i "$1" "$2"
        rpm -U "$3"
        test ! -e /opt/autossl-doctor/release/wheelhouse/own-1.9.0.whl
        rpm -V autossl-doctor
        rpm -U --replacepkgs "$3"
        rpm -e autossl-doctor
        test -d /var/lib/autossl-doctor
        test ! -e /opt/autossl-doctor
        cat /var/lib/record
        """,
        *rpms("1.9.0", "1.10.0"),
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [
        "install.sh --package of 1.9.0",
        "install.sh --package of 1.10.0",
        "install.sh --package of 1.10.0",
        "uninstall.sh --package of 1.10.0",
    ]


@pytest.mark.point(51)
def test_dpkg_refuses_an_older_version(debs: Packages) -> None:
    """The newer version stays as it was: its files, its state in dpkg's database, and nothing is called."""
    ended = on_machine(
        """
        dpkg -i "$2" >&2
        if dpkg -i "$1" >&2; then exit 9; fi
        cat /opt/autossl-doctor/release/VERSION /var/lib/record
        dpkg-query -f '${Status} ${Version}' -W autossl-doctor
        """,
        *debs("1.9.0", "1.10.0"),
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "1.10.0\ninstall.sh --package of 1.10.0\ninstall ok installed 1.10.0"
    assert "AutoSSL Doctor 1.10.0 is installed, and this is 1.9.0" in ended.stderr
    assert "first remove the newer one (its package, or with" in ended.stderr


@pytest.mark.point(51)
def test_rpm_refuses_an_older_version(rpms: Packages) -> None:
    """Also where RPM itself is told to allow it."""
    ended = on_machine(
        """
        rpm -i "$1" "$3"
        if rpm -U --oldpackage "$2"; then exit 9; fi
        cat /opt/autossl-doctor/release/VERSION /var/lib/record
        rpm -q autossl-doctor
        """,
        *rpms("1.9.0", "1.10.0"),
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "1.10.0\ninstall.sh --package of 1.10.0\nautossl-doctor-1.10.0-1.x86_64\n"
    assert "AutoSSL Doctor 1.10.0 is installed, and this is 1.9.0" in ended.stderr
    assert "first remove the newer one (its package, or with" in ended.stderr


@pytest.mark.point(1)
def test_a_machine_without_a_panel_is_left_alone(debs: Packages, rpms: Packages) -> None:
    """Both say why, and leave no file behind."""
    ended = on_machine(
        """
        rm /usr/local/cpanel/version
        if dpkg -i "$1" >&2; then exit 8; fi
        if rpm -i "$2" "$3"; then exit 9; fi
        find /opt /var/lib/record /var/lib/autossl-doctor -mindepth 1 2>/dev/null || true
        """,
        *debs("1.9.0"),
        *rpms("1.9.0"),
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == ""
    assert ended.stderr.count("This machine has no cPanel & WHM") == 2


def test_dpkg_goes_on_where_setting_up_failed(debs: Packages) -> None:
    """A step that fails leaves the package unconfigured and says how to go on; the next try resumes."""
    ended = on_machine(
        """
        dpkg --unpack "$1" >&2
        mv /opt/autossl-doctor/release/install.sh /var/lib/good
        echo 'echo "The step failed." >&2; exit 70' >/opt/autossl-doctor/release/install.sh
        chmod 755 /opt/autossl-doctor/release/install.sh
        if dpkg --configure -a >&2; then exit 9; fi
        dpkg-query -f '${Status}\n' -W autossl-doctor
        mv /var/lib/good /opt/autossl-doctor/release/install.sh
        dpkg --configure -a >&2
        dpkg-query -f '${Status}\n' -W autossl-doctor
        """,
        *debs("1.9.0"),
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "install ok half-configured\ninstall ok installed\n"
    assert "/opt/autossl-doctor/release/install.sh --package goes on from there" in ended.stderr


def test_a_removal_that_fails_sets_up_again(debs: Packages) -> None:
    """Where undoing fails dpkg keeps the package, and what was undone is done again."""
    ended = on_machine(
        """
        dpkg -i "$1" >&2
        echo 'exit 70' >>/opt/autossl-doctor/release/uninstall.sh
        if dpkg -r autossl-doctor >&2; then exit 9; fi
        cat /var/lib/record
        dpkg-query -f '${Status}' -W autossl-doctor
        """,
        *debs("1.9.0"),
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [
        "install.sh --package of 1.9.0",
        "uninstall.sh --package of 1.9.0",
        "install.sh --package of 1.9.0",
        "deinstall ok installed",
    ]


@pytest.mark.point(53)
def test_half_the_files_gone_is_no_reason_to_stay(debs: Packages, rpms: Packages) -> None:
    """Both packages go where somebody has deleted the program that undoes."""
    ended = on_machine(
        """
        dpkg -i "$1" >&2
        rm -r /opt/autossl-doctor/release/uninstall.sh /opt/autossl-doctor/release/wheelhouse
        dpkg -P autossl-doctor >&2
        rpm -i "$2" "$3"
        rm -r /opt/autossl-doctor/release
        rpm -e autossl-doctor
        test ! -e /opt/autossl-doctor
        """,
        *debs("1.9.0"),
        *rpms("1.9.0"),
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("/opt/autossl-doctor/release/uninstall.sh is gone") == 2


@pytest.mark.parametrize(
    ("there", "enough"),
    [
        pytest.param("python3.11", True, id="EL 8 and 9 with 3.11"),
        pytest.param("python3 = 3.12.9", True, id="EL 10"),
        pytest.param("python3 = 3.9.18", False, id="EL 9 with its own only"),
        pytest.param("python3 = 3.14.0", False, id="newer than the wheels"),
    ],
)
def test_rpm_asks_for_a_python_that_fits_the_wheels(tmp_path: Path, there: str, *, enough: bool) -> None:
    """The dependency is met by 3.11, 3.12 and 3.13 under any of their names, and by no other."""
    server = provider(tmp_path, "/bin/sh", "coreutils", "util-linux", there)
    ended = on_machine('rpm -i "$1"; rpm -i --test "$2"', server, small_rpm("1.9.0", tmp_path))
    assert (ended.returncode == 0) is enough, ended.stderr
    assert ("is needed by autossl-doctor" in ended.stderr) is not enough


@pytest.mark.parametrize(
    ("there", "enough"),
    [
        pytest.param("python3.11-venv 3.11.2-6", True, id="Debian 12"),
        pytest.param("python3.12-venv 3.12.3-1ubuntu0.5", True, id="Ubuntu 24.04"),
        pytest.param("python3.11-venv 3.11.0~rc1-1~22.04", False, id="Ubuntu 22.04: a pre-release"),
        pytest.param("python3.10-venv 3.10.12-1", False, id="Ubuntu 22.04: too old"),
    ],
)
def test_dpkg_asks_for_a_python_that_fits_the_wheels(debs: Packages, there: str, *, enough: bool) -> None:
    """The dependency is met by final releases of 3.11, 3.12 and 3.13 with venv."""
    name, version = there.split()
    ended = on_machine(
        f"""
        sed -i 's/^Package: python3.12-venv$/Package: {name}/; 0,/9.9/s//{version}/' /var/lib/dpkg/status
        dpkg -i "$1" >&2
        """,
        *debs("1.9.0"),
    )
    assert (ended.returncode == 0) is enough, ended.stderr
    assert ("dependency problems" in ended.stderr) is not enough
