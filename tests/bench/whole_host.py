"""One process: reads all sources of a host and judges it, as `diagnose` does."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from autossl_doctor.causes.catalogue import load
from autossl_doctor.collect.host import Wanted, read_host
from autossl_doctor.diagnose.report import diagnose
from autossl_doctor.host import clock
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.memory import without_collector
from autossl_doctor.model.moment import parse_moment


def main() -> None:
    """Judge and print how many websites there are."""
    now = parse_moment(sys.argv[2])
    with without_collector():
        reading = read_host(HostPaths(Path(sys.argv[1])), now, Wanted(), clock.now)
        report = diagnose(reading, load().causes, consume=True)
    print(json.dumps({"sites": len(report.sites)}))


if __name__ == "__main__":
    main()
