"""The account's plan lacks the AutoSSL feature."""

from __future__ import annotations

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Answer, Argument, Confidence, Evidence, Match, NoMatch

SAID = "account.no_feature"
LISTS = "/var/cpanel/features"


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
    named_list = evidence.account.feature_list if evidence.account else ""
    if named_list and not (isinstance(fact, Known) and fact.source != f"{LISTS}/{named_list}"):
        # An override of the account, or the list for the whole server, may be the reason in its place.
        args["feature_list"] = named_list
    noted_in = (Evidence(fact.source, None, "autossl=0"),) if noted and fact else ()
    return Match(args, (), confidence, (*said, *noted_in))
