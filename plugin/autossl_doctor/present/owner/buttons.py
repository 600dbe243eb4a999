"""Steps with the buttons that do them; where a button cannot work, the reason stands in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup

from autossl_doctor.actions.standing import names_to_exclude
from autossl_doctor.actions.verbs import EXCLUDE, INCLUDE, LOOK, RETRY, STARTS_A_CHECK
from autossl_doctor.model.finding import Finding
from autossl_doctor.present.owner.desk import Desk
from autossl_doctor.present.owner.naming import belongs

MOST_NAMES = 20
"""No form sends more names at once; the others follow with the next one."""
CHECK = "check"
"""What a cause calls a fresh look."""


class Question(NamedTuple):
    """The second question before names are left out: exactly the names that lose their protection."""

    ask: Markup
    names: tuple[Markup, ...]
    meaning: Markup
    yes: Markup


class Button(NamedTuple):
    """A form with one button; `names` are sent along, `anyway` insists."""

    verb: str
    site: str
    label: Markup
    form: str
    names: tuple[str, ...] = ()
    primary: bool = False
    anyway: bool = False
    question: Question | None = None


class ShownStep(NamedTuple):
    """One thing to do; instead of a button there may be the reason why there is none."""

    say: Markup
    button: Button | None = None
    reason: Markup | None = None


def steps(
    desk: Desk, site: Mapping[str, Any] | None, finding: Finding, said: Iterable[Any], *, primary: bool
) -> tuple[ShownStep, ...]:
    """Give the steps of a finding with their buttons; each reason for a missing button is given once."""
    shown: list[ShownStep] = []
    given: set[Markup] = set()
    for step in said:
        button, reason = None, None
        if step.do and site is not None:
            button, reason = _button(desk, site, finding, LOOK if step.do == CHECK else step.do)
        if button is not None and primary and button.verb != EXCLUDE:
            button, primary = button._replace(primary=True), False
        shown.append(ShownStep(desk.ink.markup(step.say), button, None if reason in given else reason))
        if reason is not None:
            given.add(reason)
    return tuple(shown)


def plain_button(desk: Desk, verb: str, site: str, names: tuple[str, ...] = ()) -> Button | None:
    """Give a button that stands by itself; None if it cannot work."""
    if why_not(desk, verb) is not None:
        return None
    return Button(verb, site, desk.say("button", verb), desk.view.forms[verb], names)


def why_not(desk: Desk, verb: str) -> Markup | None:
    """Say why a button cannot be pressed now; None if it can."""
    refused = desk.view.refused.get(verb, "else")
    if refused or verb not in desk.view.forms:
        return desk.say("refused", refused or "else")
    return desk.say("busy") if desk.is_busy and verb in STARTS_A_CHECK else None


def _button(desk: Desk, site: Mapping[str, Any], finding: Finding, verb: str) -> tuple[Button | None, Markup | None]:
    """Give the button of a step, or the reason why there is none; neither where there is nothing to press it for."""
    names = _names(desk, site, finding, verb)
    if verb in (EXCLUDE, INCLUDE) and not names:
        return None, None
    reason = why_not(desk, verb)
    if reason is not None:
        return None, reason
    anyway = desk.view.anyway == (verb, site["site"])
    label = desk.say("button_anyway") if anyway else _label(desk, site, finding, verb)
    button = Button(verb, site["site"], label, desk.view.forms[verb], names, anyway=anyway)
    return (button._replace(question=_question(desk, site["site"], names)) if verb == EXCLUDE else button), None


def _label(desk: Desk, site: Mapping[str, Any], finding: Finding, verb: str) -> Markup:
    """Name a button by what it does here; nobody tries again what AutoSSL has never tried."""
    is_first = verb == RETRY and site["renewal"] in ("due", "idle") and not desk.stage(finding)
    return desk.say("button_start") if is_first else desk.say("button", verb)


def _names(desk: Desk, site: Mapping[str, Any], finding: Finding, verb: str) -> tuple[str, ...]:
    """Give the names that a button is about; retrying is about none."""
    if verb == EXCLUDE:
        return names_to_exclude(site["site"], finding)[:MOST_NAMES]
    if verb != INCLUDE:
        return ()
    own = frozenset((site["site"], *site["domains"], *finding.domains))
    excluded = desk.view.excluded
    names = finding.domains if excluded is None else tuple(name for name in excluded if belongs(name, own))
    return names[:MOST_NAMES]


def _question(desk: Desk, site: str, names: tuple[str, ...]) -> Question:
    count = len(names)
    return Question(
        desk.say("exclude_ask", count=count),
        tuple(desk.exact(name) for name in names),
        desk.say("exclude_meaning", site=desk.domain(site)),
        desk.say("exclude_yes", count=count),
    )
