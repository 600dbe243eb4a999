"""An order waits longer than is usual."""

from __future__ import annotations

from autossl_doctor.causes.pending_at_ca.rule import USUAL_LIMIT, waiting
from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Match, NoMatch


def judge(evidence: SiteEvidence) -> Answer:
    """Match where an order has waited for more than a day."""
    found = waiting(evidence)
    if found is None:
        return NoMatch()
    args, seen, waited = found
    if waited is None or waited <= USUAL_LIMIT:
        return NoMatch()
    kept = {name: value for name, value in args.items() if name != "since"}
    return Match(kept, evidence.website.names, evidence.confidence, seen)
