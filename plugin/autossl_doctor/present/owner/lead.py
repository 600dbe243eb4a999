"""What the banner takes over from the one website that it is about: its button, the running track, the result."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from autossl_doctor.model.finding import Finding
from autossl_doctor.present.owner.buttons import Button, ShownStep
from autossl_doctor.present.owner.cards import Card
from autossl_doctor.present.owner.desk import Desk
from autossl_doctor.present.owner.progress import ended_lately
from autossl_doctor.present.owner.ranking import LOUD, YOURS, Site, is_loud
from autossl_doctor.present.owner.track import Track


class Lead(NamedTuple):
    """What stands in the banner itself; `is_after_steps` if other things have to be done before the button helps."""

    button: Button | None = None
    is_after_steps: bool = False
    track: Track | None = None
    result: Markup | None = None


NOTHING = Lead()


def is_followed(desk: Desk, site: str) -> bool:
    """Tell whether a check of this website is under way or has just ended: then its owner looks at it."""
    return (desk.progress is not None and desk.progress.site == site) or ended_lately(desk.view, site)


def in_front(desk: Desk, sites: tuple[Site, ...]) -> str:
    """Give the one website that the banner is about: the only one, the only one in trouble, or the one followed."""
    names = [site["site"] for site in sites]
    if len(names) > 1:
        loud = [site["site"] for site in sites if is_loud(site, desk.view.findings[site["site"]])]
        names = loud or [name for name in names if is_followed(desk, name)]
    return names[0] if len(names) == 1 else ""


def taken(card: Card, main: Finding) -> tuple[Card, Lead]:
    """Take out of a card what its visitor should meet first: the button, and in its place the track while it runs."""
    track = card.track if card.track is not None and card.track.is_live else None
    steps, place = card.main.steps, _place(card, main)
    if place is not None:
        steps = (*steps[:place], _after(steps[place], first=not place), *steps[place + 1 :])
    lead = Lead(card.main.steps[place].button if place is not None else None, bool(place), track, card.result)
    rest = card._replace(main=card.main._replace(steps=steps), track=None if track else card.track, result=None)
    return rest, lead


def _place(card: Card, main: Finding) -> int | None:
    """Find the step of the main button.

    Nothing is pressed in a hurry without trouble, before others have acted, or where the steps offer a choice.
    """
    pressed = [n for n, step in enumerate(card.main.steps) if step.button]
    if card.state not in LOUD or not pressed:
        return None
    button = card.main.steps[pressed[0]].button
    is_for_others = pressed[0] > 0 and main.who not in YOURS
    return pressed[0] if button is not None and button.primary and not is_for_others else None


def _after(step: ShownStep, *, first: bool) -> ShownStep:
    """Give the step beside the banner's button: the same button once more only at the end of other steps."""
    return step._replace(button=None if first or step.button is None else step.button._replace(primary=False))
