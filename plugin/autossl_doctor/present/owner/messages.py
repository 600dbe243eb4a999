"""The sentence after a click, for the page and for a script that asked."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from autossl_doctor.explain.interface import Interface
from autossl_doctor.explain.values import moment
from autossl_doctor.present.owner.desk import PLACE, Desk

GOOD = frozenset(("started", "excluded", "included", "key_type_saved", "looking"))


class Message(NamedTuple):
    """A message at the top of the page; `good` if what was asked for was begun."""

    text: Markup
    good: bool


def message(desk: Desk) -> Message | None:
    """Give the message of this visit; None if nothing was clicked."""
    notice, until = desk.view.notice, desk.view.notice_until
    if not notice:
        return None
    key = _key(desk.words, notice, until)
    text = desk.say("notice", key, until=until) if until is not None else desk.say("notice", key)
    return Message(text, notice in GOOD)


def sentence(language: str, zone: str, notice: str, until: datetime | None = None) -> str:
    """Give the same message as plain text, for the answer in JSON."""
    words = Interface(language, PLACE)
    shown = {} if until is None else {"until": moment(until, language, zone)}
    return words.say("notice", _key(words, notice, until), **shown)


def _key(words: Interface, notice: str, until: datetime | None) -> str:
    dated = f"{notice}_until"
    if until is not None and words.has("notice", dated):
        return dated
    return notice
