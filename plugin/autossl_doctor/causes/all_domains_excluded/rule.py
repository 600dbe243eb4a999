"""Every name of the website was switched off from AutoSSL."""

from __future__ import annotations

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Answer, Argument, Confidence, Evidence, Match, NoMatch

SAID = "impediment.excluded"


def judge(evidence: SiteEvidence) -> Answer:
    """Match on the last run's words, or where the list of excluded names leaves nothing to renew."""
    said = evidence.seen(SAID)
    listed = _listed_in(evidence)
    if not said and not listed:
        return NoMatch()
    confidence: Confidence = evidence.confidence if said else "likely"
    args: dict[str, Argument] = {"site": evidence.website.name}
    if evidence.not_after is not None:
        args["not_after"] = evidence.not_after
    seen = (*said, Evidence(listed, None, "")) if listed else said
    return Match(args, evidence.website.names, confidence, seen)


def _listed_in(evidence: SiteEvidence) -> str:
    """Give the file that excludes every name of the website and of its certificate, or ""."""
    excluded = evidence.account.excluded if evidence.account else None
    if not isinstance(excluded, Known) or not evidence.website.names:
        return ""
    names = {*evidence.website.names, *(evidence.certificate.covers if evidence.certificate else ())}
    return excluded.source if names <= excluded.value else ""
