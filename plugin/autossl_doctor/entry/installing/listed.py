"""The list of what was installed, `/var/lib/autossl-doctor/installed`: plain lines that a shell can read as well.

`# autossl-doctor 0.3.0`, then `sha256 mode path` for each file. A link has `link` for its mode, and the sum is that of
its target's name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from autossl_doctor.host.replacing import replace_file

INSTALLED = "/var/lib/autossl-doctor/installed"
LINK = "link"
_HEAD = "# autossl-doctor "


class Entry(NamedTuple):
    """What a file is to be: the sum of its content, and its mode in octal digits."""

    sum: str
    mode: str


class Installed(NamedTuple):
    """What a former installation has put on the server; no version where there was none, or it did not end."""

    version: str
    entries: Mapping[str, Entry]


def sum_of(content: bytes) -> str:
    """Give the sum of a file's content."""
    return hashlib.sha256(content).hexdigest()


def read_installed(path: Path) -> Installed:
    """Read the list; an unreadable one is as good as none, for the next repair writes it anew."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return Installed("", {})
    version = lines[0].removeprefix(_HEAD) if lines and lines[0].startswith(_HEAD) else ""
    parts = [line.split(" ", 2) for line in lines[1:]]
    return Installed(version, {part[2]: Entry(part[0], part[1]) for part in parts if len(part) == len(("a", "b", "c"))})


def write_installed(path: Path, installed: Installed) -> None:
    """Write the list, whole or not at all."""
    lines = [f"{_HEAD}{installed.version}"]
    lines += [f"{entry.sum} {entry.mode} {place}" for place, entry in sorted(installed.entries.items())]
    replace_file(path, ("\n".join(lines) + "\n").encode())
