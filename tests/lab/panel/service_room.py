"""Who a service is, and the directories that it finds: what the service manager settles before it starts one."""

import grp
import os
import pwd
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.lab.cpsrvd.identity import can_switch
from tests.lab.panel.people import DYNAMIC_UID
from tests.lab.panel.unit_file import Unit

BASES = {"RuntimeDirectory": "/run", "StateDirectory": "/var/lib", "CacheDirectory": "/var/cache"}
_KEEP = {"yes", "restart", "true", "1", "on"}


@dataclass(frozen=True)
class Identity:
    """The user of a service."""

    uid: int
    gid: int
    name: str
    home: str


ROOT = Identity(0, 0, "root", "/root")


def identity_of(unit: Unit) -> Identity:
    """The unit's user, or a user number of its own where it asks for one; without root the one that is mapped."""
    if not can_switch():
        return ROOT
    if unit.yes("DynamicUser"):
        return Identity(DYNAMIC_UID, DYNAMIC_UID, unit.name.rpartition(".")[0], "/")
    user = unit.last("User")
    if user in {"", "root", "0"}:
        return ROOT
    entry = pwd.getpwnam(user)
    group = unit.last("Group")
    return Identity(entry.pw_uid, grp.getgrnam(group).gr_gid if group else entry.pw_gid, user, entry.pw_dir)


def directories_of(unit: Unit) -> Iterator[tuple[str, Path]]:
    """The directories that the unit asks for, each with the directive that does."""
    for directive, base in BASES.items():
        for name in " ".join(unit.all(directive)).split():
            yield directive, Path(base, name)


def make_directories(unit: Unit) -> None:
    """Make what the unit asks for, with its mode, for its user."""
    who = identity_of(unit)
    for directive, path in directories_of(unit):
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(unit.mode(f"{directive}Mode", 0o755))
        os.chown(path, who.uid, who.gid)


def remove_runtime_directories(unit: Unit) -> None:
    """Runtime directories go when their service ends, with all that is in them, unless the unit keeps them."""
    if unit.last("RuntimeDirectoryPreserve") in _KEEP:
        return
    for directive, path in directories_of(unit):
        if directive == "RuntimeDirectory":
            shutil.rmtree(path, ignore_errors=True)
