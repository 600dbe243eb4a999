"""The verdicts over one host: per website two axes, a main finding and what could not be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from autossl_doctor.model.finding import Finding, Renewal, Visitors
from autossl_doctor.model.host import Certificate
from autossl_doctor.model.log import Unrecognised


@dataclass(frozen=True, slots=True)
class CouldNotCheck:
    """A fact that nobody could look at, and why."""

    fact: str
    why: str


class SiteVerdict(NamedTuple):
    """The answer for one website; `findings` is never empty and its first one is the main finding."""

    account: str
    site: str
    domains: tuple[str, ...]
    visitors: Visitors
    renewal: Renewal
    findings: tuple[Finding, ...]
    uncovered: tuple[str, ...] = ()
    certificate: Certificate | None = None
    could_not_check: tuple[CouldNotCheck, ...] = ()

    @property
    def main(self) -> Finding:
        """Give the finding that explains `renewal`."""
        return self.findings[0]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything `diagnose` answers, without words. `could_not_check` holds what concerns the whole host."""

    generated_at: datetime
    zone: str
    host: Mapping[str, str] = field(default_factory=dict)
    server_findings: tuple[Finding, ...] = ()
    sites: tuple[SiteVerdict, ...] = ()
    unrecognised: Unrecognised = Unrecognised()
    could_not_check: tuple[CouldNotCheck, ...] = ()
