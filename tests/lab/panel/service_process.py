"""The process of one service: started as its user, with the standard streams and sockets that its unit names."""

import contextlib
import fcntl
import os
import shlex
import signal
import traceback
from pathlib import Path

from tests.lab.cpsrvd.identity import can_switch
from tests.lab.panel.service_limits import drop_capabilities, forbid_new_privileges, limit_network, withheld
from tests.lab.panel.service_room import directories_of, identity_of
from tests.lab.panel.unit_file import Unit

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_FAR_AWAY = 200
_COULD_NOT_START = 203


def commands_of(unit: Unit) -> list[list[str]]:
    """The commands of a service one after the other, without the marks before them."""
    lines = (*unit.all("ExecStartPre"), *unit.all("ExecStart"), *unit.all("ExecStartPost"))
    return [shlex.split(line.lstrip("-@+!:").replace("%t", "/run").replace("%S", "/var/lib")) for line in lines]


def start_process(unit: Unit, command: list[str], passed: list[int], journal: Path) -> int:
    """Start one command of a service and give its process number; `passed` are the sockets that it inherits."""
    process = os.fork()
    if process:
        return process
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        os.umask(unit.mode("UMask", 0o022))
        _connect_streams(unit, journal, passed)
        limit_network(unit)
        who = identity_of(unit)
        drop_capabilities(withheld(unit))
        if can_switch():
            os.setgroups([] if unit.yes("DynamicUser") else os.getgrouplist(who.name, who.gid))
            os.setgid(who.gid)
            os.setuid(who.uid)
        forbid_new_privileges(unit)
        os.chdir(unit.last("WorkingDirectory", default="/").lstrip("-"))
        os.execve(command[0], command, _environment(unit, passed))  # noqa: S606 - the unit's own command
    except BaseException:  # noqa: BLE001 - the child ends in the next line, whatever happened
        traceback.print_exc()
    finally:
        os._exit(_COULD_NOT_START)


def end_process(process: int, number: signal.Signals) -> None:
    """Send a signal to all that belongs to a service."""
    try:
        os.killpg(process, number)
    except ProcessLookupError:
        # It has not come as far as to have a session of its own, or all of it is gone.
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)


def end_session(process: int) -> None:
    """Kill what a service has left behind; its own process is gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)


def _environment(unit: Unit, passed: list[int]) -> dict[str, str]:
    who = identity_of(unit)
    environment = {"PATH": _PATH, "LANG": "C.UTF-8", "USER": who.name, "LOGNAME": who.name, "HOME": who.home}
    for line in unit.all("Environment"):
        environment |= dict(word.split("=", 1) for word in shlex.split(line))
    for directive, path in directories_of(unit):
        environment[directive.replace("Directory", "_DIRECTORY").upper()] = str(path)
    if passed:
        environment |= {"LISTEN_FDS": str(len(passed)), "LISTEN_PID": str(os.getpid())}
    return environment


def _connect_streams(unit: Unit, journal: Path, passed: list[int]) -> None:
    """Put the streams at 0 to 2 and the sockets from 3 on; close everything else."""
    diary = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    streams = [
        _opened(unit.last("StandardInput"), os.O_RDONLY, passed),
        _opened(unit.last("StandardOutput"), os.O_WRONLY | os.O_CREAT, passed, diary),
        _opened(unit.last("StandardError"), os.O_WRONLY | os.O_CREAT, passed, diary),
    ]
    # Copies far away first, so that no low number is overwritten before it was copied.
    copies = [fcntl.fcntl(number, fcntl.F_DUPFD, _FAR_AWAY) for number in (*streams, *passed)]
    for number, copy in enumerate(copies):
        os.dup2(copy, number, inheritable=True)
    os.closerange(len(copies), _FAR_AWAY + 2 * len(copies) + 100)


def _opened(value: str, flags: int, passed: list[int], default: int | None = None) -> int:
    """The descriptor that a StandardInput=, StandardOutput= or StandardError= means."""
    kind, _, path = value.partition(":")
    if kind in {"file", "append", "truncate"}:
        extra = {"append": os.O_APPEND, "truncate": os.O_TRUNC}.get(kind, 0)
        return os.open(path, flags | extra, 0o644)
    if kind in {"socket", "fd"} and passed:
        return passed[0]
    if default is not None and kind != "null":
        return default
    return os.open(os.devnull, os.O_RDWR)
