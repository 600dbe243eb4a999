"""What an account waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from autossl_doctor.host.people import Owner
from autossl_doctor.model.plain import moment

SCHEMA = 1
MOST_EVIDENCE = 3
LiveStep = Literal["queued", "check", "domain_test", "order", "issued", "visitors"]
Phase = Literal["waiting", "visiting", "judging", "ended"]
"""Waiting for AutoSSL, for the prober, for the new report; or over."""


@dataclass(slots=True)
class Asked:
    """One account's question: which website, since when, and where it stands.

    `quiet` is one that nobody watches (a look): no progress is written for it. `resumed` was found on the disk: the
    follower that began with it is gone.
    """

    owner: Owner
    site: str
    at: datetime
    since: datetime
    step: LiveStep = "queued"
    phase: Phase = "waiting"
    quiet: bool = False
    resumed: bool = False
    ended: datetime | None = None

    def live(self, main: dict[str, Any] | None = None) -> dict[str, Any]:
        """Give what the account's page is told (contract: live.json)."""
        return {
            "schema": SCHEMA,
            "site": self.site,
            "step": self.step,
            "since": moment(self.since),
            "ended": moment(self.ended) if self.ended else None,
            # With the nearest evidence only: the page asks for this every two seconds, and all of it is in the report.
            "main": None if main is None else main | {"evidence": main["evidence"][:MOST_EVIDENCE]},
        }
