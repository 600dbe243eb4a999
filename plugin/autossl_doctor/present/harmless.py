"""Words of others lose what could steer a terminal or a page: control signs and changes of the writing direction."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """Take away what could steer a terminal or turn a line of a page around."""
    return _CONTROL.sub(" ", text)
