"""The functions of WHM API 1 that the stand-in knows, for the command `whmapi1` and for `/json-api/`.

Whoever asks as a reseller sees its own accounts only. Functions that would make a session for somebody are not
imitated: nothing here may need them.
"""

import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.lab.commands import api_tokens, hook_registry, privileges
from tests.lab.commands.appconfig_record import registered
from tests.lab.commands.hook_run import fire
from tests.lab.cpsrvd import features
from tests.lab.cpsrvd.accounts import Account, find
from tests.lab.panel.asking import PLACE, QUEUE, ask

_USER = re.compile(r"[a-z][a-z0-9]{0,15}")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_TOKEN_NAME = re.compile(r"[A-Za-z0-9_-]{1,50}")


@dataclass(frozen=True)
class WhmCall:
    """A call of a function by root or by a reseller."""

    root: Path
    user: str
    function: str
    args: Mapping[str, str]


class FailedError(Exception):
    """The function ran and failed; the words are the reason."""


def answer(call: WhmCall) -> dict[str, object]:
    """The whole answer with its metadata: `result` is 1 or 0, never anything else."""
    metadata: dict[str, object] = {"version": 1, "command": call.function, "result": 1, "reason": "OK"}
    function = FUNCTIONS.get(call.function)
    if function is None:
        reason = f"Unknown app (“{call.function}”) requested for this version (1) of the API."
        return {"metadata": {**metadata, "result": 0, "reason": reason}}
    needed = NEEDED[call.function]
    if needed and not privileges.of(call.root, call.user).any_of((needed,)):
        return {"metadata": {**metadata, "result": 0, "reason": "Permission denied"}}
    try:
        return {"data": function(call), "metadata": metadata}
    except FailedError as failed:
        return {"metadata": {**metadata, "result": 0, "reason": str(failed)}}


def _version(call: WhmCall) -> object:
    return {"version": (call.root / "usr/local/cpanel/version").read_text(encoding="utf-8").strip()}


def _applist(_: WhmCall) -> object:
    return {"app": sorted(FUNCTIONS)}


def _listaccts(call: WhmCall) -> object:
    return {"acct": [_described(account) for account in _accounts(call)]}


def _accountsummary(call: WhmCall) -> object:
    found = [account for account in _accounts(call) if account.name == call.args.get("user")]
    if not found:
        raise FailedError("Account does not exist.")
    return {"acct": [_described(found[0])]}


def _accounts(call: WhmCall) -> list[Account]:
    names = sorted(path.name for path in (call.root / "var/cpanel/users").iterdir())
    accounts = [account for account in (find(call.root, name) for name in names) if account is not None]
    if privileges.of(call.root, call.user).everything:
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


def _get_domain_info(call: WhmCall) -> object:
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


def _list_hooks(call: WhmCall) -> object:
    tree = hook_registry.as_tree(hook_registry.read(call.root))
    categories = [
        {
            "category": category,
            "events": [
                {"event": event, "stages": [{"stage": item["stage"], "actions": [item]} for item in items]}
                for event, items in events.items()
            ],
        }
        for category, events in tree.items()
    ]
    return {"categories": categories}


def _delete_hook(call: WhmCall) -> object:
    hooks = hook_registry.read(call.root)
    left = [hook for hook in hooks if hook.id != call.args.get("id")]
    if len(left) == len(hooks):
        raise FailedError("There is no such hook.")
    hook_registry.write(call.root, left)
    return {}


def _myprivs(call: WhmCall) -> object:
    own = privileges.of(call.root, call.user)
    return {"privileges": [dict.fromkeys(("all",) if own.everything else own.names, 1)]}


def _listresellers(call: WhmCall) -> object:
    return {"reseller": sorted(privileges.resellers(call.root))}


def _get_featurelists(call: WhmCall) -> object:
    return {"featurelists": sorted(path.name for path in (call.root / "var/cpanel/features").iterdir())}


