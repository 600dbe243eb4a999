"""A small service manager: sockets, paths and timers start services, as systemd would on the panel's server.

It obeys what starts, feeds and ends a service, and is strict in one thing: a change that a path unit sees while its
service runs is forgotten. Of the directives that make a service's room smaller it enforces those about capabilities,
new privileges and the network; the others it remembers.
"""

import fcntl
import os
import stat
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import wait
from pathlib import Path

from tests.lab.panel import watched_path
from tests.lab.panel.asking import SERVICES, Door
from tests.lab.panel.services import Services
from tests.lab.panel.unit_file import Unit, read_unit, seconds

UNITS = Path("etc/systemd/system")
_LOOK_EVERY = 0.1
_HIGH = 100
_CALENDAR = {"minutely": 60, "hourly": 3600, "daily": 86_400}
"""The calendars that are understood, without the random delay."""


class Systemctl:
    """The manager; a process of its own that serves one visitor at a time."""

    def __init__(self, root: Path, place: Path) -> None:
        self._directory = root / UNITS
        self._units = self._read_units()
        services = [unit for unit in self._units.values() if unit.kind == "service"]
        self._services = Services(services, place / "journal", self._sockets_of)
        self._active: dict[str, float] = {}
        """The triggers at work, and since when."""
        self._fifos: dict[str, int] = {}
        self._seen: dict[str, dict[str, watched_path.State]] = {}
        self._begun = time.monotonic()
        self._door = Door(place, SERVICES)
        self._verbs: Mapping[str, Callable[..., object]] = {
            "start": self.start,
            "stop": self.stop,
            "status": self.status,
            "list": lambda: {name: self.status(name) for name in self._units},
            "sandbox": lambda name: self._units[name].sandbox,
            "reset": self.reset,
            "reload": self.reload,
        }

    def reload(self) -> None:
        """Read all unit files anew; what runs goes on, and what is gone from the disk is known until it has ended."""
        found = self._read_units()
        at_work = {name for name in self._units if name in self._active or self._services.runs(name)}
        self._units = {name: unit for name, unit in self._units.items() if name in at_work} | found
        self._services.know(unit for unit in self._units.values() if unit.kind == "service")

    def _read_units(self) -> dict[str, Unit]:
        paths = (path for path in sorted(self._directory.glob("autossl-doctor-*.*")) if path.is_file())
        return {path.name: read_unit(path) for path in paths}

    def serve_forever(self, ready: Callable[[], None]) -> None:
        """Start what is enabled, then watch and obey until the process ends."""
        for kind in ("socket", "path", "timer", "service"):
            for unit in self._units.values():
                if unit.enabled and unit.kind == kind:
                    self.start(unit.name)
        ready()
        while True:
            for _ in wait([self._door.fileno()], timeout=_LOOK_EVERY):
                self._door.serve_one(lambda verb, given: self._verbs[verb](**given))
            self._look_after_services()
            for name in sorted(self._active):
                self._trigger(self._units[name])

    def start(self, name: str) -> None:
        """Start a unit; a service that runs already goes on."""
        if name not in self._units and (self._directory / name).is_file():
            # As systemd does with a unit that it has never been asked about; one that it knows, it does not read again.
            self.reload()
        unit = self._units[name]
        if unit.kind == "service":
            if not self._services.start(name):
                # As systemd does, so that the service is not started again and again.
                for other in [other for other in self._active if self._units[other].service == name]:
                    self.stop(other)
        elif name not in self._active:
            self._active[name] = time.monotonic()
            if unit.kind == "socket":
                self._fifos[name] = open_fifo(unit)
            elif unit.kind == "path":
                self._seen[name] = watched_path.states(unit)

    def stop(self, name: str) -> None:
        """Stop a unit."""
        if name not in self._units:
            raise KeyError(name)
        self._active.pop(name, None)
        if name in self._fifos:
            os.close(self._fifos.pop(name))
            if self._units[name].yes("RemoveOnStop"):
                Path(self._units[name].last("ListenFIFO")).unlink(missing_ok=True)
        if name in self._services:
            self._services.stop(name)

    def status(self, name: str) -> dict[str, object]:
        """The state of a unit; for a service also its process, its last result, and how often it was started."""
        if name in self._services:
            return self._services[name].status
        return {"state": "active" if name in self._active else "inactive", "starts": self._units[name].service}

    def reset(self, name: str) -> None:
        """Forget how often a service was started and how it ended."""
        if name in self._units and name not in self._services:
            return
        self._services[name].starts.clear()
        self._services[name].result = ""

    def _sockets_of(self, service: str) -> list[int]:
        return [number for name, number in sorted(self._fifos.items()) if self._units[name].service == service]

    def _look_after_services(self) -> None:
        ended = self._services.look_after()
        for name in self._active:
            unit = self._units[name]
            if unit.kind == "path" and unit.service in ended:
                self._seen[name] = watched_path.states(unit)

    def _trigger(self, unit: Unit) -> None:
        """Start the service of a socket, path or timer whose time has come."""
        if unit.name not in self._active or unit.service not in self._services or self._services.runs(unit.service):
            return
        if unit.kind == "socket":
            due = bool(wait([self._fifos[unit.name]], timeout=0))
        elif unit.kind == "path":
            now = watched_path.states(unit)
            due = watched_path.is_there(unit) or now != self._seen[unit.name]
            self._seen[unit.name] = now
        else:
            due = self._is_due(unit)
        if due:
            self.start(unit.service)

    def _is_due(self, timer: Unit) -> bool:
        service, now = self._services[timer.service], time.monotonic()
        last = service.starts[-1] if service.starts else None
        bases = {
            "OnBootSec": self._begun,
            "OnStartupSec": self._begun,
            "OnActiveSec": self._active[timer.name],
            "OnUnitActiveSec": last,
            "OnUnitInactiveSec": service.ended,
        }
        awake = max(self._active[timer.name], last or 0)
        moments = [
            base + seconds(span)
            for directive, base in bases.items()
            if base is not None
            for span in timer.all(directive)
        ]
        moments += [_next(_CALENDAR[name], awake) for name in timer.all("OnCalendar") if name in _CALENDAR]
        return any(moment <= now and (last is None or last < moment) for moment in moments)


def _next(period: int, after: float) -> float:
    """The first whole minute, hour or day after a moment; both in the machine's steady time."""
    shift = time.time() - time.monotonic()
    wall = after + shift
    return wall - wall % period + period - shift


def open_fifo(unit: Unit) -> int:
    """Make a socket unit's FIFO and hold it open for reading and writing, so that nobody who writes has to wait."""
    path = Path(unit.last("ListenFIFO"))
    for directory in reversed([parent for parent in path.parents if not parent.exists()]):
        directory.mkdir()
        directory.chmod(unit.mode("DirectoryMode", 0o755))
    if not path.exists():
        os.mkfifo(path)
    if not stat.S_ISFIFO(path.lstat().st_mode):
        raise FileExistsError(f"{path} is no FIFO")
    path.chmod(unit.mode("SocketMode", 0o666))
    number = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        return fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, _HIGH)
    finally:
        os.close(number)
