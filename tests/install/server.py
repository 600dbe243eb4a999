"""A stand-in server as the installation tests use it: commands, and every file of it with its mode."""

import contextlib
import hashlib
import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.lab.panel.asking import PLACE
from tests.lab.panel.before_installation import host_before_installation
from tests.lab.panel.entered import StandingPanel

COMMAND = "/usr/local/bin/autossl-doctor"
UNINSTALL = "/opt/autossl-doctor/release/uninstall.sh"
STATE, LOGS, LOCK = "/var/lib/autossl-doctor", "/var/log/autossl-doctor", "/run/autossl-doctor.lock"
THEME = "/usr/local/cpanel/base/frontend/jupiter"
_PLACES = (
    "/etc",
    "/opt",
    "/run",
    "/usr/local",
    "/usr/lib/systemd",
    "/var/cpanel",
    "/var/lib",
    "/var/log",
    "/root",
    "/home",
)
_NOISE = (str(PLACE), "/usr/local/cpanel/logs", "/var/cpanel/logs", "/run/cpsrvd-sockets")
"""What the stand-in itself writes while it stands."""
_NOT_WALKED = ("/opt/", "/var/lib/", "/root/")
"""What lies beside our own in these is large and the machine's; that nothing appears beside it is enough to see."""
_SMALL = 1_000_000

Files = dict[str, tuple[str, ...]]
"""Every file by its place."""


@contextlib.contextmanager
def server(**wanted: str) -> Iterator[StandingPanel]:
    """A server before an installation; its own directory, because accounts may not enter root's pytest."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        with host_before_installation(Path(directory), **wanted) as panel:  # type: ignore[arg-type]
            yield panel


def install(panel: StandingPanel, release: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Start install.sh of an unpacked release, as root with a careless umask."""
    return panel.run(["sh", "-c", 'umask 0; exec "$0" "$@"', str(release / "install.sh"), *options], patience=300)


def files(panel: StandingPanel) -> Files:
    """Every file by its place: kind, mode, owner, and a sum of its content (or a link's target)."""
    found: Files = {}
    for place in _PLACES:
        top = str(panel.path(place))
        for directory, names, more in os.walk(top):
            inside = place + directory.removeprefix(top)
            for name in (*names, *more):
                found[f"{inside}/{name}"] = _facts(Path(directory, name))
            names[:] = [name for name in names if _is_walked(f"{inside}/{name}")]
    return {name: facts for name, facts in found.items() if not name.startswith(_NOISE)}


def _is_walked(directory: str) -> bool:
    return directory not in _NOISE and ("autossl" in directory or not directory.startswith(_NOT_WALKED))


def _facts(path: Path) -> tuple[str, ...]:
    facts = path.lstat()
    who = f"{stat.filemode(facts.st_mode)} {facts.st_uid}:{facts.st_gid}"
    if stat.S_ISLNK(facts.st_mode):
        return who, str(path.readlink())
    if not stat.S_ISREG(facts.st_mode):
        return (who,)
    if facts.st_size > _SMALL:
        return who, f"{facts.st_size} {facts.st_mtime_ns}"
    return who, hashlib.sha256(path.read_bytes()).hexdigest()


def changed(before: Files, after: Files) -> list[str]:
    """The places that differ."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
