"""Saved hosts that are damaged again and again: nothing breaks, no secret shows, no trouble turns into health."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from autossl_doctor.collect.host import Wanted, read_host
from autossl_doctor.diagnose.report import diagnose
from autossl_doctor.explain.words import Writer
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.report import Report
from autossl_doctor.present import as_json
from tests.lab import hosts
from tests.soak.damage import Damage
from tests.soak.noise import HEALTHY
from tests.soak.texts import catalogue

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


def sound_hosts(directory: Path) -> list[Path]:
    """Build the hosts that will be damaged: every usual trouble, with Let's Encrypt, with Sectigo, in old words."""
    sites = tuple(
        story(f"{name.replace('_', '-')}.example", name[:12]) for name, story in hosts.stories.STORIES.items()
    )
    modern = hosts.Host(now=NOW, sites=sites, run_count=1)
    ordered = hosts.Site(
        "ordered.example",
        hosts.Account("ordered"),
        certificate=hosts.Certificate(days_left=9, issuer=hosts.CPANEL),
        order=hosts.order.pending(),
    )
    old = replace(modern, sites=(ordered,), provider="cPanel", version="11.108.0.5")
    return [hosts.build(modern, directory / "modern"), hosts.build(old, directory / "old")]


class Soak:
    """One host and what is true of it while nothing is damaged."""

    def __init__(self, root: Path, aside: Path, seed: int) -> None:
        self._root = root
        self._aside = aside
        self._damage = Damage(root, seed)
        self._writer = Writer(catalogue().texts, "en", "admin", "UTC")
        self._sick = frozenset(site.site for site in judged(root).sites if site.main.cause not in HEALTHY)
        aside.mkdir(exist_ok=True)

    def complaints(self) -> Iterator[str]:
        """Damage the host once, judge it, and tell what must not be."""
        with self._damage.done(self._aside) as told:
            report = judged(self._root)
            printed = json.dumps(as_json.report(report, self._writer), ensure_ascii=False)
        for site in report.sites:
            if site.site in self._sick and site.main.cause in HEALTHY:
                yield f"{told}: {site.site} seems {site.main.cause}"
            yield from (f"{told}: a rule broke: {gap.why}" for gap in site.could_not_check if gap.fact == "rule")
        if hosts.CANARY in printed:
            yield f"{told}: a secret was printed"


def judged(root: Path) -> Report:
    """Judge a saved host as `diagnose` does."""
    host = HostPaths(root)
    try:
        return diagnose(read_host(host, NOW, Wanted(), lambda: NOW), catalogue().causes)
    finally:
        host.close()
