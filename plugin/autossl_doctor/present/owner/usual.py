"""How long things usually take on this server, beside the track: only what has been measured here is said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from markupsafe import Markup

from autossl_doctor.explain.values import duration
from autossl_doctor.present.owner.desk import Desk

_OF_STEP = {"issued": "order"}
"""The step of the track to which a measured time belongs alone."""
_OF_WHOLE = {"renewal": "track_usual_renewal", "check": "track_usual_check"}
"""What is said of a check that is under way: what tells most first."""
LONGEST = 366 * 86_400


def usual_of_step(desk: Desk, step: str) -> Markup:
    """Say how long a step usually takes; empty where that was not seen often enough."""
    times = _times(desk, _OF_STEP.get(step, ""))
    return desk.say("step_usual", half=times["half"]) if times else Markup()


def usual_of_check(desk: Desk) -> Markup:
    """Say how long a check that has just been asked for usually takes; empty where nobody knows."""
    for what, key in _OF_WHOLE.items():
        times = _times(desk, what)
        if times:
            return desk.say(key, **times)
    return Markup()


def _times(desk: Desk, what: str) -> dict[str, str]:
    """Give half of the times and 95 of a hundred in words; nothing where the memory does not hold them."""
    known = desk.view.usual.get(what)
    if not isinstance(known, Mapping):
        return {}
    half, most = known.get("half"), known.get("most")
    if not (isinstance(half, int) and isinstance(most, int) and 0 <= half <= most <= LONGEST):
        return {}
    words = (duration(timedelta(seconds=seconds), desk.view.language) for seconds in (half, most))
    return dict(zip(("half", "most"), words, strict=True))
