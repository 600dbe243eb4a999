"""The UAPI functions that the stand-in knows itself, and what a function needs before it is done at all."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.lab.cpsrvd import chrome, features
from tests.lab.cpsrvd.accounts import Account
from tests.lab.cpsrvd.calls import Call, Functions, Result, refusal
from tests.lab.cpsrvd.languages import Locale

_AUTOSSL = ("autossl", "sslinstall")
NEEDED_FEATURES: Mapping[str, tuple[str, ...]] = {
    "SSL::start_autossl_check": _AUTOSSL,
    "SSL::is_autossl_check_in_progress": _AUTOSSL,
    "SSL::get_autossl_problems": _AUTOSSL,
    "SSL::get_autossl_excluded_domains": ("autossl",),
    "SSL::add_autossl_excluded_domains": ("autossl",),
    "SSL::remove_autossl_excluded_domains": ("autossl",),
    "SSL::set_autossl_excluded_domains": ("autossl",),
    "SSL::set_default_key_type": ("sslmanager",),
    "SSL::installed_host": ("sslinstall",),
    "SSL::installed_hosts": ("sslinstall",),
    "SSL::list_certs": ("sslmanager",),
}
_CHANGES = re.compile(r"SSL::(start|add|remove|set)_.*")
_PLAIN_TITLE = re.compile(r"[^<>&\"'\x00-\x1f\x7f]{1,100}")
_MOST_NAMES = 20


@dataclass(frozen=True)
class PageRun:
    """The run of a page that the functions answer for."""

    root: Path
    account: Account
    locale: Locale
    token: str


Builtin = Callable[[PageRun, Call], Result]


def do(run: PageRun, call: Call, given: Functions) -> Result:
    """Do a call: unknown functions, missing features and changes by demo accounts are results, not exceptions."""
    function, builtin = given.get(call.name), BUILTIN.get(call.name)
    if function is None and builtin is None:
        return refusal(f"The stand-in does not know the function “{call.name}”.")
    for name in NEEDED_FEATURES.get(call.name, ()):
        if features.has_feature(run.root, run.account, name) != 1:
            return refusal(f"You do not have the feature “{name}”.")
    if run.account.demo and _CHANGES.fullmatch(call.name):
        return refusal("Sorry, this feature is disabled in demo mode.")
    if function is not None:
        return function(call)
    return builtin(run, call) if builtin is not None else refusal("")


def envelope(call: Call, result: Result, *, wrapped: bool) -> dict[str, object]:
    """The JSON of a result: its own keys in `result`, and around it, if wished, `cpanelresult`."""
    inner: dict[str, object] = {
        "apiversion": 3,
        "module": call.module,
        "func": call.function,
        "result": {
            "status": result.status,
            "data": result.data,
            "errors": list(result.errors) or None,
            "messages": None,
            "warnings": None,
            "metadata": {},
        },
    }
    return {"cpanelresult": inner} if wrapped else inner


def _get_dom(run: PageRun, call: Call) -> Result:
    title = call.args.get("page_title", "")
    if not _PLAIN_TITLE.fullmatch(title):
        return refusal("page_title: the stand-in takes plain text only, for nobody knows whether it is escaped.")
    header, footer = chrome.around(title, run.account.name, run.locale, run.token)
    return Result({"header": header, "footer": footer})


def _get_attributes(run: PageRun, _call: Call) -> Result:
    return Result(asdict(run.locale))


def _has_feature(run: PageRun, call: Call) -> Result:
    """The answer is the status; `data` is always null, also where the feature is on."""
    return Result(status=features.has_feature(run.root, run.account, call.args.get("name", "")))


def _get_feature_metadata(run: PageRun, _call: Call) -> Result:
    """The features that exist, each with whether a plugin has brought it."""
    brought = features.registered(run.root)
    return Result([{"id": name, "is_plugin": int(name in brought)} for name in sorted({*features.STOCK, *brought})])


def _get_user_information(run: PageRun, call: Call) -> Result:
    account = run.account
    known = {
        "domain": account.settings.get("DNS", ""),
        "home": account.home,
        "locale": account.locale,
        "ssl_default_key_type": account.settings.get("SSL_DEFAULT_KEY_TYPE", "system"),
        "user": account.name,
    }
    wanted = {value for name, value in call.args.items() if re.fullmatch(r"name(-[0-9]+)?", name)}
    if len(wanted) > _MOST_NAMES:
        return refusal("Too many names.")
    unknown = sorted(wanted - known.keys())
    if unknown:
        return refusal(f"Unknown: {json.dumps(unknown)}")
    return Result({name: value for name, value in known.items() if not wanted or name in wanted})


BUILTIN: Mapping[str, Builtin] = {
    "Chrome::get_dom": _get_dom,
    "Features::get_feature_metadata": _get_feature_metadata,
    "Features::has_feature": _has_feature,
    "Locale::get_attributes": _get_attributes,
    "Variables::get_user_information": _get_user_information,
}
