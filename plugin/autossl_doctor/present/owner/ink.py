"""How arguments look on the page: a moment becomes <time>, a domain <bdi> with its stored form in the tooltip.

Sentences are written as plain text. What a sentence shows stands in it between two signs of Unicode's private use area
(`MARKS`); only when the sentence is whole is it taken apart again, and every piece that is not ours is escaped. Should
somebody else's words hold the same signs, they still become nothing but escaped text.
"""

from __future__ import annotations

from datetime import UTC, datetime

from markupsafe import Markup, escape

from autossl_doctor.explain.values import moment, names, readable_domain, show
from autossl_doctor.explain.words import MARKS
from autossl_doctor.model.finding import Argument
from autossl_doctor.present.harmless import harmless

OPEN, CLOSE = MARKS[0], MARKS[1]
_WITHOUT_MARKS = {ord(mark): " " for mark in MARKS}
SHORT = 24
"""A name of so many signs fits into one line of a narrow screen."""
_FOREIGN = ("domain", "ip", "quote", "text", "url")


class Ink:
    """Shows arguments as parts of a page in one language and one time zone, and turns whole sentences into HTML."""

    def __init__(self, language: str, zone: str) -> None:
        self._language = language
        self._zone = zone
        self._dressed: dict[str, Markup] = {}
        self._moments: dict[datetime, str] = {}

    def show(self, value: Argument, kind: str, language: str, zone: str) -> str:
        """Show one argument of a sentence; takes the place of `explain.values.show`."""
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, tuple):
            return names(value, language, self.domain)
        if kind == "domain":
            return self.domain(str(value))
        shown = show(clean(value) if isinstance(value, str) else value, kind, language, zone)
        return self._isolated(shown) if kind in _FOREIGN else shown

    def moment(self, at: datetime) -> str:
        """Show a point in time in the server's zone; a script finds in it what the visitor's own clock needs."""
        marked = self._moments.get(at)
        if marked is None:
            shown = moment(at, self._language, self._zone)
            stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            marked = self._mark(shown, Markup('<time datetime="%s">%s</time>') % (stamp, self._parts(shown)))
            self._moments[at] = marked
        return marked

    def _parts(self, shown: str) -> Markup:
        """Part a Japanese date from its time: a line may end between them, and nowhere else."""
        day, space, time = shown.partition(" ")
        if self._language != "ja" or not space:
            return escape(shown)
        return Markup("<span>%s</span> <span>%s</span>") % (day, time)

    def domain(self, name: str) -> str:
        """Show a domain name; one that is written in Japanese carries its stored form as a tooltip."""
        stored = clean(name)
        shown = readable_domain(stored)
        tooltip = Markup(' title="%s"') % stored if shown != stored else ""
        short = " asd-short" if len(shown) <= SHORT else ""
        return self._mark(shown, Markup('<bdi class="asd-name%s"%s>%s</bdi>') % (short, tooltip, shown))

    def markup(self, sentence: str) -> Markup:
        """Turn a whole sentence into HTML."""
        if OPEN not in sentence:
            return escape(sentence)
        plain, *marked = sentence.split(OPEN)
        pieces: list[str] = [escape(plain)]
        for part in marked:
            shown, _, after = part.partition(CLOSE)
            pieces += (self._dressed.get(shown) or escape(shown), escape(after))
        return Markup("".join(pieces))  # noqa: S704 - every piece is ours or has been escaped

    def _isolated(self, shown: str) -> str:
        self._dressed.setdefault(shown, Markup("<bdi>%s</bdi>") % shown)
        return f"{OPEN}{shown}{CLOSE}"

    def _mark(self, shown: str, dressed: Markup) -> str:
        self._dressed[shown] = dressed
        return f"{OPEN}{shown}{CLOSE}"


def clean(text: str) -> str:
    """Make somebody's words safe to stand in a sentence: no signs that steer, and none of our own marks."""
    return " ".join(harmless(text).translate(_WITHOUT_MARKS).split())
