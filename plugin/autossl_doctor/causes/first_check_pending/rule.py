"""A new website that no run has looked at yet."""

from __future__ import annotations

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Answer, Argument, Match, NoMatch
from autossl_doctor.model.log import UNRECOGNISED


def judge(evidence: SiteEvidence) -> Answer:
    """Match where the logs could be read and none of them has the website, unless the last run got to nobody at all."""
    newest = evidence.host.newest
    if evidence.stopped:
        return NoMatch()
    if newest is not None and not newest[1].accounts and any(fact.kind == UNRECOGNISED for fact in newest[1].facts):
        return NoMatch()
    args: dict[str, Argument] = {"site": evidence.website.name, "account": evidence.website.account}
    schedule = evidence.host.schedule
    if isinstance(schedule, Known) and schedule.value.next_run is not None:
        args["next_run"] = schedule.value.next_run
    return Match(args, evidence.website.names, "likely")
