"""Reading the `txt` twin of a log: `[time]`, a tab per level (a single space at level 0), the message.

A message may hold line breaks, and a website may put lines into its quoted content that look like records. Content is
quoted with at most 128 characters; whatever stands before its last possible end belongs to that one message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from autossl_doctor.collect.languages.quoted import unclosed
from autossl_doctor.collect.runs.records import Record

_STAMPED = re.compile(r"\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)\](\t{1,8}| )(.*)", re.DOTALL)
_PREVIEW_CAP = 140
_ADDRESS = "/.well-known/"
MESSAGE_CAP = 32 * 1024
"""No message is longer; what stands behind it belongs to nothing."""
# What AutoSSL quotes of a website's answer: how the quotation begins, and how the message goes on behind it.
_QUOTATIONS = (
    (re.compile(r"content [“\"]"), re.compile(r"[”\"]\s+of\s+the\s+DCV\s")),
    (re.compile(r"exceeded the maximum length \([^()\n]{1,20}\)\. \("), re.compile(r"(?:…|\.\.\.)\)")),
)


def read_text(lines: Iterable[str]) -> Iterator[list[Record]]:
    """Give the records of a text log in one batch; the severity is unknown and given as "out"."""
    records: list[Record] = []
    for number, message in joined_content(lines):
        found = _STAMPED.fullmatch(message)
        if found:
            stamp, gap, text = found.groups()
            indent = 0 if gap == " " else len(gap)
            records.append(Record(stamp, _severity(text), indent, text, number))
        elif records and message.strip():
            previous = records[-1]
            records[-1] = Record(
                previous.timestamp,
                previous.type,
                previous.indent,
                f"{previous.contents}\n{message}",
                previous.number,
            )
    yield records


def _severity(text: str) -> str:
    """Tell by its words whether a message reports trouble; the text log does not say it."""
    lowered = text.lower()
    return "warn" if any(word in lowered for word in ("error", "fail", "cannot", "forbid", "invalid")) else "out"


def joined_content(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Put quoted content that was broken over several lines together again; give it with its first line's number."""
    waiting = [(number, line.rstrip("\r\n")) for number, line in enumerate(lines, 1)]
    index = 0
    while index < len(waiting):
        number, line = waiting[index]
        found = _quotation(line)
        if found is None:
            yield number, line
            index += 1
            continue
        begins, closing, sure = found
        last, joined, text = index, line, line
        reach = begins + _PREVIEW_CAP
        whole = not sure or closing.search(line, begins) is not None
        for following in range(index + 1, len(waiting)):
            if len(joined) > reach:
                break
            joined += "\n" + waiting[following][1]
            ends = [end.start() for end in closing.finditer(joined, begins)]
            if any(len(text) <= end <= reach for end in ends):
                last, text, whole = following, joined, True
        while not whole and len(text) <= reach and last + 1 < len(waiting) and not _STAMPED.match(waiting[last + 1][1]):
            # Its end was not copied: of lines without a time it cannot be told whether the website wrote them.
            last, text = last + 1, f"{text}\n{waiting[last + 1][1]}"
        yield number, text
        index = last + 1


def _quotation(line: str) -> tuple[int, re.Pattern[str], bool] | None:
    """Tell where a message begins to quote a website, what follows the quotation, and whether it surely is one."""
    for opening, closing in _QUOTATIONS:
        begun = opening.search(line)
        if begun is not None:
            return begun.end(), closing, True
    # In another language: what a test found stands between marks, and the address of the test before or behind it.
    open_ended = unclosed(line) if len(line) <= MESSAGE_CAP else None
    if open_ended is None:
        return None
    begins, signs = open_ended
    behind = "" if _ADDRESS in line else rf"[^\n]{{0,400}}{re.escape(_ADDRESS)}"
    return begins, re.compile(f"[{re.escape(signs)}]{behind}"), False
