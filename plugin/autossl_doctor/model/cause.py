"""A cause as data: who must act, how bad it is, and which facts wake it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from autossl_doctor.model.evidence import Failure, HostEvidence, SiteEvidence
from autossl_doctor.model.finding import Answer, Match, Renewal, Severity, Stage, Who


@dataclass(frozen=True, slots=True)
class Cause:
    """One folder of causes.

    `judge` looks at a website that has one of the facts in `wakes`, `judge_server` at the whole host. A plain symptom
    has neither: it claims the names that failed with one of the kinds `failures` and the field values of `where`,
    passes fields on as arguments (`passes`: argument to field), and makes one finding for each combination of the
    fields in `parts_by`; `refine` may say more of such a finding than its fields do. `explains` is the renewal state
    that the cause accounts for, if any; of several causes that explain the same state the one with the lowest `rank`
    lies deepest, and what a cause `outranks` is not said beside it. `stops` is True for a server-wide cause that keeps
    AutoSSL from trying at all. `stage` is the step of a renewal at which the cause holds it back; "" where it holds
    nothing back.
    """

    id: str
    who: Who
    severity: Severity
    wakes: frozenset[str] = frozenset()
    explains: Renewal | None = None
    stage: Stage = ""
    rank: int = 500
    outranks: frozenset[str] = frozenset()
    actions: tuple[str, ...] = ()
    args: Mapping[str, str] = field(default_factory=dict)
    failures: frozenset[str] = frozenset()
    where: Mapping[str, frozenset[str]] = field(default_factory=dict)
    passes: Mapping[str, str] = field(default_factory=dict)
    parts_by: tuple[str, ...] = ()
    stops: bool = False
    never_rises: bool = False
    judge: Callable[[SiteEvidence], Answer] | None = None
    judge_server: Callable[[HostEvidence], Answer] | None = None
    refine: Callable[[Match, Sequence[Failure]], Match] | None = None
