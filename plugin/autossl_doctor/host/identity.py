"""Who asks, in which language."""

from __future__ import annotations

import os
from collections.abc import Mapping

LANGUAGES = ("en", "ja")


def is_root() -> bool:
    """Tell whether the caller is root."""
    return os.geteuid() == 0


def language(environment: Mapping[str, str] | None = None) -> str:
    """Choose the language of LC_ALL or LANG; English where it is none of ours."""
    values = os.environ if environment is None else environment
    wanted = values.get("LC_ALL") or values.get("LC_MESSAGES") or values.get("LANG") or ""
    return next((known for known in LANGUAGES if wanted.lower().startswith(known)), "en")


def wants_no_color() -> bool:
    """Tell whether the person asked for plain output (https://no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))
