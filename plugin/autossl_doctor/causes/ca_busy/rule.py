"""The CA is overloaded, under maintenance or had an error of its own."""

from __future__ import annotations

from autossl_doctor.causes.ca_answers import about, answers, not_accepted, ordered_names
from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Answer, Match, NoMatch

BUSY = "ca.busy"


def judge(evidence: SiteEvidence) -> Answer:
    """Match for names and orders on which the CA gave no verdict, unless something else is wrong with the names."""
    names = [failure for failure in not_accepted(evidence, BUSY) if failure.kind == BUSY]
    seen = answers(evidence, "order.busy", "order.strained", "order.not_ready")
    if not names and not seen:
        return NoMatch()
    args = about(evidence)
    schedule = evidence.host.schedule
    if isinstance(schedule, Known) and schedule.value.next_run is not None:
        args["next_run"] = schedule.value.next_run
    seen = (*seen, *dict.fromkeys(item for name in names for item in name.evidence))
    domains = tuple(name.name for name in names if name.name) or ordered_names(evidence)
    return Match(args, domains, evidence.confidence, seen)
