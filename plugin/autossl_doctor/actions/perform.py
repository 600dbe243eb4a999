"""The official calls behind the buttons, made as the account itself (facts, section 9.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from autossl_doctor.actions.decide import Asked
from autossl_doctor.actions.verbs import EXCLUDE, INCLUDE, RETRY, SAVE_KEY_TYPE
from autossl_doctor.host.liveapi import Reply

Call = Callable[..., Reply]


class Outcome(NamedTuple):
    """Whether the panel did what was asked, whether AutoSSL starts because of it, and the panel's words if not.

    `starts` is None where the answer got lost: the check may have been queued all the same.
    """

    done: bool
    starts: bool | None = False
    errors: tuple[str, ...] = ()


def perform(asked: Asked, key_type: str, call: Call) -> Outcome:
    """Do one action that has been decided about; `key_type` is the account's present choice."""
    if asked.verb == RETRY:
        return _start(call)
    if asked.verb == SAVE_KEY_TYPE:
        # Saving the choice again, whatever it is, is what makes AutoSSL start; it changes nothing else.
        saved = call("SSL", "set_default_key_type", type=key_type or "system")
        return Outcome(saved.status == 1, starts=_starts(saved), errors=saved.errors)
    if asked.verb in (EXCLUDE, INCLUDE):
        if any("," in name for name in asked.names):
            return Outcome(done=False)
        function = "add_autossl_excluded_domains" if asked.verb == EXCLUDE else "remove_autossl_excluded_domains"
        changed = call("SSL", function, domains=",".join(asked.names))
        if changed.status != 1:
            return Outcome(done=False, errors=changed.errors)
        return Outcome(done=True, starts=_start(call).starts)
    return Outcome(done=True)


def _starts(reply: Reply) -> bool | None:
    return None if reply.status is None else reply.status == 1


def _start(call: Call) -> Outcome:
    started = call("SSL", "start_autossl_check")
    return Outcome(started.status == 1, starts=_starts(started), errors=started.errors)
