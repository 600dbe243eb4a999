"""The stand-in's first process: in fresh namespaces it lays out the host, then starts the parts of the panel.

python -m tests.lab.panel.inside DIRECTORY CPANEL-SOCKET WHM-SOCKET READY-PIPE
"""

import contextlib
import os
import select
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.lab.commands.write_commands import hidden
from tests.lab.cpsrvd.server import Cpsrvd
from tests.lab.panel import layers, mounts, namespace, processes
from tests.lab.panel.asking import PLACE, QUEUE, Door, ask
from tests.lab.panel.forwarding import registry
from tests.lab.panel.installed import NEUTRAL, PROGRAM, interpreter_home
from tests.lab.panel.plan import Plan, load
from tests.lab.panel.systemctl import Systemctl
from tests.lab.panel.taskqueue import TaskQueue
from tests.lab.panel.tls_sites import WebServer
from tests.lab.whm.server import Whm

CPSRVD = "cpsrvd"
_ROOT = Path("/")
_PATIENCE = 30
_LOOK_EVERY = 0.5
Part = Callable[[Callable[[], None]], None]


def main(directory: Path, cpanel: int, whm: int, ready: int) -> int:
    """Stand until somebody asks for the end, or a part of the stand-in is gone."""
    processes.become_first()
    endings = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, endings)
    os.umask(0o022)
    plan = load(directory / "plan")
    namespace.bring_up(plan.host.address if plan.host.nat is None else plan.host.nat.local)
    lay_out(directory, plan)
    PLACE.mkdir(mode=0o700, exist_ok=True)
    try:
        parts = _start_parts(plan, cpanel, whm)
        for user in plan.at_work:
            ask(PLACE, QUEUE, "start", user=user)
        os.write(ready, b"ready")
        while signal.sigtimedwait(endings, _LOOK_EVERY) is None:
            gone = next((name for name, process in parts.items() if os.waitpid(process, os.WNOHANG)[0]), None)
            if gone is not None:
                sys.stderr.write(f"the stand-in ends: {gone} is gone\n")
                return 1
        return 0
    finally:
        processes.end_descendants()


def lay_out(directory: Path, plan: Plan) -> None:
    """Show the host's tree, the product and, where accounts could not enter its home, the interpreter."""
    if plan.product is None:
        layers.lay_over(directory / "root", hidden(plan.package_manager))
        return
    mounts.lay_over(directory / "root", directory / "stage")
    mounts.bind(plan.product, Path(PROGRAM))
    if interpreter_home() == NEUTRAL:
        mounts.bind(Path(sys.base_prefix), NEUTRAL)


def _start_parts(plan: Plan, cpanel: int, whm: int) -> dict[str, int]:
    """Start every part as a process of its own, and wait until all of them answer."""
    parts: dict[str, Part] = {
        "the task queue": TaskQueue(plan.host, plan.world, plan.manner, _ROOT, PLACE).serve_forever,
        "the service manager": Systemctl(_ROOT, PLACE).serve_forever,
        "the web server": lambda ready: WebServer(plan.host, _ROOT).serve_forever(ready),
        "cpsrvd": lambda ready: serve_panel(plan, cpanel, whm, ready),
    }
    reading, writing = os.pipe()

    def ready() -> None:
        os.write(writing, b".")

    started = {name: _start_part(part, ready) for name, part in parts.items()}
    for _ in parts:
        if not select.select([reading], [], [], _PATIENCE)[0]:
            raise TimeoutError("a part of the stand-in does not come up")
        os.read(reading, 1)
    return started


def _start_part(part: Part, ready: Callable[[], None]) -> int:
    process = os.fork()
    if process == 0:
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
            part(ready)
        except BaseException:  # noqa: BLE001 - the part ends in the next line, whatever happened
            traceback.print_exc()
        finally:
            os._exit(1)
    return process


def serve_panel(plan: Plan, cpanel: int, whm: int, ready: Callable[[], None]) -> None:
    """Both services of the panel itself, with a door beside it for those who look at it from outside."""
    sockets = PLACE.with_name("cpsrvd-sockets")
    sockets.mkdir(mode=0o711)
    settings = replace(plan.settings, socket_directory=sockets)
    panel = Cpsrvd(
        socket.socket(fileno=cpanel),
        root=_ROOT,
        functions=registry(PLACE),
        users=plan.users,
        demo_accounts=plan.demo_accounts,
        settings=settings,
    )
    manager = Whm(socket.socket(fileno=whm), root=_ROOT, users=plan.users, settings=settings)
    door = Door(PLACE, CPSRVD)
    threading.Thread(target=_serve_door, args=(door, panel, manager), daemon=True).start()
    threading.Thread(target=manager.serve_forever, daemon=True).start()
    ready()
    panel.serve_forever()


def _serve_door(door: Door, panel: Cpsrvd, whm: Whm) -> None:
    def change(**changes: object) -> None:
        panel.settings = whm.settings = replace(panel.settings, **changes)  # type: ignore[arg-type]

    def restart() -> None:
        panel.end_sessions()
        whm.restart()

    verbs: dict[str, Callable[..., object]] = {
        "calls": lambda: panel.calls,
        "forget_calls": panel.forget_calls,
        "end_sessions": restart,
        "settings": change,
        "restart": restart,
    }
    while True:
        with contextlib.suppress(OSError):
            door.serve_one(lambda verb, given: verbs[verb](**given))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *map(int, sys.argv[2:])))
