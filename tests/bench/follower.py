"""What a large server needs until a changed account has its report, and while a run is followed."""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from tests.bench.follow_run import ACCOUNTS
from tests.bench.measure import Cost, aside, best
from tests.lab import hosts

REPOSITORY = Path(__file__).resolve().parents[2]
LOGS = "var/cpanel/logs/autossl"
MOST_SECONDS, MOST_MEMORY = 2.0, 60


def measure(top: Path, now: datetime) -> list[str]:
    """Print both and answer the promises that do not hold."""
    root, state = top / "followed", top / "followed-state"
    aside(host, root, now)
    run = max(path for path in (root / LOGS).iterdir() if path.is_dir())
    began = datetime.fromisoformat(run.name)
    run_program("all", root, state, now)
    asked_at = time.monotonic()
    one = run_program("one", root, state, now)
    seconds = time.monotonic() - asked_at
    (run / "in_progress").symlink_to("1")
    follow = run_program("follow", root, state, began - timedelta(seconds=30))
    print(f"a server with {ACCOUNTS:,} accounts")
    print(f"  one account's new report: {seconds:.2f} s (at most {MOST_SECONDS})")
    print(f"  following a run over all of them: {follow.peak:.0f} MiB (at most {MOST_MEMORY})")
    broken = []
    if one.answer["written"] != 1 or not follow.answer["step"]:
        broken.append(f"nothing was judged or followed: {one.answer}, {follow.answer}")
    if seconds > MOST_SECONDS:
        broken.append(f"an account's report takes {seconds:.2f} s")
    if follow.peak > MOST_MEMORY:
        broken.append(f"the follower takes {follow.peak:.0f} MiB")
    return broken


def host(root: Path, now: datetime) -> None:
    """Build the server: a run over all accounts, their certificates, settings and lists."""
    sites = tuple(site for account in hosts.many_sites(hosts.Crowd(accounts=ACCOUNTS)) for site in account)
    hosts.build(hosts.Host(now=now, sites=sites, run_count=1), root)


def run_program(what: str, root: Path, state: Path, moment: datetime) -> Cost:
    """Run one of the three once: each changes what the next one finds."""
    return best([sys.executable, "-m", "tests.bench.follow_run", what, root, state, moment.isoformat()], REPOSITORY, 1)
