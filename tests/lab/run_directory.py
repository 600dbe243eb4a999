"""The directory of one run and the traces of its process: symlinks, PID file, /proc (facts 1.1, 6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.lab.chance import chance
from tests.lab.host_model import Host
from tests.lab.log_line import Line
from tests.lab.run_model import Run
from tests.lab.run_setting import RunSetting
from tests.lab.runlog import Ending, RunLog, tear, write_lines
from tests.lab.tree import Tree

TICKS_PER_SECOND = 100


@dataclass(frozen=True, kw_only=True)
class Process:
    """The process that writes a run, as its `upid` names it."""

    pid: int
    start: datetime
    boot: datetime

    @property
    def ticks(self) -> int:
        """The process's start in clock ticks since boot: field 22 of /proc/<pid>/stat."""
        return round((self.start - self.boot).total_seconds() * TICKS_PER_SECOND)

    @property
    def upid(self) -> str:
        """`<pid>.<start ticks>.<boot time>`."""
        return f"{self.pid}.{self.ticks}.{int(self.boot.timestamp())}"


def boot_time(host: Host) -> datetime:
    """When the server was last started."""
    return (host.now - timedelta(days=37)).replace(microsecond=0)


def process_of(host: Host, run: Run) -> Process:
    """The process of a run; one that ran before the last boot belongs to the boot before it."""
    boot = boot_time(host)
    if run.start <= boot:
        boot = (run.start - timedelta(days=1)).replace(microsecond=0)
    dice = chance(host.seed, "pid", run.start, run.username)
    return Process(pid=run.pid or dice.randrange(2_000, 4_000_000), start=run.start, boot=boot)


def write_run_directory(tree: Tree, directory: str, setting: RunSetting, lines: Iterator[Line]) -> None:
    """Write a run as far as it has come by the host's present moment."""
    host, run, clock = setting.host, setting.run, setting.clock
    tree.directory(directory, 0o700)
    process = process_of(host, run)
    with RunLog(tree.root / directory, run, process.pid, clock, chance(host.seed, "keys", directory)) as log:
        ending = write_lines(log, lines, run, host.now)
    for file in ("json", "txt"):
        path = tree.root / directory / file
        if path.exists():
            if run.torn:
                tear(path)
            tree.touch(f"{directory}/{file}", min(clock.moment, host.now))
    tree.link(f"{directory}/provider", host.provider or "LetsEncrypt", run.start)
    tree.link(f"{directory}/username", run.username, run.start)
    if run.upid:
        tree.link(f"{directory}/upid", process.upid, run.start)
    if run.in_progress:
        tree.link(f"{directory}/in_progress", "1", run.start)
    if run.alive or ending is Ending.PRESENT:
        _write_process(tree, host, run, process)


def _write_process(tree: Tree, host: Host, run: Run, process: Process) -> None:
    """The PID file that keeps a second run away and, where the tree has a /proc, the process itself."""
    whose = "" if run.username == "*" else f"_{run.username}"
    pid_file = f"var/cpanel/autossl_check{whose}.pid"
    tree.remove(pid_file)
    tree.link(pid_file, f"Cpanel::PIDFile__PID__{process.pid}", run.start)
    if host.proc:
        # Field 22 is the start time.
        before = "1 1 1 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0"
        tree.file(
            f"proc/{process.pid}/stat",
            f"{process.pid} (autossl_check) S {before} {process.ticks}{' 0' * 30}\n",
            0o444,
        )


def write_proc(tree: Tree, host: Host) -> None:
    """The boot time, without which no `upid` can be compared."""
    if host.proc:
        boot = int(boot_time(host).timestamp())
        tree.file("proc/stat", f"cpu  1 2 3 4 5 6 7 0 0 0\nbtime {boot}\nprocesses 1\n", 0o444)
