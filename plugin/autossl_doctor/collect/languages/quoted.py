"""What stands in quotation marks of any kind, and the text without it: a website may have written it.

Which sign opens and which one closes differs from language to language („a“, “a”, ”a“, «a», »a«); signs of one family
therefore open and close in turn. A text whose marks do not come out even is not believed at all.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

BLANK = "\x00"
"""Stands for every sign that was taken out of a text, so that what is left keeps its place."""
Kind = Literal["url", "name", "address", "path", "get", "other"]
_FAMILIES = ('“”„‟"＂', "«»", "‹›")
_CORNERS = {"「": "」", "『": "』"}
_FAMILY = {sign: family for family in _FAMILIES for sign in family}
_LABEL = r"[^\s“”\"'‘’「」『』«»()（）<>/\\,;:@：.]{1,63}"
_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.){{1,30}}{_LABEL}")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|(?=.*:.*:)[0-9A-Fa-f:]{2,39}(?:\d{1,3}(?:\.\d{1,3}){3})?")
_URL = re.compile(rf"https?://[^\s{BLANK}“”\"「」『』«»„]{{4,2048}}")


class Quoted(NamedTuple):
    """One quoted part: where its marks stand, its text, and what it is."""

    start: int
    end: int
    text: str
    kind: Kind


class Parted(NamedTuple):
    """A text with its quoted parts; `outside` is the text with blanks in their place."""

    outside: str
    parts: tuple[Quoted, ...]

    def urls(self) -> list[str]:
        """Give the quoted addresses of pages, as often as they stand."""
        return [part.text for part in self.parts if part.kind == "url"]


def part(text: str) -> Parted | None:
    """Find the quoted parts; None where the marks do not come out even."""
    parts: list[Quoted] = []
    outside: list[str] = []
    closing, begun = "", 0
    for place, sign in enumerate(text):
        if not closing:
            closing = _CORNERS.get(sign) or _FAMILY.get(sign, "")
            if closing:
                begun = place
            elif sign in "」』":
                return None
            outside.append(BLANK if closing else sign)
            continue
        outside.append(BLANK)
        if sign in closing:
            inner = text[begun + 1 : place].strip()
            parts.append(Quoted(begun, place + 1, inner, _kind(inner)))
            closing = ""
    return None if closing else Parted("".join(outside), tuple(parts))


def _kind(inner: str) -> Kind:
    if inner == "GET":
        return "get"
    if _URL.fullmatch(inner):
        return "url"
    if _ADDRESS.fullmatch(inner):
        return "address"
    if inner.startswith("/"):
        return "path"
    return "name" if _NAME.fullmatch(inner) else "other"


def unclosed(text: str) -> tuple[int, str] | None:
    """Tell where the last quotation begins that the text does not end, and the signs that would end it."""
    odd = any(sum(map(text.count, family)) % 2 for family in _FAMILIES)
    if not odd and all(text.count(opening) == text.count(closing) for opening, closing in _CORNERS.items()):
        return None
    ending, begun = "", 0
    for place, sign in enumerate(text):
        if ending:
            ending = "" if sign in ending else ending
        else:
            ending, begun = _CORNERS.get(sign) or _FAMILY.get(sign, ""), place
    return (begun + 1, ending) if ending else None


def without_urls(text: str) -> tuple[str, list[str]]:
    """Take the addresses of pages that stand without quotation marks out of a text, and give them."""
    found = [each.group() for each in _URL.finditer(text)]
    return (_URL.sub(lambda each: BLANK * len(each.group()), text), found) if found else (text, found)


def depths(text: str) -> list[int]:
    """Tell for every sign how many brackets are open before it; -1 from where one was closed that never opened."""
    found, depth = [], 0
    for sign in text:
        found.append(depth)
        if depth < 0:
            continue
        if sign in "(（":
            depth += 1
        elif sign in ")）":
            depth -= 1
    return found
