"""One process: reads all runs below a root into a new memory, as the first pass on a server does."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from autossl_doctor.causes.catalogue import load
from autossl_doctor.entry.remembering.passes import Pass
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.memory import without_collector
from autossl_doctor.host.people import Owner
from autossl_doctor.model.moment import parse_moment
from autossl_doctor.store.memory.opening import open_memory
from autossl_doctor.store.state import State


def main() -> None:
    """Read and print how many runs and websites were written down."""
    root, moment, accounts = Path(sys.argv[1]), parse_moment(sys.argv[2]), int(sys.argv[3])
    assert moment
    owners = {f"u{number:07}": Owner(f"u{number:07}", number, number, 0) for number in range(1, accounts + 1)}
    with tempfile.TemporaryDirectory(prefix="autossl-doctor-bench-") as directory:
        memory = open_memory(State(f"{directory}/state", owner=os.geteuid()))
        with without_collector():
            passed = Pass(HostPaths(root), memory, owners, lambda: load().causes).go(moment, lambda: False)
        sites = memory.connection.execute("SELECT sum(websites) FROM runs").fetchone()[0]
        memory.close()
    print(json.dumps({"runs": passed.runs, "sites": sites}))


if __name__ == "__main__":
    main()
