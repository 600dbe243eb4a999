"""Speed and memory, side by side in one run: ratios, never a stopwatch.

make bench          60,000 websites, ten times as many, the other sources, the memory, the follower, the page
make bench QUICK=1  without the ten times, and the memory over a tenth of the runs
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench import follower, memory, pages
from tests.bench.built import use_built_package
from tests.bench.measure import Cost, aside, best, rivals
from tests.lab import hosts

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
REVEAL = REPOSITORY / ".venv-bench" / "bin" / "python"
LOGS = "var/cpanel/logs/autossl"
START = datetime(2026, 11, 22, 8, 17, tzinfo=UTC)
NOW = START + timedelta(hours=4)
SITES = 60_000
WHOLE = 3_000
TIMES = 5
MOST_MEMORY = 250
MOST_GROWTH = 11.0


def main() -> int:
    """Measure everything and answer 1 if a promise is broken."""
    broken = []
    with tempfile.TemporaryDirectory(prefix="autossl-doctor-bench-") as directory:
        top = Path(directory)
        use_built_package(top / "package")
        root, run = aside(big_run, top / "one", SITES)
        parse: list[str | Path] = [REVEAL, HERE / "parse_with_reveal.py", root / LOGS, run]
        ours, reveal = rivals([judging("log_to_findings", root), parse], REPOSITORY, TIMES)
        if ours.answer["sites"] != reveal.answer["sites"]:
            broken.append(f"the two saw {ours.answer['sites']} and {reveal.answer['sites']} websites")
        print(f"one run over {ours.answer['sites']:,} websites, {ours.answer['findings']:,} findings")
        faster = reveal.seconds / ours.seconds
        print(f"  log to judged findings, processor time: {faster:.2f} times as fast as reveal-cli only parses it")
        print(f"  peak memory: {ours.peak:.0f} MiB (reveal-cli {reveal.peak:.0f} MiB)")
        if faster < 1:
            broken.append(f"slower than reveal-cli: {faster:.2f}")
        if ours.peak > MOST_MEMORY:
            broken.append(f"peak memory {ours.peak:.0f} MiB")
        if not os.environ.get("QUICK"):
            broken += ten_times(top, ours)
        other_sources(top)
        broken += memory.measure(top)
        broken += follower.measure(top, NOW)
    broken += pages.measure()
    for promise in broken:
        print(f"BROKEN: {promise}")
    return 1 if broken else 0


def big_run(root: Path, sites: int) -> tuple[Path, str]:
    """Build one run in a single batch: reveal-cli loses accounts where the first phase comes back."""
    logs = root / LOGS
    logs.mkdir(parents=True)
    run = hosts.Run(start=START, pace=7200 / (sites * 9))
    return root, hosts.write_run(logs, hosts.Crowd(accounts=sites), start=START, run=run).name


def judging(program: str, root: Path) -> list[str | Path]:
    """Give the command that runs one of the programs beside this one on a host."""
    return [sys.executable, "-m", f"tests.bench.{program}", root, NOW.isoformat()]


def ten_times(top: Path, one: Cost) -> list[str]:
    """Measure how the cost grows with the number of websites."""
    root, _ = aside(big_run, top / "ten", 10 * SITES)
    ten = best(judging("log_to_findings", root), REPOSITORY, 2)
    growth = ten.seconds / one.seconds
    sites = ten.answer["sites"] / one.answer["sites"]
    print(f"  {sites:.1f} times the websites take {growth:.1f} times the processor time, {ten.peak:.0f} MiB")
    return [f"the time grows {growth:.1f} times"] if growth > MOST_GROWTH else []


def whole_host(root: Path) -> Path:
    """Build a host with everything that a server has beside its log."""
    crowd = hosts.Crowd(accounts=WHOLE)
    sites = tuple(site for account in hosts.many_sites(crowd) for site in account)
    return hosts.build(hosts.Host(now=NOW, sites=sites, run_count=1, problems_journal="delete"), root)


def other_sources(top: Path) -> None:
    """Measure what certificates, settings and databases add to the log of a host."""
    root = aside(whole_host, top / "whole")
    whole, log = rivals([judging("whole_host", root), judging("log_to_findings", root)], REPOSITORY, TIMES)
    ratio = whole.seconds / log.seconds
    print(f"other sources, {whole.answer['sites']:,} websites: all together take {ratio:.1f} times the log alone")


if __name__ == "__main__":
    sys.exit(main())
