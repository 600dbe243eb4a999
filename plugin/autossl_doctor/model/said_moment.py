"""Points in time as AutoSSL's sentences name them: with English months, in both clocks, always UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_LONGEST = 80
_NAMED_DATES = ("%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y")
_DASHED_DATES = ("%Y-%m-%d",)
_SLASHED_DATES = ("%m/%d/%y", "%m/%d/%Y", "%Y/%m/%d")
_DOTTED_DATES = ("%d.%m.%Y", "%d.%m.%y")
_CLOCKS = ("%I:%M:%S %p", "%I:%M %p", "%H:%M:%S", "%H:%M")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?: ?[AaPp]\.?[Mm]\.?)?")
_AGO = re.compile(r"\bago\b|[(（]\s?[-−]\s?\d")
_USUAL = re.compile(r"(\d{1,2})/(\d{1,2})/(\d\d), (0?[1-9]|1[0-2]):(\d\d) ([AP])M(?: UTC)?\b(?! ?[\d/:])")
"""How AutoSSL writes nearly all dates: 12/9/26, 3:12 AM UTC. Trying the forms of dates costs fifty times as much."""
_NOON, _CENTURY = 12, 2000
_AHEAD = " from now)"
_NOISE = re.compile(r"\bat\b|\bUTC\b|,|(?<=\d)T\b|\bZ\b")


def said_moment(text: str) -> datetime | None:
    """Read a date with a time of day; None where it is written in a way that nobody here knows."""
    text = text[:_LONGEST].replace("\u202f", " ").replace("\u00a0", " ")
    usual = _USUAL.match(text)
    if usual is not None:
        return _usual_moment(*usual.groups())
    clock = _CLOCK.search(text)
    if clock is None:
        return None
    date = " ".join(_NOISE.sub(" ", f"{text[: clock.start()]} {text[clock.end() :]}").split())
    time = clock.group().upper().replace(".M.", "M").replace("A.M", "AM").replace("P.M", "PM")
    time = re.sub(r"\.\d+", "", re.sub(r"(?<=\d)(?=[AP]M)", " ", time)).rstrip(".")
    for date_form in _fitting_dates(date):
        for clock_form in _CLOCKS[:2] if time.endswith("M") else _CLOCKS[2:]:
            try:
                return datetime.strptime(f"{date} {time}", f"{date_form} {clock_form}").replace(tzinfo=UTC)
            except ValueError:
                continue
    return None


def _usual_moment(month: str, day: str, year: str, hour: str, minute: str, half: str) -> datetime | None:
    hours = int(hour) % _NOON + (_NOON if half == "P" else 0)
    try:
        return datetime(_CENTURY + int(year), int(month), int(day), hours, int(minute), tzinfo=UTC)
    except ValueError:
        return None


def _fitting_dates(date: str) -> tuple[str, ...]:
    """Give the forms that a date may have by its signs: to try all of them is slow."""
    if "/" in date:
        return _SLASHED_DATES
    if "-" in date:
        return _DASHED_DATES
    return _DOTTED_DATES if date[:1].isdigit() and "." in date[:3] else _NAMED_DATES


def is_past(said: str, at: str) -> bool:
    """Tell whether the end of a certificate, as a log says it, was past when the log said it."""
    if said.endswith(_AHEAD):
        # AutoSSL's own words, in nearly every line: to read the date as well would cost more than all the rest.
        return False
    if _AGO.search(said):
        return True
    end = said_moment(said.partition("(")[0].partition("（")[0])
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return False
    return end is not None and moment.tzinfo is not None and end < moment
