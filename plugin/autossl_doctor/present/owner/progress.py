"""Whether a check that the account asked for is under way, and how far it is known to have come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from autossl_doctor.actions.verbs import STARTS_A_CHECK
from autossl_doctor.present.owner.view import Click, OwnerView

STEPS = ("queued", "check", "domain_test", "order", "issued", "visitors")
PATIENCE = timedelta(minutes=10)
"""A check that waits longer in the server's queue is said to be late."""
FRESH = timedelta(hours=3)
"""Nothing is believed to be still under way for so long."""
RECENT = timedelta(minutes=30)
"""So long after its end the result of a check is announced beside its website."""


class Progress(NamedTuple):
    """A check under way: for which website it was asked, since when, its step, and whether it should have begun."""

    site: str
    step: str
    since: datetime
    late: bool = False


def progress_of(view: OwnerView) -> Progress | None:
    """Tell how far a check has come; None if nothing is under way that the account asked for."""
    live, click = view.live, _started(view)
    if live is not None and live.ended is None and view.now - live.since < FRESH and live.step in STEPS:
        asked = click.at if click and click.site == live.site and click.at <= live.since else live.since
        late = live.step == "queued" and view.now - asked >= PATIENCE
        return Progress(live.site, live.step, asked, late)
    if click is None or view.now - click.at >= FRESH:
        return None
    if live is not None and live.ended is not None and live.ended >= click.at:
        return None
    return Progress(click.site, "queued", click.at, view.now - click.at >= PATIENCE)


def ended_lately(view: OwnerView, site: str) -> bool:
    """Tell whether a check that was asked for on this website has just ended."""
    live = view.live
    if live is None or live.ended is None or live.site != site:
        return False
    return timedelta(0) <= view.now - live.ended < RECENT


def _started(view: OwnerView) -> Click | None:
    return view.click if view.click is not None and view.click.verb in STARTS_A_CHECK else None
