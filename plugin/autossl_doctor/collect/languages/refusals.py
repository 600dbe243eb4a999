"""What a CA answered, in a message of any language: the status, the ACME error name, and its own words behind them.

The CA's words stand in brackets. They may repeat what a website sent; AutoSSL's own words stand around them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from autossl_doctor.collect.languages.answers import DCV_URL
from autossl_doctor.collect.languages.quoted import Parted, part, without_urls

_ACME = re.compile(r"(?<![0-9A-Za-z])\d{3} urn:ietf:params:acme:error:[A-Za-z]{2,40}(?![0-9A-Za-z])")
_ASCII = re.compile(r"[\x20-\x7e]*")
_EXCEPTION = re.compile(r"\A\(XID [0-9a-zA-Z]{6}\) ")
_LONGEST_LABEL = 60
_LONGEST_BEGINNING = 80


class Refusal(NamedTuple):
    """The words before a CA's answer, the answer itself, and the CA's address where the message names it."""

    before: str
    error: str
    url: str

    def is_begun_plainly(self) -> bool:
        """Tell whether only a few plain words stand before it."""
        return len(self.before) <= _LONGEST_BEGINNING and not re.search(r"[(（\[［“”„\"「」『』«»/<>]", self.before)


def refusal(text: str) -> Refusal | None:
    """Find the answer of a CA; None where a website may have written it."""
    found = _ACME.search(text)
    if found is None:
        return None
    before, error = _EXCEPTION.sub("", text[: found.start()]), found.group()
    end = _end_of_brackets(text, found.end())
    if end is None:
        return None
    if end == found.end():
        # Its words stand behind it without brackets.
        tail = _ASCII.match(text, end)
        end = tail.end() if tail else end
    error = text[found.start() : end].strip()
    begun, ended = part(before), part(text[end:])
    if begun is None or ended is None or ended.parts or text[end : end + 4].strip().startswith(("…", "...")):
        return None
    if DCV_URL.search(before) or DCV_URL.search(text, end) or "http://" in before or "http://" in text[end:]:
        # The message is about the address of a test, and quotes what was found there.
        return None
    return Refusal(before, error, _address(begun)) if _is_quiet(begun) else None


def _is_quiet(begun: Parted) -> bool:
    """Tell whether the words before quote nothing but names of a CA or website and addresses."""
    return all(
        each.kind in ("url", "name")
        or (each.kind == "other" and 0 < len(each.text) <= _LONGEST_LABEL and not re.search(r"[<>:=/]", each.text))
        for each in begun.parts
    )


def _address(begun: Parted) -> str:
    urls = begun.urls() or without_urls(begun.outside)[1]
    return urls[0].rstrip(".)）") if urls else ""


def _end_of_brackets(text: str, place: int) -> int | None:
    """Give the place behind the brackets that follow; None where one of them is never closed."""
    while (opened := text.find("(", place, place + 2)) >= 0 and not text[place:opened].strip():
        depth = 0
        for number in range(opened, len(text)):
            depth += (text[number] == "(") - (text[number] == ")")
            if depth == 0:
                place = number + 1
                break
        else:
            return None
    return place
