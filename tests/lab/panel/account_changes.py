"""Accounts that come, go and change while the panel stands: their files, and the description of the host.

Each function gives the changed host. The lists of all domains are written anew; what accounts have set for themselves
stays.
"""

import shutil
from dataclasses import replace
from pathlib import Path

from tests.lab.account_files import write_account, write_domain_lists
from tests.lab.host_model import Host
from tests.lab.panel.live_run import present
from tests.lab.panel.people import FIRST_UID, give, make_home, owned_by_group
from tests.lab.panel.present_state import write_setting
from tests.lab.tree import Tree
from tests.lab.website_files import EXCLUDES, write_own_userdata
from tests.lab.website_model import Account, Site
from tests.lab.websites import websites_of

_PEOPLE = ("etc/passwd", "etc/group")


def create(root: Path, host: Host, user: str, domain: str, owner: str) -> Host:
    """A new account with one website and no certificate."""
    if any(user == site.account.name or domain == site.domain for site in host.sites):
        raise ValueError("The account or the domain is there already.")
    account = Account(user, owner=owner, start_date=int(present().timestamp()))
    changed = replace(host, now=present(), sites=(*host.sites, Site(domain, account, certificate=None)))
    number = _free_number(root)
    for name, row in zip(
        _PEOPLE,
        (f"{user}:x:{number}:{number}::/home/{user}:/usr/local/cpanel/bin/noshell", f"{user}:x:{number}:"),
        strict=True,
    ):
        with (root / name).open("a", encoding="utf-8") as stream:
            stream.write(row + "\n")
    make_home(root / "home" / user, number, number)
    accounts = websites_of(changed.sites)
    tree = Tree(root, changed.now, empty=False)
    write_account(tree, changed, account, accounts[account])
    write_own_userdata(tree, changed, accounts[account])
    write_domain_lists(tree, changed, accounts)
    for path in owned_by_group(root, user):
        give(path, 0, number, 0o750 if path.is_dir() else 0o640)
    return changed


def remove(root: Path, host: Host, user: str) -> Host:
    """Nothing is left of the account, its home neither."""
    _check_there(host, user)
    changed = replace(host, sites=tuple(site for site in host.sites if site.account.name != user))
    for name in _PEOPLE:
        rows = (root / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (root / name).write_text("".join(row for row in rows if not row.startswith(f"{user}:")), encoding="utf-8")
    for path in (root / "home" / user, root / "var/cpanel/userdata" / user):
        shutil.rmtree(path)
    (root / "var/cpanel/users" / user).unlink()
    (root / EXCLUDES / f"{user}.json").unlink(missing_ok=True)
    write_domain_lists(Tree(root, host.now, empty=False), changed, websites_of(changed.sites))
    return changed


def rename(root: Path, host: Host, user: str, new: str) -> Host:
    """The same account under another name: its number stays, its home moves."""
    _check_there(host, user)
    if any(site.account.name == new for site in host.sites):
        raise ValueError("The new name is taken.")
    changed = _changed(host, user, name=new)
    for name in _PEOPLE:
        rows = (root / name).read_text(encoding="utf-8").splitlines(keepends=True)
        renamed = (
            row.replace(f"{user}:", f"{new}:", 1).replace(f":/home/{user}:", f":/home/{new}:")
            if row.startswith(f"{user}:")
            else row
            for row in rows
        )
        (root / name).write_text("".join(renamed), encoding="utf-8")
    for name in ("home", "var/cpanel/userdata", "var/cpanel/users"):
        (root / name / user).rename(root / name / new)
    if (root / EXCLUDES / f"{user}.json").exists():
        (root / EXCLUDES / f"{user}.json").rename(root / EXCLUDES / f"{new}.json")
    write_setting(root, new, "USER", new)
    write_domain_lists(Tree(root, host.now, empty=False), changed, websites_of(changed.sites))
    return changed


def give_to(root: Path, host: Host, user: str, owner: str) -> Host:
    """The account gets another owner."""
    _check_there(host, user)
    changed = _changed(host, user, owner=owner)
    write_setting(root, user, "OWNER", owner)
    write_domain_lists(Tree(root, host.now, empty=False), changed, websites_of(changed.sites))
    return changed


def _changed(host: Host, user: str, **changes: str) -> Host:
    def changed(site: Site) -> Site:
        if site.account.name != user:
            return site
        return replace(site, account=replace(site.account, **changes))  # type: ignore[arg-type]

    return replace(host, sites=tuple(map(changed, host.sites)))


def _check_there(host: Host, user: str) -> None:
    if all(site.account.name != user for site in host.sites):
        raise ValueError("The account does not exist.")


def _free_number(root: Path) -> int:
    rows = (root / "etc/passwd").read_text(encoding="utf-8").splitlines()
    taken = {int(row.split(":")[2]) for row in rows}
    return next(number for number in range(FIRST_UID, FIRST_UID + len(taken) + 1) if number not in taken)
