"""The certificate of a website, and which of its names it protects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from markupsafe import Markup

from autossl_doctor.present.owner.buttons import Button, plain_button
from autossl_doctor.present.owner.desk import Desk
from autossl_doctor.present.owner.ink import clean
from autossl_doctor.present.owner.naming import belongs

LISTED = 50
COVERED, UNCOVERED, EXCLUDED, ENDED = "covered", "uncovered", "excluded", "ended"


class Dated(NamedTuple):
    """A moment of a certificate in the server's zone, and the same in UTC."""

    label: Markup
    at: Markup
    utc: str


class ShownCertificate(NamedTuple):
    """What a certificate says of itself, and why its dates can look like the day before."""

    issuer: str
    dates: tuple[Dated, Dated]
    key_type: str
    yesterday: Markup


class Name(NamedTuple):
    """One name of a website, whether it is protected, and the button that includes it again."""

    shown: Markup
    state: str
    said: Markup
    button: Button | None = None


class Coverage(NamedTuple):
    """The names of a website; `rest` tells how many more there are, `others` what else the certificate holds.

    `held` are the names that the certificate holds and that it does not hold, each list with its label.
    """

    names: tuple[Name, ...]
    rest: Markup | None
    others: tuple[Markup, ...]
    held: tuple[tuple[Markup, Markup], ...]


@lru_cache(maxsize=1024)
def at(stamp: str) -> datetime:
    """Read a point in time of a report."""
    return datetime.fromisoformat(stamp).astimezone(UTC)


def certificate(desk: Desk, data: Mapping[str, Any]) -> ShownCertificate:
    """Show a certificate."""
    begin, end = at(data["not_before"]), at(data["not_after"])
    ended = end <= desk.view.now
    dates = (
        Dated(desk.say("not_before"), desk.moment(begin), in_utc(begin)),
        Dated(desk.say("ended_on" if ended else "not_after"), desk.moment(end), in_utc(end)),
    )
    yesterday = desk.say("yesterday", utc=in_utc(end), local=end)
    return ShownCertificate(clean(data["issuer"]), dates, clean(data["key_type"]), yesterday)


def in_utc(moment: datetime) -> str:
    """Write a point in time in UTC, alike in every language."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def coverage(desk: Desk, site: Mapping[str, Any]) -> Coverage:
    """Show which names of a website are protected, and which were left out."""
    held = frozenset((site["certificate"] or {}).get("covers", ()))
    ended = bool(site["certificate"]) and at(site["certificate"]["not_after"]) <= desk.view.now
    excluded = frozenset(desk.view.excluded or ())
    domains = frozenset((site["site"], *site["domains"]))
    # Service names such as mail. are no domains of their own, and yet names of the website.
    more = (name for name in (*(desk.view.excluded or ()), *sorted(held)) if belongs(name, domains))
    own = tuple(dict.fromkeys((site["site"], *site["domains"], *site["uncovered"], *more)))
    holds = {name: name in held or f"*.{name.partition('.')[2]}" in held for name in own}
    states = {name: _state(holds=holds[name], excluded=name in excluded, ended=ended) for name in own}
    # What needs a look comes first; of a long list the protected names are left away first.
    order = sorted(own, key=lambda name: states[name] == COVERED)
    names = tuple(
        _name(desk, site["site"], name, states[name], holds=holds[name] and not ended) for name in order[:LISTED]
    )
    rest = desk.say("names_more", count=len(own) - LISTED) if len(own) > LISTED else None
    others = tuple(desk.exact(name) for name in sorted(held.difference(own))[:LISTED])
    return Coverage(names, rest, others, _held(desk, own, holds, ended=ended))


def _held(
    desk: Desk, own: tuple[str, ...], holds: Mapping[str, bool], *, ended: bool
) -> tuple[tuple[Markup, Markup], ...]:
    """List what the certificate holds and what it does not, by the names that the owner knows."""
    labels = {True: "covers_ended" if ended else "covers", False: "uncovered_ended" if ended else "uncovered"}
    known = [name for name in own if desk.naming.of(name) == name]
    lists = ((label, tuple(name for name in known if holds[name] is wanted)) for wanted, label in labels.items())
    return tuple((desk.say(label), desk.names(names)) for label, names in lists if names)


def _state(*, holds: bool, excluded: bool, ended: bool) -> str:
    if excluded:
        return EXCLUDED
    return UNCOVERED if not holds else ENDED if ended else COVERED


def _name(desk: Desk, site: str, name: str, state: str, *, holds: bool) -> Name:
    button = plain_button(desk, "include", site, (name,)) if state == EXCLUDED else None
    said = desk.say("name_state", "excluded_later" if state == EXCLUDED and holds else state)
    if desk.naming.of(name) != name:
        said = desk.joined((said, desk.say("name_internal")))
    return Name(desk.exact(name), state, said, button)
