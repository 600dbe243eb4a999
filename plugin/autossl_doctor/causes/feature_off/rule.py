"""The account's plan lacks the AutoSSL feature."""

from __future__ import annotations

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Answer, Argument, Confidence, Evidence, Match, NoMatch

SAID = "account.no_feature"


def judge(evidence: SiteEvidence) -> Answer:
    """Match on the last run's words; where log and files disagree the run's words win, and are only likely."""
    said = evidence.seen(SAID)
    fact = evidence.account.feature if evidence.account else None
    noted = isinstance(fact, Known) and not fact.value
    if not said and evidence.account_reading is not None:
        return NoMatch()
    confidence: Confidence = "certain" if said and (noted or fact is None) else "likely"
    if evidence.host.pasted:
        confidence = evidence.confidence
    named = next((fact.fields.get("user", "") for fact in evidence.facts(SAID)), "")
    args: dict[str, Argument] = {"account": evidence.website.account or named}
    if evidence.website.name:
        args["site"] = evidence.website.name
    if evidence.not_after is not None:
        args["not_after"] = evidence.not_after
    if evidence.account and evidence.account.feature_list:
        args["feature_list"] = evidence.account.feature_list
    noted_in = (Evidence(fact.source, None, "autossl=0"),) if noted and fact else ()
    return Match(args, (), confidence, (*said, *noted_in))
