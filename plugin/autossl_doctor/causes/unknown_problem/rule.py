"""Something failed in words that no cause accounts for."""

from __future__ import annotations

from autossl_doctor.model.evidence import HostEvidence, SiteEvidence, as_evidence
from autossl_doctor.model.finding import Answer, Argument, Match, NoMatch
from autossl_doctor.model.log import UNRECOGNISED

WORDS = 300


def judge(evidence: SiteEvidence) -> Answer:
    """Match for names that failed in unknown ways and for messages of trouble that nobody understands."""
    failures = [failure for failure in evidence.failures if not failure.claimed and not failure.unpointed]
    seen = [item for failure in failures for item in failure.evidence]
    seen += [as_evidence(fact) for fact in evidence.unexplained]
    if not seen:
        return NoMatch()
    known = [failure for failure in failures if failure.kind != UNRECOGNISED]
    known_facts = [fact for fact in evidence.unexplained if fact.kind != UNRECOGNISED]
    args: dict[str, Argument] = {"reason": "known_failure" if known or known_facts else "unrecognised"}
    if evidence.website.name:
        args["site"] = evidence.website.name
    if failures:
        args["domain"] = failures[0].name
    args["words"] = seen[0].text[:WORDS]
    args["source"] = seen[0].source
    return Match(args, tuple(failure.name for failure in failures if failure.name), "possible", tuple(seen[:10]))


def judge_server(host: HostEvidence) -> Answer:
    """Match for messages of trouble about the run as a whole."""
    facts = [fact for fact in host.facts if fact.kind == UNRECOGNISED]
    if not facts:
        return NoMatch()
    args: dict[str, Argument] = {
        "reason": "unrecognised",
        "words": facts[0].text[:WORDS],
        "source": facts[0].source,
    }
    return Match(args, (), "possible", tuple(as_evidence(fact) for fact in facts[:10]))
