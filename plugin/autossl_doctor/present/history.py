"""What is remembered of a website, for a terminal and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from autossl_doctor.explain.interface import Interface
from autossl_doctor.explain.values import duration, moment
from autossl_doctor.explain.values import names as shown_names
from autossl_doctor.explain.words import Writer
from autossl_doctor.model import plain
from autossl_doctor.model.past import Change, Spell, Step, Trouble, Usual
from autossl_doctor.model.plain_finding import finding_from
from autossl_doctor.model.record import Record
from autossl_doctor.present.harmless import harmless
from autossl_doctor.store.memory.recalling import Past

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Event(Record):
    """Something that happened at a moment."""

    at: datetime
    text: str
    mark: str


class TimeLine:
    """Writes the lines of a time line in one language; titles come from the causes' own texts."""

    def __init__(self, words: Interface, writer: Writer, zone: str) -> None:
        self._words = words
        self._writer = writer
        self._zone = zone

    def past(self, past: Past, found: Trouble | None) -> Iterator[str]:
        """Tell of one website: how it stands, then what happened."""
        say = self._words.say
        yield harmless(say("heading", site=past.site, account=past.account))
        if found is None:
            yield "  " + say("fine" if past.spells else "unchecked")
        else:
            yield from ("  " + text for text in self._trouble(past, found))
        yield "  " + say("timeline")
        for event in sorted(self._events(past), key=lambda event: event.at):
            yield f"    {self._at(event.at)}  {event.mark} {harmless(event.text)}"

    def usual(self, usual: Mapping[Step, Usual]) -> Iterator[str]:
        """Tell how long things usually take here."""
        yield self._words.say("usual")
        for step, each in usual.items():
            half, most = (duration(value, self._words.language) for value in (each.half, each.most))
            what = self._words.say("step", step)
            yield "  " + self._words.say("usual_time", what=what, half=half, most=most, count=each.counted)

    def _trouble(self, past: Past, found: Trouble) -> Iterator[str]:
        say = self._words.say
        yield say("trouble", since=self._at(found.since), count=found.attempts)
        if found.first_cause != found.cause:
            first = next(spell for spell in past.spells if spell.stuck and spell.began == found.since)
            yield say("first_cause", title=harmless(self._title(first)))
        if found.last_good is None:
            yield say("never_good")
            return
        yield say("last_good", at=self._at(found.last_good))
        yield say("changed" if found.changes else "nothing_changed")
        yield from ("  " + harmless(self._change(change)) for change in found.changes)

    def _events(self, past: Past) -> Iterator[Event]:
        for spell in past.spells:
            mark = "x" if spell.stuck else "o"
            yield Event(spell.began, self._words.say("spell", title=self._title(spell), count=spell.times), mark)
        for change in past.changes:
            yield Event(change.by, self._change(change), "~")
        for certificate in past.certificates:
            until = self._at(certificate.not_after)
            yield Event(certificate.first, self._words.say("installed", issuer=certificate.issuer, until=until), "+")
        for click in past.clicks:
            by = self._words.say("by", click.said_by or "else", by=click.said_by)
            names = shown_names(click.names, self._words.language) if click.names else ""
            about = "click_on_names" if names and self._words.has("click_on_names", click.verb) else "click"
            yield Event(click.at, self._words.say(about, click.verb or "else", by=by, names=names), ">")

    def _change(self, change: Change) -> str:
        what = self._words.say("watched", change.name or "else")
        values = {"former": change.former or "–", "value": change.value or "–"}
        return self._words.say("change", what=what, at=self._at(change.by), **values)

    def _title(self, spell: Spell) -> str:
        """Give the title of a spell's main finding; its id where this version does not know the cause."""
        try:
            types = self._writer.argument_types(spell.cause)
            return self._writer.words(finding_from(spell.findings[0], types)).title or spell.cause
        except (KeyError, IndexError, TypeError, ValueError):
            return spell.cause

    def _at(self, value: datetime) -> str:
        return moment(value, self._words.language, self._zone)


def as_plain(past: Past, found: Trouble | None) -> dict[str, Any]:
    """Write what is remembered of a website: ids, arguments and moments (UTC)."""
    return {
        "account": past.account,
        "site": past.site,
        "trouble": None if found is None else trouble_as_plain(found),
        "spells": [
            {
                "began": plain.moment(spell.began),
                "last": plain.moment(spell.last),
                "times": spell.times,
                "stuck": spell.stuck,
                "cause": spell.cause,
                "findings": [dict(finding) for finding in spell.findings],
            }
            for spell in past.spells
        ],
        "changes": [change_as_plain(change) for change in past.changes],
        "certificates": [
            {
                "first": plain.moment(each.first),
                "last": plain.moment(each.last),
                "not_after": plain.moment(each.not_after),
                "issuer": each.issuer,
            }
            for each in past.certificates
        ],
        "actions": [
            {"at": plain.moment(each.at), "verb": each.verb, "names": list(each.names), "said_by": each.said_by}
            for each in past.clicks
        ],
    }


def trouble_as_plain(found: Trouble) -> dict[str, Any]:
    """Write since when a website has been in trouble."""
    return {
        "since": plain.moment(found.since),
        "attempts": found.attempts,
        "first_cause": found.first_cause,
        "first_name": found.first_name,
        "cause": found.cause,
        "last_good": None if found.last_good is None else plain.moment(found.last_good),
        "changes": [change_as_plain(change) for change in found.changes],
    }


def change_as_plain(change: Change) -> dict[str, str]:
    """Write a change."""
    return {
        "name": change.name,
        "former": change.former,
        "value": change.value,
        "after": plain.moment(change.after),
        "by": plain.moment(change.by),
    }


def usual_as_plain(item: Usual) -> dict[str, int]:
    """Write what is usual, in seconds."""
    return {
        "half": int(item.half.total_seconds()),
        "most": int(item.most.total_seconds()),
        "count": item.counted,
    }
