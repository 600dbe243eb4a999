"""Which encoding a saved file is in: AutoSSL writes UTF-8, but Windows' programs save in their own ways."""

from __future__ import annotations

import codecs

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ESCAPES = (b"\x1b$B", b"\x1b$@")
"""How Japanese begins in ISO-2022-JP, which is plain ASCII otherwise."""
_OWN_SIGNS = "“”"
_OTHERS = ("cp932", "euc_jp", "gb18030", "big5", "cp1252")
"""Encodings that have AutoSSL's quotation marks at places of their own, the narrowest first."""
_BEGINNING = 400
_MOSTLY = 4


def decoded(content: bytes) -> str:
    """Give the text of a file; what is in no known encoding is read as UTF-8, with a sign for each strange byte.

    Empty bytes are left out: between the letters of a key they would keep it from being known as one.
    """
    return _text(content).replace("\0", "")


def _text(content: bytes) -> str:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content.decode(name, "replace")
    if (wide := _wide(content[:_BEGINNING])) is not None:
        return content.decode(wide, "replace")
    if any(escape in content for escape in _ESCAPES):
        return content.decode("iso2022_jp", "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _narrow(content)


def _wide(beginning: bytes) -> str | None:
    """Tell which half of each sign is empty, where a file without a mark has two bytes for each."""
    even, odd = beginning[::2].count(0), beginning[1::2].count(0)
    if max(even, odd) * _MOSTLY < len(beginning) // 2 or even == odd:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _narrow(content: bytes) -> str:
    """Find the encoding in which AutoSSL's quotation marks appear; strange bytes may stand in what a log quotes."""
    if not any(sign.encode() in content for sign in _OWN_SIGNS):
        for name in _OTHERS:
            try:
                text = content.decode(name)
            except UnicodeDecodeError:
                continue
            if all(sign in text for sign in _OWN_SIGNS):
                return text
    return content.decode("utf-8", "replace")
