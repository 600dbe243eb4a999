"""One shape for what may be written in several: quotation marks, dots, spaces, digits; and fitting texts together.

Nothing here backtracks: what it costs grows with the length of the text and the number of parts, whatever a file says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_SHAPES = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "„": '"',
        "‟": '"',
        "’": "'",
        "‘": "'",
        "…": "...",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u3000": " ",
        # Marks that only steer the direction of the text.
        **dict.fromkeys(map(chr, (0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))), None),
    }
)
_BLANKS = re.compile(r"[ \t\r\n]+")


def canon(text: str) -> str:
    """Give the text with one kind of quotation marks, dots and spaces, and in composed letters."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text).translate(_SHAPES))


def ascii_digits(text: str) -> str:
    """Write the digits of other scripts as those that every reader of numbers knows."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text)


def fit(literals: Sequence[str], text: str, *, from_end: bool = False) -> list[str] | None:
    """Lay the fixed parts over the text and give what stands between them; None if they do not fit.

    Each inner part is taken where it stands first, or with `from_end` where it stands last.
    """
    head, tail = literals[0], literals[-1]
    if len(literals) == 1:
        return [] if text == head else None
    if len(head) + len(tail) > len(text) or not text.startswith(head) or not text.endswith(tail):
        return None
    begin, end = len(head), len(text) - len(tail)
    found: list[str] = []
    if from_end:
        for literal in reversed(literals[1:-1]):
            place = text.rfind(literal, begin, end)
            if place < 0:
                return None
            found.append(text[place + len(literal) : end])
            end = place
        found.append(text[begin:end])
        return found[::-1]
    for literal in literals[1:-1]:
        place = text.find(literal, begin, end)
        if place < 0:
            return None
        found.append(text[begin:place])
        begin = place + len(literal)
    found.append(text[begin:end])
    return found
