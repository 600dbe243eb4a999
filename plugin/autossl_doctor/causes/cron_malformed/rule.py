"""The scheduled job is there, but cron does not run it."""

from __future__ import annotations

from autossl_doctor.model.evidence import HostEvidence
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Answer, Argument, CannotTell, Evidence, Match, NoMatch


def judge_server(host: HostEvidence) -> Answer:
    """Match where the file has a problem that keeps cron from running the job."""
    if isinstance(host.provider, Known) and not host.provider.value:
        return NoMatch()
    if not isinstance(host.schedule, Known):
        return NoMatch() if host.pasted else CannotTell(("schedule",))
    schedule = host.schedule.value
    if not schedule.exists or not schedule.problem:
        return NoMatch()
    args: dict[str, Argument] = {"problem": schedule.problem}
    if schedule.line:
        args["line"] = schedule.line
    if host.last_all_users_run is not None:
        args["last_run"] = host.last_all_users_run
    return Match(args, evidence=(Evidence(schedule.source, None, schedule.line),))
