"""Turns a situation of a `cases.yaml` into a host tree (or a text), and tells what the doctor says about it.

- name: a sentence that says what is the case
  zone: Asia/Tokyo                    # all of these may be left out
  provider: LetsEncrypt               # or cPanel, or null
  version: 11.134.0.12
  now: not given                      # the moment of judgement is not given, as for --root without --now
  host: {silent_for: {hours: 9}, cron: "...", run_count: 2}      # fields of tests.lab.hosts.Host; its rows in
    # `problems` and `queue` have an `ago` in place of their times: {ago: {days: 2}, domain: "...", problem: "..."}
  account: {suspended: true}          # fields of Account; its name is alice
  site: {aliases: ["www."], service_names: ["mail."], parked: [], excluded: []}      # fields of Site: shop.example
  certificate: {days_left: 10, issuer: COMMERCIAL, covers: ["@", "www."]}   # of Certificate; or self_signed; or null
  checks: {"www.": [http_status, 404], "*": [elsewhere, 203.0.113.5]}       # name: [outcome, its arguments ...],
    # the last of which may be {name: argument}; [changed, {hours: 1}, [http_status, 404], [ok]]: since an hour
  order: [pending]                    # or with arguments, such as [abandoned, {hours: 12}]
  served: [{ago: {hours: 1}, shown: expired, days_left: -2}]      # looks from outside: fields of Look
  runs: [{ago: {minutes: 4}, after_lines: 20, extra: [{contents: "..."}]}]  # fields of Run; replaces the schedule's
  usual: {order: [{hours: 1}, {hours: 3}]}      # what the memory knows: half of the times, 95 of a hundred
  extra_runs: [{ago: {minutes: 1}, username: alice, alive: true}]
  others:                             # further websites, by domain: account, site, certificate, checks, order, served
    bakery.example: {account: {name: bob}, checks: {"*": [http_status, 404]}}
  expect:
    visitors: warned
    renewal: failing
    main: http_not_found
    findings: [http_not_found]        # exactly these, in any order
    server: []                        # exactly these server findings
    uncovered: []                     # may be left out
    args: {status: "404"}             # of the main finding; may be left out, as may the next two
    severity: critical
    confidence: certain
    others: {bakery.example: {main: http_not_found, findings: [http_not_found]}}

- name: a text that somebody pasted
  text: |
    WARN Local HTTP DCV error (...)
  expect: {main: http_not_found, findings: [http_not_found]}
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from autossl_doctor.causes.catalogue import Catalogue, load
from autossl_doctor.collect.host import Wanted, read_host
from autossl_doctor.collect.pasted import read_pasted
from autossl_doctor.diagnose.report import diagnose
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.past import Usual
from autossl_doctor.model.report import Report
from tests.lab import hosts

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
SITE = "shop.example"
DURATIONS = ("silent_for", "age", "ago", "key_type_age", "suspended_ago")


@cache
def catalogue() -> Catalogue:
    """All causes, loaded once."""
    return load()


def situations() -> list[tuple[str, dict[str, Any]]]:
    """Every situation of every cause, with the cause's id."""
    found = []
    for cause in catalogue().causes:
        path = files("autossl_doctor.causes").joinpath(cause.id, "cases.yaml")
        text = path.read_text("utf-8") if path.is_file() else "[]"
        found += [(cause.id, situation) for situation in yaml.safe_load(text) or []]
    return found


def judge(situation: dict[str, Any], directory: Path) -> Report:
    """Build the situation and judge it with all causes."""
    if "text" in situation:
        return diagnose(read_pasted(situation["text"], NOW, "UTC"), catalogue().causes)
    root = hosts.build(host_of(situation), directory / "root")
    moment = None if situation.get("now") == "not given" else NOW
    reading = read_host(HostPaths(root), moment, Wanted(), lambda: NOW)
    usual = {step: _usual(*spans) for step, spans in situation.get("usual", {}).items()}
    return diagnose(replace(reading, usual=usual), catalogue().causes)


def _usual(half: dict[str, int], most: dict[str, int]) -> Usual:
    return Usual(timedelta(**half), timedelta(**most), 12)


def host_of(situation: dict[str, Any]) -> hosts.Host:
    """Describe the host of a situation to the lab's builder."""
    sites = (_site(SITE, situation), *(_site(domain, other) for domain, other in situation.get("others", {}).items()))
    more: dict[str, Any] = {name: situation[name] for name in ("zone", "provider", "version") if name in situation}
    more |= _spans(situation.get("host", {}))
    more["problems"] = tuple(
        hosts.ProblemRow(time=NOW - timedelta(**row.pop("ago")), **{"username": "alice", **row})
        for row in map(dict, more.get("problems", ()))
    )
    more["queue"] = tuple(_queue_row(dict(row)) for row in more.get("queue", ()))
    if more.get("cron") == "MISSING":
        more["cron"] = hosts.Cron.MISSING
    for name in ("runs", "extra_runs"):
        if name in situation:
            more[name] = tuple(_run(run) for run in situation[name])
    return hosts.Host(now=NOW, sites=sites, **more)


def _site(domain: str, given: dict[str, Any]) -> hosts.Site:
    fields: dict[str, Any] = dict(_spans(given.get("site", {})))
    if "order" in given:
        outcome, *args = given["order"]
        spans = [timedelta(**value) if isinstance(value, dict) else value for value in args]
        fields["order"] = getattr(hosts.order, outcome)(*spans)
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }
    return hosts.Site(
        domain,
        hosts.Account(**{"name": "alice", **_spans(given.get("account", {}))}),
        certificate=_certificate(given.get("certificate", {})),
        checks={name: _outcome(outcome) for name, outcome in given.get("checks", {}).items()},
        looks=tuple(hosts.Look(**_spans(look)) for look in given.get("served", ())),
        **values,
    )


def _queue_row(given: dict[str, Any]) -> hosts.QueueRow:
    ordered = NOW - timedelta(**given.pop("ago"))
    fields = {"domain_set_name": SITE, "username": "alice", "order_item_id": "88120931", **given}
    return hosts.QueueRow(request_time=ordered, last_poll_time=ordered, **fields)


def _spans(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: timedelta(**value) if name in DURATIONS else value for name, value in fields.items()}


def _certificate(given: dict[str, Any] | str | None) -> hosts.Certificate | None:
    if given is None:
        return None
    if given == "self_signed":
        return hosts.self_signed()
    fields = dict(given) if isinstance(given, dict) else {}
    if "issuer" in fields:
        fields["issuer"] = getattr(hosts, fields["issuer"])
    if "covers" in fields:
        fields["covers"] = tuple(fields["covers"])
    return hosts.Certificate(**fields)


def _outcome(given: list[Any]) -> hosts.Check | hosts.Changed:
    if given[0] != "changed":
        return _check(given)
    _, span, before, after = given
    return hosts.Changed(NOW - timedelta(**span), before=_check(before), after=_check(after))


def _check(outcome: list[Any]) -> hosts.Check:
    name, *args = outcome
    named = args.pop() if args and isinstance(args[-1], dict) else {}
    args = [_check(value) if isinstance(value, list) else value for value in args]
    check: hosts.Check = getattr(hosts.check, name)(*args, **named)
    return check


def _run(given: dict[str, Any]) -> hosts.Run:
    fields = dict(given)
    ago = timedelta(**fields.pop("ago"))
    fields["extra"] = tuple(hosts.Extra(**record) for record in fields.get("extra", ()))
    return hosts.Run(start=NOW - ago, **fields)
