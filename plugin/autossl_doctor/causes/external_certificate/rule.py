"""The installed certificate is none of AutoSSL's, and AutoSSL leaves it alone."""

from __future__ import annotations

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Argument, Confidence, Evidence, Match, NoMatch

SAID = ("impediment.external", "website.external_renewal")


def judge(evidence: SiteEvidence) -> Answer:
    """Match on AutoSSL's own words, or on an issuer that no provider recognises while the log has no complaint.

    Where AutoSSL replaced the certificate in the same run, or tried to, it does not leave it alone.
    """
    seen = evidence.seen(*SAID)
    reading = evidence.reading
    if evidence.installed or (not seen and reading is not None and reading.status != "ok"):
        return NoMatch()
    if not seen and evidence.failures:
        return NoMatch()
    args: dict[str, Argument] = {"site": evidence.website.name}
    confidence: Confidence = evidence.confidence if seen else "likely"
    if evidence.certificate is not None:
        args["issuer"] = evidence.certificate.issuer
        expired = evidence.certificate.not_after <= evidence.host.now
        args["expired_at" if expired else "not_after"] = evidence.certificate.not_after
        seen = (*seen, Evidence(evidence.certificate_fact.source, None, evidence.certificate.issuer))
    return Match(args, evidence.website.names, confidence, seen)
