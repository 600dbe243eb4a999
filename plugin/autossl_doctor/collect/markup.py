"""The source of a page, or an answer in XML, as the lines that a browser shows.

Only a text that begins with markup is taken for one. In it, signs that a website wrote stand as entities, so that tags
are the page's own; they go before entities are read.
"""

from __future__ import annotations

import re

from autossl_doctor.collect.signatures.wording import explained, unescaped

_TOKEN = re.compile(
    r"<!--|-->|<!\[CDATA\[|\]\]>|<[!?][A-Za-z][^<>]{0,2000}>|<(?P<ends>/?)(?P<name>[A-Za-z][\w:-]{0,40})[^<>]{0,2000}>"
)
_UNSEEN = ("script", "style")
_CELLS = ("td", "th")
_IN_LINE = frozenset(("a", "abbr", "acronym", "b", "code", "em", "font", "i", "kbd", "mark", "samp", "small", "span"))
_IN_LINE |= {"strong", "tt", "u"}
_COMMENT, _COMMENT_ENDS = "<!--", "-->"
_SILENT = (_COMMENT_ENDS, "<![CDATA[", "]]>")


def shown(text: str) -> str:
    """Give the text without its markup: cells of a row parted by tabs, everything else line by line."""
    if text.lstrip()[:1] != "<" or "</" not in text:
        return text
    text = explained(text)
    pieces: list[str] = []
    position, hidden = 0, ""
    for token in _TOKEN.finditer(text):
        word, name, ends = token.group(), (token["name"] or "").lower(), bool(token["ends"])
        if hidden:
            hidden = "" if word == hidden or (ends and name == hidden) else hidden
        else:
            pieces.append(text[position : token.start()])
            if word == _COMMENT or (name in _UNSEEN and not ends):
                hidden = name or _COMMENT_ENDS
            elif name in _CELLS:
                _part_cells(pieces, ends=ends)
            elif name not in _IN_LINE and word not in _SILENT:
                pieces.append("\n")
        position = token.end()
    pieces.append("" if hidden else text[position:])
    return unescaped("".join(pieces))


def _part_cells(pieces: list[str], *, ends: bool) -> None:
    """Put a tab behind a cell; how the source is broken into lines between two cells means nothing."""
    if ends:
        pieces.append("\t")
    elif not pieces[-1].strip():
        pieces.pop()
