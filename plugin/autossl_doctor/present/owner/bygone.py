"""What is remembered of a website, on its card: since when there is trouble, and the last thirty days at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from markupsafe import Markup

from autossl_doctor.model.moment import parse_moment
from autossl_doctor.model.past import DAYS_SHOWN, FINE_DAY, TROUBLED_DAY, UNKNOWN_DAY
from autossl_doctor.model.plain_finding import finding_from
from autossl_doctor.present.owner.desk import Desk

SIGNS = {FINE_DAY: "○", TROUBLED_DAY: "×", UNKNOWN_DAY: "·"}
MOST_CHANGES = 6


class ShownPast(NamedTuple):
    """Sentences about the past, and one sign for each of the last days, today last."""

    sentences: tuple[Markup, ...]
    days: str
    said: Markup


def shown_past(desk: Desk, site: str) -> ShownPast | None:
    """Put the past of a website into words; None where nothing is remembered, or where what is cannot be read."""
    known = desk.view.memory.get(site)
    if known is None:
        return None
    try:
        days = "".join(SIGNS[sign] for sign in str(known["days"])[-DAYS_SHOWN:])
        told = known["trouble"]
        sentences = tuple(_trouble(desk, told)) if told is not None else ()
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None
    troubled = days.count(SIGNS[TROUBLED_DAY])
    if not days.strip(SIGNS[UNKNOWN_DAY]):
        return None
    return ShownPast(sentences, days, desk.say("past_days", count=troubled))


def _trouble(desk: Desk, told: Mapping[str, Any]) -> list[Markup]:
    since = parse_moment(told["since"])
    if since is None:
        raise ValueError("no moment")
    sentences = [desk.say("past_since", at=since, count=int(told["attempts"]))]
    first = told["first"]
    if first is not None:
        title = desk.told(finding_from(first, desk.view.texts[first["cause"]]["args"])).title
        sentences.append(desk.say("past_first", title=title))
    good = parse_moment(told["last_good"]) if told["last_good"] else None
    if good is not None:
        sentences.append(desk.say("past_good", at=good))
    changed = dict.fromkeys(str(change["name"]) for change in told["changes"][:MOST_CHANGES])
    if changed:
        names = [desk.words.say("past_watched", name) for name in changed]
        sentences.append(desk.say("past_changed", names=desk.words.say("past_and").join(names)))
    return sentences
