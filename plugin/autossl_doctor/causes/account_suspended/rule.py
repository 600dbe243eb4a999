"""The account is suspended, so AutoSSL passes it over."""

from __future__ import annotations

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Answer, Argument, Confidence, Evidence, Match, NoMatch

SAID = "account.suspended"


def judge(evidence: SiteEvidence) -> Answer:
    """Match on the last run's words; where log and files disagree the younger of both wins, and is only likely."""
    said = evidence.seen(SAID)
    fact = evidence.account.suspended if evidence.account else None
    noted = isinstance(fact, Known) and fact.value
    contradicted = not said and evidence.account_reading is not None
    if contradicted and not _is_younger(evidence):
        return NoMatch()
    confidence: Confidence = "certain" if (noted or fact is None) and not contradicted else "likely"
    if evidence.host.pasted:
        confidence = evidence.confidence
    args: dict[str, Argument] = {"account": evidence.website.account or _named(evidence)}
    if evidence.website.name:
        args["site"] = evidence.website.name
    if evidence.not_after is not None:
        args["not_after"] = evidence.not_after
    noted_in = (Evidence(fact.source, None, "SUSPENDED=1"),) if noted and fact else ()
    return Match(args, (), confidence, (*said, *noted_in))


def _is_younger(evidence: SiteEvidence) -> bool:
    """Tell whether the account was suspended after the last run looked at it."""
    since = evidence.account.suspended_at if evidence.account else None
    return since is not None and evidence.run is not None and evidence.run.started < since <= evidence.host.now


def _named(evidence: SiteEvidence) -> str:
    return next((fact.fields["user"] for fact in evidence.facts(SAID)), "")
