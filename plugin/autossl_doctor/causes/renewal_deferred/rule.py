"""AutoSSL holds a renewal back because names on the present certificate failed their check."""

from __future__ import annotations

from datetime import timedelta

from autossl_doctor.causes.deferral import stated_count, stated_date, stated_end, stated_names
from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Argument, Match, NoMatch

LAST_STAGE = timedelta(days=3)
"""Three days before the end AutoSSL renews without the failing names (facts, section 7)."""


def judge(evidence: SiteEvidence) -> Answer:
    """Match until the last stage begins, unless AutoSSL does not try at all any more."""
    if evidence.stopped or evidence.installed:
        return NoMatch()
    if evidence.has("status.incomplete") and not evidence.has("notice.deferred"):
        # Not due yet: only names that are to be added are kept waiting.
        return NoMatch()
    ends = evidence.not_after or stated_end(evidence)
    drop_at = stated_date(evidence)
    if drop_at is None and ends is not None:
        drop_at = ends - LAST_STAGE
    if drop_at is not None and drop_at <= evidence.host.now and not evidence.host.pasted:
        return NoMatch()
    failing = tuple(failure.name for failure in evidence.failures if failure.name and failure.secured is not False)
    holding = stated_names(evidence) or failing
    args: dict[str, Argument] = {
        "site": evidence.website.name,
        "count": max(len(holding), stated_count(evidence), 1),
    }
    if holding:
        args["holding"] = holding
    if drop_at is not None:
        args["drop_at"] = drop_at
    if ends is not None:
        args["not_after"] = ends
    seen = evidence.seen("impediment.secured", "notice.deferred")
    return Match(args, holding, evidence.confidence, seen, act_by=drop_at)
