"""The functions of WHM API 1 about accounts: who sees which, and what becomes of them."""

import re
import time
from collections.abc import Mapping

from tests.lab.commands.hook_run import fire
from tests.lab.commands.whm_call import FailedError, WhmCall
from tests.lab.cpsrvd.accounts import Account, find
from tests.lab.panel.asking import PLACE, QUEUE, ask

_USER = re.compile(r"[a-z][a-z0-9]{0,15}")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def listaccts(call: WhmCall) -> object:
    """The accounts that the caller may see."""
    return {"acct": [_described(account) for account in _accounts(call)]}


def accountsummary(call: WhmCall) -> object:
    """One of them."""
    found = [account for account in _accounts(call) if account.name == call.args.get("user")]
    if not found:
        raise FailedError("Account does not exist.")
    return {"acct": [_described(found[0])]}


def _accounts(call: WhmCall) -> list[Account]:
    names = sorted(path.name for path in (call.root / "var/cpanel/users").iterdir())
    accounts = [account for account in (find(call.root, name) for name in names) if account is not None]
    if call.own.everything:
        return accounts
    return [account for account in accounts if account.settings.get("OWNER") == call.user]


def _described(account: Account) -> dict[str, object]:
    return {
        "domain": account.settings.get("DNS", ""),
        "owner": account.settings.get("OWNER", ""),
        "plan": account.settings.get("PLAN", ""),
        "startdate": time.strftime("%y %b %d %H:%M", time.gmtime(int(account.settings.get("STARTDATE", "0")))),
        "suspended": int(account.suspended),
        "uid": str(account.uid),
        "unix_startdate": int(account.settings.get("STARTDATE", "0")),
        "user": account.name,
    }


def get_domain_info(call: WhmCall) -> object:
    """Their domains."""
    return {"domains": _domains(call)}


def _domains(call: WhmCall) -> list[dict[str, str]]:
    known = {account.name for account in _accounts(call)}
    rows = [
        (domain, *value.split("=="))
        for domain, _, value in (
            line.partition(": ")
            for line in (call.root / "etc/userdatadomains").read_text(encoding="utf-8").splitlines()
        )
    ]
    names = ("domain", "user", "user_owner", "domain_type", "parent_domain", "docroot", "ipv4", "ipv4_ssl")
    return [dict(zip(names, row, strict=False)) for row in rows if row[1] in known]


def createacct(call: WhmCall) -> object:
    """A new account with one domain."""
    user, domain = call.args.get("username", ""), call.args.get("domain", "")
    if not _USER.fullmatch(user) or not _DOMAIN.fullmatch(domain):
        raise FailedError("The name of the user or of the domain is none.")
    owner = call.args.get("owner", call.user)
    data = {"user": user, "domain": domain, "owner": owner, "homedir": f"/home/{user}", "plan": "std"}
    _change_account(call, "Create", data, "create", user=user, domain=domain, owner=owner)
    return {"user": user, "domain": domain}


def removeacct(call: WhmCall) -> object:
    """The end of an account."""
    user = call.args.get("username", "")
    _change_account(call, "Remove", {"user": user, "killdns": 1}, "remove", user=user)
    return {}


def modifyacct(call: WhmCall) -> object:
    """A new name, or a new owner."""
    user, new, owner = (call.args.get(key, "") for key in ("user", "newuser", "owner"))
    data = {"user": user, **({"newuser": new} if new else {}), **({"owner": owner} if owner else {})}
    if bool(new) == bool(owner):
        raise FailedError("The stand-in changes either the name or the owner.")
    if new and not _USER.fullmatch(new):
        raise FailedError("The new name is none.")
    change = {"how": "rename", "new": new} if new else {"how": "give_to", "owner": owner}
    _change_account(call, "Modify", data, **change, user=user)
    return {}


def _change_account(call: WhmCall, event: str, data: Mapping[str, object], how: str, **given: str) -> None:
    """Ask the hooks before, change the account, and tell the hooks afterwards."""
    if not fire(call.root, f"Whostmgr::Accounts::{event}", "pre", data):
        raise FailedError("A hook has stopped it.")
    try:
        ask(PLACE, QUEUE, "account", how=how, **given)
    except (ValueError, FileNotFoundError) as trouble:
        raise FailedError(str(trouble)) from trouble
    fire(call.root, f"Whostmgr::Accounts::{event}", "post", data)


def installssl(call: WhmCall) -> object:
    """Only the hooks: the certificate is not looked at, and visitors go on getting the former one."""
    domain = call.args.get("domain", "")
    users = [row["user"] for row in _domains(call) if row["domain"] == domain]
    if not users:
        raise FailedError("There is no such domain.")
    fire(call.root, "Whostmgr::SSL::installssl", "post", {"domain": domain, "user": users[0]})
    return {"domain": domain}
