"""The accounts and their websites: from the panel's caches first, from single files only where they must say more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import yaml

from autossl_doctor.collect.settings import is_switched_on, read_pairs
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.host import Account, Website
from autossl_doctor.model.names import service_base

USERDATA_DOMAINS = "/etc/userdatadomains"
TRUE_USER_DOMAINS = "/etc/trueuserdomains"
USERS = "/var/cpanel/users"
USERDATA = "/var/cpanel/userdata"
FEATURES = "/var/cpanel/features"
EXCLUDES = "/var/cpanel/ssl/autossl/excludes"
SUSPENDED = "/var/cpanel/suspended"
_CACHE_CAP = 256 * 1024 * 1024
_ACCOUNT = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_FIELDS = 10
_LONGEST_MOMENT = 10
_OWNER, _TYPE, _PARENT, _FOLDER, _ADDRESS = 1, 2, 3, 4, 5
_ALIASES = frozenset(("addon", "parked"))
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_websites(host: HostPaths) -> Fact[tuple[Website, ...]]:
    """List the websites: `/etc/userdatadomains` or its JSON twin, else the main domain of each account."""
    rows = _cached_rows(host)
    if isinstance(rows, Unknown):
        main = host.read_text(TRUE_USER_DOMAINS)
        if isinstance(main, Unknown):
            return rows
        pairs = (line.partition(":") for line in main.value.split("\n"))
        sites = [
            Website(name.strip().lower(), user.strip(), (name.strip().lower(),)) for name, _, user in pairs if user
        ]
        return Known(tuple(site for site in sites if _ACCOUNT.fullmatch(site.account)), TRUE_USER_DOMAINS)
    return Known(tuple(_arrange(host, rows.value)), rows.source)


def _cached_rows(host: HostPaths) -> Fact[list[tuple[str, list[str]]]]:
    text = host.read_text(USERDATA_DOMAINS, _CACHE_CAP)
    if isinstance(text, Known):
        rows = []
        for line in text.value.split("\n"):
            name, sign, values = line.partition(": ")
            fields = values.split("==")
            if sign and len(fields) >= _FIELDS - 4:
                rows.append((name.strip().lower(), fields))
        if not rows and text.value.strip():
            return Unknown("damaged", USERDATA_DOMAINS, "no line of it names a website")
        return Known(rows, USERDATA_DOMAINS)
    path = f"{USERDATA_DOMAINS}.json"
    content = host.read_bytes(path, _CACHE_CAP)
    if isinstance(content, Unknown):
        return text
    try:
        decoded = msgspec.json.decode(content.value, type=dict[str, list[Any]])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Unknown("damaged", path, str(error)[:200])
    rows = [(name.lower(), [str(value or "") for value in values]) for name, values in decoded.items()]
    usable = [row for row in rows if len(row[1]) >= _FIELDS - 4]
    return Known(usable, path) if usable or not rows else Unknown("damaged", path, "no entry of it names a website")


def _arrange(host: HostPaths, rows: Iterable[tuple[str, list[str]]]) -> list[Website]:
    """Put parked and addon domains, which are aliases, to the website that serves them."""
    kinds = {name: fields for name, fields in rows if name and _ACCOUNT.fullmatch(fields[0])}
    names: dict[str, list[str]] = {}
    subdomains: dict[tuple[str, str], str] | None = None
    for name, fields in kinds.items():
        server = _server(name, fields, kinds) if fields[_TYPE] in _ALIASES else name
        if not server:
            subdomains = _subdomains(kinds) if subdomains is None else subdomains
            server = _apart(host, name, fields, kinds, subdomains)
        names.setdefault(server, [])
        if server != name:
            names[server].append(name)
    return [
        Website(
            server,
            kinds[server][0],
            (server, *sorted(aliases)),
            kinds[server][_ADDRESS].rpartition(":")[0],
        )
        for server, aliases in names.items()
    ]


def _server(name: str, fields: list[str], kinds: Mapping[str, list[str]]) -> str:
    """Name the website of a parked or addon domain; "" where its parent need not be it.

    An alias never leads into another account's website, nor to one that shows another folder. An addon domain's parent
    is the subdomain behind it; where it is the account's main domain, that says little.
    """
    parent = fields[_PARENT].lower()
    behind = kinds.get(parent)
    if behind is None or behind[0] != fields[0]:
        return name
    same = _folder(fields) == _folder(behind) or not (fields[_FOLDER] and behind[_FOLDER])
    return parent if same and (fields[_TYPE] == "parked" or behind[_TYPE] != "main") else ""


def _apart(
    host: HostPaths,
    name: str,
    fields: list[str],
    kinds: Mapping[str, list[str]],
    subdomains: Mapping[tuple[str, str], str],
) -> str:
    """Name the website of a domain that need not be its parent’s: its own, the subdomain with its folder, or that."""
    if host.exists(f"{USERDATA}/{fields[0]}/{name}"):
        return name
    parent = fields[_PARENT].lower()
    shown = parent if _folder(kinds[parent]) == _folder(fields) else name
    return subdomains.get((fields[0], _folder(fields)), shown)


def _subdomains(kinds: Mapping[str, list[str]]) -> dict[tuple[str, str], str]:
    """Give the subdomains by account and folder."""
    return {(fields[0], _folder(fields)): name for name, fields in kinds.items() if fields[_TYPE] == "sub"}


def _folder(fields: list[str]) -> str:
    return fields[_FOLDER].rstrip("/")


def read_aliases(host: HostPaths, website: Website) -> Fact[tuple[str, ...]]:
    """Read the exact names of a website (without its service names) from its own userdata file."""
    path = f"{USERDATA}/{website.account}/{website.name}"
    content = host.read_text(path, 1024 * 1024)
    if isinstance(content, Unknown):
        return content
    try:
        data = yaml.load(content.value, Loader=_LOADER)  # noqa: S506 - CSafeLoader is the safe loader in C
    except (yaml.YAMLError, RecursionError, ValueError, LookupError, AttributeError, TypeError) as error:
        # The library lets other errors through for some broken values.
        return Unknown("damaged", path, " ".join(str(error).split())[:200])
    written = data.get("serveralias") or "" if isinstance(data, dict) else None
    if not isinstance(written, str):
        return Unknown("damaged", path)
    aliases = [alias.lower() for alias in written.split()]
    names = dict.fromkeys([website.name, *aliases, *website.names])
    return Known(tuple(name for name in names if not is_service_name(name, names)), path)


def is_service_name(name: str, names: Iterable[str]) -> bool:
    """Tell whether a name serves the panel or mail, not visitors: `mail.` and the like before a known name."""
    base = service_base(name)
    return bool(base) and (base in names or f"www.{base}" in names)


def read_accounts(host: HostPaths, names: Iterable[str]) -> dict[str, Account]:
    """Read the settings of the accounts that AutoSSL looks at."""
    lists: dict[str, Fact[bool | None]] = {}
    return {name: _account(host, name, lists) for name in names}


def _account(host: HostPaths, name: str, lists: dict[str, Fact[bool | None]]) -> Account:
    if not _ACCOUNT.fullmatch(name):
        return Account(name)
    path = f"{USERS}/{name}"
    content = host.read_text(path, 1024 * 1024)
    excluded = _excluded(host, name)
    if isinstance(content, Unknown):
        return Account(name, suspended=content, feature=content, key_type=content, excluded=excluded)
    pairs = read_pairs(content.value)
    suspended = pairs.get("SUSPENDED", "0") not in ("", "0") or host.exists(f"{SUSPENDED}/{name}")
    feature_list = pairs.get("FEATURELIST", "")
    return Account(
        name,
        suspended=Known(suspended, path),
        suspended_at=_moment(pairs.get("SUSPENDTIME", "")) if suspended else None,
        feature=_feature(host, pairs, feature_list, path, lists),
        feature_list=feature_list,
        key_type=Known(pairs.get("SSL_DEFAULT_KEY_TYPE") or "system", path),
        excluded=excluded,
        owner=pairs.get("OWNER", ""),
    )


def _moment(seconds: str) -> datetime | None:
    """Read a moment that is written in seconds since 1970."""
    if not seconds.isascii() or not seconds.isdigit() or len(seconds) > _LONGEST_MOMENT:
        return None
    return datetime.fromtimestamp(int(seconds), UTC)


def _feature(
    host: HostPaths,
    pairs: Mapping[str, str],
    feature_list: str,
    path: str,
    lists: dict[str, Fact[bool | None]],
) -> Fact[bool]:
    """Tell whether the account has the AutoSSL feature: its own override, then the server-wide list, then its list."""
    override = pairs.get("FEATURE-AUTOSSL")
    if override in ("0", "1"):
        return Known(override == "1", path)
    for name in ("disabled", feature_list or "default"):
        if "/" in name or name.startswith("."):
            return Unknown("damaged", path, "the name of the feature list is no file name")
        if name not in lists:
            lists[name] = is_switched_on(host, f"{FEATURES}/{name}", "autossl")
        said = lists[name]
        if isinstance(said, Known) and (said.value is False or (said.value and name != "disabled")):
            return Known(said.value, said.source)
        if isinstance(said, Unknown) and said.why != "missing":
            return said
    return Known(value=True, source=path)


def _excluded(host: HostPaths, name: str) -> Fact[frozenset[str]]:
    path = f"{EXCLUDES}/{name}.json"
    content = host.read_bytes(path)
    if isinstance(content, Unknown):
        return Known(frozenset(), path) if content.why == "missing" else content
    try:
        data = msgspec.json.decode(content.value, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Unknown("damaged", path, str(error)[:200])
    names = data.get("excluded_domains") or []
    if not isinstance(names, list):
        return Unknown("damaged", path)
    return Known(frozenset(str(value).lower() for value in names), path)
