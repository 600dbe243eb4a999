"""What the queue's poller wrote in the log of an older run after newer runs had begun (facts, sections 1.1 and 3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from autossl_doctor.collect.runs.catalogue import LOG_DIRECTORY, read_run
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known
from autossl_doctor.model.log import AccountReading, Run, RunReading, WebsiteReading

QUEUE = "/var/cpanel/autossl_queue_cpanel.sqlite"
MOST_LOGS = 10
_ABOUT_ORDERS = ("order.", "install.")
Pair = tuple[Run, RunReading]


def written_on(host: HostPaths, older: Iterable[Run], newest: Run) -> Iterator[Pair]:
    """Give the later lines of logs that were written on since a run began; servers without a queue have none."""
    if not host.exists(QUEUE):
        return
    began = newest.started.timestamp()
    found = 0
    for run in older:
        facts = host.facts(f"{LOG_DIRECTORY}/{run.name}/json")
        if found >= MOST_LOGS or not isinstance(facts, Known) or facts.value.changed <= began:
            continue
        read = read_run(host, run)
        if isinstance(read, Known):
            found += 1
            known, reading = read.value
            yield replace(known, state="finished"), _later(reading, newest.started.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _later(reading: RunReading, since: str) -> RunReading:
    accounts = {name: left for name, account in reading.accounts.items() if (left := _left(account, since)).websites}
    return replace(reading, accounts=accounts, facts=())


def _left(account: AccountReading, since: str) -> AccountReading:
    websites = {}
    for name, website in account.websites.items():
        facts = tuple(fact for fact in website.facts if fact.at > since and fact.kind.startswith(_ABOUT_ORDERS))
        if facts:
            websites[name] = WebsiteReading(name, facts=facts)
    return AccountReading(account.name, account.source, finished=False, websites=websites)
