"""A wildcard name that the provider does not certify."""

from __future__ import annotations

import re

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Argument, Match, NoMatch, Renewal

SAID = "website.wildcard"
EXCLUDED = "website.provider_excluded"
_WILDCARD = re.compile(r"\*\.[^\s,…]+")


def judge(evidence: SiteEvidence) -> Answer:
    """Match where AutoSSL skips a website for its wildcard, or leaves wildcard names out."""
    said = evidence.seen(SAID)
    names = [name for fact in evidence.facts(EXCLUDED) for name in _WILDCARD.findall(fact.fields.get("names", ""))]
    if not said and not names:
        return NoMatch()
    if names:
        said = (*said, *evidence.seen(EXCLUDED))
    args: dict[str, Argument] = {}
    if evidence.website.name:
        args["site"] = evidence.website.name
    wild = tuple(dict.fromkeys(names))
    if wild:
        args["wildcards"] = wild
    skipped = bool(evidence.facts(SAID)) or evidence.has("impediment.excluded")
    state: Renewal = "blocked" if skipped else "idle"
    return Match(args, wild, evidence.confidence, said, explains=state)
