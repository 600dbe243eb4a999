"""A limit of the CA is used up: which one, and until when."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from autossl_doctor.causes.ca_answers import about, answers, not_accepted, ordered_names
from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Evidence, Match, NoMatch, Renewal

LIMITED = "ca.rate_limited"
PAUSED = "paused"
_LIMITS = (
    (PAUSED, re.compile(r"paused|unpause|temporarily prevented", re.IGNORECASE)),
    ("same_names", re.compile(r"exact set|duplicate certificate", re.IGNORECASE)),
    (
        "failed_checks",
        re.compile(r"too many (?:recently )?failed|failed authorizations|failed validations", re.IGNORECASE),
    ),
    ("orders", re.compile(r"too many new orders|rate limit on certificate orders", re.IGNORECASE)),
    ("certificates", re.compile(r"too many certificates|already issued", re.IGNORECASE)),
)
_ALL = re.compile(r"rate.?limit|too many|paused|temporarily prevented", re.IGNORECASE)
_DATE = re.compile(r"retry[ -]after:? (\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?", re.IGNORECASE)
_SPAN = re.compile(r"retry[ -]after:? (?:(\d+)h)?(?:(\d+)m)?(\d+) ?s", re.IGNORECASE)
_LINK = re.compile(r"https://[A-Za-z0-9.-]+/[^\s“”\"'()<>]*unpause[^\s“”\"'()<>]*")


def judge(evidence: SiteEvidence) -> Answer:
    """Match for the CA's own words; it is only a consequence where a visitor's name failed for another reason."""
    names = not_accepted(evidence, LIMITED)
    seen = answers(evidence, "order.rate_limited", "order.orders_limit")
    seen = (*seen, *dict.fromkeys(item for name in names for item in name.evidence if _ALL.search(item.text)))
    if not seen:
        return NoMatch()
    limit = next((id_ for id_, words in _LIMITS if any(words.search(item.text) for item in seen)), "unknown")
    args = {**about(evidence), "limit": limit}
    link = next((found.group() for item in seen if (found := _LINK.search(item.text))), "")
    ends = [end for item in seen if (end := _end(item)) is not None]
    if limit == PAUSED:
        if link:
            args["link"] = link
    elif ends:
        args["until"] = max(ends)
    limited = tuple(name.name for name in names if name.kind == LIMITED and name.name)
    older = any(name.kind != LIMITED and not name.unpointed and not name.service for name in evidence.failures)
    domains = () if older else tuple(dict.fromkeys([*limited, *(() if names else ordered_names(evidence))]))
    return Match(
        args,
        domains,
        evidence.confidence,
        seen,
        who="host" if limit == PAUSED else None,
        explains="failing" if older else _state(evidence, limit, max(ends, default=None)),
    )


def _state(evidence: SiteEvidence, limit: str, end: datetime | None) -> Renewal:
    """Only a limit with an end that lies ahead is something to wait for; that of orders ends with the next run."""
    if limit == PAUSED or (end is not None and end <= evidence.host.now):
        return "failing"
    return "waiting" if end is not None or limit == "orders" else "failing"


def _end(said: Evidence) -> datetime | None:
    """Read until when the CA asks to wait."""
    try:
        if found := _DATE.search(said.text):
            return datetime.fromisoformat(f"{found[1]}T{found[2]}+00:00")
        found = _SPAN.search(said.text)
        if found and said.at:
            hours, minutes, seconds = (int(part or 0) for part in found.groups())
            said_at = datetime.fromisoformat(said.at).astimezone(UTC)
            return said_at + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except (ValueError, OverflowError):
        pass
    return None
