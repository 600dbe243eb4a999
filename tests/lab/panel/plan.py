"""What the stand-in is told before it enters its namespaces: the host, the people, and how things go."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.lab.cpsrvd.settings import DemoAccount, Settings
from tests.lab.host_model import Host
from tests.lab.panel.live_run import Manner
from tests.lab.schedule import times_before
from tests.lab.world import World

_ENOUGH = timedelta(minutes=15)
"""A scheduled run of the lab has ended after so long, and a test too."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that the processes inside need; the tree and the product lie beside it."""

    host: Host
    world: World
    product: Path | None
    """The built product, to be shown in its place; None: nothing is installed, and the machine's files lie below."""
    package_manager: str | None = None
    """`dnf` or `apt-get`, where nothing is installed."""
    users: Mapping[str, str]
    """Passwords by account."""
    manner: Manner
    settings: Settings
    demo_accounts: tuple[DemoAccount, ...] = ()
    at_work: tuple[str, ...] = ()
    """Accounts whose check begins as soon as the panel stands."""

    def save(self, path: Path) -> None:
        """Write it down for the process that enters the namespaces."""
        path.write_bytes(pickle.dumps(self))
        path.chmod(0o600)


def load(path: Path) -> Plan:
    """Read what `save` wrote."""
    plan = pickle.loads(path.read_bytes())  # noqa: S301 - written by the same program a moment ago
    if not isinstance(plan, Plan):
        raise TypeError(f"{path} holds {plan!r}")
    return plan


def living(host: Host) -> tuple[Host, tuple[str, ...]]:
    """The host as one that lives on from now, and the accounts whose checks are at work.

    A run that is described as alive is left out, to be made by a real process; and the schedule is moved where a run
    is near: one that is cut short by the present moment has no process either, and the next one is not to interfere.
    """
    at_work = tuple(run.username for run in host.extra_runs if run.alive)
    runs = tuple(run for run in host.extra_runs if not run.alive)
    host = replace(host, proc=False, extra_runs=runs)
    near = next(times_before(host, host.now + _ENOUGH), None)
    if near is not None and host.runs is None and near > host.now - _ENOUGH:
        minute = host.now.astimezone(ZoneInfo(host.zone)).minute
        host = replace(host, minute=(minute + 30) % 60)
    return host, at_work
