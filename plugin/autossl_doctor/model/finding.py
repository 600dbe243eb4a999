"""What the doctor says: ids and typed arguments, never sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from autossl_doctor.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

Who: TypeAlias = 'Literal["owner", "host", "dns", "ca", "nobody"]'
Severity: TypeAlias = 'Literal["critical", "warning", "notice", "ok"]'
Confidence: TypeAlias = 'Literal["certain", "likely", "possible"]'
Visitors: TypeAlias = 'Literal["safe", "warned", "unknown"]'
Renewal: TypeAlias = 'Literal["running", "waiting", "blocked", "failing", "due", "idle", "unknown"]'
Stage: TypeAlias = 'Literal["", "queued", "check", "domain_test", "order", "issued", "visitors"]'
Argument = str | int | datetime | timedelta | tuple[str, ...]

NO_ARGUMENTS: Mapping[str, Argument] = MappingProxyType({})

SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "notice", "ok")
STAGES: tuple[Stage, ...] = ("queued", "check", "domain_test", "order", "issued", "visitors")
CONFIDENCES: tuple[Confidence, ...] = ("certain", "likely", "possible")


class Evidence(Record):
    """Something that was seen: the file (with its line), the time stamp found there, and its words."""

    source: str
    at: str | None
    text: str


class Match(Record):
    """A rule's answer: this cause is at work, for these names, with these arguments.

    `who`, `severity`, `explains` and `act_by` overrule what the cause says in general. A match about the whole server
    may say of which kinds of a website's trouble it is the reason (`spreads`): such websites tell it in their place.
    """

    args: Mapping[str, Argument] = NO_ARGUMENTS
    domains: tuple[str, ...] = ()
    confidence: Confidence = "certain"
    evidence: tuple[Evidence, ...] = ()
    who: Who | None = None
    severity: Severity | None = None
    explains: Renewal | None = None
    act_by: datetime | None = None
    spreads: frozenset[str] = frozenset()


class NoMatch:
    """A rule's answer: this cause is not at work."""

    # No dataclass: what makes those costs an account's page more than everything else that it loads of ours.
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NoMatch)

    def __hash__(self) -> int:
        return hash(NoMatch)

    def __repr__(self) -> str:
        return "NoMatch()"


class CannotTell(Record):
    """A rule's answer: what it would have to know is missing."""

    missing: tuple[str, ...]


Answer = Match | NoMatch | CannotTell


class Finding(Record):
    """One cause at work, with everything that a reader needs except the words."""

    cause: str
    who: Who
    severity: Severity
    confidence: Confidence
    domains: tuple[str, ...] = ()
    args: Mapping[str, Argument] = NO_ARGUMENTS
    act_by: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
