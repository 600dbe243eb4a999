"""What AutoSSL says of a renewal that it puts off: the names, until when, and when the certificate ends."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.names import listed_names
from autossl_doctor.model.said_moment import said_moment

NOTICE, IMPEDIMENT = "notice.deferred", "impediment.secured"
_ENDS = re.compile(r"\bexpires? on ([^()\n]{6,60}?)(?: UTC|\.(?:\s|\Z))")
_UNTIL = re.compile(r"\buntil ([^()\n]{6,60}?)(?: UTC|\.(?:\s|\Z))")
_DAYS = re.compile(r"\((\d{1,4})[.,](\d{1,4})[^()]*\)|\((\d{1,4})[^()]*\)")
_SLACK = timedelta(days=1)
"""The log rounds the days that are left; a date further away was read in the wrong order of day and month."""


def stated_names(evidence: SiteEvidence) -> tuple[str, ...]:
    """Give the names that old versions list in the sentence itself, or tell one by one."""
    listed = [name for fact in evidence.facts(NOTICE) for name in listed_names(fact.fields.get("names", ""))]
    if not listed:
        listed = [fact.fields["domain"].lower() for fact in evidence.facts(IMPEDIMENT) if "domain" in fact.fields]
    return tuple(dict.fromkeys(listed))


def stated_count(evidence: SiteEvidence) -> int:
    """Read how many names a notice counts."""
    for fact in evidence.facts(NOTICE):
        digits = "".join(sign for sign in fact.fields.get("count", "") if sign.isdigit())
        return int(digits or "0")
    return 0


def stated_date(evidence: SiteEvidence) -> datetime | None:
    """Read the date until which a notice puts the renewal off."""
    facts = evidence.facts(NOTICE)
    said = [fact.fields["deferred"] for fact in facts if "deferred" in fact.fields]
    return _first_moment(
        [*said, *(found[1] for fact in facts for found in _UNTIL.finditer(fact.fields.get("rest", "")))]
    )


def stated_end(evidence: SiteEvidence) -> datetime | None:
    """Read when the certificate ends: from a notice, or from the line beside the state of the website."""
    told = [found[1] for fact in evidence.facts(NOTICE) for found in _ENDS.finditer(fact.fields.get("rest", ""))]
    return _first_moment(told) or _expiry(evidence)


def _expiry(evidence: SiteEvidence) -> datetime | None:
    """Read the line `Certificate expiry:`; the days that are left tell whether the date was read as it was meant."""
    reading = evidence.reading
    if reading is None or not reading.expiry:
        return None
    moment = said_moment(reading.expiry.partition("(")[0])
    days, at = _DAYS.search(reading.expiry), said_moment(reading.at)
    if days is None or at is None:
        return moment
    left = timedelta(days=float(f"{days[1] or days[3]}.{days[2] or 0}"))
    if " ago" in days[0]:
        return moment
    return moment if moment is not None and abs(moment - at - left) < _SLACK else at + left


def _first_moment(said: list[str]) -> datetime | None:
    return next((moment for moment in map(said_moment, said) if moment is not None), None)
