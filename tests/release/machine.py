"""A machine of its own for installing packages, in a few directories that start out bare, and without a network."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.lab.panel import namespace
from tools.release import packages

_SET_UP = r"""
set -eu
umask 022
mount -t tmpfs none /opt
mount -t tmpfs none /usr/local
mount -t tmpfs none /var/lib
mount -t tmpfs none /var/log
mkdir -p /usr/local/cpanel /var/lib/dpkg/info /var/lib/dpkg/updates /var/lib/rpm
echo 11.132.0.5 >/usr/local/cpanel/version
touch /var/lib/dpkg/available
for package in python3.12-venv coreutils util-linux base-files; do
    printf 'Package: %s\nStatus: install ok installed\nVersion: 9.9\n' "$package"
    printf 'Architecture: amd64\nMaintainer: x\nDescription: x\n\n'
    printf '/.\n/opt\n' >"/var/lib/dpkg/info/$package.list"
done >/var/lib/dpkg/status
dpkg() { command dpkg --log=/dev/null "$@"; }
rpm() { command rpm --dbpath /var/lib/rpm "$@"; }
rpm --initdb
"""
"""dpkg's database knows what the deb depends on; to RPM's a package is added that provides it (see `provider`)."""

_RECORDER = '#!/bin/sh\necho "${0##*/} $* of $(cat "$(dirname "$0")/VERSION")" >>/var/lib/record\n'


def on_machine(steps: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    """Run steps in plain sh as root of a fresh machine; what the recorders wrote is in /var/lib/record there."""
    return subprocess.run(
        [*namespace.entering(), "sh", "-c", _SET_UP + steps, "sh", *map(str, arguments)],
        cwd="/",
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/"},
    )


def small_tree(version: str, directory: Path) -> Path:
    """A bundle's directory of which both programs only write down that they were called, and data lie about."""
    tree = directory / version
    (tree / "wheelhouse").mkdir(parents=True)
    (tree / "VERSION").write_text(f"{version}\n", "utf-8")
    (tree / "wheelhouse" / f"own-{version}.whl").touch()
    (tree / "install.sh").write_text(_RECORDER + "mkdir -p /var/lib/autossl-doctor /var/log/autossl-doctor\n", "utf-8")
    (tree / "uninstall.sh").write_text(_RECORDER, "utf-8")
    for name in ("install.sh", "uninstall.sh"):
        (tree / name).chmod(0o755)
    return tree


def _about(version: str) -> packages.About:
    return packages.About(version, "A small package", "It is for tests.", 1_790_000_000)


def small_rpm(version: str, directory: Path) -> Path:
    """An RPM of a small tree."""
    work = directory / f"rpm-{version}"
    work.mkdir()
    return packages.build_rpm(small_tree(version, work), _about(version), work)


def small_deb(version: str, directory: Path) -> Path:
    """A deb of a small tree."""
    work = directory / f"deb-{version}"
    work.mkdir()
    return packages.build_deb(small_tree(version, work), _about(version), work)


def provider(directory: Path, *provides: str) -> Path:
    """An RPM without files that provides what a server's own packages would."""
    lines = [f"Provides: {name}" for name in provides]
    head = ["Name: server", "Version: 1", "Release: 1", "Summary: x", "License: x", "BuildArch: noarch", *lines]
    spec = directory / "server.spec"
    spec.write_text("\n".join([*head, "%description", "x", "%files", ""]), "utf-8")
    build = ["rpmbuild", "-bb", "--quiet", f"--define=_topdir {directory}", str(spec)]
    subprocess.run(build, cwd=directory, check=True, capture_output=True, timeout=60)
    [package] = (directory / "RPMS").rglob("server-*.rpm")
    return package
