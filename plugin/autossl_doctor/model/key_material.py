"""What may be a piece of a private key is not quoted, wherever it was put by mistake: in a log, or in the cron file."""

from __future__ import annotations

import re

_KEY = re.compile(r"PRIVATE[ -]KEY")
_CODED = re.compile(r"(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[A-Za-z0-9+/]{16,}={0,2}")
NOT_SHOWN = "(not shown: it may be a piece of a private key)"


def without_key(line: str) -> str:
    """Give a line that nobody understands as it may be shown; AutoSSL writes none that is only a code."""
    return NOT_SHOWN if _KEY.search(line) or _CODED.fullmatch(line.strip()) else line
