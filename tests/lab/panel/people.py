"""The accounts as the machine knows them: user numbers, groups, homes, and who owns which file (facts 8)."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.lab.panel.namespace import is_root
from tests.lab.website_model import Account

FIRST_UID = 2001
DYNAMIC_UID = 61_184
"""The user of services that bring their own (systemd hands out such numbers)."""
_MAIL = 8
_SYSTEM = """\
root:x:0:0:root:/root:/bin/bash
bin:x:1:1:bin:/bin:/sbin/nologin
mail:x:8:8:mail:/var/spool/mail:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
"""
_SYSTEM_GROUPS = "root:x:0:\nbin:x:1:\nmail:x:8:\nnobody:x:65534:\n"
_OF_MAIL = ("etc/userdomains", "etc/trueuserdomains")


def numbers_of(accounts: Iterable[Account], only: str | None = None) -> dict[str, int]:
    """The user number of each account; without root there is one account, `only`, and it is the mapped user."""
    ordered = sorted(accounts, key=lambda account: account.name)
    if not is_root():
        return {only or ordered[0].name: 0}
    taken = {account.uid for account in ordered if account.uid is not None}
    free = (number for number in range(FIRST_UID, DYNAMIC_UID) if number not in taken)
    return {account.name: next(free) if account.uid is None else account.uid for account in ordered}


def write_people(tree: Path, numbers: Mapping[str, int], shared_groups: Mapping[str, str]) -> None:
    """The lists of users and groups, the homes, and the owners of the accounts' files.

    An account in `shared_groups` has the private group of the account named there.
    """
    groups = {user: numbers[shared_groups.get(user, user)] for user in numbers}
    users = "".join(
        f"{user}:x:{number}:{groups[user]}::/home/{user}:/usr/local/cpanel/bin/noshell\n"
        for user, number in numbers.items()
    )
    own = "".join(f"{user}:x:{number}:\n" for user, number in numbers.items() if user not in shared_groups)
    alone = not is_root()
    _write(tree / "etc/passwd", users if alone else _SYSTEM + users)
    _write(tree / "etc/group", own if alone else _SYSTEM_GROUPS + own)
    for user, number in numbers.items():
        make_home(tree / "home" / user, number, groups[user])
        for path in owned_by_group(tree, user):
            give(path, 0, groups[user], 0o750 if path.is_dir() else 0o640)
    for name in _OF_MAIL:
        if (tree / name).exists():
            give(tree / name, 0, _MAIL, 0o640)


def owned_by_group(tree: Path, user: str) -> list[Path]:
    """What root owns and the account may read."""
    userdata = tree / "var/cpanel/userdata" / user
    single = (tree / "var/cpanel/users" / user, tree / f"var/cpanel/ssl/autossl/excludes/{user}.json", userdata)
    return [path for path in (*single, *(userdata.iterdir() if userdata.is_dir() else ())) if path.exists()]


def give(path: Path, user: int, group: int, mode: int) -> None:
    """Set the owner, where root may do that, and the mode."""
    if is_root():
        os.chown(path, user, group, follow_symlinks=False)
    path.chmod(mode)


def make_home(home: Path, user: int, group: int) -> None:
    """An account's home with the directory of its website."""
    (home / "public_html").mkdir(parents=True, exist_ok=True)
    for path, mode in ((home, 0o711), (home / "public_html", 0o750)):
        give(path, user, group, mode)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)
