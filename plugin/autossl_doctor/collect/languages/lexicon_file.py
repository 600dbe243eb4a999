"""Reading a lexicon of the panel, `/usr/local/cpanel/locale/<language>.yaml`: English message to translation.

Such a file has tens of thousands of entries, and any of them may be broken. Each entry that could be ours is therefore
read by itself: only texts count, and tags, anchors and aliases make an entry nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import yaml

FILE_CAP = 32 * 1024 * 1024
ENTRY_CAP = 16 * 1024
MOST_WANTED = 6000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BEGINNING = re.compile(r"""(?:\? +)?(?:[>|][-+]?\s*)?["']?\s*""")
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4}))")
_PAIR = 2


def wanted_entries(text: str, wanted: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Give the entries whose English begins in a way that is wanted."""
    if text.lstrip("\ufeff \r\n\t-")[:1] == "{":
        yield from _pairs(text)
        return
    taken = 0
    for chunk in _chunks(text):
        if taken >= MOST_WANTED:
            return
        if len(chunk) <= ENTRY_CAP and wanted(_beginning(chunk)):
            taken += 1
            yield from _pairs(chunk)


def _chunks(text: str) -> Iterator[str]:
    """Cut the file where a line begins without a blank: there a new entry begins."""
    begun: list[str] = []
    size = 0
    for line in text.split("\n"):
        if line[:1] not in ("", " ", "\t", ":", "\r") and begun:
            yield "\n".join(begun)
            begun, size = [], 0
        size += len(line) + 1
        if size <= ENTRY_CAP + len(line) + 1:
            begun.append(line)
    if begun:
        yield "\n".join(begun)


def _beginning(chunk: str) -> str:
    """Give the first letters of an entry's English, out of their quotation marks."""
    place = _BEGINNING.match(chunk, 0, 200)
    start = chunk[place.end() if place else 0 :][:80]
    return _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), start) if "\\" in start else start


def _pairs(chunk: str) -> Iterator[tuple[str, str]]:
    """Read a map of texts, as far as it can be read."""
    waiting: str | None = None
    depth = 0
    try:
        for event in yaml.parse(chunk, Loader=_LOADER):
            if isinstance(event, yaml.ScalarEvent) and depth == 1 and event.anchor is None and event.tag is None:
                if waiting is None:
                    waiting = event.value
                else:
                    yield waiting, event.value
                    waiting = None
            elif isinstance(event, yaml.MappingStartEvent) and depth == 0:
                depth = 1
            elif isinstance(event, yaml.NodeEvent):
                # Anything else than a map of plain texts is nothing of ours.
                return
    except (yaml.YAMLError, ValueError, RecursionError):
        return
