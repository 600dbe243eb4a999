"""The UAPI functions about AutoSSL (facts 9): what an account may ask of the panel, and what changes then."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Protocol

from tests.lab.cpsrvd.calls import Call, Result, refusal
from tests.lab.host_model import Host
from tests.lab.panel.installed_hosts import described
from tests.lab.panel.live_run import upid_of
from tests.lab.panel.live_world import record_on_disk
from tests.lab.panel.present_state import present_account, read_excludes, write_excludes, write_setting
from tests.lab.problems import DATABASE
from tests.lab.runlog import LOGS
from tests.lab.website_model import Account
from tests.lab.websites import Website, websites_of
from tests.lab.world import World

KEY_TYPES = ("system", "rsa-2048", "rsa-4096", "ecdsa-prime256v1", "ecdsa-secp384r1")
_PROBLEMS = "SELECT domain, problem, time FROM problems WHERE username = ? ORDER BY domain"


class Panel(Protocol):
    """What the functions need to know and may do."""

    root: Path
    host: Host
    world: World

    def start(self, user: str) -> None:
        """Queue a check of the account."""


def start_autossl_check(call: Call, panel: Panel) -> Result:
    """Queue a check; the answer comes before it begins."""
    panel.start(call.user)
    return Result()


def is_autossl_check_in_progress(call: Call, panel: Panel) -> Result:
    """Whether the newest run about the account, or about all, is alive; a queued task does not count (facts 6)."""
    logs = panel.root / LOGS
    for run in sorted(logs.glob("[0-9][0-9][0-9][0-9]-*"), reverse=True):
        if _link(run / "username") in {call.user, "*"}:
            upid = _link(run / "upid")
            return Result(data=int(upid is not None and upid == upid_of(upid.partition(".")[0])))
    return Result(data=0)


def _link(path: Path) -> str | None:
    return str(path.readlink()) if path.is_symlink() else None


def get_autossl_problems(call: Call, panel: Panel) -> Result:
    """The recorded problems of the account's names."""
    found = rows_of(panel, call.user)
    return Result(data=[{"domain": domain, "problem": problem, "time": time} for domain, problem, time in found])


def rows_of(panel: Panel, user: str) -> list[tuple[str, str, str]]:
    """The rows of the problems database about an account."""
    with closing(sqlite3.connect(panel.root / DATABASE, timeout=10)) as connection:
        return connection.execute(_PROBLEMS, (user,)).fetchall()


def get_autossl_excluded_domains(call: Call, panel: Panel) -> Result:
    """The names that the account has switched off."""
    return Result(data=[{"excluded_domain": name} for name in read_excludes(panel.root, call.user)])


def add_autossl_excluded_domains(call: Call, panel: Panel) -> Result:
    """Switch names off."""
    return _exclude(call, panel, lambda present, named: [*present, *(name for name in named if name not in present)])


def remove_autossl_excluded_domains(call: Call, panel: Panel) -> Result:
    """Switch names on again."""
    return _exclude(call, panel, lambda present, named: [name for name in present if name not in named])


def set_autossl_excluded_domains(call: Call, panel: Panel) -> Result:
    """Switch exactly these names off; none at all clears the list."""
    return _exclude(call, panel, lambda _, named: named, may_be_empty=True)


def _exclude(
    call: Call, panel: Panel, change: Callable[[list[str], list[str]], list[str]], *, may_be_empty: bool = False
) -> Result:
    named = [name for name in call.args.get("domains", "").split(",") if name]
    if not named and not may_be_empty:
        return refusal("Provide the “domains” parameter.")
    own = {name for website in _websites(call, panel) for name in website.names}
    for name in named:
        if name not in own:
            return refusal(f"“{call.user}” does not control a domain named “{name}”.")
    write_excludes(panel.root, call.user, change(read_excludes(panel.root, call.user), list(dict.fromkeys(named))))
    record_on_disk(panel.root, tuple(read_excludes(panel.root, call.user)), [])
    return Result()


def set_default_key_type(call: Call, panel: Panel) -> Result:
    """Choose the account's key type, which queues a check as well (facts 5)."""
    wanted = call.args.get("type", "")
    if wanted not in KEY_TYPES:
        return refusal(f"“{wanted}” is not a valid value for “type”.")
    write_setting(panel.root, call.user, "SSL_DEFAULT_KEY_TYPE", wanted)
    panel.start(call.user)
    return Result()


def installed_hosts(call: Call, panel: Panel) -> Result:
    """The account's websites that have a certificate."""
    found = ((website, panel.world.installed(website)) for website in _websites(call, panel))
    return Result(data=[described(panel.host, website, installed) for website, installed in found if installed])


def _websites(call: Call, panel: Panel) -> list[Website]:
    own = [site for site in panel.host.sites if site.account.name == call.user]
    return next(iter(websites_of(own).values()), [])


ALL: Mapping[str, Callable[[Call, Panel], Result]] = {
    f"SSL::{function.__name__}": function
    for function in (
        start_autossl_check,
        is_autossl_check_in_progress,
        get_autossl_problems,
        get_autossl_excluded_domains,
        add_autossl_excluded_domains,
        remove_autossl_excluded_domains,
        set_autossl_excluded_domains,
        set_default_key_type,
        installed_hosts,
    )
}


def answer(call: Call, panel: Panel) -> Result:
    """Answer a call; without the feature `autossl` there is nothing to be had (facts 9)."""
    if call.name not in ALL:
        return refusal(f"Failed to load module “{call.module}” or function “{call.function}”.")
    accounts = [site.account for site in panel.host.sites if site.account.name == call.user]
    if not accounts:
        return refusal(f"The user “{call.user}” does not exist.")
    if not has_feature(panel.host, present_account(panel.root, accounts[0])):
        return refusal("You do not have the feature “autossl”.")
    return ALL[call.name](call, panel)


def has_feature(host: Host, account: Account) -> bool:
    """Whether the account may use AutoSSL (facts 5)."""
    if account.feature_override is not None:
        return account.feature_override
    lists = (host.feature_lists.get("disabled", {}), host.feature_lists.get(account.feature_list, {}))
    return all(features.get("autossl", True) for features in lists)
