"""Names that the certificate covers today failed their check; the next certificate would leave them out."""

from __future__ import annotations

import re
from datetime import timedelta

from autossl_doctor.causes.ca_answers import about
from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Match, NoMatch

LAST_STAGE = timedelta(days=3)
"""Three days before the end AutoSSL renews without the failing names (facts, section 7)."""
_COUNT = re.compile(r"\b(\d{1,4}) of the website[’']s secured domains")
NOTICES = ("notice.coverage", "notice.reduction")


def judge(evidence: SiteEvidence) -> Answer:
    """Match while the present certificate still covers names that failed, and the next one is not there yet."""
    losing = tuple(failure.name for failure in evidence.failures if failure.name and failure.secured)
    told = evidence.has(*NOTICES)
    unsure = [failure for failure in evidence.failures if failure.name and failure.secured is None]
    if not losing and (told or (unsure and evidence.has("impediment.secured"))):
        # AutoSSL says that some are on the present certificate, which nobody here has seen.
        losing = tuple(failure.name for failure in unsure or evidence.failures if failure.name)
    if evidence.installed or evidence.stopped or not (told or losing):
        return NoMatch()
    remaining = [name for name in evidence.website.names if name not in losing]
    coming = evidence.has("website.will_request", "ordered") and remaining
    if not (told or coming or evidence.has("impediment.secured")):
        return NoMatch()
    args = {**about(evidence), "count": max(len(losing), _counted(evidence), 1)}
    if losing:
        args["names"] = losing
    if not coming and evidence.not_after is not None and evidence.not_after - LAST_STAGE > evidence.host.now:
        args["drop_at"] = evidence.not_after - LAST_STAGE
    seen = evidence.seen("impediment.secured", *NOTICES)
    seen = (*seen, *dict.fromkeys(item for name in evidence.failures if name.name in losing for item in name.evidence))
    return Match(args, losing, evidence.confidence, seen)


def _counted(evidence: SiteEvidence) -> int:
    """Read how many names a notice counts."""
    counts = (_COUNT.search(fact.text) for notice in NOTICES for fact in evidence.facts(notice))
    return max((int(found[1]) for found in counts if found), default=0)
