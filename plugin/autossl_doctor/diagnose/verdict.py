"""From the matches of a website to its verdict: the renewal axis and the main finding (design: Verdicts)."""

from __future__ import annotations

from typing import NamedTuple

from autossl_doctor.diagnose.gaps import Gaps
from autossl_doctor.diagnose.judge import Found, Judge
from autossl_doctor.diagnose.urgency import finding, sort_key
from autossl_doctor.model.by_place import by_place
from autossl_doctor.model.cause import Cause
from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.fact import Unknown
from autossl_doctor.model.finding import Argument, Evidence, Finding, Match, Renewal, Visitors
from autossl_doctor.model.report import SiteVerdict

FALLBACK = "unknown_problem"
_ELSEWHERE = "server"
"""The kind of a failure whose reason lies elsewhere, on the server: no other cause speaks of it."""
_STATES: tuple[Renewal, ...] = ("waiting", "blocked", "failing", "due", "idle")
_QUIET_STATES = frozenset(("waiting", "blocked", "due", "idle"))
_LOUD = frozenset(("critical", "warning"))
_VISITORS: dict[bool | None, Visitors] = {True: "safe", False: "warned", None: "unknown"}


class ServerWide(NamedTuple):
    """Causes about the whole server: those that keep AutoSSL from trying, and those that make websites fail."""

    stopping: Found
    spreading: Found


def site_verdict(evidence: SiteEvidence, judge: Judge, server: ServerWide, gaps: Gaps) -> SiteVerdict:
    """Judge one website in the light of what is the matter with its server."""
    shared: Found = []
    if server.spreading:
        evidence, shared = absorbed(evidence, server.spreading)
    judgement = judge.site(evidence)
    found = judgement.found
    if server.stopping or shared:
        found = [(cause, projected(match, evidence)) for cause, match in server.stopping] + shared + found
    visitors = _VISITORS[evidence.visitors_are_safe()]
    could_not_check = gaps.of(evidence, judgement)
    renewal, main = _choose(found, evidence)
    if main is None:
        fallback = judge.causes[FALLBACK]
        main = (fallback, unjudged(evidence))
        found = [main, *found]
        renewal = "failing" if evidence.failed else "unknown"
    findings = _findings(found, main, evidence, visitors)
    if evidence.live is not None:
        renewal = "running"
        findings = _with_live_run(findings, found)
    website = evidence.website
    uncovered, certificate = uncovered_names(evidence), evidence.certificate
    return by_place(
        SiteVerdict,
        (
            website.account,
            website.name,
            website.names,
            visitors,
            renewal,
            findings,
            uncovered,
            certificate,
            could_not_check,
        ),
    )


def server_wide(found: Found) -> ServerWide:
    """Sort what was found about the server by what it means for websites."""
    stopping = [
        (cause, match) for cause, match in found if match.explains == "blocked" or (cause.stops and not match.explains)
    ]
    return ServerWide(stopping, [pair for pair in found if pair[1].spreads])


def absorbed(evidence: SiteEvidence, spreading: Found) -> tuple[SiteEvidence, Found]:
    """Put a trouble of the server in the place of what it did to a website that failed; nothing is told twice."""
    if not spreading or not evidence.failed:
        return evidence, []
    shared: Found = []
    for cause, match in spreading:
        kinds = match.spreads
        own = {failure.kind for failure in evidence.failures} | evidence.kinds
        if kinds.isdisjoint(own):
            continue
        names = tuple(failure.name for failure in evidence.failures if failure.kind in kinds and failure.name)
        told = projected(match, evidence)
        shared.append((cause, told._replace(explains="failing", domains=names or evidence.website.names)))
        failures = tuple(
            failure._replace(kind=_ELSEWHERE, claimed=True, unpointed=False) if failure.kind in kinds else failure
            for failure in evidence.failures
        )
        kept = evidence.kinds - kinds - {f"failure:{kind}" for kind in kinds}
        if all(failure.claimed for failure in failures):
            kept -= {"unclaimed"}
        unexplained = tuple(fact for fact in evidence.unexplained if fact.kind not in kinds)
        evidence = evidence._replace(failures=failures, kinds=kept, unexplained=unexplained)
    return evidence, shared


def projected(match: Match, evidence: SiteEvidence) -> Match:
    """Tell a website about a server-wide cause: points in time and durations only, and the website's own facts."""
    args: dict[str, Argument] = {
        name: value for name, value in match.args.items() if not isinstance(value, str | int | tuple)
    }
    args["site"] = evidence.website.name
    if evidence.not_after is not None:
        args["not_after"] = evidence.not_after
    return match._replace(args=args, domains=(), evidence=(), act_by=None, spreads=frozenset())


