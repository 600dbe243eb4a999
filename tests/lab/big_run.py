"""Large hosts and large logs for benchmarks, made like the small ones (same stories, same sentences)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path

from tests.lab.autossl_simulation import run_lines
from tests.lab.chance import chance
from tests.lab.host_model import Host
from tests.lab.log_line import iso
from tests.lab.run_directory import write_run_directory
from tests.lab.run_history import batched, setting_of
from tests.lab.run_model import Run
from tests.lab.stories import STORIES
from tests.lab.tree import Tree
from tests.lab.website_model import Site
from tests.lab.websites import resolve
from tests.lab.world import World

MIX: Mapping[str, float] = {
    "healthy": 90.0,
    "service_names_fail": 3.0,
    "renewed": 1.5,
    "expired_and_elsewhere": 1.2,
    "deferred": 1.0,
    "no_address": 0.7,
    "not_found": 0.5,
    "forbidden": 0.4,
    "external": 0.4,
    "suspended": 0.4,
    "unregistered": 0.2,
    "feature_off": 0.2,
    "caa_forbidden": 0.1,
    "server_error": 0.1,
    "refused_by_ca": 0.1,
    "all_excluded": 0.1,
    "rate_limited": 0.05,
    "key_type_mismatch": 0.05,
}
"""How many of a hundred websites are in which situation (names of `stories.STORIES`); any weights will do."""


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """Many websites, described by their number: u0000001 with site0000001.example and so on."""

    accounts: int
    sites_per_account: int = 1
    """The first is the account's main website and decides what is true of the account."""
    mix: Mapping[str, float] = field(default_factory=lambda: MIX)
    seed: int = 1


def many_sites(crowd: Crowd) -> Iterator[list[Site]]:
    """The websites of one account after another; only the present account's are in memory."""
    dice = chance(crowd.seed, "sites")
    stories = [STORIES[name] for name in crowd.mix]
    weights = list(accumulate(crowd.mix.values()))
    for number in range(1, crowd.accounts + 1):
        first, *others = dice.choices(stories, cum_weights=weights, k=crowd.sites_per_account)
        user = f"u{number:07}"
        main = first(f"site{number:07}.example", user)
        addons = [story(f"site{number:07}-{index}.example", user) for index, story in enumerate(others, start=2)]
        yield [main, *(replace(site, account=main.account, kind="addon") for site in addons)]


def write_run(directory: Path, crowd: Crowd, *, start: datetime, run: Run | None = None) -> Path:
    """Write one all-users run below `directory` (as for .../logs/autossl) and return the run's own directory.

    `run` gives batches, pace and wording; else 500 accounts are a batch, and the run takes about two hours.
    Memory does not grow with the number of websites.
    """
    total = max(crowd.accounts * crowd.sites_per_account, 1)
    chosen = run or Run(start=start, batch=500, pace=7200 / (total * 9))
    # The host's present moment lies far behind the run, which therefore ends by itself; the certificates are
    # as old as the stories say when the run starts.
    host = Host(now=start + timedelta(days=30), seed=crowd.seed)
    name = chosen.name or iso(start)
    setting = setting_of(host, chosen, name, World(start, remember=False))
    accounts = ((sites[0].account, resolve(sites)) for sites in many_sites(crowd))
    lines = run_lines(batched(accounts, chosen.batch or crowd.accounts), setting)
    tree = Tree(directory, start, empty=False)
    write_run_directory(tree, name, setting, lines)
    tree.finish()
    return directory / name
