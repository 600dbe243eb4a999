"""The time zone of this machine by its name, read from the link that names it."""

from __future__ import annotations

import os

LINK = "/etc/localtime"
_MARK = "/zoneinfo/"
_SAME_AS_UTC = frozenset(("Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Universal", "Zulu"))
"""Names of the same zone, of which Ubuntu has `Etc/UTC`: known as UTC, it needs no file to be read."""


def local_zone() -> str:
    """Give the zone's name, such as `Asia/Tokyo`; UTC where the machine does not say."""
    try:
        _, mark, name = os.readlink(LINK).rpartition(_MARK)  # noqa: PTH115 - a page does not pay for pathlib
    except OSError:
        return "UTC"
    if not mark or name.startswith("/") or name in _SAME_AS_UTC:
        return "UTC"
    return name if name.replace("/", "").replace("_", "").replace("-", "").replace("+", "").isalnum() else "UTC"
