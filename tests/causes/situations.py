"""Turns a situation of a `cases.yaml` into a host tree (or a text), and tells what the doctor says about it.

    - name: a sentence that says what is the case
      zone: Asia/Tokyo                    # all of these may be left out
      provider: LetsEncrypt               # or cPanel, or null
      version: 11.134.0.12
      host: {silent_for: {hours: 9}, cron: "...", run_count: 2}      # fields of tests.lab.hosts.Host
      account: {suspended: true}          # fields of Account; its name is alice
      site: {aliases: ["www."], service_names: ["mail."], parked: [], excluded: []}      # fields of Site: shop.example
      certificate: {days_left: 10, issuer: COMMERCIAL, covers: ["@", "www."]}   # fields of Certificate; or self_signed; or null
      checks: {"www.": [http_status, 404], "*": [elsewhere, 203.0.113.5]}       # name: [outcome, its arguments ...]
      order: [pending]
      runs: [{ago: {minutes: 4}, after_lines: 20}]                   # fields of Run; replaces the schedule's runs
      extra_runs: [{ago: {minutes: 1}, username: alice, alive: true}]
      expect:
        visitors: warned
        renewal: failing
        main: http_not_found
        findings: [http_not_found]        # exactly these, in any order
        server: []                        # exactly these server findings
        uncovered: []                     # may be left out
        args: {status: "404"}             # of the main finding; may be left out

    - name: a text that somebody pasted
      text: |
        WARN Local HTTP DCV error (...)
      expect: {main: http_not_found, findings: [http_not_found]}
"""

from __future__ import annotations

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
from autossl_doctor.model.report import Report
from tests.lab import hosts

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
SITE = "shop.example"
DURATIONS = ("silent_for", "age", "key_type_age")


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
    reading = read_host(HostPaths(root), NOW, Wanted(), lambda: NOW)
    return diagnose(reading, catalogue().causes)


def host_of(situation: dict[str, Any]) -> hosts.Host:
    """Describe the host of a situation to the lab's builder."""
    account = hosts.Account("alice", **_spans(situation.get("account", {})))
    certificate = situation.get("certificate", {})
    given: dict[str, Any] = dict(_spans(situation.get("site", {})))
    if "order" in situation:
        outcome, *args = situation["order"]
        given["order"] = getattr(hosts.order, outcome)(*args)
    site = hosts.Site(
        SITE,
        account,
        certificate=_certificate(certificate),
        checks={name: _check(outcome) for name, outcome in situation.get("checks", {}).items()},
        **{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()},
    )
    more: dict[str, Any] = {name: situation[name] for name in ("zone", "provider", "version") if name in situation}
    more |= _spans(situation.get("host", {}))
    if more.get("cron") == "MISSING":
        more["cron"] = hosts.Cron.MISSING
    for name in ("runs", "extra_runs"):
        if name in situation:
            more[name] = tuple(_run(run) for run in situation[name])
    return hosts.Host(now=NOW, sites=(site,), **more)


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


def _check(outcome: list[Any]) -> hosts.Check:
    name, *args = outcome
    check: hosts.Check = getattr(hosts.check, name)(*args)
    return check


def _run(given: dict[str, Any]) -> hosts.Run:
    fields = dict(given)
    ago = timedelta(**fields.pop("ago"))
    return hosts.Run(start=NOW - ago, **fields)
