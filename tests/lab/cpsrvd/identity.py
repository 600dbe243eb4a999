"""Whether this process can become an account, and how."""

import os
from pathlib import Path
from typing import TypedDict

from tests.lab.cpsrvd.accounts import Account

_ALL_IDS = 2


class Become(TypedDict, total=False):
    """What a new process is told about whom to become."""

    user: int
    group: int
    extra_groups: list[int]


def can_switch() -> bool:
    """Whether this is root over more than one user; in a namespace with one mapped user there is nobody to become."""
    if os.geteuid() != 0:
        return False
    ranges = Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[2]) for line in ranges) >= _ALL_IDS


def trouble_with(account: Account) -> str | None:
    """Why pages cannot run as the account here; None if they can."""
    if can_switch():
        return "an account with root's number is refused" if account.uid == 0 or account.gid == 0 else None
    return None if account.uid == os.geteuid() else "needs root"


def become(account: Account) -> Become:
    """The arguments that make a child the account; none where it already is."""
    if not can_switch():
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}
