"""AutoSSL gave up following an order."""

from __future__ import annotations

import re
from datetime import timedelta

from autossl_doctor.causes.ca_answers import about, answers
from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Match, NoMatch

_UNITS = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}
_SPAN = re.compile(r"(\d{1,6}) (day|hour|minute|second)s?")


def judge(evidence: SiteEvidence) -> Answer:
    """Match unless a newer order waits already; the time that was allowed stands in the log's own words."""
    seen = answers(evidence, "order.abandoned", "order.forgotten")
    if not seen or evidence.order is not None:
        return NoMatch()
    args = about(evidence)
    for fact in evidence.facts("order.abandoned"):
        parts = _SPAN.findall(fact.fields.get("span", ""))
        if parts:
            args["allowed"] = timedelta(seconds=sum(int(number) * _UNITS[unit] for number, unit in parts))
    number = next((fact.fields.get("order") for fact in evidence.facts("order.queued")), None)
    if number:
        args["order"] = number
    return Match(args, evidence.website.names if evidence.website.name else (), evidence.confidence, seen)