def _getfeaturelist(call: WhmCall) -> object:
    return {"features": sorted({*features.STOCK, *features.registered(call.root)})}


def _appconfig(call: WhmCall) -> object:
    return {"apps": [dict(application.settings) for application in registered(call.root).values()]}


def _api_token_create(call: WhmCall) -> object:
    name = call.args.get("token_name", "")
    wanted = tuple(value for key, value in sorted(call.args.items()) if key.startswith("acl-"))
    kept = api_tokens.read(call.root)
    if not _TOKEN_NAME.fullmatch(name) or f"{call.user}/{name}" in kept:
        raise FailedError("The token's name is taken, or no name.")
    secret = secrets.token_hex(16).upper()
    api_tokens.write(call.root, {**kept, f"{call.user}/{name}": {"token": secret, "acls": list(wanted)}})
    return {"name": name, "token": secret, "create_time": int(time.time())}


def _api_token_list(call: WhmCall) -> object:
    own = (key.partition("/")[2] for key in api_tokens.read(call.root) if key.startswith(f"{call.user}/"))
    return {"tokens": {name: {"name": name} for name in own}}


def _api_token_revoke(call: WhmCall) -> object:
    kept = api_tokens.read(call.root)
    if kept.pop(f"{call.user}/{call.args.get('token_name', '')}", None) is None:
        raise FailedError("There is no such token.")
    api_tokens.write(call.root, kept)
    return {}


def _createacct(call: WhmCall) -> object:
    user, domain = call.args.get("username", ""), call.args.get("domain", "")
    if not _USER.fullmatch(user) or not _DOMAIN.fullmatch(domain):
        raise FailedError("The name of the user or of the domain is none.")
    owner = call.args.get("owner", call.user)
    data = {"user": user, "domain": domain, "owner": owner, "homedir": f"/home/{user}", "plan": "std"}
    _change_account(call, "Create", data, "create", user=user, domain=domain, owner=owner)
    return {"user": user, "domain": domain}


def _removeacct(call: WhmCall) -> object:
    user = call.args.get("username", "")
    _change_account(call, "Remove", {"user": user, "killdns": 1}, "remove", user=user)
    return {}


def _modifyacct(call: WhmCall) -> object:
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


def _installssl(call: WhmCall) -> object:
    """Only the hooks: the certificate is not looked at, and visitors go on getting the former one."""
    domain = call.args.get("domain", "")
    users = [row["user"] for row in _domains(call) if row["domain"] == domain]
    if not users:
        raise FailedError("There is no such domain.")
    fire(call.root, "Whostmgr::SSL::installssl", "post", {"domain": domain, "user": users[0]})
    return {"domain": domain}


FUNCTIONS: Mapping[str, Callable[[WhmCall], object]] = {
    "accountsummary": _accountsummary,
    "createacct": _createacct,
    "installssl": _installssl,
    "modifyacct": _modifyacct,
    "removeacct": _removeacct,
    "api_token_create": _api_token_create,
    "api_token_list": _api_token_list,
    "api_token_revoke": _api_token_revoke,
    "applist": _applist,
    "delete_hook": _delete_hook,
    "get_appconfig_application_list": _appconfig,
    "get_domain_info": _get_domain_info,
    "get_featurelists": _get_featurelists,
    "getfeaturelist": _getfeaturelist,
    "list_hooks": _list_hooks,
    "listaccts": _listaccts,
    "listresellers": _listresellers,
    "myprivs": _myprivs,
    "version": _version,
}
NEEDED: Mapping[str, str] = {
    **dict.fromkeys(FUNCTIONS, "all"),
    **dict.fromkeys(("applist", "myprivs", "version"), ""),
    **dict.fromkeys(("listaccts", "get_domain_info"), "list-accts"),
    "accountsummary": "acct-summary",
}
"""The privilege that each function needs; nothing: anybody who may log in to WHM."""
