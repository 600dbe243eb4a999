"""Whether an action may happen now: one pure decision for every button and every caller."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from autossl_doctor.actions.ledger import Wait
from autossl_doctor.actions.verbs import EXCLUDE, LOOK, NAMES_NAMES, VERBS

PATIENCE = timedelta(minutes=10)
"""A check that has not appeared for so long after the click may be asked for again."""


class Asked(NamedTuple):
    """What the visitor wants: `confirmed` answers the second question, `anyway` insists after a warning."""

    verb: str
    site: str
    names: tuple[str, ...] = ()
    confirmed: bool = False
    anyway: bool = False


class Situation(NamedTuple):
    """What is known when the visitor asks; moments are UTC.

    `started` is the last check that this account asked for and `finished` when its result was in; `finding` and
    `finding_before` are digests of the website's main finding, now and when that check was asked for. `choices` are the
    names that may be excluded or included here. `limit_until` is the end of a limit of the CA as the CA itself gave it,
    `ledger` what this server's own count of the CA's limits forbids, if anything.
    """

    now: datetime
    has_report: bool = True
    has_site: bool = True
    demo: bool = False
    suspended: bool = False
    lacks: str = ""
    autossl_off: bool = False
    running: bool = False
    started: datetime | None = None
    finished: datetime | None = None
    limit_until: datetime | None = None
    ledger: Wait | None = None
    failing: bool = False
    finding: str = ""
    finding_before: str = ""
    choices: frozenset[str] = frozenset()


class Decision(NamedTuple):
    """The answer: `go`, or the id of the reason why not; `insist` tells whether "try anyway" is offered."""

    answer: str
    until: datetime | None = None
    insist: bool = False

    @property
    def go(self) -> bool:
        """Tell whether the action may happen."""
        return self.answer == "go"


GO = Decision("go")


def standing(situation: Situation, verb: str) -> str:
    """Say why a button cannot work at all, whatever is clicked; empty if it can."""
    if situation.demo:
        return "demo"
    if situation.suspended:
        return "suspended"
    if not situation.has_report:
        return "no_report"
    if verb != LOOK and situation.autossl_off:
        return "autossl_off"
    return "feature" if situation.lacks else ""


def decide(asked: Asked, situation: Situation) -> Decision:
    """Decide about one click."""
    if asked.verb not in VERBS:
        return Decision("refused")
    closed = standing(situation, asked.verb) or ("" if situation.has_site else "refused")
    if closed:
        return Decision(closed)
    if asked.verb == LOOK:
        return GO
    if asked.verb in NAMES_NAMES and not _names_fit(asked, situation):
        return Decision("refused")
    if asked.verb == EXCLUDE and not asked.confirmed:
        return Decision("confirm")
    busy = _busy(situation)
    if busy:
        return Decision(busy)
    if situation.limit_until is not None and situation.now < situation.limit_until:
        return Decision("ca_limit", situation.limit_until)
    # What is left out or included changes what is ordered, and whoever insists has read a warning.
    return GO if asked.verb in NAMES_NAMES or asked.anyway else _warning(situation)


def _names_fit(asked: Asked, situation: Situation) -> bool:
    return bool(asked.names) and situation.choices.issuperset(asked.names)


def _busy(situation: Situation) -> str:
    if situation.running:
        return "running"
    started, finished = situation.started, situation.finished
    if started is None or started > situation.now:
        return ""
    if finished is None or finished <= started:
        return "just_started" if situation.now - started < PATIENCE else ""
    return ""


def _warning(situation: Situation) -> Decision:
    """Say what speaks against a try without forbidding it; once the CA has named a moment, the ledger is silent."""
    ledger = situation.ledger if situation.limit_until is None else None
    if ledger is not None and (ledger.until is None or situation.now < ledger.until):
        return Decision("ledger_limit", ledger.until, insist=True)
    return Decision("nothing_changed", insist=True) if _nothing_changed(situation) else GO


def _nothing_changed(situation: Situation) -> bool:
    """Tell whether the last check that the account asked for ended as the website stood before it.

    Without such a check nobody can know from here whether anything was put right, and a first try costs little.
    """
    if not situation.failing or situation.finished is None or situation.started is None:
        return False
    return situation.finished > situation.started and situation.finding == situation.finding_before
