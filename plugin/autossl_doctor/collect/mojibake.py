"""Undoing what programs make of AutoSSL's quotation marks and signs: UTF-8 read as Windows-1252, or JSON's escapes."""

from __future__ import annotations

import re

_SIGNS = "“”‘’…™–—"
_WRONG = {
    wrong: sign
    for sign in _SIGNS
    for codec in ("latin-1", "cp1252")
    if (wrong := sign.encode().decode(codec, "replace")) != sign
}
# Windows-1252 has nothing for the last byte of a closing quotation mark: programs drop it, or put a sign in its place.
_WRONG |= {"â€\x9d": "”", "â€?": "”"}
_ANY = re.compile("|".join(re.escape(wrong) for wrong in sorted(_WRONG, key=len, reverse=True)) + r"|â€(?![\w“])")
_OFTEN = ("â€", "â\x80")
# As programs write them outside of a document that would be read as JSON.
_ESCAPED = re.compile(r"(?<!\\)\\u(20(?:1[3489cCdD]|26)|2122)")


def undone(text: str) -> str:
    """Give the text with AutoSSL's own signs put right; most texts need nothing and cost nothing."""
    if "\\u2" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if not any(sign in text for sign in _OFTEN):
        return text
    return _ANY.sub(lambda found: _WRONG.get(found.group(), "”"), text)
