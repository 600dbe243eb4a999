"""What a kind of message is: the files of this folder, read one signature after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from autossl_doctor.collect.own_data import read_own_data
from autossl_doctor.model.log import Event, Status

Does = Literal[
    "nothing",
    "users",
    "account",
    "account_again",
    "account_end",
    "skipped",
    "website",
    "website_again",
    "website_status",
    "status",
    "expiry",
    "fact",
    "name",
    "redirect",
    "vhost",
    "order",
    "order_fact",
    "order_trouble",
    "stops",
    "renewing",
    "install",
    "installed",
    "reason",
]
"""What a message means to the reader of a log: opens or closes a scope, or states something about one."""

LINE_FILES = (
    "checks",
    "checks_dns",
    "website",
    "website_account",
    "account",
    "run",
    "orders",
    "orders_ca",
    "run_server",
    "legacy",
    "notices",
    "run_other",
)
"""The commonest messages first: the order in which patterns of the same beginning are tried."""
REASON_FILES = (
    "reasons",
    "reasons_dns",
    "reasons_server",
    "reasons_web",
    "reasons_files",
    "reasons_ca",
    "reasons_bare",
)
REFUSAL_FILES = ("refusals_ca", "refusals_other")
"""The refusals of a CA that no reason above explains: they tell only that its own check failed."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One kind of message, with samples that must match and near misses that must not.

    `in_place` is the kind of a failure whose redirect kept name and path: only the scheme changed.
    """

    id: str
    templates: tuple[str, ...]
    does: Does
    about: str = ""
    event: Event = ""
    status: Status = ""
    match: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()
    in_place: str = ""

    @property
    def code(self) -> int:
        """Number of `does`, so that the reader's inner loop compares integers."""
        return CODES[self.does]


CODES: Mapping[Does, int] = {name: number for number, name in enumerate(get_args(Does))}


def read_signatures(names: Iterable[str], does: Does = "nothing") -> list[Signature]:
    """Read the signature files of this folder, in order; `does` is what a signature does that says nothing of it."""
    rows: list[dict[str, Any]] = [row for name in names for row in read_own_data(f"signatures/{name}")]
    return [
        Signature(
            id=row.get("means", row["id"]),
            templates=tuple([row["says"]] if isinstance(row["says"], str) else row["says"]),
            does=row.get("does", does),
            about=row.get("about", ""),
            event=row.get("event", ""),
            status=row.get("status", ""),
            match=tuple(row["match"]),
            rejects=tuple(row["rejects"]),
            in_place=row.get("in_place", ""),
        )
        for row in rows
    ]
