"""Which websites come first, and which of them are shown whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from autossl_doctor.model.finding import SEVERITIES, Finding

Site = Mapping[str, Any]
LATEST = datetime.max.replace(tzinfo=UTC)
_RANK: Mapping[str, int] = {severity: rank for rank, severity in enumerate(SEVERITIES)}
LOUD = frozenset(("critical", "warning"))
TONES = ("critical", "warning", "unknown", "notice", "ok")
"""The states in which a website is shown, the worst first."""
NEAR = timedelta(days=3)
"""While visitors are fine, what has more time than this is no emergency."""
YOURS = frozenset(("owner", "dns"))
"""Who acts where the owner has to: the DNS of a domain is in its owner's hands too."""


def worst(findings: Iterable[Finding]) -> str:
    """Give the worst severity of some findings."""
    return min((finding.severity for finding in findings), key=_RANK.__getitem__)


def standing(site: Site, findings: tuple[Finding, ...], now: datetime) -> str:
    """Give the state that a website is shown in: what it means for visitors, and how soon.

    It is `critical` while visitors are warned, whatever the reason, and `unknown` where nothing could be judged.
    """
    if site["visitors"] == "warned":
        return "critical"
    severity = worst(findings)
    if severity not in LOUD:
        return "unknown" if site["renewal"] == "unknown" else severity
    is_early = site["visitors"] == "safe" and _first_date(site, findings) - now >= NEAR
    return "warning" if is_early else severity


def _first_date(site: Site, findings: tuple[Finding, ...]) -> datetime:
    """Give the first date that matters: by when to act, or the end of the certificate."""
    dates = [finding.act_by for finding in findings if finding.act_by is not None]
    held = site["certificate"]
    if held:
        dates.append(datetime.fromisoformat(held["not_after"]))
    return min(dates, default=LATEST)


def urgency(site: Site, findings: tuple[Finding, ...], now: datetime) -> tuple[int, int, datetime, str]:
    """Give the place of a website in the order of the page, the worst first."""
    state = TONES.index(standing(site, findings, now))
    return state, _RANK[worst(findings)], findings[0].act_by or LATEST, site["site"]


def is_loud(site: Site, findings: tuple[Finding, ...]) -> bool:
    """Tell whether somebody should read about a website: trouble, a warning to visitors, or nothing known."""
    return site["visitors"] == "warned" or site["renewal"] == "unknown" or worst(findings) in LOUD


def needs_owner(findings: tuple[Finding, ...]) -> Finding | None:
    """Give the first finding for which the owner has to act soon; None if there is none."""
    return next((finding for finding in findings if finding.severity in LOUD and finding.who in YOURS), None)
