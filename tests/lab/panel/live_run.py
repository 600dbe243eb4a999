"""A run of `autossl_check` that really happens: a process of its own, a log that grows, certificates that change."""

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tests.lab.autossl_simulation import run_lines
from tests.lab.chance import chance
from tests.lab.host_model import Host
from tests.lab.log_line import RunClock, iso
from tests.lab.panel.live_world import LiveWorld
from tests.lab.run_history import batched, setting_of
from tests.lab.run_model import Run
from tests.lab.run_setting import RunSetting
from tests.lab.runlog import LOGS, RunLog, free_name
from tests.lab.website_model import Account
from tests.lab.websites import Website

_START_TIME = 21
"""Where the start time stands in /proc/<pid>/stat: it is field 22."""


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How the runs of a stand-in go."""

    pace: float = 0.35
    """The average number of seconds between two lines."""
    delay: float = 2.0
    """How long a task waits in the queue."""
    never_start: bool = False
    """Whether the task queue hangs, so that nothing that is queued ever starts."""
    die_after_lines: int | None = None
    """Whether a run is killed after so many lines."""


class LiveClock(RunClock):
    """The machine's own clock; the time of a line is waited for."""

    def __init__(self, pace: float) -> None:
        super().__init__(present(), pace, chance("live"))

    @property
    def moment(self) -> datetime:
        """The present moment in whole seconds."""
        return present()

    @property
    def stamp(self) -> str:
        """The present moment as a record writes it."""
        return iso(self.moment)

    def tick(self) -> None:
        """Wait between half and one and a half times the pace."""
        time.sleep(self._pace * (0.5 + self._dice.random()))


def present() -> datetime:
    """The machine's time in whole seconds."""
    return datetime.fromtimestamp(int(time.time()), UTC)


def upid_of(process: int | str) -> str | None:
    """A process as the `upid` link names it: number, start in ticks, boot time (facts 1.1); None: it is gone."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return None
    # The second field holds the program's name, which may hold anything.
    ticks = stat.rpartition(")")[2].split()[_START_TIME - 2]
    boot = next(line.split()[1] for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime"))
    return f"{process}.{ticks}.{boot}"


def check(
    host: Host, accounts: Mapping[Account, list[Website]], world: LiveWorld, username: str, manner: Manner, root: Path
) -> None:
    """Write one run from its first line to its last, in this process."""
    logs = root / LOGS
    logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    start = present()
    name = free_name(start, [entry.name for entry in logs.iterdir()])
    run = Run(start=start, username=username, pace=manner.pace, housekeeping=True)
    setting = replace(setting_of(host, run, name, world), clock=LiveClock(manner.pace))
    directory = logs / f"{chance(os.getpid(), name).randrange(1 << 32)}.{name}"
    directory.mkdir(mode=0o700)
    pid_file = root / f"var/cpanel/autossl_check{'' if username == '*' else f'_{username}'}.pid"
    pid_file.unlink(missing_ok=True)
    pid_file.symlink_to(f"Cpanel::PIDFile__PID__{os.getpid()}")
    with RunLog(directory, run, os.getpid(), setting.clock, chance("keys", name)) as log:
        links = {"provider": setting.provider.module, "username": username, "upid": str(upid_of(os.getpid()))}
        for link, target in links.items():
            (directory / link).symlink_to(target)
        directory.rename(logs / name)
        _write_lines(log, setting, accounts, manner)
    pid_file.unlink(missing_ok=True)


def _write_lines(log: RunLog, setting: RunSetting, accounts: Mapping[Account, list[Website]], manner: Manner) -> None:
    entries = list(accounts.items())
    for number, line in enumerate(run_lines(batched(entries, max(len(entries), 1)), setting), start=1):
        log.write(line)
        log.flush()
        if number == manner.die_after_lines:
            os.kill(os.getpid(), signal.SIGKILL)
        log.clock.tick()
