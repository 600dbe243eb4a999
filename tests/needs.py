"""What a system test may need beyond Python, and how to see whether this machine has it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache, partial
from importlib import util
from pathlib import Path

from tests.lab.panel import namespace

ORDINARY_USER = "nobody"
PRIVATE_MOUNTS = ["unshare", "--mount", *([] if os.getuid() == 0 else ["--map-root-user"])]


def _answers(*command: str, user: str | None = None) -> bool:
    """Whether the command ends well; a command that does not exist does not."""
    try:
        ended = subprocess.run(command, user=user, capture_output=True, check=False, timeout=120, cwd="/")
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0


def _package_index() -> bool:
    """Whether pip can fetch a small package."""
    with tempfile.TemporaryDirectory() as directory:
        pip = [sys.executable, "-m", "pip", "--retries", "0", "--timeout", "20", "--quiet"]
        return _answers(*pip, "download", "--no-deps", "--dest", directory, "iniconfig")


def _ordinary_user() -> bool:
    """Whether tests run as somebody who is not root, or root can become somebody who finds git and Python."""
    if os.getuid() != 0:
        return True
    return _answers("sh", "-c", "git --version && python3 -c 'import ensurepip, venv'", user=ORDINARY_USER)


def _mount_namespace() -> bool:
    """Whether a process may mount something that only it sees."""
    return _answers(*PRIVATE_MOUNTS, "mount", "-t", "tmpfs", "none", "/usr/local")


def _network_namespace() -> bool:
    """Whether a process may have addresses of its own, which only it sees."""
    return _answers("unshare", "--net", "--map-root-user", "ip", "link", "set", "lo", "up")


def _namespaces() -> bool:
    """Whether a process may have mounts and a network that only it sees, as the lab's panel needs them."""
    return namespace.forbidden() is None


def _root_with_users() -> bool:
    """Whether tests may become any user, and may lose some of root's rights."""
    become = ["setpriv", "--reuid=2001", "--regid=2001", "--clear-groups"]
    return os.getuid() == 0 and _answers(*become, sys.executable, "-c", "import autossl_doctor, yaml")


def _layers() -> bool:
    """Whether root may lay an overlay file system over the machine's own directories, as a host before installation."""
    layers = "mount -t tmpfs none /mnt && mkdir /mnt/a /mnt/b && mount -t overlay none -o {} /etc".format(
        "lowerdir=/etc,upperdir=/mnt/a,workdir=/mnt/b"
    )
    return os.getuid() == 0 and _namespaces() and _answers("unshare", "--mount", "sh", "-c", layers)


def _systemd_analyze() -> bool:
    """Whether systemd's own judge of units is here, in a version that judges files."""
    return _answers("systemd-analyze", "security", "--help")


def _chromium() -> bool:
    """Whether Debian's Chromium is there; playwright brings no browser of its own here."""
    return _answers("/usr/bin/chromium", "--version")


def _japanese_letters() -> bool:
    """Whether a font holds Japanese letters (Debian's fonts-noto-cjk); else pictures are full of boxes."""
    return _answers("sh", "-c", "fc-list :lang=ja family | grep -q .")


def _axe_core() -> bool:
    """Whether the package that brings the accessibility checks is installed."""
    return util.find_spec("axe_playwright_python") is not None


def python(version: str) -> Path | None:
    """A Python of this version with venv: on the path, or installed beside the one that runs the tests."""
    beside = sorted(Path(sys.base_prefix).parent.glob(f"{version}.*/bin/python{version}"))
    for candidate in (shutil.which(f"python{version}"), *map(str, beside)):
        if candidate and _answers(candidate, "-c", "import ensurepip, venv"):
            return Path(candidate)
    return None


def _system_python() -> bool:
    """Whether the system itself has a Python that servers would have, not one of a developer's."""
    new_enough = "import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 11))"
    return _answers("/usr/bin/python3", "-I", "-c", new_enough)


def _package_builders() -> bool:
    """Whether RPM and dpkg can build packages here, and install them."""
    return all(shutil.which(program) for program in ("rpm", "rpmbuild", "dpkg", "dpkg-deb"))


_CHECKS: dict[str, Callable[[], object]] = {
    "the package index": _package_index,
    "an ordinary user with git and Python": _ordinary_user,
    "mount namespaces": _mount_namespace,
    "root and other users": _root_with_users,
    "Template Toolkit": lambda: _answers("/usr/bin/perl", "-MTemplate", "-MJSON::PP", "-e", "1"),
    "systemd-analyze": _systemd_analyze,
    "mount and network namespaces": _namespaces,
    "root and layered files": _layers,
    "root": lambda: os.getuid() == 0,
    "network namespaces": _network_namespace,
    "chromium": _chromium,
    "Japanese letters": _japanese_letters,
    "axe-core": _axe_core,
    "rpmbuild and dpkg": _package_builders,
    "the system's Python 3.11 with venv": _system_python,
    **{f"Python {version}": partial(python, version) for version in ("3.11", "3.12", "3.13")},
}


@cache
def is_there(need: str) -> bool:
    """Whether this machine has what a system test names; an unknown name is an error of the test."""
    return bool(_CHECKS[need]())
