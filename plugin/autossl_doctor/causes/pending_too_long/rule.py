"""An order waits longer than is usual."""

from __future__ import annotations

from autossl_doctor.causes.pending_at_ca.rule import longest_usual, waiting
from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Match, NoMatch


def judge(evidence: SiteEvidence) -> Answer:
    """Match where an order has waited for four times as long as is usual here, or for more than a day."""
    found = waiting(evidence)
    if found is None:
        return NoMatch()
    args, seen, waited = found
    if waited is None or waited <= longest_usual(evidence):
        return NoMatch()
    kept = {name: value for name, value in args.items() if name != "since"}
    usual = evidence.host.usual.get("order")
    if usual is not None:
        kept["usual"] = usual.half
    return Match(kept, evidence.website.names, evidence.confidence, seen)
