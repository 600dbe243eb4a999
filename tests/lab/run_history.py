"""Every run of a host in order, each of which finds the world as the former one left it."""

from collections.abc import Iterable, Iterator
from itertools import islice

from tests.lab.autossl_simulation import run_lines
from tests.lab.chance import chance
from tests.lab.host_model import Host
from tests.lab.log_line import RunClock
from tests.lab.providers import LETS_ENCRYPT_PROVIDER, provider_named
from tests.lab.queue_poller import Poller
from tests.lab.run_directory import write_run_directory
from tests.lab.run_model import Run
from tests.lab.run_setting import BatchOfAccounts, RunSetting
from tests.lab.runlog import LOGS, free_name
from tests.lab.schedule import runs_of
from tests.lab.tree import Tree
from tests.lab.website_model import Account
from tests.lab.websites import Website
from tests.lab.world import World

Accounts = dict[Account, list[Website]]


def write_history(tree: Tree, host: Host, accounts: Accounts) -> World:
    """Write the logs of all runs and return what they left behind."""
    world = World(host.now)
    for row in host.problems:
        world.problems[row.domain] = row
    poller = Poller(tree, host, world)
    names: set[str] = set()
    for run in runs_of(host):
        if run.start > host.now:
            raise ValueError(f"a run starts at {run.start}, after the host's present moment {host.now}")
        poller.settle(run.start)
        name = run.name or free_name(run.start, names)
        names.add(name)
        setting = setting_of(host, run, name, world)
        lines = run_lines(_batches(accounts, setting), setting)
        tree.directory(LOGS, 0o700)
        write_run_directory(tree, f"{LOGS}/{name}", setting, lines)
    poller.settle(host.now)
    poller.look_at_waiting()
    return world


def setting_of(host: Host, run: Run, name: str, world: World) -> RunSetting:
    """What the simulation of one run needs to know."""
    return RunSetting(
        host=host,
        run=run,
        run_name=name,
        provider=LETS_ENCRYPT_PROVIDER if host.provider is None else provider_named(host.provider),
        clock=RunClock(run.start, run.pace, chance(host.seed, "clock", name)),
        world=world,
    )


def _batches(accounts: Accounts, setting: RunSetting) -> Iterator[BatchOfAccounts]:
    """The accounts that a run looks at, batch by batch; what was added later it does not know."""
    run, now = setting.run, setting.host.now
    entries: BatchOfAccounts = []
    for account, websites in accounts.items():
        known = [website for website in websites if website.known_at(run.start, now)]
        if known and run.username in {"*", account.name}:
            entries.append((account, known))
    return batched(entries, run.batch or max(len(entries), 1))


def batched(entries: Iterable[tuple[Account, list[Website]]], size: int) -> Iterator[BatchOfAccounts]:
    """The accounts in groups of at most `size`, taken only when they are needed."""
    remaining = iter(entries)
    while batch := list(islice(remaining, size)):
        yield batch
