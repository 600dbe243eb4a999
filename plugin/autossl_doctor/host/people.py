"""Who the accounts are on this machine: user, group, when they began, and whether others share their group.

Users and groups are the machine's own (`pwd`, `grp`), read once for all accounts.
"""

from __future__ import annotations

import grp
import os
import pwd
import stat
from collections.abc import Iterable, Mapping
from typing import NamedTuple

USERS = "/var/cpanel/users"
CAP = 1024 * 1024
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_ROOT = 0


class Owner(NamedTuple):
    """An account as this machine knows it.

    `startdate` is its STARTDATE in seconds since 1970, 0 where it has none: with it a re-used name is told from its
    former owner. `shared` is True where others could read what is given to the account's group.
    """

    account: str
    uid: int
    gid: int
    startdate: int
    shared: bool = False


def find_owners(users: str = USERS) -> Mapping[str, Owner]:
    """Find every account of the panel that is a user of this machine; users and groups are read once for all."""
    return arrange_owners(_accounts(users), pwd.getpwall(), grp.getgrall())


def find_owner(account: str, users: str = USERS) -> Owner | None:
    """Find one account; None where the panel or the machine does not know it."""
    startdate = read_startdate(account, users)
    return (
        None if startdate is None else arrange_owners({account: startdate}, pwd.getpwall(), grp.getgrall()).get(account)
    )


def account_of(uid: int) -> str:
    """Give the name of a user of this machine, or "" if there is none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return ""


def arrange_owners(
    startdates: Mapping[str, int], people: Iterable[pwd.struct_passwd], groups: Iterable[grp.struct_group]
) -> dict[str, Owner]:
    """Put accounts, users and groups together. Root shares nothing: it reads everything anyway."""
    known = {person.pw_name: person for person in people}
    same_uid: dict[int, int] = {}
    primary: dict[int, int] = {}
    for person in known.values():
        same_uid[person.pw_uid] = same_uid.get(person.pw_uid, 0) + 1
        if person.pw_uid != _ROOT:
            primary[person.pw_gid] = primary.get(person.pw_gid, 0) + 1
    members: dict[int, set[str]] = {}
    for group in groups:
        members.setdefault(group.gr_gid, set()).update(group.gr_mem)
    owners = {}
    for account, startdate in startdates.items():
        found = known.get(account)
        if found is None or account == "root":
            continue
        others = primary.get(found.pw_gid, 0) - (found.pw_uid != _ROOT)
        members_too = members.get(found.pw_gid, set()) - {account, "root"}
        shared = others > 0 or same_uid[found.pw_uid] > 1 or bool(members_too)
        owners[account] = Owner(account, found.pw_uid, found.pw_gid, startdate, shared)
    return owners


def _accounts(users: str) -> dict[str, int]:
    """List the panel's accounts with the moment when each began."""
    try:
        names = os.listdir(users)  # noqa: PTH208 - 60,000 names, no paths needed
    except OSError:
        return {}
    found = ((name, read_startdate(name, users)) for name in sorted(names))
    return {name: startdate for name, startdate in found if startdate is not None}


def read_startdate(account: str, users: str = USERS) -> int | None:
    """Read an account's STARTDATE; 0 where its file does not say it, None where there is no such account."""
    if not account or "/" in account or account.startswith("."):
        return None
    try:
        descriptor = os.open(f"{users}/{account}", _FILE)
    except OSError:
        return None
    try:
        content = os.read(descriptor, CAP) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return None if content is None else _startdate(content)


def _startdate(content: bytes) -> int:
    for line in content.split(b"\n"):
        key, sign, value = line.partition(b"=")
        if sign and key.strip() == b"STARTDATE":
            digits = value.strip()
            return int(digits) if digits.isdigit() and len(digits) < len(b"99999999999999") else 0
    return 0
