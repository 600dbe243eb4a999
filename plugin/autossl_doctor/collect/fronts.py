"""What stands in front of a message where people copy it from: quotation marks of mails, clocks, programs, levels."""

from __future__ import annotations

import re
from typing import NamedTuple

_QUOTED = re.compile(r"(?:^|(?<=\r))[ \t]*(?:>[ \t]?){1,9}", re.MULTILINE)
_ISO = r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"
_STAMP = re.compile(rf"(?:\[{_ISO}\]\s*|{_ISO}:?\s+)")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_DATE = (
    r"(?:\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:\d{4}|\d\d)|\d{4}年\d\d?月\d\d?日"
    rf"|\d\d?[ /-]{_MONTH}[ /-]\d{{4}}|{_MONTH} {{1,2}}\d\d?(?:,? \d{{4}})?)"
)
_ZONE = r"(?:Z|UTC|GMT|JST|BST|IST|CES?T|EES?T|WES?T|[ECMP][SD]T|AE[SD]T|[+-]\d\d:?\d\d)"
_TIME = (
    r"(?:午前|午後)? ?\d\d?:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?:[ \u00a0\u202f]?[AaPp]\.?[Mm]\b\.?)?"
    rf"(?:[ \u00a0\u202f]?{_ZONE}\b)?(?: \d{{4}})?"
)
_CLOCK = re.compile(
    rf"\[?(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{{0,6}},? )?(?:{_DATE}(?:[T:]|,? (?:at )?))?{_TIME}"
    r"(?:\]?(?:[ \t\u00a0\u202f]*[|:–—-])?[ \t\u00a0\u202f]+|\])(?=\S)"
)
# A machine and its program, as the system's log has them; a sentence of AutoSSL begins with no small letter.
_SENDER = re.compile(
    r"(?:[a-z0-9][a-z0-9.-]{0,79} [A-Za-z][\w./-]{0,59}(?:\[\d{1,10}\])?"
    r"|(?:[A-Za-z0-9][\w.-]{0,79} )?[A-Za-z][\w./-]{0,59}\[\d{1,10}\]):\s+(?=\S)"
)
_PROGRAM = re.compile(r"(info|warn|die) \[[\w./-]{1,80}\] ")
_FILE = re.compile(r"(?:[\w.:+-]{0,80}/[\w./:+-]{0,300})?(?<![\w.-])(?:txt|json):(?:\d{1,7}:)?\s*(?=\S)")
_NUMBER = re.compile(r"\d{1,7}(?:[.)][ \t]+|[ \t]*\t[ \t]*|:(?=[\[{“A-Z]))(?=\S)")
_WORDS = "ERROR|FAILURE|FATAL|CRITICAL|WARNING|WARN|SUCCESS|INFO|NOTICE|OUT"
_LEVEL = re.compile(
    rf"(?:\[?({_WORDS})\]?(?:[ \t]*[:|–—-])?\s+"
    rf"|(?i:\[({_WORDS})\](?:[ \t]*[:|–—-])?\s*|(?:API )?({_WORDS})(?:[ \t]*[:|]\s+|\t\s*)(?![\"'])))(?=\S)"
)
_SEVERITIES = {
    **dict.fromkeys(("ERROR", "FAILURE", "FATAL", "CRITICAL", "DIE"), "error"),
    **dict.fromkeys(("WARN", "WARNING"), "warn"),
    "SUCCESS": "success",
}
_SPEAKER = re.compile(r"(?:<[@~&+%]?[\w.-]{1,40}>|[^\W\d_][\w.’' -]{0,39}[:：])\s*(?=\S)")
"""Who says it in a talk, or a word that announces it: nothing that could be the beginning of a quotation."""
_MOST_FRONTS = 6


class Fronted(NamedTuple):
    """A line without its front: AutoSSL's own time stamp if it had one, how severe it is, and the words.

    `begins` is True where a time or a level shows that a message begins here.
    """

    text: str
    at: str = ""
    severity: str = "out"
    begins: bool = False


def unquoted(text: str) -> str:
    """Take the marks of quoted mails away from the beginnings of lines."""
    return _QUOTED.sub("", text) if ">" in text else text


def without_front(line: str) -> Fronted:
    """Take away what stands in front of a message, in whatever order: people copy from files, pages and terminals."""
    text, at, severity, begins = line.strip(), "", "out", False
    for _ in range(_MOST_FRONTS):
        if (found := _STAMP.match(text)) is not None:
            at, begins = found[1] or found[2], True
        elif (found := _CLOCK.match(text)) is not None:
            begins = True
            sender = _SENDER.match(text, found.end())
            found = sender or found
        elif (found := _PROGRAM.match(text)) is not None:
            severity, begins = _SEVERITIES.get(found[1].upper(), severity), True
        elif (found := _LEVEL.match(text)) is not None:
            word = (found[1] or found[2] or found[3]).upper()
            severity, begins = _SEVERITIES.get(word, severity), True
        elif (found := _FILE.match(text) or _NUMBER.match(text)) is None:
            break
        text = text[found.end() :]
    return Fronted(text, at, severity, begins)


def without_speaker(text: str) -> Fronted | None:
    """Take away the name of who quotes a message, or of what it is; None where the text does not begin so."""
    found = _SPEAKER.match(text)
    return None if found is None else without_front(text[found.end() :])
