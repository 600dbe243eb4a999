"""The one builder of host trees: a description of a server in, its files below a directory out.

    from tests.lab import hosts

    now = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
    shop = hosts.Site(
        "shop.example",
        hosts.Account("alice"),
        certificate=hosts.Certificate(days_left=16),
        checks={"webdisk.": hosts.check.no_address()},
    )
    root = hosts.build(hosts.Host(now=now, sites=(shop,)), tmp_path / "root")

The tree states the collected facts about AutoSSL independently of the product, which nothing here imports.
Equal hosts give equal trees.
"""

from pathlib import Path

from tests.lab import check_outcomes as check
from tests.lab import order_outcomes as order
from tests.lab import stories
from tests.lab.account_files import write_account_files
from tests.lab.big_run import MIX, Crowd, many_sites, write_run
from tests.lab.certificates import CANARY, root_pem
from tests.lab.check_model import Changed, Check
from tests.lab.demo_host import demo_host
from tests.lab.host_model import Cron, Host, Nat, ProblemRow, QueueRow
from tests.lab.issuers import COMMERCIAL, CPANEL, LETS_ENCRYPT, SELF_SIGNED, Issuer
from tests.lab.order_outcomes import Order
from tests.lab.panel_files import write_panel_files
from tests.lab.problems import write_problems
from tests.lab.queue_db import write_queue
from tests.lab.run_directory import write_proc
from tests.lab.run_history import write_history
from tests.lab.run_model import ODD_CONTENTS, Extra, Run
from tests.lab.schedule import scheduled_runs
from tests.lab.served_file import write_served
from tests.lab.tree import Tree
from tests.lab.website_files import write_website_files
from tests.lab.website_model import SERVICE_NAMES, Account, Certificate, Look, Site, self_signed
from tests.lab.websites import websites_of
from tests.lab.world import World

__all__ = [
    "CANARY",
    "COMMERCIAL",
    "CPANEL",
    "LETS_ENCRYPT",
    "MIX",
    "ODD_CONTENTS",
    "SELF_SIGNED",
    "SERVICE_NAMES",
    "Account",
    "Certificate",
    "Changed",
    "Check",
    "Cron",
    "Crowd",
    "Extra",
    "Host",
    "Issuer",
    "Look",
    "Nat",
    "Order",
    "ProblemRow",
    "QueueRow",
    "Run",
    "Site",
    "build",
    "build_world",
    "check",
    "demo_host",
    "many_sites",
    "order",
    "root_pem",
    "scheduled_runs",
    "self_signed",
    "stories",
    "write_run",
]


def build(host: Host, directory: Path) -> Path:
    """Write the whole tree of a host below `directory`, which must be empty or missing, and return it."""
    build_world(host, directory)
    return directory


def build_world(host: Host, directory: Path) -> World:
    """The same, for those who let the host live on: what its runs left behind."""
    if host.now.tzinfo is None:
        raise ValueError("the host's present moment needs a time zone")
    tree = Tree(directory, host.now)
    accounts = websites_of(host.sites)
    write_panel_files(tree, host)
    write_account_files(tree, host, accounts)
    write_proc(tree, host)
    world = write_history(tree, host, accounts)
    write_website_files(tree, host, accounts, world)
    write_problems(tree, host, world)
    write_queue(tree, host, world)
    write_served(tree, host, accounts, world)
    for name, content in host.files.items():
        if content is None:
            tree.remove(name)
        else:
            tree.file(name, content)
    tree.finish()
    return world
