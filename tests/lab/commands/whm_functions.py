"""The functions of WHM API 1 that the stand-in knows, for the command `whmapi1` and for `/json-api/`.

Whoever asks as a reseller sees its own accounts only. Functions that would make a session for somebody are not
imitated: nothing here may need them.
"""

from collections.abc import Callable, Mapping

from tests.lab.commands import hook_registry, privileges, whm_accounts, whm_tokens
from tests.lab.commands.appconfig_record import registered
from tests.lab.commands.whm_call import FailedError, WhmCall
from tests.lab.cpsrvd import features


def answer(call: WhmCall) -> dict[str, object]:
    """The whole answer with its metadata: `result` is 1 or 0, never anything else."""
    metadata: dict[str, object] = {"version": 1, "command": call.function, "result": 1, "reason": "OK"}
    function = FUNCTIONS.get(call.function)
    if function is None:
        reason = f"Unknown app (“{call.function}”) requested for this version (1) of the API."
        return {"metadata": {**metadata, "result": 0, "reason": reason}}
    needed = NEEDED[call.function]
    if needed and not call.own.any_of((needed,)):
        return {"metadata": {**metadata, "result": 0, "reason": "Permission denied"}}
    try:
        return {"data": function(call), "metadata": metadata}
    except FailedError as failed:
        return {"metadata": {**metadata, "result": 0, "reason": str(failed)}}


def _version(call: WhmCall) -> object:
    return {"version": (call.root / "usr/local/cpanel/version").read_text(encoding="utf-8").strip()}


def _applist(_: WhmCall) -> object:
    return {"app": sorted(FUNCTIONS)}


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
    own = call.own
    return {"privileges": [dict.fromkeys(("all",) if own.everything else own.names, 1)]}


def _listresellers(call: WhmCall) -> object:
    return {"reseller": sorted(privileges.resellers(call.root))}


def _get_featurelists(call: WhmCall) -> object:
    return {"featurelists": sorted(path.name for path in (call.root / "var/cpanel/features").iterdir())}


def _getfeaturelist(call: WhmCall) -> object:
    return {"features": sorted({*features.STOCK, *features.registered(call.root)})}


def _appconfig(call: WhmCall) -> object:
    return {"apps": [dict(application.settings) for application in registered(call.root).values()]}


FUNCTIONS: Mapping[str, Callable[[WhmCall], object]] = {
    "accountsummary": whm_accounts.accountsummary,
    "createacct": whm_accounts.createacct,
    "installssl": whm_accounts.installssl,
    "modifyacct": whm_accounts.modifyacct,
    "removeacct": whm_accounts.removeacct,
    "api_token_create": whm_tokens.create,
    "api_token_list": whm_tokens.listed,
    "api_token_revoke": whm_tokens.revoke,
    "applist": _applist,
    "delete_hook": _delete_hook,
    "get_appconfig_application_list": _appconfig,
    "get_domain_info": whm_accounts.get_domain_info,
    "get_featurelists": _get_featurelists,
    "getfeaturelist": _getfeaturelist,
    "list_hooks": _list_hooks,
    "listaccts": whm_accounts.listaccts,
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
