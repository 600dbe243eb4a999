"""The track from the check to the visitors: where a website stands, in words and signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup

from autossl_doctor.model.finding import Finding
from autossl_doctor.present.owner.desk import Desk
from autossl_doctor.present.owner.progress import STEPS
from autossl_doctor.present.owner.usual import usual_of_check, usual_of_step

QUEUED = STEPS[0]
BEGUN = "started"
"""The argument by which a finding tells when the check began that it is about."""
_AT_WORK = ("current", "waiting")


class TrackStep(NamedTuple):
    """One step: its state is done, current, failed, waiting or todo; `usual` tells how long it takes, if known."""

    id: str
    label: Markup
    state: str
    said: Markup
    usual: Markup = Markup()


class Track(NamedTuple):
    """All steps of a website; `is_live` while a check is being followed, `since` when it was asked for (UTC).

    `usual` tells how long such a check takes, if known.
    """

    steps: tuple[TrackStep, ...]
    is_live: bool = False
    is_late: bool = False
    since: str = ""
    usual: Markup = Markup()


def track(desk: Desk, site: Mapping[str, Any], main: Finding) -> Track | None:
    """Draw the track of a website; None where nothing is known, or nothing has begun and nothing is to come."""
    progress = desk.progress
    if progress is not None and progress.site == site["site"]:
        steps = tuple(_drawn(desk, _followed(progress.step)))
        since = progress.since.strftime("%Y-%m-%dT%H:%M:%SZ")
        return Track(steps, is_live=True, is_late=progress.late, since=since, usual=usual_of_check(desk))
    states = _judged(desk, site, main)
    return Track(tuple(_drawn(desk, states))) if states else None


def _followed(step: str) -> dict[str, str]:
    """Give the states while a check runs; "queued" is a step only as long as it lasts."""
    place = STEPS.index(step)
    return {
        name: "done" if number < place else _AT_WORK[name == QUEUED] if number == place else "todo"
        for number, name in enumerate(STEPS)
        if name != QUEUED or step == QUEUED
    }


def _judged(desk: Desk, site: Mapping[str, Any], main: Finding) -> dict[str, str]:
    """Give the states that the verdict knows of."""
    renewal, stage = site["renewal"], desk.stage(main)
    if renewal == "failing" or (renewal == "blocked" and BEGUN in main.args):
        return _until(stage, "failed") if stage else {}
    if renewal == "waiting":
        return _until(stage or "order", "waiting")
    if renewal == "running":
        return _until("check", "current")
    if renewal == "idle":
        if stage == "visitors":
            return _until(stage, "failed")
        seen = {"safe": "done", "warned": "failed"}.get(site["visitors"], "todo")
        return _until("visitors", seen)
    return _until("", "todo") if renewal == "due" else {}


def _until(stage: str, state: str) -> dict[str, str]:
    """Give a track that stands at one step; what lies before it is done."""
    steps = STEPS[1:]
    place = steps.index(stage) if stage in steps else -1
    return {
        name: "done" if number < place else state if number == place else "todo" for number, name in enumerate(steps)
    }


def _drawn(desk: Desk, states: Mapping[str, str]) -> Iterator[TrackStep]:
    for name, state in states.items():
        yield TrackStep(name, desk.say("step", name), state, desk.say("state", state), usual_of_step(desk, name))
