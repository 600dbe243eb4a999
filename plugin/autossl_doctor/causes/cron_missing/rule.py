"""The scheduled job is gone."""

from __future__ import annotations

from datetime import timedelta

from autossl_doctor.model.evidence import HostEvidence
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Answer, Argument, CannotTell, Confidence, Evidence, Match, NoMatch

SOON = timedelta(days=14)


def judge_server(host: HostEvidence) -> Answer:
    """Match where the job file is missing or empty although a provider is chosen (without one, none is expected)."""
    if isinstance(host.provider, Known) and not host.provider.value:
        return NoMatch()
    if not isinstance(host.schedule, Known):
        return NoMatch() if host.pasted else CannotTell(("schedule",))
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
