"""One click: both tokens, the lock, the decision, one official call, and a record of what was said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from autossl_doctor.actions.decide import Asked, Decision, decide
from autossl_doctor.actions.forms import is_ours
from autossl_doctor.actions.perform import perform
from autossl_doctor.actions.verbs import NAMES_NAMES, STARTS_A_CHECK, VERBS
from autossl_doctor.causes.texts import Texts
from autossl_doctor.entry.closed import closed
from autossl_doctor.entry.owner_notices import DONE
from autossl_doctor.entry.owner_situation import situation
from autossl_doctor.entry.owner_state import read_state
from autossl_doctor.host.cgi import Request, answer, read_form
from autossl_doctor.host.clock import now
from autossl_doctor.host.liveapi import LiveApi
from autossl_doctor.host.visitor import Visitor
from autossl_doctor.host.zone import local_zone
from autossl_doctor.model.plain import moment
from autossl_doctor.store.click import leave, locked
from autossl_doctor.store.own import Trouble, load_form_key
from autossl_doctor.store.wake import wake

JSON = "application/json; charset=utf-8"
MOST_NAMES = 20
LONGEST_NAME = 253
SCHEMA = 1
_LOCKED = {"busy": "just_started", "no_inbox": "no_report"}


class Done(NamedTuple):
    """The end of a click: which message, until when, whether the visitor may insist, and when it was."""

    notice: str
    at: datetime
    until: datetime | None = None
    insist: bool = False


def act(request: Request, who: Visitor, panel: LiveApi, language: str) -> None:
    """Answer a posted form: as JSON to the page's script, with a redirect to a browser without one."""
    form = read_form(request)
    asked = _asked(form) if form is not None else None
    key = load_form_key(who.uid)
    given = _one(form or {}, "form")
    if (
        asked is None
        or isinstance(key, Trouble)
        or not is_ours(key.encode(), who.account, request.token, asked.verb, given)
    ):
        done, status = Done("refused", now()), "403 Forbidden"
    else:
        done, status = click(who, asked, panel), "200 OK"
    if "application/json" in request.accept:
        answer(_as_json(done, language), JSON, status)
    elif status.startswith("403"):
        closed("form")
    else:
        names = {"notice": done.notice, "verb": asked.verb if asked else "", "site": asked.site if asked else ""}
        answer(b"", JSON, "303 See Other", (f"Location: index.live.cgi?{urlencode(names)}",))


def click(who: Visitor, asked: Asked, panel: LiveApi) -> Done:
    """Decide and do, while no other click of this account can."""
    texts = Texts()
    with locked(who.uid) as lock:
        at = now()
        if isinstance(lock, Trouble):
            # Whoever holds the lock is in the middle of starting what is asked for here.
            return Done(_LOCKED.get(lock.why, "failed"), at)
        state = read_state(who, texts, at)
        facts = situation(who, state, asked.verb, asked.site, panel, texts)
        decision = decide(asked, facts)
        if not decision.go:
            return _not_done(decision, at)
        said = {"schema": SCHEMA, "verb": asked.verb, "site": asked.site, "at": moment(at)}
        previous = lock.read() or {}
        # Noted before the call: a click that cannot be noted (a full quota) must not start twenty checks.
        if asked.verb in STARTS_A_CHECK and not lock.write(said | {"before": facts.finding}):
            return Done("failed", at)
        outcome = perform(asked, who.key_type, panel.call)
        if asked.verb in STARTS_A_CHECK and outcome.starts is False:
            lock.write(previous)
        if not outcome.done:
            return Done("failed", at)
        _record(who, said, asked.names if asked.verb in NAMES_NAMES else ())
    wake()
    return Done(DONE[asked.verb], at)


def _not_done(decision: Decision, at: datetime) -> Done:
    return Done(decision.answer, at, decision.until, decision.insist)


def _record(who: Visitor, said: Mapping[str, object], names: tuple[str, ...]) -> None:
    """Leave a record for the reader of the inboxes; names that do not fit into it are left out of it."""
    trouble = leave(who.uid, {**said, "names": list(names)})
    if trouble is not None and trouble.why == "too_large":
        leave(who.uid, {**said, "names": []})


def _asked(form: Mapping[str, list[str]]) -> Asked | None:
    verb, site, names = _one(form, "verb"), _one(form, "site"), tuple(form.get("name", ()))
    if verb not in VERBS or len(names) > MOST_NAMES or any(len(name) > LONGEST_NAME for name in (site, *names)):
        return None
    return Asked(verb, site, names, confirmed=_one(form, "confirm") == "yes", anyway=_one(form, "anyway") == "yes")


def _one(form: Mapping[str, list[str]], name: str) -> str:
    values = form.get(name, ())
    return values[0] if len(values) == 1 else ""


def _as_json(done: Done, language: str) -> bytes:
    from autossl_doctor.present.owner.messages import sentence

    answered = {
        "answer": done.notice,
        "text": sentence(language, local_zone(), done.notice, done.until),
        "until": moment(done.until) if done.until else None,
        "anyway": done.insist,
        "at": moment(done.at),
    }
    # Escaped, so that nothing in it could be taken for markup wherever it ends up.
    return json.dumps(answered).replace("<", "\\u003c").encode()
