"""One process: reads the newest run below a root and judges every website that it names.

Only the log is read, so that the cost compares with that of a program that parses logs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from autossl_doctor.causes.catalogue import load
from autossl_doctor.collect.host import websites_of_logs
from autossl_doctor.collect.runs.catalogue import list_runs, read_run, with_state
from autossl_doctor.diagnose.report import diagnose
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.memory import without_collector
from autossl_doctor.model.fact import Fact, Known
from autossl_doctor.model.host import HostReading
from autossl_doctor.model.log import Run, RunReading
from autossl_doctor.model.moment import parse_moment


def main() -> None:
    """Judge and print how many websites and findings there are."""
    with without_collector():
        host = HostPaths(Path(sys.argv[1]))
        now = parse_moment(sys.argv[2])
        catalogue = list_runs(host)
        assert isinstance(catalogue, Known)
        assert now
        read = read_run(host, catalogue.value[0])
        assert isinstance(read, Known)
        run, reading = read.value
        runs: Fact[tuple[tuple[Run, RunReading], ...]] = Known(
            ((with_state(host, run, reading, now), reading),), read.source
        )
        websites = websites_of_logs(runs)
        assert websites
        report = diagnose(HostReading(now, "UTC", runs=runs, websites=websites), load().causes, consume=True)
    findings = sum(len(site.findings) for site in report.sites)
    print(json.dumps({"sites": len(report.sites), "findings": findings, "unrecognised": report.unrecognised.lines}))


if __name__ == "__main__":
    main()
