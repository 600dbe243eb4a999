"""The installed certificate is none of AutoSSL's, and AutoSSL leaves it alone."""

from __future__ import annotations

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Argument, Match, NoMatch


def judge(evidence: SiteEvidence) -> Answer:
    """Match on AutoSSL's own words, unless it replaced the certificate in the same run."""
    if evidence.installed:
        return NoMatch()
    args: dict[str, Argument] = {"site": evidence.website.name}
    if evidence.certificate is not None:
        args["issuer"] = evidence.certificate.issuer
        args["not_after"] = evidence.certificate.not_after
    seen = evidence.seen("impediment.external", "website.external_renewal")
    return Match(args, evidence.website.names, evidence.confidence, seen)
