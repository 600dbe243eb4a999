"""Some names of the website were left out of AutoSSL on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterable

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Answer, Argument, Confidence, Evidence, Match, NoMatch
from autossl_doctor.model.names import visitor_base

SAID = ("website.user_excluded", "website.excluded_before_74")
EVERYTHING = "impediment.excluded"
_NAME = re.compile(r"[^\s“”\",…]+\.[^\s“”\",…]+")


def judge(evidence: SiteEvidence) -> Answer:
    """Match for names that the list leaves out, or the last run named; a list that can be read is the newer word."""
    if evidence.has(EVERYTHING):
        return NoMatch()
    said = evidence.seen(*SAID)
    facts = [fact for kind in SAID for fact in evidence.facts(kind)]
    named = _named(fact.fields.get("names") or fact.fields.get("listed", "") for fact in facts)
    excluded = evidence.account.excluded if evidence.account else None
    confidence: Confidence = evidence.confidence
    if isinstance(excluded, Known):
        own = {evidence.website.name, *evidence.website.names}
        listed = sorted(name for name in excluded.value if name in own or visitor_base(name) in own or name in named)
        if own <= excluded.value:
            return NoMatch()
        confidence = evidence.confidence if said else "likely"
        said = (*said, Evidence(excluded.source, None, "")) if listed else ()
        named = tuple(listed)
    if not named:
        return NoMatch()
    args: dict[str, Argument] = {"excluded": named, "count": len(named)}
    if evidence.website.name:
        args["site"] = evidence.website.name
    return Match(args, named, confidence, said)


def _named(texts: Iterable[str]) -> tuple[str, ...]:
    found = (name for text in texts for name in _NAME.findall(text))
    return tuple(dict.fromkeys(name.lower().rstrip(".") for name in found))
