"""Which runs are under way just now, asked again and again at little cost."""

from __future__ import annotations

from itertools import islice

from autossl_doctor.collect.runs.catalogue import ALL_USERS, LOG_DIRECTORY, list_runs
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.processes import has_process_table, is_alive
from autossl_doctor.model.fact import Known
from autossl_doctor.model.log import Run

MOST_WATCHED = 64
"""Of so many of the newest runs it is looked whether they are under way: one for each account that has just begun."""
LISTED_AGAIN = 3
"""A directory that has just changed is listed so many times: two changes in one tick of the clock look like one."""


class RunningRuns:
    """Knows the runs of the log directory, and lists them again when the directory has changed."""

    def __init__(self, host: HostPaths) -> None:
        self._host = host
        self._changed = -1.0
        self._again = 0
        self._alive: list[Run] = []
        self.runs: list[Run] = []

    def look(self) -> list[Run]:
        """Give the runs whose process is alive, newest first."""
        facts = self._host.facts(LOG_DIRECTORY)
        changed = facts.value.changed if isinstance(facts, Known) else 0.0
        if changed != self._changed:
            self._changed, self._again = changed, LISTED_AGAIN
        if self._again:
            self._again -= 1
            found = list_runs(self._host)
            self.runs = found.value if isinstance(found, Known) else []
            self._alive = self.recent()
        # A process that has ended does not come back.
        self._alive = [run for run in self._alive if is_running(self._host, run)]
        return self._alive

    def recent(self) -> list[Run]:
        """Give the newest runs, and the newest one over all accounts if it is none of them."""
        older = (run for run in self.runs[MOST_WATCHED:] if run.username == ALL_USERS)
        return [*self.runs[:MOST_WATCHED], *islice(older, 1)]


def is_running(host: HostPaths, run: Run) -> bool:
    """Tell whether the process that writes a run lives."""
    directory = f"{LOG_DIRECTORY}/{run.name}"
    upid = host.read_link(f"{directory}/upid")
    if isinstance(upid, Known) and has_process_table(host):
        return is_alive(host, upid.value) is True
    return host.exists(f"{directory}/in_progress")
