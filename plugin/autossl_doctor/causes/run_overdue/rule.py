"""The job is scheduled, but no run has come for longer than it should."""

from __future__ import annotations

from autossl_doctor.model.evidence import HostEvidence
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Answer, Argument, CannotTell, Confidence, Evidence, Match, NoMatch


def judge_server(host: HostEvidence) -> Answer:
    """Match once two scheduled times and one hour have passed since the last run over all accounts."""
    if isinstance(host.provider, Known) and not host.provider.value:
        return NoMatch()
    if not isinstance(host.schedule, Known):
        return NoMatch() if host.pasted else CannotTell(("schedule",))
    missed = host.schedule.value.overdue_since
    if missed is None:
        return NoMatch()
    args: dict[str, Argument] = {"expected": missed, "overdue": host.now - missed}
    if host.last_all_users_run is not None:
        args["last_run"] = host.last_all_users_run
    evidence = Evidence(host.schedule.value.source, None, host.schedule.value.line)
    # Without any run in the log there is only the age of the job file to go by.
    confidence: Confidence = "certain" if host.last_all_users_run else "possible"
    return Match(args, (), confidence, (evidence,))
