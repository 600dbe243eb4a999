"""The scheduled job is gone."""

from __future__ import annotations

from datetime import timedelta

from autossl_doctor.model.evidence import HostEvidence, as_evidence
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Answer, Argument, CannotTell, Confidence, Evidence, Match, NoMatch

SOON = timedelta(days=14)
SAID = "schedule.missing"
SWITCHED_OFF = "run.disabled"


def judge_server(host: HostEvidence) -> Answer:
    """Match where the job file is missing or empty although a provider is chosen (without one, none is expected)."""
    if isinstance(host.provider, Known) and not host.provider.value:
        return NoMatch()
    if host.pasted:
        return _said(host)
    if not isinstance(host.schedule, Known):
        return CannotTell(("schedule",))
    if host.schedule.value.exists:
        return NoMatch()
    args: dict[str, Argument] = {}
    if host.last_all_users_run is not None:
        args["last_run"] = host.last_all_users_run
    # What is due already is due now.
    due = sorted(
        max(fact.value.not_after - host.window, host.now)
        for fact in host.certificates.values()
        if isinstance(fact, Known) and fact.value is not None and not fact.value.self_signed
    )
    soon = [moment for moment in due if moment <= host.now + SOON]
    if soon:
        args.update(due_count=len(soon), first_due=soon[0])
    # Without a look at the settings AutoSSL might be switched off, and then no job is expected.
    confidence: Confidence = "certain" if isinstance(host.provider, Known) else "likely"
    return Match(args, (), confidence, evidence=(Evidence(host.schedule.value.source, None, ""),))


def _said(host: HostEvidence) -> Answer:
    """Match where a pasted text shows that there is no job; where AutoSSL is switched off, none is expected."""
    said = host.said(SAID)
    if not said or host.said(SWITCHED_OFF):
        return NoMatch()
    return Match({}, (), "likely", tuple(as_evidence(fact) for fact in said[:1]))
