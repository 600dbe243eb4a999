"""Breaking text into lines of a terminal: by words in English, between any two signs in Japanese.

Widths are those of the terminal (a Japanese sign takes two columns); a line never begins with a closing sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len

from autossl_doctor.present.harmless import harmless

WIDTH = 80
_NOT_FIRST = "、。，．・：；？！）」』】〉》’”)]},.:;?!ー々っゃゅょァィゥェォッャュョ"
_NOT_LAST = "「『（【〈《“‘(["
_PIECES = re.compile(r"\s+|[^\s\u2e80-\uffef]+|[\u2e80-\uffef]")


def wrap(text: str, indent: int = 0, hanging: int | None = None, width: int = WIDTH) -> Iterator[str]:
    """Give the lines of a text; `indent` columns before the first line, `hanging` before the others."""
    following = indent if hanging is None else hanging
    line, used, first = "", 0, True
    for piece in _pieces(harmless(text).strip(), width - max(indent, following)):
        size = cell_len(piece)
        room = width - (indent if first else following)
        if used + size > room and line.strip():
            yield " " * (indent if first else following) + line.rstrip()
            line, used, first = "", 0, False
        if piece.isspace() and not line:
            continue
        line += " " if piece.isspace() else piece
        used += 1 if piece.isspace() else size
    if line.strip():
        yield " " * (indent if first else following) + line.rstrip()


def _pieces(text: str, room: int) -> Iterator[str]:
    """Give the parts between which a line may be broken; a part that is wider than a line is cut."""
    pieces: list[str] = []
    for piece in _PIECES.findall(text):
        closes = all(sign in _NOT_FIRST for sign in piece)
        if pieces and not piece.isspace() and not pieces[-1].isspace() and (closes or pieces[-1][-1] in _NOT_LAST):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    for piece in pieces:
        if cell_len(piece) <= room:
            yield piece
            continue
        part = ""
        for sign in piece:
            if cell_len(part + sign) > room:
                # A closing sign takes the sign before it along to the next line.
                kept = 1 if sign in _NOT_FIRST and len(part) > 1 else 0
                yield part[: len(part) - kept]
                part = part[len(part) - kept :]
            part += sign
        yield part
