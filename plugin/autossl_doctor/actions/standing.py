"""What a website's findings mean for its buttons: which names may be left out, limits, and whether anything changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from autossl_doctor.model.finding import Finding

CA_LIMIT = "ca_rate_limited"
SWITCHED_OFF = "autossl_disabled"


def names_to_exclude(site: str, finding: Finding) -> tuple[str, ...]:
    """Give the names that a finding lets the owner leave out: never the website's own name."""
    return tuple(name for name in finding.domains if name != site)


def limit_until(findings: Iterable[Finding]) -> datetime | None:
    """Give the end of the CA's limit, where the findings know one."""
    ends = [finding.args.get("until") for finding in findings if finding.cause == CA_LIMIT]
    return max((end for end in ends if isinstance(end, datetime)), default=None)


def is_switched_off(findings: Iterable[Finding]) -> bool:
    """Tell whether AutoSSL is switched off on this server, so that no check can help."""
    return any(finding.cause == SWITCHED_OFF for finding in findings)


def digest(finding: Finding) -> str:
    """Name what is wrong in a few signs, whenever it was seen.

    Times and counts change by themselves, and the address of the check file is a new one with each try.
    """
    steady = [
        f"{name}={value}"
        for name, value in sorted(finding.args.items())
        if not isinstance(value, datetime | timedelta | int) and "://" not in str(value)
    ]
    return hashlib.sha256("\n".join((finding.cause, *sorted(finding.domains), *steady)).encode()).hexdigest()[:16]
