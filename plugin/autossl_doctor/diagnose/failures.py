"""Which names of a website fail, and for what reason: the log's words, completed by the problems database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from autossl_doctor.model.by_place import by_place
from autossl_doctor.model.evidence import Failure, as_evidence
from autossl_doctor.model.host import Certificate, Problem, Website
from autossl_doctor.model.log import LogFact
from autossl_doctor.model.names import service_base

NO_AUTHORITY = "reason.no_authority"
UNPOINTED_KINDS = frozenset(("dns.no_address", "dns.missing", "dns.elsewhere", "dns.elsewhere_ipv6", "dns.proxy"))
LOOKUPS = frozenset(("dns.failing", "dnssec.broken", "caa.lookup", "dns.missing", "dns.record_not_seen"))
LOOKUP = "lookup_failed"
PASSING = frozenset(("", "http_ok", "dns_ok", "ca_ok"))
"""What a single message about a name tells that did not fail."""
LOOKUP_EVENTS = frozenset((LOOKUP, "dns_failed"))
UNANSWERED = LOOKUPS | {"dns.no_address", NO_AUTHORITY}
"""What a look-up that fails may be the reason of."""
SECOND_WAY = "dns.record_not_seen"
UNCLAIMED_RANK = 1000
Depth = Callable[[str, Mapping[str, str]], int | None]
"""Gives the rank of the cause that claims a kind of failure; None if no cause does."""


def deciding_facts(facts: Sequence[LogFact]) -> list[LogFact]:
    """Give the reasons why a name failed, or nothing if it passed in the end.

    The CA's own word is final, and it may have tried two ways; before it comes a name dropped before any test; a local
    failure over HTTP does not count if the local test over DNS passed. A look-up that failed counts where the name
    did not pass all the same.
    """
    if len(facts) == 1:
        return [] if facts[0].event in PASSING else list(facts)
    ca: list[LogFact] | None = None
    lookups: list[LogFact] = []
    dropped: list[LogFact] = []
    failed: list[LogFact] = []
    passed = False
    for fact in facts:
        if fact.event == "ca_ok":
            ca = []
        elif fact.event == "ca_failed":
            ca = [*(ca or ()), fact]
        elif fact.event == LOOKUP:
            lookups.append(fact)
        elif fact.event == "dropped":
            dropped.append(fact)
        elif fact.event in ("http_ok", "dns_ok"):
            passed = True
        elif fact.event in ("http_failed", "dns_failed"):
            failed.append(fact)
    if ca is not None:
        # What failed here before the CA was asked lies deeper than what the CA says of it.
        return [*ca, *lookups, *([] if passed else failed)] if ca else []
    if dropped:
        return dropped
    return [] if passed else [*failed, *lookups]


def find_failures(
    tested: Mapping[str, Sequence[LogFact]],
    problems: Iterable[Problem],
    website: Website,
    certificate: Certificate | None,
    depth: Depth,
    *,
    pasted: bool = False,
) -> tuple[Failure, ...]:
    """Give the failing names, the visitors' names first, each with its deepest reason.

    A name that a whole log only tells a failed look-up of was not tested: it is the parent of another one.
    """
    rows = {problem.name: problem for problem in problems}
    reasons: dict[str, list[LogFact]] = {}
    for name, facts in tested.items():
        if not pasted and facts[0].event == LOOKUP and all(fact.event == LOOKUP for fact in facts):
            continue
        deciding = deciding_facts(facts)
        if deciding:
            reasons[name] = deciding
    for name, problem in rows.items():
        if name not in tested:
            reasons[name] = list(problem.facts)
        elif name in reasons:
            reasons[name] += problem.facts
    order = {name: number for number, name in enumerate(_by_importance(website))}
    chosen = {name: _deepest(facts, depth) for name, facts in reasons.items()}
    visitors = set(website.names) | {website.name}
    service = {name: name not in visitors and bool(service_base(name)) for name in reasons}
    visitor_kinds = {fact.kind for name, fact in chosen.items() if not service[name]}
    found = []
    for name in sorted(reasons, key=lambda name: (service[name], order.get(name, len(order)), name)):
        fact, others = chosen[name], reasons[name]
        if len(others) > 1:
            others = sorted((other for other in others if other is not fact), key=lambda each: each.kind != fact.kind)
            evidence = (as_evidence(fact), *map(as_evidence, others))
            also = tuple(dict.fromkeys(other.kind for other in others if other.kind != fact.kind))
        else:
            evidence, also = (as_evidence(fact),), ()
        of_service = service[name]
        found.append(
            by_place(
                Failure,
                (
                    name,
                    fact.kind,
                    fact.fields,
                    name in visitors or (not of_service and not website.name),
                    of_service,
                    of_service and fact.kind in UNPOINTED_KINDS and fact.kind not in visitor_kinds,
                    certificate.covers_name(name) if certificate else None,
                    evidence,
                    depth(fact.kind, fact.fields) is not None,
                    also,
                ),
            )
        )
    return tuple(found)


def _by_importance(website: Website) -> list[str]:
    www = f"www.{website.name}"
    return list(dict.fromkeys([website.name, www, *website.names]))


def _deepest(facts: Sequence[LogFact], depth: Depth) -> LogFact:
    """Choose the reason whose cause lies deepest; having no local DNS is a reason only if there is no other.

    A look-up that failed explains why there is no address; beside another reason it is none. The CA's second way, by a
    record that nobody could set, says less than why its first way failed.
    """
    if len(facts) == 1:
        return facts[0]
    weak = [fact.event in LOOKUP_EVENTS and fact.kind in LOOKUPS for fact in facts]
    answered = any(fact.kind not in UNANSWERED for fact, is_weak in zip(facts, weak, strict=True) if not is_weak)

    def rank(fact: LogFact) -> int:
        if fact.kind == NO_AUTHORITY:
            return UNCLAIMED_RANK + 2
        if answered and fact.event in LOOKUP_EVENTS and fact.kind in LOOKUPS:
            return UNCLAIMED_RANK + 1
        if fact.event == "ca_failed" and fact.kind == SECOND_WAY:
            return UNCLAIMED_RANK - 1
        found = depth(fact.kind, fact.fields)
        return UNCLAIMED_RANK if found is None else found

    return min(facts, key=rank)


def fresh_problems(problems: Iterable[Problem], since: datetime | None) -> list[Problem]:
    """Leave out rows that are older than the run whose words are judged: a row stays when nobody looks any more."""
    return [row for row in problems if row.facts and (since is None or row.written is None or row.written >= since)]
