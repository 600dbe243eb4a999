"""The owner's page and its progress endpoint beside what they are measured by: a bare interpreter, and Jinja2 alone."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.lab import hosts
from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.standing import standing_panel

PYTHON = "/opt/autossl-doctor/venv/bin/python3"
PAGES = "/usr/local/cpanel/base/frontend/jupiter/autossl_doctor"
REPOSITORY = Path(__file__).resolve().parents[2]
TIMES = 15
PAGE_SMALL, PAGE_LARGE, PROGRESS, HISTORY = 1.6, 2.0, 2.0, 2.0
MANY = 300


def measure() -> list[str]:
    """Print the ratios and answer the promises that do not hold."""
    with (
        tempfile.TemporaryDirectory(prefix="autossl-doctor-bench-") as directory,
        standing_panel(host(), Path(directory, "panel")) as panel,
    ):
        done = panel.run([PYTHON, "-I", "-m", "autossl_doctor", "refresh"])
        return [f"refresh failed: {done.stderr}"] if done.returncode else compare(panel)


def host() -> hosts.Host:
    """A server with a small account in trouble and one of three hundred websites, every tenth of them in trouble."""
    small = [hosts.stories.expired_and_elsewhere("harbor.example", "small")]
    large = hosts.Account("large")
    many = [
        hosts.Site(
            f"site{number:03}.example",
            large,
            kind="addon" if number else "main",
            certificate=hosts.Certificate(days_left=12.5 if number % 10 == 1 else 61.0),
            checks={"*": hosts.check.http_status(404)} if number % 10 == 1 else {},
        )
        for number in range(MANY)
    ]
    now = datetime.fromtimestamp(int(time.time()), UTC)
    return hosts.Host(now=now, sites=(*small, *many), run_count=1)


def compare(panel: StandingPanel) -> list[str]:
    """Measure everything in one run, one after the other."""
    bare = _program(panel, "-I", "-c", "pass")
    jinja = _program(panel, "-c", "import jinja2")
    small = _page(panel, "index.live.cgi", "small")
    large = _page(panel, "index.live.cgi", "large")
    progress = _page(panel, "progress.live.cgi", "small")
    sqlite = _program(panel, "-I", "-c", "import sqlite3")
    history = _program(panel, "-I", "-m", "autossl_doctor", "history", "site000.example")
    print(f"a bare interpreter {bare * 1000:.1f} ms of processor time, import jinja2 {jinja * 1000:.1f} ms")
    broken = []
    for what, ratio, most in (
        ("the owner's page of a small account, times import jinja2", small / jinja, PAGE_SMALL),
        (f"the owner's page of {MANY} websites, times import jinja2", large / jinja, PAGE_LARGE),
        ("the progress endpoint, times a bare interpreter", progress / bare, PROGRESS),
        ("history of a website, times import sqlite3", history / sqlite, HISTORY),
    ):
        print(f"  {what}: {ratio:.2f} (at most {most})")
        if ratio > most:
            broken.append(f"{what}: {ratio:.2f}")
    return broken


def _program(panel: StandingPanel, *arguments: str) -> float:
    return _measured(panel, "tests.bench.program_cost", PYTHON, *arguments)


def _page(panel: StandingPanel, script: str, account: str) -> float:
    return _measured(panel, "tests.bench.page_cost", f"{PAGES}/{script}", account, str(TIMES))


def _measured(panel: StandingPanel, module: str, *arguments: str) -> float:
    start = f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); sys.argv[:1] = []; "
    start += "import runpy; runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)"
    done = panel.run([sys.executable, "-c", start, module, *arguments])
    if done.returncode:
        raise SystemExit(f"{module} failed: {done.stderr}")
    seconds: float = json.loads(done.stdout)["seconds"]
    return seconds
