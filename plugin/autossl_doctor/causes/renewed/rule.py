"""A new certificate was just installed."""

from __future__ import annotations

from datetime import timedelta

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Argument, Confidence, Evidence, Match, NoMatch
from autossl_doctor.model.moment import parse_moment

RECENT = timedelta(hours=24)
INSTALLED = ("install.done", "install.done_before_92", "install.notice")


def judge(evidence: SiteEvidence) -> Answer:
    """Match where a run installed a certificate within a day, or a valid one is that young and nothing failed since."""
    if evidence.failed or evidence.is_valid() is False or (evidence.unexplained and not evidence.installed):
        return NoMatch()
    args: dict[str, Argument] = {"site": evidence.website.name}
    if evidence.certificate is not None:
        args["not_after"] = evidence.certificate.not_after
    confidence: Confidence = evidence.confidence
    seen = evidence.seen(*INSTALLED)
    if evidence.installed:
        at = next((moment for item in seen if (moment := parse_moment(item.at or ""))), None)
        if at is not None:
            if not evidence.host.pasted and evidence.host.now - at > RECENT:
                return NoMatch()
            args["installed_at"] = at
    elif not evidence.has("status.ok") or evidence.certificate is None:
        return NoMatch()
    else:
        confidence = "likely"
        since = (evidence.certificate.installed_at or evidence.certificate.not_before).isoformat()
        seen = (Evidence(evidence.certificate_fact.source, since, evidence.certificate.issuer),)
    return Match(args, evidence.website.names, confidence, seen)
