"""All signatures, ready to tell what a message is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

import yaml

from autossl_doctor.collect.signatures.template import compile_template, is_literal, literal_head
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
    "status",
    "expiry",
    "fact",
    "name",
    "vhost",
    "order",
    "order_fact",
    "install",
    "installed",
]
"""What a message means to the reader of a log: opens or closes a scope, or states something about one."""

LINE_FILES = ("run", "account", "website", "checks", "orders")
REASON_FILES = ("reasons",)


@dataclass(frozen=True, slots=True)
class Signature:
    """One kind of message, with samples that must match and near misses that must not."""

    id: str
    templates: tuple[str, ...]
    does: Does
    about: str = ""
    event: Event = ""
    status: Status = ""
    match: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()

    @property
    def code(self) -> int:
        """Number of `does`, so that the reader's inner loop compares integers."""
        return CODES[self.does]


CODES: Mapping[Does, int] = {name: number for number, name in enumerate(get_args(Does))}
Found = tuple[Signature, int, Mapping[str, str] | None]


class Lexicon:
    """Finds the one signature that a whole message matches."""

    def __init__(self, signatures: Iterable[Signature]) -> None:
        self.signatures = tuple(signatures)
        self._exact: dict[str, tuple[Signature, int, None]] = {}
        self._by_head: dict[str, list[tuple[Signature, int, re.Pattern[str]]]] = {}
        self._quoted: list[tuple[Signature, int, re.Pattern[str]]] = []
        self._anywhere: list[tuple[Signature, int, re.Pattern[str]]] = []
        for signature in self.signatures:
            for template in signature.templates:
                self._add(signature, template)

    def _add(self, signature: Signature, template: str) -> None:
        entry = (signature, signature.code, compile_template(template))
        if is_literal(template):
            self._exact[template] = (signature, signature.code, None)
        head = literal_head(template)
        if head:
            self._by_head.setdefault(head, []).append(entry)
        elif template.startswith("“"):
            self._quoted.append(entry)
        else:
            self._anywhere.append(entry)

    def find(self, text: str) -> Found | None:
        """Give the signature of `text`, its number for `does`, and the fields; None if nothing claims it."""
        exact = self._exact.get(text)
        if exact is not None:
            return exact
        candidates: Sequence[tuple[Signature, int, re.Pattern[str]]] | None = self._by_head.get(text[:4])
        if candidates is None:
            candidates = self._quoted if text[:1] in "“\"" else self._anywhere
        for signature, code, pattern in candidates:
            found = pattern.fullmatch(text)
            if found is not None:
                return signature, code, found.groupdict()
        if candidates is not self._anywhere:
            for signature, code, pattern in self._anywhere:
                found = pattern.fullmatch(text)
                if found is not None:
                    return signature, code, found.groupdict()
        return None


def read_signatures(names: Iterable[str]) -> list[Signature]:
    """Read the signature files of this folder, in order."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    rows: list[dict[str, Any]] = []
    for name in names:
        text = files(__package__).joinpath(f"{name}.yaml").read_text("utf-8")
        rows += yaml.load(text, Loader=loader)  # noqa: S506 - CSafeLoader is the safe loader in C
    return [
        Signature(
            id=row["id"],
            templates=tuple([row["says"]] if isinstance(row["says"], str) else row["says"]),
            does=row.get("does", "nothing"),
            about=row.get("about", ""),
            event=row.get("event", ""),
            status=row.get("status", ""),
            match=tuple(row["match"]),
            rejects=tuple(row["rejects"]),
        )
        for row in rows
    ]


@cache
def lines() -> Lexicon:
    """Give the lexicon of whole messages."""
    return Lexicon(read_signatures(LINE_FILES))


@cache
def reasons() -> Lexicon:
    """Give the lexicon of the reasons behind failed tests."""
    return Lexicon(read_signatures(REASON_FILES))
