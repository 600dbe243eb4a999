"""What the files of the panel say now, where accounts and administrators may have changed the description."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.lab.host_model import Host
from tests.lab.panel.replacing import replace_file
from tests.lab.website_files import EXCLUDES
from tests.lab.website_model import Account
from tests.lab.websites import Website, websites_of

USERS = "var/cpanel/users"


def present_accounts(host: Host, root: Path) -> dict[Account, list[Website]]:
    """The accounts with their websites as the next run finds them."""
    found = {}
    for described, websites in websites_of(host.sites).items():
        account = present_account(root, described)
        excluded = read_excludes(root, account.name)
        found[account] = [_present_website(website, account, excluded) for website in websites]
    return found


def _present_website(website: Website, account: Account, excluded: list[str]) -> Website:
    own = tuple(name for name in excluded if name in website.names)
    return replace(website, site=replace(website.site, account=account), excluded=own)


def present_account(root: Path, account: Account) -> Account:
    """The account with the settings of its users file."""
    settings = read_settings(root, account.name)
    if not settings:
        return account
    override = settings.get("FEATURE-AUTOSSL")
    known: Mapping[str, Any] = {
        "key_type": settings.get("SSL_DEFAULT_KEY_TYPE"),
        "key_type_age": None,
        "suspended": settings.get("SUSPENDED") == "1",
        "feature_list": settings.get("FEATURELIST", "default"),
        "feature_override": None if override is None else override == "1",
    }
    return replace(account, **known)


def read_settings(root: Path, user: str) -> dict[str, str]:
    """The lines of the users file; nothing where there is none."""
    try:
        lines = (root / USERS / user).read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return {key: value for key, mark, value in (line.partition("=") for line in lines) if mark and key[:1] != "#"}


def write_setting(root: Path, user: str, key: str, value: str) -> None:
    """Set one line of the users file."""
    path = root / USERS / user
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(f"{key}=")]
    replace_file(path, "\n".join([*lines, f"{key}={value}"]) + "\n", 0o640, path.stat().st_gid)


def read_excludes(root: Path, user: str) -> list[str]:
    """The names that the account has switched off."""
    try:
        text = (root / EXCLUDES / f"{user}.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [str(name) for name in json.loads(text)["excluded_domains"]]


def write_excludes(root: Path, user: str, names: list[str]) -> None:
    """Write the names that the account has switched off; its group may read them."""
    group = (root / USERS / user).stat().st_gid
    text = json.dumps({"excluded_domains": names})
    replace_file(root / EXCLUDES / f"{user}.json", text, 0o640, group)
