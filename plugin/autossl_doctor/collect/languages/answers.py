"""What a web server or this server's own disk answered a test, in a message of any language.

The address of the test, the HTTP status, the errors of the program that fetches and those of the system are never
translated. A website writes the phrase behind the status, the address of a redirect and the content of the page; the
content stands in quotation marks that it may close itself. So a message is read only where everything that it quotes is
an address, a name or the method, in the number and order that AutoSSL's own sentences have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from autossl_doctor.collect.addresses import place_of
from autossl_doctor.collect.languages.quoted import BLANK, Parted, Quoted, depths, part, without_urls

LONGEST = 16 * 1024
DCV_URL = re.compile(r"/\.well-known/|cpaneldcv|cpanel-dcv")
_STATUS = re.compile(r"(?<![0-9A-Za-z.,/:-])([1-5]\d\d) ?[(（]([^()（）\n]{0,80})[)）]")
_SYSTEM = re.compile(
    r"(?:Could not connect to '|Timed out while waiting for socket|SSL connection failed for |Unexpected end of stream"
    r"|Could not read from socket|Socket closed by remote server|Malformed Status-Line)[^\n]*"
)
_REPEATED = "Malformed Status-Line"
_WRITING = re.compile(
    r"\b(Permission denied|Disk quota exceeded|No space left on device|Read-only file system|Not a directory"
    r"|Operation not permitted|File exists)"
)
_NEAR = 300
_BARE_ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_BRACKET = re.compile(r"[()（）]")
_MOST_MENTIONS = 4
_REDIRECTED = 2


class _Fetch(NamedTuple):
    """A message about a fetched address: the asked one, where it led, what failed, and what follows of the address."""

    url: str
    led_to: str
    elsewhere: str


def answer(text: str) -> Iterator[str]:
    """Give what the failure of a test may be in English."""
    parted = part(text) if len(text) <= LONGEST else None
    if parted is None:
        return
    if not DCV_URL.search(text) or (not parted.urls() and not without_urls(text)[1]):
        yield from _unwritten(parted)
        return
    outside, _ = without_urls(parted.outside)
    status, system = _status(outside), _SYSTEM.search(outside)
    hit = min((each for each in (status, system) if each is not None), key=lambda each: each.start(), default=None)
    fetch = _fetch(text, parted, outside, hit, by_system=hit is not None and hit is system)
    if hit is None or fetch is None:
        return
    if hit is system:
        error = re.split(rf"[^\x20-\x7e]|{BLANK}", hit.group())[0].strip(" .")
        yield f"The system failed to fetch the DCV file at “{fetch.url}” because of an error: {error}.{fetch.elsewhere}"
        return
    said = f"the following error: {hit.group(1)} ({hit.group(2).replace(BLANK, ' ')})"
    web = f"A DNS (Domain Name System) or web server misconfiguration may exist.{fetch.elsewhere}"
    query = "The system queried for a temporary file at "
    if fetch.led_to:
        redirected = f"“{fetch.led_to}”, which was redirected from “{fetch.url}”"
        yield f"{query}{redirected}. The web server responded with {said}. {web}"
    else:
        yield f"{query}“{fetch.url}”, but the web server responded with {said}. {web}"


def _unwritten(parted: Parted) -> Iterator[str]:
    """Read that a file or directory of a test could not be written: its path is all that such a message quotes."""
    if len(parted.parts) != 1 or parted.parts[0].kind != "path" or without_urls(parted.outside)[1]:
        return
    path = parted.parts[0]
    error = _WRITING.search(parted.outside, path.end, path.end + _NEAR)
    if error is not None:
        yield f"The system failed to create the directory “{path.text}” because of an error: {error.group(1)}"
        yield f"The system failed to create the temporary file “{path.text}” because of an error: {error.group(1)}"


def _status(outside: str) -> re.Match[str] | None:
    """Find the first status that stands in no brackets."""
    depth = depths(outside)
    return next((found for found in _STATUS.finditer(outside) if depth[found.start()] == 0), None)


def _fetch(text: str, parted: Parted, outside: str, hit: re.Match[str] | None, *, by_system: bool) -> _Fetch | None:
    """Tell which address was asked and where it led; None where the message is of another build."""
    mentions = _mentions(text, parted)
    urls = list(dict.fromkeys(url for _, url in mentions))
    first = next((url for url in urls if DCV_URL.search(url) and url.startswith("http:")), "")
    first = first or next((url for url in urls if DCV_URL.search(url)), "")
    if hit is None or not first or mentions[-1][0] > hit.start() or len(urls) > _REDIRECTED:
        return None
    gets = [each for each in parted.parts if each.kind == "get"]
    if not by_system and (gets or len(mentions) > len(urls)):
        return None
    if len(mentions) > _MOST_MENTIONS or any(each.start > hit.start() or len(mentions) == 1 for each in gets):
        return None
    behind = "" if by_system else outside[hit.end() :]
    if _BARE_ADDRESS.search(f"{outside[: hit.start()]}{BLANK}{behind}"):
        # It may say that the name leads to another server.
        return None
    led_to = next((url for url in urls if url != first), "")
    others = [each for each in parted.parts if each.kind not in ("url", "get")]
    if not others:
        return _Fetch(first, led_to, "")
    # Behind an error that repeats what the other side sent, nothing is sure to be AutoSSL's own; and content that
    # closes its marks and quotes addresses looks like a redirect.
    if led_to or (by_system and (hit.group().startswith(_REPEATED) or len(mentions) > 1 + len(gets))):
        return None
    pair = _pair(others, hit)
    behind = outside[others[-1].end :] if others[-1].start > hit.start() else ""
    if pair is None or _BRACKET.search(behind):
        # The phrase behind a status may hold brackets of its own, and anything between them.
        return None
    name, address = pair
    said = f" The domain “{name}” resolved to an IP address “{address}” that does not exist on this server."
    return _Fetch(first, led_to, said)


def _mentions(text: str, parted: Parted) -> list[tuple[int, str]]:
    """Give every address of a page with its place, in quotation marks or without."""
    quoted = [(each.start, each.text) for each in parted.parts if each.kind == "url"]
    place = 0
    for url in without_urls(parted.outside)[1]:
        place = text.index(url, place)
        quoted.append((place, url.rstrip(".,;:)）。、")))
        place += len(url)
    return sorted(quoted)


def _pair(others: list[Quoted], hit: re.Match[str]) -> tuple[str, str] | None:
    """Give the one name and the one address that a message quotes, both on the same side of what failed."""
    kinds = {each.kind: each for each in others}
    if len(others) != len(kinds) or set(kinds) != {"name", "address"}:
        return None
    name, address = kinds["name"], kinds["address"]
    if (name.start < hit.start()) != (address.start < hit.start()) or place_of(address.text) is None:
        return None
    return name.text, address.text
