"""Which websites are to be looked at next: written by whoever judges the whole server, read by the follower."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from autossl_doctor.store.layout import TO_VISIT
from autossl_doctor.store.opening import read_regular
from autossl_doctor.store.state import State

CAP = 8 * 1024 * 1024


class Due(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A website that is to be looked at.

    `shown` is the certificate that the last judgement took for the one that visitors get, "" where it knew none;
    `new` tells that nobody has looked since the installation.
    """

    site: str
    account: str
    address: str
    installed_at: datetime
    fingerprint: str
    shown: str = ""
    new: bool = False


class ToVisit(msgspec.Struct, frozen=True):
    """What is due, the most urgent first, and how many websites have been looked at since their installation."""

    made_at: datetime
    looked_at: int
    not_looked_at: int
    due: tuple[Due, ...]
    schema: Literal[1] = 1


def write_visits(state: State, visits: ToVisit) -> None:
    """Replace the list, for root only."""
    state.put(state.top, TO_VISIT, [msgspec.json.encode(visits), b"\n"])


def read_visits(state: State) -> ToVisit | None:
    """Give the list; None where there is none that can be read."""
    content = read_regular(TO_VISIT, state.top, owner=state.owner, cap=CAP)
    if isinstance(content, str):
        return None
    try:
        return msgspec.json.decode(content, type=ToVisit)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
