"""A panel that stands: everything that belongs to the stand-in, started as one child and ended as one.

with standing_panel(host, tmp_path) as panel:
    browser.goto(panel.url)
    panel.run(["/opt/autossl-doctor/venv/bin/autossl-doctor", "refresh"])
    panel.change("shop.example", checks={})         # the owner put it right
    assert panel.calls() ...
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from multiprocessing.connection import wait
from pathlib import Path

from tests.lab import hosts
from tests.lab.cpsrvd.settings import DemoAccount, Settings
from tests.lab.host_model import Host
from tests.lab.panel import installed, namespace
from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.live_run import Manner, present
from tests.lab.panel.people import numbers_of, write_people
from tests.lab.panel.plan import Plan, living
from tests.lab.panel.uapi_command import write_uapi_command
from tests.lab.websites import websites_of

PASSWORD = "hana-mizuki"
_TO_START, _TO_END = 60, 20
_NOW = timedelta(minutes=5)


@contextlib.contextmanager
def standing_panel(
    host: Host,
    directory: Path,
    *,
    manner: Manner | None = None,
    settings: Settings | None = None,
    demo_accounts: Sequence[DemoAccount] = (),
    shared_groups: Mapping[str, str] | None = None,
    only: str | None = None,
    port: int = 0,
    cache: Path = installed.ROOT / "build/lab",
) -> Iterator[StandingPanel]:
    """Let a panel stand for the host, whose `now` has to be the present; its files go below `directory`.

    Without root there is one account: `only`, or the one whose name comes first.
    """
    if abs(host.now - present()) > _NOW:
        raise ValueError(f"a panel that stands lives now, and not on {host.now}")
    host, at_work = living(host)
    tree = directory / "root"
    world = hosts.build_world(host, tree)
    accounts = list(websites_of(host.sites))
    numbers = numbers_of(accounts, only)
    write_people(tree, numbers, shared_groups or {})
    make_places(tree)
    product = installed.built(cache)
    installed.put_into(tree)
    write_uapi_command(tree)
    (directory / "stage").mkdir()
    users = {account.name: PASSWORD for account in accounts}
    plan = Plan(
        host=host,
        world=world,
        product=product,
        users=users,
        manner=manner or Manner(),
        settings=settings or Settings(),
        demo_accounts=tuple(demo_accounts),
        at_work=at_work,
    )
    with stand(plan, directory, numbers, port) as panel:
        yield panel


@contextlib.contextmanager
def stand(plan: Plan, directory: Path, numbers: Mapping[str, int], port: int = 0) -> Iterator[StandingPanel]:
    """Let the panel of a plan stand over the tree in `directory`; the ports are opened here, outside."""
    plan.save(directory / "plan")
    with socket.create_server(("127.0.0.1", port)) as cpanel, socket.create_server(("127.0.0.1", 0)) as whm:
        child = _start(directory, cpanel, whm)
        try:
            url, whm_url = (f"http://127.0.0.1:{listening.getsockname()[1]}/" for listening in (cpanel, whm))
            yield StandingPanel(child.pid, url, plan.users, numbers, lambda: child.poll() is None, whm_url)
        finally:
            _end(child)


def make_places(tree: Path) -> None:
    """The directories over which the stand-in mounts, and those in which the machine's own must not be written."""
    for name in ("run", "home", "var/lib", "etc/systemd/system", installed.PROGRAM.lstrip("/")):
        (tree / name).mkdir(parents=True, exist_ok=True)
    if installed.interpreter_home() == installed.NEUTRAL:
        (tree / str(installed.NEUTRAL).lstrip("/")).mkdir(parents=True, exist_ok=True)
    logs = tree / "usr/local/cpanel/logs"
    logs.mkdir(parents=True, exist_ok=True)
    (tree / "var/cpanel/logs/autossl").mkdir(mode=0o700, parents=True, exist_ok=True)


def _start(directory: Path, cpanel: socket.socket, whm: socket.socket) -> subprocess.Popen[bytes]:
    """Start the first process and wait for its word; where it has none, its last words are raised."""
    reading, writing = os.pipe()
    numbers = (cpanel.fileno(), whm.fileno(), writing)
    command = [sys.executable, "-m", "tests.lab.panel.inside", str(directory.resolve()), *map(str, numbers)]
    log = directory / "log"
    with log.open("wb") as stream:
        child = subprocess.Popen(
            [*namespace.entering(), *command],
            cwd=installed.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            pass_fds=numbers,
            start_new_session=True,
        )
    os.close(writing)
    try:
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            came_up = bool(wait([pipe.fileno()], _TO_START)) and pipe.read(5) == b"ready"
    except BaseException:
        _end(child)
        raise
    if not came_up:
        _end(child)
        raise RuntimeError(f"the stand-in did not come up:\n{log.read_text(errors='replace')}")
    return child


def _end(child: subprocess.Popen[bytes]) -> None:
    """Let the first process end everything that it has started."""
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(_TO_END)
    finally:
        child.kill()
        child.wait()
