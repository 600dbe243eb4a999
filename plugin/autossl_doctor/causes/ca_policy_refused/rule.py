"""The CA refuses a name by its rules."""

from __future__ import annotations

import re

from autossl_doctor.causes.ca_answers import about, answers, not_accepted, ordered_names
from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Match, NoMatch

REFUSED = "ca.policy"
_NAMED = re.compile(r"[Cc]annot issue for [“\"']([^\s“”\"']{1,253})[”\"']")
_UNPUBLIC = re.compile(r"public suffix|ICANN TLD|at least one dot|\(TLD\)", re.IGNORECASE)


def judge(evidence: SiteEvidence) -> Answer:
    """Match for names that the CA does not certify, named by the log or by the CA itself."""
    names = [failure for failure in not_accepted(evidence, REFUSED) if failure.kind == REFUSED]
    seen = answers(evidence, "order.refused")
    seen = (*seen, *dict.fromkeys(item for name in names for item in name.evidence))
    if not seen:
        return NoMatch()
    said = [found.group(1).lower() for item in seen if (found := _NAMED.search(item.text))]
    refused = tuple(dict.fromkeys([*(name.name for name in names if name.name), *said]))
    args = {**about(evidence), "reason": "unpublic" if any(_UNPUBLIC.search(item.text) for item in seen) else "policy"}
    if refused:
        args["domain"] = refused[0]
        if len(refused) > 1:
            args["others"] = refused[1:]
    return Match(args, refused or ordered_names(evidence), evidence.confidence, seen)
