"""The certificate is valid, and AutoSSL found nothing to do."""

from __future__ import annotations

from autossl_doctor.model.evidence import SiteEvidence, line_of
from autossl_doctor.model.fact import Known, Unknown
from autossl_doctor.model.finding import Answer, Argument, CannotTell, Confidence, Evidence, Match, NoMatch

AGAINST = frozenset(("files.suspended", "files.no_feature"))
"""What the files say against the words of the last run, which win."""


def judge(evidence: SiteEvidence) -> Answer:
    """Match where the last run was content, nothing failed and the installed certificate agrees.

    Without a look at the certificate or at the schedule, or after a look from outside that failed, it is only likely;
    against the certificate it is nothing.
    """
    reading, certificate, schedule = evidence.reading, evidence.certificate, evidence.host.schedule
    if reading is None or evidence.failed or evidence.unexplained or evidence.stopped:
        return NoMatch()
    if not evidence.installed and (reading.status != "ok" or evidence.failures or evidence.contradicts_itself):
        return NoMatch()
    args: dict[str, Argument] = {"site": evidence.website.name}
    confidence: Confidence = evidence.confidence
    if certificate is None:
        fact = evidence.certificate_fact
        if isinstance(fact, Known):
            return NoMatch()
        if fact.why != "not_given":
            # A certificate that is there and cannot be read is no sign of health.
            return CannotTell(())
        confidence = "likely"
    else:
        if not evidence.is_valid():
            return NoMatch()
        names = evidence.website.names
        uncovered = tuple(name for name in names if not certificate.covers_name(name))
        args["not_after"] = certificate.not_after
        args["count"] = len(names) - len(uncovered)
        if uncovered:
            args["uncovered"] = uncovered
    if isinstance(schedule, Unknown) or schedule.value.next_run is None:
        confidence = "likely"
    else:
        args["next_run"] = schedule.value.next_run
    unseen = evidence.visit is not None and evidence.visit.outcome != "served"
    if unseen or not evidence.kinds.isdisjoint(AGAINST):
        confidence = "likely"
    said = evidence.account_reading
    source = line_of(said.source, reading.number) if said else ""
    seen = Evidence(source, reading.at or None, "TLS Status: OK" if reading.status == "ok" else "")
    return Match(args, evidence.website.names, confidence, (seen,))
