"""The demo: builds the sample host and prints its diagnosis with the real command line.

python -m tests.lab.demo --directory .demo [--lang en|ja]
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from autossl_doctor.host import clock
from tests.lab import hosts

TROUBLE_FOUND = (0, 1, 2)
"""The answers of a diagnosis that worked; the sample host is in trouble on purpose."""


def main() -> int:
    """Build the host below the directory and show what the doctor says about it."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__.splitlines()[0])
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--lang", choices=("en", "ja"))
    given = parser.parse_args()
    now = clock.now()
    root = given.directory / "host"
    build_anew(root, now)
    command = [sys.executable, "-m", "autossl_doctor", "diagnose", "--root", str(root), "--now", now.isoformat()]
    language = ["--lang", given.lang] if given.lang else []
    done = subprocess.run([*command, *language], check=False)
    if done.returncode not in TROUBLE_FOUND:
        return done.returncode
    moment = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    program = Path(sys.executable).with_name("autossl-doctor")
    print(f"\nThe sample host is below {root}. Try also:")
    for more in ("--lang ja --reader owner", "--by-cause", "--format json"):
        print(f"  {program} diagnose --root {root} --now {moment} {more}")
    return 0


def build_anew(root: Path, now: datetime) -> None:
    """Build the sample host in place of an older one."""
    if root.exists():
        shutil.rmtree(root)
    root.parent.mkdir(parents=True, exist_ok=True)
    hosts.build(hosts.demo_host(now), root)


if __name__ == "__main__":
    sys.exit(main())
