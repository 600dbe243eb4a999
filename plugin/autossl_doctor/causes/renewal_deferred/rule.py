"""AutoSSL holds a renewal back because names on the present certificate failed their check."""

from __future__ import annotations

from datetime import datetime, timedelta

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Argument, Match, NoMatch
from autossl_doctor.model.said_moment import said_moment

LAST_STAGE = timedelta(days=3)
"""Three days before the end AutoSSL renews without the failing names (facts, section 7)."""


def judge(evidence: SiteEvidence) -> Answer:
    """Match until the last stage begins, unless AutoSSL does not try at all any more."""
    if evidence.stopped or evidence.installed:
        return NoMatch()
    if evidence.has("status.incomplete") and not evidence.has("notice.deferred"):
        # Not due yet: only names that are to be added are kept waiting.
        return NoMatch()
    drop_at = _stated(evidence)
    if drop_at is None and evidence.not_after is not None:
        drop_at = evidence.not_after - LAST_STAGE
    if drop_at is not None and drop_at <= evidence.host.now and not evidence.host.pasted:
        return NoMatch()
    failing = [failure for failure in evidence.failures if failure.secured is not False]
    holding = tuple(failure.name for failure in failing)
    args: dict[str, Argument] = {
        "site": evidence.website.name,
        "count": max(len(holding), _stated_count(evidence), 1),
    }
    if holding:
        args["holding"] = holding
    if drop_at is not None:
        args["drop_at"] = drop_at
    if evidence.not_after is not None:
        args["not_after"] = evidence.not_after
    seen = evidence.seen("impediment.secured", "notice.deferred")
    return Match(args, holding, evidence.confidence, seen, act_by=drop_at)


def _stated(evidence: SiteEvidence) -> datetime | None:
    """Read the date that a notice names."""
    for fact in evidence.facts("notice.deferred"):
        moment = said_moment(fact.fields.get("deferred", ""))
        if moment is not None:
            return moment
    return None


def _stated_count(evidence: SiteEvidence) -> int:
    for fact in evidence.facts("notice.deferred"):
        digits = "".join(sign for sign in fact.fields.get("count", "") if sign.isdigit())
        return int(digits or "0")
    return 0
