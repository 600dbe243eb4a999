"""How bad a finding is, and until when somebody must act: from the certificate's own lifetime."""

from __future__ import annotations

from datetime import datetime, timedelta

from autossl_doctor.model.by_place import by_place
from autossl_doctor.model.cause import Cause
from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import SEVERITIES, Finding, Match, Severity, Visitors

USUAL_TIME = timedelta(hours=3)
"""From a new try to the new certificate being served, where nothing was measured yet."""
LAST_PART_OF_LIFETIME = 10


def finding(cause: Cause, match: Match, evidence: SiteEvidence, visitors: Visitors) -> Finding:
    """Complete a match with who must act, how urgent it is and until when."""
    who = match.who or cause.who
    severity = match.severity or cause.severity
    act_by = None
    if who != "nobody":
        act_by = match.act_by or _act_by(evidence)
        if not cause.never_rises and severity != "critical" and _concerns_visitors(match, evidence):
            severity = _risen(severity, evidence, act_by, visitors)
    domains, args = match.domains, match.args
    if evidence.host.pasted:
        # A pasted text need not name the website.
        domains = tuple(name for name in domains if name)
        args = {name: value for name, value in args.items() if value != ""}
    return by_place(Finding, (cause.id, who, severity, match.confidence, domains, args, act_by, match.evidence))


def _act_by(evidence: SiteEvidence) -> datetime | None:
    ends = evidence.visitors_until
    if ends is None or evidence.visitors_are_safe() is False:
        # Too late already, or never right.
        return None
    measured = evidence.host.usual.get("renewal")
    if measured is not None:
        return ends - measured.most
    return ends - USUAL_TIME - (evidence.host.interval or timedelta())


def _concerns_visitors(match: Match, evidence: SiteEvidence) -> bool:
    if not match.domains:
        return True
    visitors = {evidence.website.name, *evidence.website.names}
    return any(name in visitors for name in match.domains)


def _risen(severity: Severity, evidence: SiteEvidence, act_by: datetime | None, visitors: Visitors) -> Severity:
    certificate, now = evidence.certificate, evidence.host.now
    late = certificate is not None and certificate.not_after - now < certificate.lifetime / LAST_PART_OF_LIFETIME
    past = act_by is not None and act_by <= now
    return "critical" if late or past or visitors == "warned" else severity


def sort_key(item: Finding) -> tuple[int, bool, float, str]:
    """Order findings by severity, then by the time left (none last), then by id."""
    act_by = item.act_by.timestamp() if item.act_by else 0.0
    return SEVERITIES.index(item.severity), item.act_by is None, act_by, item.cause
