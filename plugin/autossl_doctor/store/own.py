"""An account loads its own report: by the user id that the kernel gives it, and never another's."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from autossl_doctor.store.layout import (
    FORM_KEY,
    MEMORY,
    MEMORY_CAP,
    REPORT,
    REPORT_CAP,
    ROOT,
    SCHEMA,
    STATE,
    report_directory,
)
from autossl_doctor.store.opening import open_directory, read_regular

KEY_LENGTH = 64
"""A form key is 32 random bytes, written in hexadecimal."""
_HEXADECIMAL = frozenset("0123456789abcdef")
_WHY = {"missing": "no_report", "permission_denied": "shared_group", "too_large": "too_large"}


class Loaded(NamedTuple):
    """A report that belongs to the account that asked for it."""

    report: dict[str, Any]


class Trouble(NamedTuple):
    """Why something was not given.

    Of a report: `no_report` (none was written yet), `shared_group` (other accounts are in the account's group, so that
    the report is for root only), `foreign` (written for a former owner of the name or id), `too_large`, `damaged`.
    """

    why: str


class OwnMemory(NamedTuple):
    """What is remembered: of each website by its name, and how long things usually take on this server."""

    sites: Mapping[str, dict[str, Any]]
    usual: Mapping[str, Any]


NOTHING = OwnMemory({}, {})


def load(uid: int, account: str, startdate: int, *, state: str = STATE, owner: int = ROOT) -> Loaded | Trouble:
    """Load the report of an account.

    `startdate` is the account's STARTDATE (seconds since 1970, 0 where it has none); with the name and the id it tells
    the account from a former one of the same name.
    """
    content = _read(REPORT, uid, REPORT_CAP, state, owner)
    if isinstance(content, Trouble):
        return content
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return Trouble("damaged")
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        return Trouble("damaged")
    if (data.get("account"), data.get("uid"), data.get("startdate")) != (account, uid, startdate):
        return Trouble("foreign")
    if not isinstance(data.get("sites"), list) or not isinstance(data.get("server_findings"), list):
        return Trouble("damaged")
    return Loaded(data)


def load_memory(uid: int, account: str, startdate: int, *, state: str = STATE, owner: int = ROOT) -> OwnMemory:
    """Load what is remembered of an account's websites and of the server; nothing where it cannot be read.

    The page is whole without it.
    """
    content = _read(MEMORY, uid, MEMORY_CAP, state, owner)
    if isinstance(content, Trouble):
        return NOTHING
    try:
        data = json.loads(content)
        if (data["schema"], data["account"], data["uid"], data["startdate"]) != (SCHEMA, account, uid, startdate):
            return NOTHING
        usual = data.get("usual")
        return OwnMemory({str(site["site"]): site for site in data["sites"]}, usual if isinstance(usual, dict) else {})
    except (ValueError, RecursionError, KeyError, TypeError):
        return NOTHING


def load_form_key(uid: int, *, state: str = STATE, owner: int = ROOT) -> str | Trouble:
    """Load the secret with which the account's page tells its own forms from forged ones (64 hexadecimal digits)."""
    content = _read(FORM_KEY, uid, KEY_LENGTH + 1, state, owner)
    if isinstance(content, Trouble):
        return content
    key = content.decode("ascii", "replace").rstrip("\n")
    return key if len(key) == KEY_LENGTH and set(key) <= _HEXADECIMAL else Trouble("damaged")


def _read(name: str, uid: int, cap: int, state: str, owner: int) -> bytes | Trouble:
    directory = open_directory(report_directory(uid, state))
    if isinstance(directory, str):
        return Trouble(_WHY.get(directory, "damaged"))
    try:
        content = read_regular(name, directory, owner=owner, cap=cap) if _is_of(directory, owner) else "foreign_owner"
    finally:
        os.close(directory)
    return Trouble(_WHY.get(content, "damaged")) if isinstance(content, str) else content


def _is_of(directory: int, owner: int) -> bool:
    return os.fstat(directory).st_uid == owner
