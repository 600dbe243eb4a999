"""The time zone of this machine by its name, read from the link that names it."""

from __future__ import annotations

import os

LINK = "/etc/localtime"
_MARK = "/zoneinfo/"


def local_zone() -> str:
    """Give the zone's name, such as `Asia/Tokyo`; UTC where the machine does not say."""
    try:
        name = os.readlink(LINK).rpartition(_MARK)[2]  # noqa: PTH115 - a page does not pay for pathlib
    except OSError:
        return "UTC"
    return name if name.replace("/", "").replace("_", "").replace("-", "").replace("+", "").isalnum() else "UTC"
