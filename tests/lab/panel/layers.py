"""Lays a tree over the machine's own directories so that everything may be changed and nothing of it stays.

Each of the directories becomes an overlay file system: the tree on top of the machine's files, and above both a layer
in memory that takes every change. Needs root, for others could not change what belongs to root.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from tests.lab.panel.asking import PLACE
from tests.lab.panel.mounts import mount

LAYERED = ("etc", "home", "opt", "root", "srv", "usr", "var")
"""Everything that an installer may write to; the machine's own /tmp stays as it is, and /run is new."""
CHANGES = PLACE / "changes"
"""Inside, for root only: what differs from the tree and the machine, by directory."""
HIDDEN = PLACE / "hidden"
"""Inside: what the machine has and the host has not, one path a line."""
_A_PANEL = ("/usr/local/cpanel", "/var/cpanel")
_NOT_THE_HOSTS = ("/opt/autossl-doctor", "/var/lib/autossl-doctor")
"""What the machine may have from a developer's trials, and the host has not."""


def lay_over(tree: Path, hidden: Iterable[str]) -> None:
    """Lay the tree over the real root; `hidden` are files of the machine that are not to be seen."""
    for path in _A_PANEL:
        if Path(path).exists():
            raise FileExistsError(f"{path} exists: a host before an installation cannot be imitated on this machine")
    mount("tmpfs", Path("/run"), "tmpfs", 0, "mode=755")
    PLACE.mkdir(mode=0o700)
    CHANGES.mkdir(mode=0o700)
    gone = [path for path in map(Path, (*hidden, *_NOT_THE_HOSTS)) if path.exists()]
    HIDDEN.write_text("".join(f"{path}\n" for path in gone), encoding="utf-8")
    for name in LAYERED:
        real, top = Path("/", name), tree / name
        if not real.is_dir():
            # Some small systems have no /srv.
            continue
        upper, work = CHANGES / name, CHANGES / f"{name}.work"
        top.mkdir(exist_ok=True)
        _make_like(real, upper)
        work.mkdir()
        for missing in gone:
            if missing.is_relative_to(real):
                _hide(missing)
        mount("overlay", real, "overlay", 0, f"lowerdir={top}:{real},upperdir={upper},workdir={work}")
    for name in ("lock", "systemd/system"):
        Path("/run", name).mkdir(parents=True)


def _hide(path: Path) -> None:
    """Put the mark of a removed file into the layer of changes: nobody has to remove what others may be writing to."""
    for parent in reversed(path.parents[:-2]):
        if not _changed(parent).exists():
            _make_like(parent, _changed(parent))
    os.mknod(_changed(path), stat.S_IFCHR, os.makedev(0, 0))


def _changed(path: Path) -> Path:
    return CHANGES / path.relative_to("/")


def _make_like(real: Path, made: Path) -> None:
    """The uppermost directory gives the mode of the whole; it is the machine's."""
    facts = real.stat()
    made.mkdir()
    made.chmod(facts.st_mode & 0o7777)
    os.chown(made, facts.st_uid, facts.st_gid)
