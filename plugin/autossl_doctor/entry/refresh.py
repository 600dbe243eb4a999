"""Reads the host, judges it, and gives every account its own report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Literal, NamedTuple

import msgspec

from autossl_doctor.causes.catalogue import load
from autossl_doctor.collect.accounts import read_websites
from autossl_doctor.collect.host import Wanted, read_host
from autossl_doctor.diagnose.report import diagnose
from autossl_doctor.entry.own_report import SCHEMA, last_seen, lines_of_runs, own_report
from autossl_doctor.entry.remembering.logs import Log
from autossl_doctor.entry.remembering.recalled import with_memory
from autossl_doctor.entry.remembering.remembering import MOST_AT_ONCE, Remembering
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
    troubles: tuple[str, ...] = ()
    behind: int = 0
    """What is the matter with the memory, and how many logs it has not read yet: the reports are whole without it."""


class People(NamedTuple):
    """Who the accounts are; tests have people of their own."""

    one: Callable[[str], Owner | None] = find_owner
    all: Callable[[], Mapping[str, Owner]] = find_owners


def refresh(
    host: HostPaths,
    state: State,
    clock: Clock,
    account: str = "",
    people: People | None = None,
) -> Refreshed:
    """Write the reports of all accounts, or of one; those of accounts that are gone are removed.

    Where the websites or the accounts cannot be listed, the old reports stay: they say how old they are. Where many
    logs are new to the memory the reports do without it: `read_the_rest` is for afterwards.
    """
    known = people or People()
    if account:
        owner = known.one(account)
        owners = {} if owner is None else {account: owner}
    else:
        owners = dict(known.all())
    if not owners:
        return Refreshed("no_such_account" if account else "accounts_unknown")
    if not account:
        state.sweep(state.top)
    memory = Remembering(state)
    try:
        with nullcontext() if account else gathering(state) as gather, without_collector():
            behind = 0 if account else memory.behind(host, clock())
            if 0 < behind <= MOST_AT_ONCE:
                memory.catch_up(host, owners, clock())
                behind = 0
            reading = read_host(host, clock(), Wanted(account), clock)
            if isinstance(reading.websites, Unknown):
                return Refreshed("websites_unknown", troubles=tuple(memory.troubles))
            if gather is not None:
                _keep_looks(reading, gather)
                memory.look(reading, owners)
            reading = with_memory(host, reading, memory.recalled(reading.now))
            seen, of_the_run = last_seen(reading), lines_of_runs(reading)
            report = diagnose(reading, load().causes, consume=True)
        written = _write_reports(state, owners, report, (seen, of_the_run), memory, clock)
        memory.take_clicks()
        remembered = None if account else memory.of_server(host, clock())
    finally:
        memory.close()
    troubles = tuple(memory.troubles)
    if account:
        return Refreshed("done", written, 0, tuple(state.oddities), troubles)
    uids = frozenset(owner.uid for owner in owners.values())
    removed = Reports(state).remove_gone(uids)
    Inboxes(state).remove_gone(uids)
    Reports(state).write_server(server_report(report, reading, clock(), remembered))
    write_visits(state, to_visit(reading))
    return Refreshed("done", written, removed, tuple(state.oddities), troubles, behind)


def read_the_rest(
    host: HostPaths,
    state: State,
    clock: Clock,
    stop: Callable[[], bool],
    told: Callable[[Log], None],
    people: People | None = None,
) -> tuple[str, ...]:
    """Read all logs that the memory does not know, and give every account what is remembered; tell what went wrong.

    It can be ended at any time: what has been read stays, and the next time goes on there.
    """
    owners = dict((people or People()).all())
    memory = Remembering(state)
    try:
        with without_collector():
            memory.catch_up(host, owners, clock(), stop, told)
        reports, sites = Reports(state), _names_by_account(host)
        for name, owner in owners.items():
            if stop():
                break
            content = memory.of_account(owner, sites.get(name, {}), clock())
            if content is not None:
                reports.write_memory(owner, content)
    finally:
        memory.close()
    return tuple(memory.troubles)


def _names_by_account(host: HostPaths) -> dict[str, dict[str, tuple[str, ...]]]:
    found = read_websites(host)
    names: dict[str, dict[str, tuple[str, ...]]] = {}
    for website in found.value if isinstance(found, Known) else ():
        names.setdefault(website.account, {})[website.name] = website.names
    return names


def _write_reports(
    state: State,
    owners: Mapping[str, Owner],
    report: Report,
    seen: tuple[Mapping[str, datetime], frozenset[str]],
    memory: Remembering,
    clock: Clock,
) -> int:
    """Give every account its report and what is remembered of its websites; tell how many were written."""
    reports, inboxes = Reports(state), Inboxes(state)
    by_account = {name: tuple(sites) for name, sites in groupby(report.sites, key=attrgetter("account"))}
    last, of_the_run = seen
    written = 0
    for name, owner in owners.items():
        sites = by_account.get(name, ())
        content = own_report(owner, sites, report.server_findings, report.generated_at, last.get(name), of_the_run)
        content["written_at"] = moment(clock())
        answer = reports.write(
            owner, content, memory.of_account(owner, {site.site: site.domains for site in sites}, clock())
        )
        written += answer != "older"
        inboxes.prepare(owner, former=answer == "begun")
    return written


def _keep_looks(reading: HostReading, gather: Callable[[Looks | None], None]) -> None:
    """Put what the prober saw of late to what it saw before; a memory that cannot be read begins anew."""
    if isinstance(reading.served, Known):
        gather(reading.served.value)
    elif reading.served.why in ("damaged", "too_large"):
        gather(None)


def server_report(
    report: Report, reading: HostReading, written_at: datetime, remembered: Mapping[str, Any] | None = None
) -> Iterator[bytes]:
    """Give the report on the whole server in pieces, for it may be as long as the list of its websites."""
    head = {
        "schema": SCHEMA,
        "generated_at": moment(report.generated_at),
        "written_at": moment(written_at),
        "host": dict(report.host),
        "server_findings": [finding(item) for item in report.server_findings],
        "unrecognised": {"lines": reading.unrecognised.lines, "samples": list(reading.unrecognised.samples)},
        "memory": remembered,
    }
    yield msgspec.json.encode(head)[:-1] + b',"sites":['
    for number, verdict in enumerate(report.sites):
        yield (b",\n" if number else b"\n") + msgspec.json.encode(site(verdict))
    yield b"]}\n"
