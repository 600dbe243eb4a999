"""The order is placed and the certificate has not arrived yet, within the usual time."""

from __future__ import annotations

from datetime import datetime, timedelta

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Argument, Evidence, Match, NoMatch
from autossl_doctor.model.moment import parse_moment
from autossl_doctor.model.said_moment import said_moment

ORDERED = ("order.queued", "order.waiting", "order.placed", "order.not_checked", "order.polled", "notice.pending")
ENDED = (
    "installed",
    "install.failed",
    "order.abandoned",
    "order.canceled",
    "order.ended",
    "order.forgotten",
    "order.rejected",
    "order.revoked",
    "order.strained",
    "order.unrecognized",
)
USUAL_LIMIT = timedelta(hours=24)
"""The documented usual time at most, where this host has no past of its own."""
TIMES_USUAL = 4


def judge(evidence: SiteEvidence) -> Answer:
    """Match while an order waits for less than a day."""
    found = waiting(evidence)
    if found is None:
        return NoMatch()
    args, seen, waited = found
    if waited is not None and waited > longest_usual(evidence):
        return NoMatch()
    return Match(args, evidence.website.names, evidence.confidence, seen)


def longest_usual(evidence: SiteEvidence) -> timedelta:
    """Tell how long an order may wait: four times what is usual here, or a day where that is not known."""
    usual = evidence.host.usual.get("order")
    return TIMES_USUAL * usual.half if usual is not None else USUAL_LIMIT


def waiting(
    evidence: SiteEvidence,
) -> tuple[dict[str, Argument], tuple[Evidence, ...], timedelta | None] | None:
    """Give the arguments and evidence of a waiting order and how long it waits; None if it has ended."""
    if evidence.order is None and evidence.has(*ENDED):
        return None
    if any("own_error" in failure.fields or "own_fault" in failure.fields for failure in evidence.failures):
        # This server could not do its own part: the CA waits in vain.
        return None
    args: dict[str, Argument] = {"site": evidence.website.name} if evidence.website.name else {}
    seen = evidence.seen(*ORDERED, "order.times")
    since, until, number = _times(evidence)
    if evidence.order is not None:
        since, number = evidence.order.requested, evidence.order.number or number
        until = evidence.host.now
        seen = (
            *seen,
            Evidence("/var/cpanel/autossl_queue_cpanel.sqlite", since.isoformat(), evidence.order.website),
        )
    if since is not None:
        args["since"] = since
    waited = until - since if since is not None and until is not None else None
    if waited is not None:
        args["waited"] = waited
    if number:
        args["order"] = number
    return args, seen, waited


def _times(evidence: SiteEvidence) -> tuple[datetime | None, datetime | None, str]:
    """Read since when the order waits, the moment to compare with, and its number from the log."""
    number = next((fact.fields.get("order") or "" for fact in evidence.facts("order.queued")), "")
    for fact in evidence.facts("order.times"):
        since = said_moment(fact.fields.get("started", ""))
        polled = said_moment(fact.text.rpartition(" is ")[2].removesuffix(".").removesuffix(" UTC"))
        return since, polled if evidence.host.pasted else evidence.host.now, number
    for kind in ORDERED:
        for fact in evidence.facts(kind):
            since = parse_moment(fact.at)
            if since and not evidence.host.pasted:
                return since, evidence.host.now, number
    return None, None, number
