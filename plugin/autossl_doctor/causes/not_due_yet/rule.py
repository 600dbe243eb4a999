"""A valid certificate that AutoSSL renews later by itself."""

from __future__ import annotations

from autossl_doctor.model.evidence import SiteEvidence, line_of
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Answer, Argument, Evidence, Match, NoMatch, Renewal


def judge(evidence: SiteEvidence) -> Answer:
    """Match where a renewal is due and was not tried yet, or where the log gave an advance warning of a valid one."""
    reading, certificate = evidence.reading, evidence.certificate
    if evidence.stopped or evidence.contradicts_itself:
        return NoMatch()
    if reading is None or evidence.failed or evidence.unexplained or evidence.installed or evidence.is_valid() is False:
        return NoMatch()
    if evidence.has("impediment.external", "impediment.excluded", "ordered", "order"):
        return NoMatch()
    state: Renewal | None = None
    if reading.status in ("renewal", "incomplete") or evidence.has("window.entered"):
        state = "due"
    elif reading.status == "ok":
        state = "idle"
    if state is None:
        return NoMatch()
    args: dict[str, Argument] = {"site": evidence.website.name}
    if certificate is not None:
        args["not_after"] = certificate.not_after
        args["renews_from"] = certificate.not_after - evidence.host.window
    schedule = evidence.host.schedule
    if isinstance(schedule, Known) and schedule.value.next_run is not None:
        args["next_run"] = schedule.value.next_run
    source = evidence.account_reading.source if evidence.account_reading else ""
    text = f"TLS status {reading.status}; certificate expiry {reading.expiry}"
    seen = Evidence(line_of(source, reading.number), reading.at or None, text)
    return Match(args, evidence.website.names, evidence.confidence, (seen,), explains=state)
