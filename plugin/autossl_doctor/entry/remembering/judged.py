"""What the words of one run mean for the websites of which it says something new: causes and arguments, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from autossl_doctor.diagnose.report import diagnose
from autossl_doctor.model import plain
from autossl_doctor.model.cause import Cause
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Finding
from autossl_doctor.model.host import HostReading, Website
from autossl_doctor.model.log import Run, RunReading
from autossl_doctor.model.report import SiteVerdict

MOST_DOMAINS = 50
LONGEST_ARGUMENT = 300
MOST_FINDINGS = 6
_LOUD = frozenset(("critical", "warning"))


class Meaning(NamedTuple):
    """What a run means for a website; `stuck` where somebody has to act."""

    account: str
    website: str
    stuck: bool
    cause: str
    content: str


def meanings(run: Run, reading: RunReading, sites: Sequence[Website], causes: Iterable[Cause]) -> Iterator[Meaning]:
    """Judge websites by what one run says alone: nobody remembers what else was true then."""
    host = HostReading(
        run.started,
        "UTC",
        runs=Known(((run, reading),), reading.source),
        websites=Known(tuple(sites)),
        last_all_users_run=run.started if run.username == "*" else None,
    )
    for verdict in diagnose(host, causes).sites:
        yield Meaning(
            verdict.account, verdict.site, verdict.main.severity in _LOUD, verdict.main.cause, _content(verdict)
        )


def _content(verdict: SiteVerdict) -> str:
    return msgspec.json.encode(
        {"renewal": verdict.renewal, "findings": [_finding(item) for item in verdict.findings[:MOST_FINDINGS]]}
    ).decode()


def _finding(item: Finding) -> dict[str, Any]:
    """Write a finding without what was seen: the logs hold that, and it is long."""
    short = {
        name: value[:MOST_DOMAINS] if isinstance(value, tuple) else value
        for name, value in item.args.items()
        if not isinstance(value, str) or len(value) <= LONGEST_ARGUMENT
    }
    return plain.finding(item._replace(args=short, domains=item.domains[:MOST_DOMAINS], evidence=()))
