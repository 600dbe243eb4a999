"""Taking a message out of its dress: markup, colours, exception ids and source positions of old versions."""

from __future__ import annotations

import re

_ABBREVIATION = re.compile(r'<abbr title="([^"<>]{1,80})">([^<>]{1,40})</abbr>')
_LINK = re.compile(r'<a href="([^"<>]{1,2000})"[^<>]{0,200}>[^<>]{0,2000}</a>')
_COLOUR = re.compile(r"\x1b\[[0-9;]{0,12}m")
_EXCEPTION_ID = re.compile(r"\(XID [0-9a-z]{6}\) ")
_POSITION = re.compile(r"(?<!\s)\s+at \S{1,300} line \d{1,9}\.?\s*\Z")
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})


def plain(text: str) -> str:
    """Give the message as the newest versions would write it; unchanged where it already is."""
    text = _COLOUR.sub("", text).translate(_SPACES)
    if "<a" in text:
        text = _LINK.sub(r"\1", _ABBREVIATION.sub(r"\2 (\1)", text))
    text = without_exception_id(text)
    return _POSITION.sub("", text).strip()


def without_exception_id(text: str) -> str:
    """Take away the six-character exception id in front of a text."""
    return _EXCEPTION_ID.sub("", text, count=1) if text.startswith("(XID ") else text
