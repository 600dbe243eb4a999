"""Every name of the website was switched off from AutoSSL."""

from __future__ import annotations

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Answer, Argument, Confidence, Match, NoMatch

SAID = "impediment.excluded"


def judge(evidence: SiteEvidence) -> Answer:
    """Match on the last run's words, or on the list of excluded names where no run has looked at the website yet."""
    said = evidence.seen(SAID)
    excluded = evidence.account.excluded if evidence.account else None
    names = evidence.website.names
    listed = isinstance(excluded, Known) and bool(names) and all(name in excluded.value for name in names)
    if not said and (evidence.reading is not None or not listed):
        return NoMatch()
    confidence: Confidence = evidence.confidence if said else "likely"
    args: dict[str, Argument] = {"site": evidence.website.name}
    if evidence.not_after is not None:
        args["not_after"] = evidence.not_after
    return Match(args, names, confidence, said)
