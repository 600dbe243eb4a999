"""Unasked, the doctor finds out that visitors do not get a renewed certificate, and later that they do."""

import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.lab import hosts
from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.live_run import Manner, present
from tests.lab.panel.standing import standing_panel

FOLLOW = "autossl-doctor-follow.service"
STATE = "/var/lib/autossl-doctor"
SHOP, BAKERY = "shop.example", "bakery.example"
CERTIFICATE = f"/var/cpanel/ssl/apache_tls/{SHOP}/certificates"
pytestmark = pytest.mark.system("root", "mount and network namespaces")


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[StandingPanel]:
    """A panel with a website that the scheduled run will renew, and a neighbour."""
    due = hosts.Site(SHOP, hosts.Account("alice"), certificate=hosts.Certificate(days_left=5))
    other = hosts.Site(BAKERY, hosts.Account("bob"))
    host = hosts.Host(now=present(), sites=(due, other), runs=())
    with standing_panel(host, tmp_path, manner=Manner(pace=0.01, delay=0.2)) as standing:
        yield standing


def wait_for(panel: StandingPanel, condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something has happened."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, panel.journal()
        time.sleep(0.2)


def website(panel: StandingPanel, account: str = "alice") -> dict[str, Any]:
    """The account's website as its report describes it; nothing before there is a report."""
    report = panel.path(f"{STATE}/reports/{panel.numbers[account]}/report.json")
    return json.loads(report.read_text())["sites"][0] if report.exists() else {"findings": [], "could_not_check": []}


def causes(panel: StandingPanel) -> set[str]:
    """What the report says of the website that was renewed."""
    return {finding["cause"] for finding in website(panel)["findings"]}


def is_looked_at(panel: StandingPanel, account: str = "alice") -> bool:
    """Whether the report knows what visitors get."""
    site = website(panel, account)
    return bool(site["findings"]) and not any(gap["fact"] == "served" for gap in site["could_not_check"])


def scheduled_run(panel: StandingPanel) -> None:
    """Let the run over all accounts run, as cron would."""
    before = len(list(panel.path("/var/cpanel/logs/autossl").glob("[0-9]*-*")))
    panel.start_check("*")
    wait_for(panel, lambda: len(list(panel.path("/var/cpanel/logs/autossl").glob("[0-9]*-*"))) > before)
    wait_for(panel, lambda: panel.checks() == ([], {}))


def hours_pass(panel: StandingPanel, hours: int) -> None:
    """Let the installation and what was seen since be some hours older."""
    earlier = timedelta(hours=hours)
    installed = panel.path(CERTIFICATE)
    at = installed.stat().st_mtime - earlier.total_seconds()
    os.utime(installed, (at, at))
    for name in ("served.json", "served-new.jsonl"):
        file = panel.path(f"{STATE}/{name}")
        if file.exists():
            text = file.read_text()
            rows = json.loads(text)["served"] if name == "served.json" else map(json.loads, text.splitlines())
            aged = [row | {"at": _moment(datetime.fromisoformat(row["at"]) - earlier)} for row in rows]
            lines = "".join(f"{json.dumps(row)}\n" for row in aged)
            file.write_text(json.dumps({"schema": 1, "served": aged}) if name == "served.json" else lines)


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_scheduled_renewal_that_visitors_do_not_get_is_found_and_so_is_its_end(panel: StandingPanel) -> None:
    """Nobody opens a page or presses a button: the follower runs, the prober looks, and the report says it."""
    panel.set_stale(SHOP)
    scheduled_run(panel)
    panel.systemctl("start", FOLLOW)
    wait_for(panel, lambda: "renewed_not_served" in causes(panel))
    wait_for(panel, lambda: is_looked_at(panel, "bob"))
    told = json.loads(panel.run(["/opt/autossl-doctor/venv/bin/autossl-doctor", "status", "--format", "json"]).stdout)
    assert (told["probe"]["looked_at"], told["probe"]["not_looked_at"]) == (2, 0)
    panel.set_stale(SHOP, stale=False)
    hours_pass(panel, 2)
    scheduled_run(panel)
    panel.systemctl("start", FOLLOW)
    wait_for(panel, lambda: "renewed_not_served" not in causes(panel) and is_looked_at(panel))
    assert website(panel)["visitors"] == "safe"
    assert panel.calls() == ()
