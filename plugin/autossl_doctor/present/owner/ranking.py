"""Which websites come first, and which of them are shown whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from autossl_doctor.model.finding import SEVERITIES, Finding

Site = Mapping[str, Any]
LATEST = datetime.max.replace(tzinfo=UTC)
_RANK: Mapping[str, int] = {severity: rank for rank, severity in enumerate(SEVERITIES)}
LOUD = frozenset(("critical", "warning"))
YOURS = frozenset(("owner", "dns"))
"""Who acts where the owner has to: the DNS of a domain is in its owner's hands too."""


def worst(findings: Iterable[Finding]) -> str:
    """Give the worst severity of some findings."""
    return min((finding.severity for finding in findings), key=_RANK.__getitem__)


def standing(site: Site, findings: tuple[Finding, ...]) -> str:
    """Give the state that a website is shown in: its worst severity, or `unknown` where nothing could be judged."""
    severity = worst(findings)
    if severity not in LOUD:
        if site["renewal"] == "unknown":
            return "unknown"
        if site["visitors"] == "warned":
            return "warning"
    return severity


def urgency(site: Site, findings: tuple[Finding, ...]) -> tuple[int, bool, datetime, str]:
    """Give the place of a website in the order of the page, the worst first."""
    acts = findings[0].act_by
    return _RANK[worst(findings)], site["visitors"] != "warned", acts or LATEST, site["site"]


def is_loud(site: Site, findings: tuple[Finding, ...]) -> bool:
    """Tell whether somebody should read about a website: trouble, a warning to visitors, or nothing known."""
    return site["visitors"] == "warned" or site["renewal"] == "unknown" or worst(findings) in LOUD


def needs_owner(findings: tuple[Finding, ...]) -> Finding | None:
    """Give the first finding for which the owner has to act soon; None if there is none."""
    return next((finding for finding in findings if finding.severity in LOUD and finding.who in YOURS), None)
