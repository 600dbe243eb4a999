"""What has changed on a host since it stood: every file that is new, gone or different, with its mode and owner.

assert changes(panel) == {}                        # nothing is installed
...
changes(panel)                                     # {"/etc/logrotate.d/trial": ("", "-rw-r--r-- 0:0 5feceb66..."), ...}
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.layers import CHANGES, HIDDEN, LAYERED

NOT_COMPARED = ("/var/cpanel/logs", "/usr/local/cpanel/logs", "/var/cpanel/autossl_check")
"""Where the panel itself writes all the time."""
_MARKS = ("trusted.overlay.opaque", "trusted.overlay.redirect")
"""A directory with one of these does not list all its changes in the layer that takes them."""

Changes = dict[str, tuple[str, str]]
"""For each full path its state at first and now: kind, mode, owner, group and contents; "" is none."""


def changes(panel: StandingPanel, *, without: tuple[str, ...] = NOT_COMPARED) -> Changes:
    """Compare the host with what was laid out; times do not count, nor what lies below `without`."""
    first = _first_layers(panel)
    hidden = set(panel.read(str(HIDDEN)).splitlines())
    found: Changes = {}
    for name, layers in first.items():
        for path in _touched(panel, f"/{name}", layers, without):
            there = hidden.isdisjoint({path, *map(str, Path(path).parents)})
            then, now = _at_first(layers, path) if there else "", _state(panel.path(path))
            if then != now:
                found[path] = (then, now)
    return dict(sorted(found.items()))


def _first_layers(panel: StandingPanel) -> dict[str, tuple[Path, Path]]:
    """For each layered directory what lies below the changes: the host's tree, and the machine."""
    mounts = Path(f"/proc/{panel.process}/mounts").read_text(encoding="utf-8").splitlines()
    layers = {}
    for _, place, kind, options, *_ in map(str.split, mounts):
        if kind == "overlay" and place.strip("/") in LAYERED:
            lower = next(option for option in options.split(",") if option.startswith("lowerdir="))
            tree, _, machine = lower.removeprefix("lowerdir=").partition(":")
            layers[place.strip("/")] = (Path(tree), Path(machine))
    return layers


def _touched(panel: StandingPanel, path: str, first: tuple[Path, Path], without: tuple[str, ...]) -> Iterator[str]:
    """Every path that may differ, from this one down."""
    if path.startswith(without):
        return
    yield path
    upper = panel.path(f"{CHANGES}{path}")
    names = _names(upper)
    if any(_marked(upper, mark) for mark in _MARKS) or not upper.exists():
        names |= _names(panel.path(path)) | {name for layer in first for name in _names(_within(layer, path))}
    for name in sorted(names):
        yield from _touched(panel, f"{path}/{name}", first, without)


def _names(directory: Path) -> set[str]:
    if directory.is_symlink() or not directory.is_dir():
        return set()
    return {path.name for path in directory.iterdir()}


def _marked(path: Path, mark: str) -> bool:
    try:
        return bool(os.getxattr(path, mark, follow_symlinks=False))
    except OSError:
        return False


def _within(layer: Path, path: str) -> Path:
    """A full path below the layer of its first directory."""
    return layer.joinpath(*Path(path).parts[2:])


def _at_first(layers: tuple[Path, Path], path: str) -> str:
    """The state in the host's tree, or where that has nothing, on the machine."""
    top = layers[0] if Path(path).parts[2:] else layers[1]
    return _state(_within(top, path)) or _state(_within(layers[1], path))


def _state(path: Path) -> str:
    try:
        facts = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    who = f"{stat.filemode(facts.st_mode)} {facts.st_uid}:{facts.st_gid}"
    if stat.S_ISLNK(facts.st_mode):
        return f"{who} -> {path.readlink()}"
    if not stat.S_ISREG(facts.st_mode):
        return who
    return f"{who} {hashlib.sha256(path.read_bytes()).hexdigest()}"
