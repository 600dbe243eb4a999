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

LISTED = 50
COVERED, UNCOVERED, EXCLUDED = "covered", "uncovered", "excluded"


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
    """The names of a website; `rest` tells how many more there are, `others` what else the certificate holds."""

    names: tuple[Name, ...]
    rest: Markup | None
    others: tuple[Markup, ...]
    covered: Markup
    uncovered: Markup


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
    excluded = frozenset(desk.view.excluded or ())
    domains = (site["site"], *site["domains"])
    # Service names such as mail. are no domains of their own; here they can be included again.
    left_out = (name for name in desk.view.excluded or () if name.partition(".")[2] in domains)
    own = tuple(dict.fromkeys((*domains, *site["uncovered"], *left_out)))
    states = {name: _state(name, held, excluded) for name in own}
    # What needs a look comes first; of a long list the protected names are left away first.
    order = sorted(own, key=lambda name: states[name] == COVERED)
    names = tuple(_name(desk, site["site"], name, states[name]) for name in order[:LISTED])
    rest = desk.say("names_more", count=len(own) - LISTED) if len(own) > LISTED else None
    others = tuple(desk.name(name) for name in sorted(held.difference(own))[:LISTED])
    covered = tuple(name for name in own if states[name] == COVERED)
    uncovered = tuple(name for name in own if states[name] != COVERED)
    return Coverage(names, rest, others, desk.names(covered), desk.names(uncovered))


def _state(name: str, held: frozenset[str], excluded: frozenset[str]) -> str:
    if name in excluded:
        return EXCLUDED
    return COVERED if name in held or f"*.{name.partition('.')[2]}" in held else UNCOVERED


def _name(desk: Desk, site: str, name: str, state: str) -> Name:
    button = plain_button(desk, "include", site, (name,)) if state == EXCLUDED else None
    return Name(desk.name(name), state, desk.say("name_state", state), button)
