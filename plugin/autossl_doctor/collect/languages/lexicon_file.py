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
MOST_READ = 20_000
"""No lexicon has so many entries that begin as ours do."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BEGINNING = re.compile(r"""(?:\? +)?(?:[>|][-+]?\s*)?["']?\s*""")
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4}))")
_GOES_ON = frozenset(("", " ", "\t", ":", "\r"))
LOOKED_AT = 72


def wanted_entries(text: str, wanted: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Give the entries whose English begins in a way that is wanted."""
    if text.lstrip("\ufeff \r\n\t-")[:1] == "{":
        yield from _pairs(text)
        return
    lines = text.split("\n")
    read = 0
    for number, line in enumerate(lines):
        # A new entry begins where a line begins without a blank.
        if line[:1] in _GOES_ON or not wanted(_beginning(lines, number)):
            continue
        read += 1
        if read > MOST_READ:
            return
        chunk = _chunk(lines, number)
        if len(chunk) <= ENTRY_CAP:
            yield from _pairs(chunk)


def _chunk(lines: list[str], number: int) -> str:
    """Give an entry: the line where it begins, and those that go on."""
    end, size = number + 1, len(lines[number])
    while end < len(lines) and lines[end][:1] in _GOES_ON and size <= ENTRY_CAP:
        size += len(lines[end]) + 1
        end += 1
    return "\n".join(lines[number:end])


def _beginning(lines: list[str], number: int) -> str:
    """Give the first letters of an entry's English, out of their quotation marks; where it is a block, of its text."""
    line = lines[number]
    start = 1 if line[0] in "\"'" else 0
    if line[0] in "?>| ":
        place = _BEGINNING.match(line, 0, 200)
        start = place.end() if place else 0
        if start >= len(line) and number + 1 < len(lines):
            line, start = lines[number + 1].lstrip(), 0
    begun = line[start : start + LOOKED_AT]
    return _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), begun) if "\\" in begun else begun


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
