"""Taking a message out of its dress: markup, colours, exception ids and source positions of old versions."""

from __future__ import annotations

import html
import re

_ABBREVIATION = re.compile(r'<(abbr|acronym) title=(["\'])([^"\'<>]{1,80})\2[^<>]{0,80}>([^<>]{1,40})</\1>')
_LINK = re.compile(r'<a [^<>]{0,200}?href=(["\'])([^"\'<>]{1,2000})\1[^<>]{0,200}>[^<>]{0,2000}</a>')
_EMPHASIS = re.compile(r"</?(?:strong|em|b|i|code|tt|span|br)(?: [^<>]{0,80})? ?/?>")
# As a page's source writes signs: by name, or by number. Without its semicolon it may be a part of an address.
_ENTITY = re.compile(r"&(?:#\d{2,5}|#[xX][0-9A-Fa-f]{2,4}|[A-Za-z]{2,8});")
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
_BLANKS = re.compile(" {2,}")
_FOREIGN = re.compile(r"„([^“”„\n]{1,4096})[“”]|[«‹][ ]?([^«»‹›\n]{1,4096}?)[ ]?[»›]|\\\"([^\"\n]{1,4096}?)\\\"")


def plain(text: str) -> str:
    """Give the message as the newest versions would write it; unchanged where it already is."""
    if "[" in text:
        text = _COLOUR.sub("", text)
    text = unescaped(text).translate(_SPACES)
    if "  " in text:
        text = _BLANKS.sub(" ", text)
    if "<" in text:
        text = _EMPHASIS.sub("", explained(text))
    text = without_exception_id(text.strip())
    if " called at " in text:
        text = _TRACE.sub("", text)
    return _POSITION.sub("", text).strip()


def unescaped(text: str) -> str:
    """Give the signs that the source of a page writes as entities; those that steer stay as they are written."""
    return _ENTITY.sub(_sign, text) if "&" in text else text


def _sign(entity: re.Match[str]) -> str:
    sign = html.unescape(entity.group())
    return sign if sign >= " " else entity.group()


def explained(text: str) -> str:
    """Give links as their addresses, and abbreviations with what they stand for, in brackets."""
    return _LINK.sub(r"\2", _ABBREVIATION.sub(r"\4 (\3)", text))


def requoted(text: str) -> str:
    """Give the message with AutoSSL's own quotation marks, where a program put those of a language or of JSON."""
    return _FOREIGN.sub(lambda found: f"“{found[1] or found[2] or found[3]}”", text)


def shortened(text: str) -> str:
    """Give the message without the full names behind abbreviations: old versions explain others than new ones do."""
    return _FULL_NAME.sub("", text)


def without_exception_id(text: str) -> str:
    """Take away the six-character exception id in front of a text."""
    return _EXCEPTION_ID.sub("", text, count=1) if text.startswith("(XID ") else text
