"""The memory beside what it is measured by: reveal-cli over the same runs, the same imports, SQLite alone."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autossl_doctor.causes.catalogue import load
from autossl_doctor.entry.remembering.passes import Pass
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.people import Owner
from autossl_doctor.store.memory.opening import open_memory
from autossl_doctor.store.state import State
from tests.bench.measure import aside, rivals
from tests.lab import hosts

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
REVEAL = REPOSITORY / ".venv-bench" / "bin" / "python"
LOGS = "var/cpanel/logs/autossl"
START = datetime(2026, 10, 23, 2, 17, tzinfo=UTC)
EVERY = timedelta(hours=3)
NOW = START + timedelta(days=31)
ACCOUNTS, RUNS, MADE = 4500, 240, 6
QUICK_RUNS = 24
MOST_UNCHANGED = 3.0


def measure(top: Path) -> list[str]:
    """Print the ratios and answer the promises that do not hold."""
    runs = QUICK_RUNS if os.environ.get("QUICK") else RUNS
    root = aside(many_runs, top / "many", runs)
    first: list[str | Path] = [sys.executable, "-m", "tests.bench.first_pass", root, NOW.isoformat(), str(ACCOUNTS)]
    parse: list[str | Path] = [REVEAL, HERE / "parse_all_with_reveal.py", root / LOGS]
    ours, reveal = rivals([first, parse], REPOSITORY, 1 if runs == RUNS else 3)
    broken = []
    if ours.answer != reveal.answer:
        broken.append(f"the two saw {ours.answer} and {reveal.answer}")
    faster = reveal.seconds / ours.seconds
    print(f"first pass over {ours.answer['runs']} runs, {ours.answer['sites']:,} websites in all")
    print(f"  into the memory, processor time: {faster:.2f} times as fast as reveal-cli only parses them")
    print(f"  peak memory: {ours.peak:.0f} MiB (reveal-cli {reveal.peak:.0f} MiB)")
    if faster < 1:
        broken.append(f"the first pass is slower than reveal-cli: {faster:.2f}")
    broken += unchanged(top, runs)
    return broken


def unchanged(top: Path, runs: int) -> list[str]:
    """Measure a pass that finds nothing new, on a small server with as many runs."""
    root = aside(many_runs, top / "small", runs, 5)
    state = State(str(top / "state"), owner=os.geteuid())
    memory = open_memory(state)
    owners = {f"u{number:07}": Owner(f"u{number:07}", number, number, 0) for number in range(1, 6)}
    Pass(HostPaths(root), memory, owners, lambda: load().causes).go(NOW, lambda: False)
    memory.close()
    program = [sys.executable, "-m", "tests.bench.unchanged_pass"]
    look, imports = rivals([[*program, root, top / "state"], [*program, "imports"]], REPOSITORY, 9)
    ratio = look.seconds / imports.seconds
    print(
        f"a pass that finds nothing new in {runs} runs: {ratio:.2f} times the same imports (at most {MOST_UNCHANGED})"
    )
    broken = [f"{look.answer['new']} logs seemed new"] if look.answer["new"] else []
    return [*broken, f"an unchanged pass: {ratio:.2f}"] if ratio > MOST_UNCHANGED else broken


def many_runs(root: Path, runs: int, accounts: int = ACCOUNTS) -> Path:
    """Build some runs over all accounts, and let the others have the same content under their own names."""
    logs = root / LOGS
    logs.mkdir(parents=True)
    crowd = hosts.Crowd(accounts=accounts)
    pace = 7200 / (accounts * 9)
    made = [
        hosts.write_run(
            logs, crowd, start=START + EVERY * number, run=hosts.Run(start=START + EVERY * number, pace=pace)
        )
        for number in range(min(MADE, runs))
    ]
    for number in range(len(made), runs):
        copy = logs / (START + EVERY * number).strftime("%Y-%m-%dT%H:%M:%SZ")
        copy.mkdir(0o700)
        for entry in sorted(made[number % len(made)].iterdir()):
            if entry.is_symlink():
                (copy / entry.name).symlink_to(entry.readlink())
            else:
                (copy / entry.name).hardlink_to(entry)
    return root
