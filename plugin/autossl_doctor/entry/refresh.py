"""Reads the host, judges it, and gives every account its own report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Literal, NamedTuple

import msgspec

from autossl_doctor.causes.catalogue import load
from autossl_doctor.collect.host import Wanted, read_host
from autossl_doctor.diagnose.report import diagnose
from autossl_doctor.entry.own_report import SCHEMA, last_seen, lines_of_runs, own_report
from autossl_doctor.entry.to_visit import to_visit
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.memory import without_collector
from autossl_doctor.host.people import Owner, find_owner, find_owners
from autossl_doctor.model.fact import Known, Unknown
from autossl_doctor.model.host import HostReading
from autossl_doctor.model.plain import finding, moment, site
from autossl_doctor.model.report import Report
from autossl_doctor.store.inbox import Inboxes
from autossl_doctor.store.reports import Reports
from autossl_doctor.store.served import Looks, gathering
from autossl_doctor.store.state import State
from autossl_doctor.store.visits import write_visits

Clock = Callable[[], datetime]


class Refreshed(NamedTuple):
    """How it went: how many reports were written and removed, or why none was."""

    outcome: Literal["done", "no_such_account", "websites_unknown", "accounts_unknown"]
    written: int = 0
    removed: int = 0
    oddities: tuple[str, ...] = ()


class People(NamedTuple):
    """Who the accounts are; tests have people of their own."""

    one: Callable[[str], Owner | None] = find_owner
    all: Callable[[], Mapping[str, Owner]] = find_owners


def refresh(host: HostPaths, state: State, clock: Clock, account: str = "", people: People | None = None) -> Refreshed:
    """Write the reports of all accounts, or of one; those of accounts that are gone are removed.

    Where the websites or the accounts cannot be listed, the old reports stay: they say how old they are.
    """
    known = people or People()
    if account:
        owner = known.one(account)
        owners = {} if owner is None else {account: owner}
    else:
        owners = dict(known.all())
    if not owners:
        return Refreshed("no_such_account" if account else "accounts_unknown")
    with nullcontext() if account else gathering(state) as gather, without_collector():
        reading = read_host(host, clock(), Wanted(account), clock)
        if isinstance(reading.websites, Unknown):
            return Refreshed("websites_unknown")
        if gather is not None:
            _keep_looks(reading, gather)
        seen, of_the_run = last_seen(reading), lines_of_runs(reading)
        report = diagnose(reading, load().causes, consume=True)
    reports, inboxes = Reports(state), Inboxes(state)
    by_account = {name: tuple(sites) for name, sites in groupby(report.sites, key=attrgetter("account"))}
    written = 0
    for name, owner in owners.items():
        content = own_report(
            owner, by_account.get(name, ()), report.server_findings, report.generated_at, seen.get(name), of_the_run
        )
        content["written_at"] = moment(clock())
        answer = reports.write(owner, content)
        written += answer != "older"
        inboxes.prepare(owner, former=answer == "begun")
    if account:
        return Refreshed("done", written, oddities=tuple(state.oddities))
    uids = frozenset(owner.uid for owner in owners.values())
    removed = reports.remove_gone(uids)
    inboxes.remove_gone(uids)
    reports.write_server(server_report(report, reading, clock()))
    write_visits(state, to_visit(reading))
    return Refreshed("done", written, removed, tuple(state.oddities))


def _keep_looks(reading: HostReading, gather: Callable[[Looks | None], None]) -> None:
    """Put what the prober saw of late to what it saw before; a memory that cannot be read begins anew."""
    if isinstance(reading.served, Known):
        gather(reading.served.value)
    elif reading.served.why in ("damaged", "too_large"):
        gather(None)


def server_report(report: Report, reading: HostReading, written_at: datetime) -> Iterator[bytes]:
    """Give the report on the whole server in pieces, for it may be as long as the list of its websites."""
    head = {
        "schema": SCHEMA,
        "generated_at": moment(report.generated_at),
        "written_at": moment(written_at),
        "host": dict(report.host),
        "server_findings": [finding(item) for item in report.server_findings],
        "unrecognised": {"lines": reading.unrecognised.lines, "samples": list(reading.unrecognised.samples)},
    }
    yield msgspec.json.encode(head)[:-1] + b',"sites":['
    for number, verdict in enumerate(report.sites):
        yield (b",\n" if number else b"\n") + msgspec.json.encode(site(verdict))
    yield b"]}\n"
