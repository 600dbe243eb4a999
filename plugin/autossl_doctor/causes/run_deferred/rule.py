"""A run stopped early at a limit of the CA and goes on at the same place the next time."""

from __future__ import annotations

from autossl_doctor.model.evidence import HostEvidence, SiteEvidence, as_evidence
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Answer, Argument, Match, NoMatch
from autossl_doctor.model.moment import parse_moment

DEFERRED = "run.deferred"


def judge_server(host: HostEvidence) -> Answer:
    """Match where the newest run over all accounts stopped early."""
    said = [fact for fact in host.newest[1].facts if fact.kind == DEFERRED] if host.newest else []
    if not said:
        return NoMatch()
    args = _next(host)
    stopped_at = parse_moment(said[0].at)
    if stopped_at and not host.pasted:
        args["stopped_at"] = stopped_at
    return Match(args, (), "likely" if host.pasted else "certain", (as_evidence(said[0]),))


def judge(evidence: SiteEvidence) -> Answer:
    """Match where the run did not come to a website that needs a certificate; what failed before goes first."""
    if evidence.deferred is None or evidence.installed or not _needs_a_check(evidence):
        return NoMatch()
    args = {**_next(evidence.host), "site": evidence.website.name}
    if evidence.not_after is not None:
        args["not_after"] = evidence.not_after
    return Match(args, (), evidence.confidence, explains=None if evidence.failed or evidence.stopped else "waiting")


def _needs_a_check(evidence: SiteEvidence) -> bool:
    certificate = evidence.certificate
    if certificate is None or not evidence.is_valid():
        return True
    return certificate.not_after - evidence.host.now <= evidence.host.window


def _next(host: HostEvidence) -> dict[str, Argument]:
    schedule = host.schedule
    known = isinstance(schedule, Known) and schedule.value.next_run is not None
    return {"next_run": schedule.value.next_run} if known else {}  # type: ignore[union-attr, dict-item]
