"""Taking a message out of its dress: markup, colours, exception ids and source positions of old versions."""

from __future__ import annotations

import re

_ABBREVIATION = re.compile(r'<(abbr|acronym) title=(["\'])([^"\'<>]{1,80})\2[^<>]{0,80}>([^<>]{1,40})</\1>')
_LINK = re.compile(r'<a [^<>]{0,200}?href=(["\'])([^"\'<>]{1,2000})\1[^<>]{0,200}>[^<>]{0,2000}</a>')
_EMPHASIS = re.compile(r"</?(?:strong|em|b|i|code|tt|span|br)(?: [^<>]{0,80})? ?/?>")
_ENTITY = re.compile(
    r"&(?:quot|apos|amp|lt|gt|nbsp|ldquo|rdquo|lsquo|rsquo|hellip|#0?39|#34|#160|#8220|#8221|#8217|#8230);"
)
_ENTITIES = {
    "quot": '"',
    "#34": '"',
    "apos": "'",
    "#39": "'",
    "#039": "'",
    "amp": "&",
    "lt": "<",
    "gt": ">",
    "nbsp": " ",
    "#160": " ",
    "ldquo": "“",
    "#8220": "“",
    "rdquo": "”",
    "#8221": "”",
    "lsquo": "‘",
    "rsquo": "’",
    "#8217": "’",
    "hellip": "…",
    "#8230": "…",
}
# The escape sign itself, as a terminal shows it, or as programs write it.
_COLOUR = re.compile(r"(?:\x1b|\u241b|\^\[|\\e|\\033|\\x1b)\[[0-9;?]{0,12}[mKGHJ]")
_EXCEPTION_ID = re.compile(r"\(XID [0-9a-zA-Z]{6}\) ")
_POSITION = re.compile(
    r"(?<!\s)\s+at \S{1,300} line \d{1,9}(?:, <[^<>\s]{1,40}> (?:line|chunk) \d{1,9})?\.?\s*\Z",
)
_TRACE = re.compile(r"\n\s[^\n]{0,2000} called at \S{1,300} line \d{1,9}.*\Z", re.DOTALL)
_FULL_NAME = re.compile(
    r" \((?:Domain Control Validation|Hypertext Transfer Protocol|Domain Name System|Internet Protocol"
    r"|Secure Sockets Layer|Transport Layer Security|Network Address Translation|Online Certificate Status Protocol)\)"
)
# Marks without a width: those that only steer the direction of the text, and what editors leave behind.
_UNSEEN = (0xFEFF, 0x200B, 0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SPACES = str.maketrans(
    dict.fromkeys(map(chr, (0xA0, 0x202F, 0x2009, 0x2007)), " ") | dict.fromkeys(map(chr, _UNSEEN), None)
)


def plain(text: str) -> str:
    """Give the message as the newest versions would write it; unchanged where it already is."""
    if "[" in text:
        text = _COLOUR.sub("", text)
    text = text.translate(_SPACES)
    if "&" in text:
        text = _ENTITY.sub(lambda found: _ENTITIES[found.group()[1:-1]], text)
    if "<" in text:
        text = _EMPHASIS.sub("", _LINK.sub(r"\2", _ABBREVIATION.sub(r"\4 (\3)", text)))
    text = without_exception_id(text.strip())
    if " called at " in text:
        text = _TRACE.sub("", text)
    return _POSITION.sub("", text).strip()


def shortened(text: str) -> str:
    """Give the message without the full names behind abbreviations: old versions explain others than new ones do."""
    return _FULL_NAME.sub("", text)


def without_exception_id(text: str) -> str:
    """Take away the six-character exception id in front of a text."""
    return _EXCEPTION_ID.sub("", text, count=1) if text.startswith("(XID ") else text
