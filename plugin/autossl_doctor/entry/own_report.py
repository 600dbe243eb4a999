"""What an account may know of a report on its server: its own websites, and of the server only since when and how long.

Nothing here reads or writes; the privacy of accounts hangs on these few functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from autossl_doctor.host.people import Owner
from autossl_doctor.model.evidence import line_of
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Evidence, Finding
from autossl_doctor.model.host import HostReading
from autossl_doctor.model.log import AccountReading
from autossl_doctor.model.moment import parse_moment
from autossl_doctor.model.plain import finding, moment, site
from autossl_doctor.model.report import SiteVerdict

SCHEMA = 1
RULE = "rule"
MOST_EVIDENCE = 20
"""More lines of a log convince nobody, and hundreds of names would make a report too large for its page."""


def own_report(
    owner: Owner,
    verdicts: Sequence[SiteVerdict],
    server: Iterable[Finding],
    generated_at: datetime,
    last_seen: datetime | None,
    of_the_run: frozenset[str],
) -> dict[str, Any]:
    """Put an account's report together; who writes it adds `written_at`.

    `last_seen` is the time of the newest log record about the account, `of_the_run` the lines about whole runs.
    """
    return {
        "schema": SCHEMA,
        "generated_at": moment(generated_at),
        "account": owner.account,
        "uid": owner.uid,
        "startdate": owner.startdate,
        "written_at": moment(generated_at),
        "source_age": None if last_seen is None else max(0, int((generated_at - last_seen).total_seconds())),
        "server_findings": [finding(of_the_server(item)) for item in server],
        "sites": [site(own_verdict(verdict, of_the_run)) for verdict in verdicts if verdict.account == owner.account],
    }


def of_the_server(item: Finding) -> Finding:
    """Tell an account about its server: points in time and durations only."""
    args = {name: value for name, value in item.args.items() if isinstance(value, datetime | timedelta)}
    return item._replace(args=args, domains=(), evidence=())


def own_verdict(verdict: SiteVerdict, of_the_run: frozenset[str]) -> SiteVerdict:
    """Take the words about others out of a verdict: of lines about a whole run, and of this program's own mistakes."""
    return verdict._replace(
        findings=tuple(_own_finding(item, of_the_run) for item in verdict.findings),
        could_not_check=tuple(
            replace(missing, why="read error") if missing.fact == RULE else missing
            for missing in verdict.could_not_check
        ),
    )


def _own_finding(item: Finding, of_the_run: frozenset[str]) -> Finding:
    shown = item.evidence[:MOST_EVIDENCE]
    if len(shown) == len(item.evidence) and not any(seen.source in of_the_run for seen in shown):
        return item
    return item._replace(
        evidence=tuple(Evidence(seen.source, seen.at, "") if seen.source in of_the_run else seen for seen in shown)
    )


def lines_of_runs(reading: HostReading) -> frozenset[str]:
    """Give the lines of the logs that are about a whole run, as evidence names them."""
    runs = reading.runs.value if isinstance(reading.runs, Known) else ()
    return frozenset(line_of(fact.source, fact.number) for _, said in runs for fact in said.facts)


def last_seen(reading: HostReading) -> Mapping[str, datetime]:
    """Tell for every account when the newest record about it was written."""
    runs = reading.runs.value if isinstance(reading.runs, Known) else ()
    found: dict[str, datetime] = {}
    for _, said in runs:
        for name, account in said.accounts.items():
            if name not in found:
                newest = parse_moment(_newest(account))
                if newest is not None:
                    found[name] = newest
    return found


def _newest(account: AccountReading) -> str:
    if account.finished_at:
        return account.finished_at
    facts = chain(account.facts, *account.names.values(), *(website.facts for website in account.websites.values()))
    stamps = chain((fact.at for fact in facts), (website.at for website in account.websites.values()))
    return max(stamps, default="")
