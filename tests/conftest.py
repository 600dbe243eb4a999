"""What every test gets: steady property tests, and a loud word where a system test cannot run."""

from collections import Counter

import pytest
from hypothesis import settings

from tests import needs

# The same examples on every machine, and no time limit for one example: two cores share the whole suite.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a system test that names something this machine does not have."""
    for mark in item.iter_markers("system"):
        for need in mark.args:
            if not needs.is_there(need):
                pytest.skip(f"needs {need}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each missing thing, so that nobody takes a short run for a full one."""
    missing: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        if isinstance(report.longrepr, tuple):
            _path, _line, reason = report.longrepr
            if reason.startswith("Skipped: needs "):
                missing[reason.removeprefix("Skipped: needs ")] += 1
    for need, tests in sorted(missing.items()):
        terminalreporter.write_line(f"NOT RUN: {tests} of the tests, because this machine lacks {need}", red=True)
