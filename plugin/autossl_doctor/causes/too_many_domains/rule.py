"""The website has more names than the provider puts on one certificate."""

from __future__ import annotations

import re

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Argument, Match, NoMatch, Renewal

FULL = "impediment.full"
SAID = (FULL, "website.too_many", "website.names_limit", "website.names_omitted")
OMITTED = "website.not_validated"
_NAME = re.compile(r"[^\s,…]+\.[^\s,…]+")


def judge(evidence: SiteEvidence) -> Answer:
    """Match on AutoSSL's own count. A full certificate is not replaced; else only what does not fit is left out."""
    passed_over = [failure for failure in evidence.failures if failure.kind == OMITTED]
    said = evidence.seen(*SAID) + tuple(each for failure in passed_over for each in failure.evidence)
    if not said:
        return NoMatch()
    args: dict[str, Argument] = {}
    if evidence.website.name:
        args["site"] = evidence.website.name
    for name, kind in (("count", "website.names_counted"), ("limit", "website.names_limit")):
        number = next((fact.fields.get("count", "") for fact in evidence.facts(kind)), "")
        digits = "".join(sign for sign in number if sign.isdigit())
        if digits:
            args[name] = int(digits)
    left = [name for fact in evidence.facts(SAID[3]) for name in _NAME.findall(fact.fields.get("names", ""))]
    left += [failure.name for failure in passed_over if failure.name]
    if left:
        args["omitted"] = tuple(dict.fromkeys(left))
    state: Renewal | None = "blocked"
    if evidence.failed:
        state = "failing"
    elif not evidence.has(FULL) and evidence.has("installed", "status.ok"):
        state = "idle"
    return Match(args, tuple(dict.fromkeys(left)), evidence.confidence, said, explains=state)
