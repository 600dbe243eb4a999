"""A cPanel host before an installation: the panel stands, its commands are there, and nothing of the product is.

with host_before_installation(tmp_path) as panel:
    done = panel.run(["/bin/sh", f"{bundle}/install.sh"], patience=300)    # as root, without a network
    assert panel.commands("register_appconfig") == []
    browser.goto(panel.url)                                               # what was installed is what is served
    panel.behave("manage_hooks", code=1, stderr="broken")                 # the next call of this command fails

Whatever runs inside may change /etc, /home, /opt, /root, /srv, /usr and /var as it likes: the changes are kept in
memory as long as the panel stands, and the machine sees none of them. /tmp is the machine's own. Needs root.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.lab import hosts
from tests.lab.commands.hook_registry import Hook, write
from tests.lab.commands.write_commands import write_commands
from tests.lab.cpsrvd.documents import FRONTEND
from tests.lab.cpsrvd.settings import Settings
from tests.lab.host_model import Host
from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.live_run import Manner, present
from tests.lab.panel.people import numbers_of, write_people
from tests.lab.panel.plan import Plan, living
from tests.lab.panel.standing import PASSWORD, stand
from tests.lab.template_toolkit.write_templates import write_templates
from tests.lab.websites import websites_of

ROOT_PASSWORD = "tsubaki-yama"
OTHER_HOOK = "/opt/other-vendor/hook"
"""The hook of another vendor, which is registered already and has to stay."""
_RESELLERS = "rita:list-accts,acct-summary,software-AutosslDoctor\nrob:list-accts,acct-summary\nrex:all\n"


@dataclass(frozen=True)
class System:
    """An operating system by what installers look at."""

    release: str
    """The lines of /etc/os-release."""
    package_manager: str


def _release(name: str, version: str, identifier: str, like: str) -> str:
    pretty = f"{name} {version}"
    return f'NAME="{name}"\nVERSION_ID="{version}"\nID="{identifier}"\nID_LIKE="{like}"\nPRETTY_NAME="{pretty}"\n'


SYSTEMS = {
    **{
        f"almalinux-{version.partition('.')[0]}": System(
            _release("AlmaLinux", version, "almalinux", "rhel centos fedora"), "dnf"
        )
        for version in ("8.10", "9.6", "10.0")
    },
    **{
        f"cloudlinux-{version.partition('.')[0]}": System(
            _release("CloudLinux", version, "cloudlinux", "rhel fedora centos"), "dnf"
        )
        for version in ("8.10", "9.6")
    },
    "rocky-9": System(_release("Rocky Linux", "9.6", "rocky", "rhel centos fedora"), "dnf"),
    "debian-12": System(_release("Debian GNU/Linux", "12", "debian", ""), "apt-get"),
    **{
        f"ubuntu-{version}": System(_release("Ubuntu", version, "ubuntu", "debian"), "apt-get")
        for version in ("22.04", "24.04")
    },
}
"""By name; the files below /usr are those of the machine that runs the tests."""


def sample_host() -> Host:
    """A website in trouble, accounts of two resellers, one without AutoSSL in its feature list, and a demo account."""
    alice, bob = hosts.Account("alice"), hosts.Account("bob", owner="rita")
    carol, dora = hosts.Account("carol", owner="rob", feature_list="basic"), hosts.Account("dora", demo=True)
    sites = (
        replace(hosts.stories.expired_and_elsewhere("shop.example", "alice"), account=alice),
        hosts.Site("bakery.example", bob),
        hosts.Site("carol.example", carol),
        hosts.Site("dora.example", dora),
        *(hosts.Site(f"{name}.example", hosts.Account(name)) for name in ("rita", "rob", "rex")),
    )
    return hosts.Host(now=present(), sites=sites, run_count=2)


@contextlib.contextmanager
def host_before_installation(
    directory: Path,
    host: Host | None = None,
    *,
    system: str = "almalinux-9",
    resellers: str = _RESELLERS,
    settings: Settings | None = None,
    manner: Manner | None = None,
    port: int = 0,
) -> Iterator[StandingPanel]:
    """Let the host stand; its files go below `directory`. `resellers` is the text of /var/cpanel/resellers."""
    living_host, at_work = living(host or sample_host())
    tree = directory / "root"
    world = hosts.build_world(living_host, tree)
    accounts = list(websites_of(living_host.sites))
    numbers = numbers_of(accounts)
    write_people(tree, numbers, {})
    write_panel(tree, SYSTEMS[system], resellers)
    plan = Plan(
        host=living_host,
        world=world,
        product=None,
        package_manager=SYSTEMS[system].package_manager,
        users={"root": ROOT_PASSWORD, **{account.name: PASSWORD for account in accounts}},
        manner=manner or Manner(),
        settings=settings or Settings(),
        at_work=at_work,
    )
    with stand(plan, directory, numbers, port) as panel:
        yield panel


def write_panel(tree: Path, system: System, resellers: str) -> None:
    """What an installer finds of the panel and of the system, beside the accounts."""
    for name in (
        f"{FRONTEND}/dynamicui",
        f"{FRONTEND}/assets/application_icons",
        "usr/local/cpanel/logs",
        "usr/local/cpanel/whostmgr/addonfeatures",
        "usr/local/cpanel/whostmgr/docroot/addon_plugins",
        "usr/local/cpanel/whostmgr/docroot/cgi",
        "usr/local/cpanel/whostmgr/docroot/templates/master_templates",
        "var/cpanel/apps",
    ):
        (tree / name).mkdir(parents=True, exist_ok=True)
    (tree / "var/cpanel/logs/autossl").mkdir(mode=0o700, parents=True, exist_ok=True)
    write_commands(tree, system.package_manager)
    write_templates(tree)
    _write(tree / f"{FRONTEND}/dynamicui.conf", "description=>File Manager,feature=>filemanager,group=>files\n")
    _write(tree / "usr/local/cpanel/whostmgr/addonfeatures/other_vendor", "other_vendor:Another plugin\n")
    _write(tree / "var/cpanel/pluginscache.yaml", "---\n")
    _write(tree / "var/cpanel/resellers", resellers)
    _write(tree / "etc/os-release", system.release)
    other = Hook("System", "upcp", "post", OTHER_HOOK, id="of-another-vendor")
    _write(tree / OTHER_HOOK.lstrip("/"), "#!/bin/sh\ncat >/dev/null\necho 1\n", 0o755)
    write(tree, [other])


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
