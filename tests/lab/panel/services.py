"""The services of the small service manager: started, watched, and ended; what systemd calls their state."""

import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.panel.service_process import commands_of, end_process, end_session, start_process
from tests.lab.panel.service_room import make_directories, remove_runtime_directories
from tests.lab.panel.unit_file import Unit, seconds

_USUAL_LIMIT = ("10s", "5")
_PATIENCE = 5.0
_COMES_BACK = {"always", "on-failure", "on-abnormal"}


@dataclass
class Service:
    """What is known of a service: its process if it runs, how it ended, when it was started and ended."""

    unit: Unit
    process: int | None = None
    left: list[list[str]] = field(default_factory=list)
    """The commands that are still to come."""
    result: str = ""
    starts: list[float] = field(default_factory=list)
    ended: float | None = None
    kill_at: float | None = None
    restart_at: float | None = None

    @property
    def state(self) -> str:
        """In systemd's words."""
        if self.process is not None:
            return "deactivating" if self.kill_at is not None else "active"
        return "failed" if self.result.startswith("failed") else "inactive"

    @property
    def status(self) -> dict[str, object]:
        """What `systemctl status` would say."""
        return {
            "state": self.state,
            "process": self.process,
            "result": self.result,
            "starts": len(self.starts),
            "type": self.unit.last("Type", default="simple"),
        }


class Services:
    """All services by name; `sockets` gives those that a service inherits."""

    def __init__(self, units: Iterable[Unit], journal: Path, sockets: Callable[[str], list[int]]) -> None:
        self._services = {unit.name: Service(unit) for unit in units}
        self._journal = journal
        self._sockets = sockets

    def __getitem__(self, name: str) -> Service:
        return self._services[name]

    def __contains__(self, name: str) -> bool:
        return name in self._services

    def runs(self, name: str) -> bool:
        """Whether it is a service that has a process."""
        return name in self._services and self._services[name].process is not None

    def know(self, units: Iterable[Unit]) -> None:
        """Take these in place of the former units; what is remembered of a service stays."""
        former = self._services
        self._services = {}
        for unit in units:
            service = former.get(unit.name, Service(unit))
            service.unit = unit
            self._services[unit.name] = service

    def start(self, name: str) -> bool:
        """Start a service; one that runs already goes on. False: it was started too often of late."""
        service = self._services[name]
        unit = service.unit
        if service.process is not None or not _conditions_hold(unit):
            return True
        service.restart_at = None
        if self._too_often(service):
            service.result = "failed: start limit hit"
            return False
        service.starts.append(time.monotonic())
        service.result = ""
        make_directories(unit)
        service.left = commands_of(unit)
        self._next_command(service)
        return True

    def stop(self, name: str) -> None:
        """Ask a service to end; it is killed if it does not."""
        service = self._services[name]
        if service.process is not None:
            end_process(service.process, signal.SIGTERM)
            service.left.clear()
            service.restart_at = None
            service.kill_at = time.monotonic() + _PATIENCE

    def look_after(self) -> list[str]:
        """Learn which services have ended, and kill those that do not want to; the names of those at their end.

        What has failed and is to come back is started again when its pause is over.
        """
        for name, service in self._services.items():
            if service.restart_at is not None and time.monotonic() > service.restart_at:
                service.restart_at = None
                self.start(name)
        return [name for name, service in self._services.items() if self._has_ended(service)]

    @staticmethod
    def _too_often(service: Service) -> bool:
        interval = seconds(service.unit.last("StartLimitIntervalSec", "Unit", _USUAL_LIMIT[0]))
        burst = int(service.unit.last("StartLimitBurst", "Unit", _USUAL_LIMIT[1]))
        since = time.monotonic() - interval
        return bool(interval) and sum(start > since for start in service.starts) >= burst

    def _next_command(self, service: Service) -> None:
        sockets = self._sockets(service.unit.name)
        service.process = start_process(service.unit, service.left.pop(0), sockets, self._journal)

    def _has_ended(self, service: Service) -> bool:
        if service.process is None:
            return False
        if service.kill_at is not None and time.monotonic() > service.kill_at:
            end_process(service.process, signal.SIGKILL)
        ended, status = os.waitpid(service.process, os.WNOHANG)
        if not ended:
            return False
        end_session(service.process)
        service.process = None
        code = os.waitstatus_to_exitcode(status)
        if code == 0 and service.left:
            self._next_command(service)
            return False
        asked = service.kill_at is not None
        service.kill_at = None
        service.ended = time.monotonic()
        service.result = "success" if code == 0 or (asked and code < 0) else f"failed: {code}"
        remove_runtime_directories(service.unit)
        if service.state == "failed" and service.unit.last("Restart") in _COMES_BACK:
            service.restart_at = service.ended + seconds(service.unit.last("RestartSec", default="100ms"))
        return True


def _conditions_hold(unit: Unit) -> bool:
    looks: Mapping[str, Callable[[Path], bool]] = {
        "ConditionPathExists": Path.exists,
        "ConditionPathIsDirectory": Path.is_dir,
    }
    return all(
        look(Path(condition.lstrip("!"))) is not condition.startswith("!")
        for directive, look in looks.items()
        for condition in unit.all(directive, "Unit")
    )