def uncovered_names(evidence: SiteEvidence) -> tuple[str, ...]:
    """Give the names that visitors may type, or that the last run counted, and that the certificate does not cover."""
    fact = evidence.certificate_fact
    if isinstance(fact, Unknown):
        return ()
    names = evidence.website.names
    if evidence.failures:
        names = tuple(dict.fromkeys([*names, *(failure.name for failure in evidence.failures if not failure.service)]))
    certificate = fact.value
    return names if certificate is None else tuple(name for name in names if not certificate.covers_name(name))


def _choose(found: Found, evidence: SiteEvidence) -> tuple[Renewal, tuple[Cause, Match] | None]:
    """Take the first state of the renewal axis that a finding explains, and the finding that explains it."""
    if len(found) == 1 and not evidence.failed:
        state = found[0][1].explains or found[0][0].explains
        return (state, found[0]) if state is not None and state in _QUIET_STATES else ("unknown", None)
    by_state: dict[Renewal, Found] = {}
    for pair in found:
        state = pair[1].explains or pair[0].explains
        if state is not None:
            by_state.setdefault(state, []).append(pair)
    for state in _STATES:
        pairs = by_state.get(state, [])
        if state == "failing":
            if evidence.failed:
                return state, _deepest(pairs, evidence) if pairs else None
        elif pairs:
            return state, _main_of(state, pairs, by_state, evidence)
    return "unknown", None


def _main_of(
    state: Renewal, pairs: Found, by_state: dict[Renewal, Found], evidence: SiteEvidence
) -> tuple[Cause, Match]:
    first = min(pairs, key=lambda pair: pair[0].rank)
    main_name = evidence.website.name
    if state == "waiting" and main_name in first[1].domains:
        # The main name itself holds the renewal back: what is wrong with it comes first.
        own = [pair for pair in by_state.get("failing", []) if main_name in pair[1].domains]
        if own:
            return min(own, key=lambda pair: pair[0].rank)
    return first


def _deepest(pairs: Found, evidence: SiteEvidence) -> tuple[Cause, Match]:
    """Choose the cause of the main name, else of www, else of most names; the lower rank lies deeper."""
    main_name = evidence.website.name
    visitors = {failure.name for failure in evidence.failures if not failure.service}

    def order(pair: tuple[Cause, Match]) -> tuple[bool, bool, bool, int, int]:
        cause, match = pair
        names = match.domains
        return (
            main_name not in names,
            f"www.{main_name}" not in names,
            not visitors.intersection(names),
            -len(names),
            cause.rank,
        )

    return min(pairs, key=order)


def _findings(
    found: Found, main: tuple[Cause, Match], evidence: SiteEvidence, visitors: Visitors
) -> tuple[Finding, ...]:
    if len(found) == 1:
        return (finding(*main, evidence, visitors),)
    others = [finding(*pair, evidence, visitors) for pair in found if pair is not main]
    return (finding(*main, evidence, visitors), *sorted(others, key=sort_key))


def _with_live_run(findings: tuple[Finding, ...], found: Found) -> tuple[Finding, ...]:
    """Put the running check second, or first where nothing else is loud."""
    running = {cause.id for cause, _ in found if cause.explains == "running"}
    live = tuple(item for item in findings if item.cause in running)
    others = tuple(item for item in findings if item.cause not in running)
    if not live:
        return findings
    if others and any(item.severity in _LOUD for item in others):
        return (others[0], *live, *others[1:])
    # Without the run nothing could be said of the website: the run itself is the answer.
    return (*live, *(item for item in others if item.cause != FALLBACK))


def unjudged(evidence: SiteEvidence) -> Match:
    """Say that a website could not be judged, and why: nothing to read, or nothing that explains what was read."""
    args: dict[str, Argument] = {"reason": "no_verdict"}
    if evidence.website.name:
        args["site"] = evidence.website.name
    seen = tuple(_messages(evidence))
    unread = evidence.certificate_fact.source if isinstance(evidence.certificate_fact, Unknown) else ""
    unread = unread if evidence.host.runs_readable else evidence.host.runs_source
    if unread and not evidence.host.pasted and not evidence.failed:
        args.update(reason="not_readable", source=unread)
        return Match(args, (), "possible", seen, severity="notice")
    if evidence.is_valid() is False:
        args["reason"] = "unexplained"
    return Match(args, (), "possible", seen)


def _messages(evidence: SiteEvidence) -> list[Evidence]:
    reading = evidence.reading
    if reading is None:
        return []
    return [Evidence(fact.source, fact.at or None, fact.text) for fact in reading.facts[:5]]
