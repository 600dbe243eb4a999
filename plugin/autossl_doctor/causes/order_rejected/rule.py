"""The CA or the store rejected, canceled or lost an order."""

from __future__ import annotations

from autossl_doctor.causes.ca_answers import about, answers
from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Match, NoMatch

ENDS = {
    "order.rejected": "rejected",
    "order.revoked": "revoked",
    "order.canceled": "canceled",
    "order.unrecognized": "lost",
    "order.not_valid": "not_valid",
}


def judge(evidence: SiteEvidence) -> Answer:
    """Match unless a newer order waits already."""
    seen = answers(evidence, *ENDS)
    if not seen or evidence.order is not None:
        return NoMatch()
    args = {**about(evidence), "end": next(end for kind, end in ENDS.items() if evidence.facts(kind))}
    number = next((fact.fields.get("order") for fact in evidence.facts("order.queued")), None)
    if number:
        args["order"] = number
    return Match(args, evidence.website.names if evidence.website.name else (), evidence.confidence, seen)
