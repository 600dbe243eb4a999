"""The accounts of the host: who they are in the list of users and in cPanel's own file about each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_PASSWD_FIELDS = 7


@dataclass(frozen=True)
class Account:
    """A cPanel account: its Unix side from etc/passwd, the rest from var/cpanel/users."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str
    suspended: bool
    settings: Mapping[str, str]
    """Every KEY=VALUE of the account's file, such as OWNER, LOCALE, FEATURELIST and STARTDATE."""

    @property
    def demo(self) -> bool:
        """Whether it is one of cPanel's demo accounts, which may change nothing."""
        return self.settings.get("DEMO", "0") == "1"

    @property
    def locale(self) -> str:
        """The language of the account, or nothing."""
        return self.settings.get("LOCALE", "")


def find(root: Path, name: str) -> Account | None:
    """The account of that name, if both lists know it and call it the same."""
    if not _NAME.fullmatch(name):
        return None
    settings = key_values(root / "var/cpanel/users" / name)
    row = _passwd_row(root, name)
    if row is None or settings is None or settings.get("USER", name) != name:
        return None
    _name, _password, uid, gid, _comment, home, shell = row
    if not (uid.isdecimal() and gid.isdecimal()):
        return None
    suspended = settings.get("SUSPENDED", "0") not in {"", "0"} or (root / "var/cpanel/suspended" / name).exists()
    return Account(name, int(uid), int(gid), home, shell, suspended, settings)


def key_values(path: Path) -> dict[str, str] | None:
    """The KEY=VALUE lines of a file, or None where there is no such file."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return None
    lines = (line for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines)}


def _passwd_row(root: Path, name: str) -> list[str] | None:
    try:
        text = (root / "etc/passwd").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    rows = (line.split(":") for line in text.splitlines())
    return next((row for row in rows if row[0] == name and len(row) == _PASSWD_FIELDS), None)
