"""Turning a message in another language back into the English one that the signatures know.

The host's own lexicon says how an English message is translated. A message that fits the translation is said again in
English with the values that it holds, and the English signatures judge it like any other. So a translation can never
say more than the signatures allow: a name stays a name, and what a website wrote stays between AutoSSL's own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from autossl_doctor.collect.languages.bracket import Choice, Part, Slot, layout, parse, variants
from autossl_doctor.collect.languages.canon import ascii_digits, canon, fit
from autossl_doctor.collect.languages.lexicon_file import wanted_entries

HEAD = 4
MOST_ENTRIES = 3000
MOST_TRIED = 12
DEEPEST = 3
LONGEST = 16 * 1024
SHORTEST_LITERAL = 2
_ITEM = re.compile(r"[A-Za-z0-9*_][A-Za-z0-9*_.-]{0,252}\.[A-Za-z0-9-]{1,63}")
_TOKEN = re.compile(r"\{\w+\}|<[^<>|]+(?:\|[^<>|]+)+>")
_ANY = "\x01"
Known = Callable[[str], bool]


class _Entry(NamedTuple):
    literals: tuple[str, ...]
    slots: tuple[Slot, ...]
    english: tuple[Part, ...]
    weight: int
    anchor: str


class Ours:
    """Tells whether an English message of a lexicon is one that a template of the signatures may stand for."""

    def __init__(self, templates: Sequence[str]) -> None:
        self._by_head: dict[str, list[tuple[str, ...]]] = {}
        for template in templates:
            literals = tuple(canon(part) for part in _TOKEN.split(template))
            if sum(map(len, literals)) < HEAD:
                # It is told apart by its placeholder: an untranslated error.
                continue
            head = literals[0][:HEAD] if len(literals[0]) >= HEAD else ""
            self._by_head.setdefault(head, []).append(literals)

    def may_begin(self, text: str) -> bool:
        """Tell by its first letters whether an entry is worth reading."""
        head = text[:HEAD]
        if not head.isascii():
            text = canon(text)
            head = text[:HEAD]
        return head in self._by_head or "[" in head or text[:1] in ('"', "~")

    def takes(self, english: str) -> bool:
        """Tell whether a template fits the whole message; arguments stand as one sign that fits everywhere."""
        text = canon(english)
        possible = [*self._by_head.get(text[:HEAD], ()), *self._by_head.get("", ())]
        return any(fit(literals, text) is not None for literals in possible)


class Dictionary:
    """One language's lexicon, as far as it concerns AutoSSL."""

    def __init__(self, text: str, ours: Ours, known: Known) -> None:
        self._known = known
        self._exact: dict[str, tuple[Part, ...]] = {}
        self._entries: list[_Entry] = []
        for english, translation in wanted_entries(text, ours.may_begin):
            if len(self._entries) >= MOST_ENTRIES:
                break
            self._add(english, translation, ours)
        self._entries.sort(key=lambda entry: -entry.weight)

    def __len__(self) -> int:
        return len(self._entries) + len(self._exact)

    def _add(self, english: str, translation: str, ours: Ours) -> None:
        meant, written = parse(english), parse(translation)
        if meant is None or written is None:
            return
        marked = islice(variants(meant), 2)
        if not any(
            ours.takes("".join(part if isinstance(part, str) else _ANY for part in variant)) for variant in marked
        ):
            return
        same = {canon("".join(map(str, variant))) for variant in variants(meant)}
        for variant in variants(written):
            laid = layout(variant)
            if laid is None or canon("".join(map(str, variant))) in same:
                continue
            slots = laid[1]
            # Behind a number a blank may stand or not.
            after = ("", *(slot.kind for slot in slots))
            literals = tuple(
                canon(part).lstrip() if kind == "number" else canon(part)
                for part, kind in zip(laid[0], after, strict=True)
            )
            # What is put into a sentence has no blanks of its own at its ends.
            if slots:
                literals = (literals[0].lstrip(), *literals[1:-1], literals[-1].rstrip())
            else:
                literals = (literals[0].strip(),)
            weight = sum(map(len, literals))
            if not slots:
                self._exact.setdefault(literals[0], meant)
            elif weight >= SHORTEST_LITERAL and all(literals[1:-1]):
                self._entries.append(_Entry(literals, slots, meant, weight, max(literals, key=len)))

    def english(self, text: str, depth: int = 0) -> Iterator[str]:
        """Give what the message may be in English, the most exact wording first."""
        if len(text) > LONGEST:
            return
        text = canon(text).strip()
        exact = self._exact.get(text)
        if exact is not None:
            yield from _said(exact, {})
        tried = 0
        for entry in self._entries:
            if entry.anchor not in text:
                continue
            values = fit(entry.literals, text)
            if values is None:
                continue
            tried += 1
            if tried > MOST_TRIED:
                return
            yield from self._filled(entry, values, depth)
            if len(values) > 1:
                other = fit(entry.literals, text, from_end=True)
                if other is not None and other != values:
                    yield from self._filled(entry, other, depth)

    def _filled(self, entry: _Entry, values: Sequence[str], depth: int) -> Iterator[str]:
        arguments: dict[str, str] = {}
        for slot, value in zip(entry.slots, values, strict=True):
            if slot.kind == "number":
                value = ascii_digits(value.strip())  # noqa: PLW2901 - the same value in one form
                if not any(sign.isdigit() for sign in value):
                    return
            arguments.setdefault(slot.number, value)
        if depth < DEEPEST:
            # A reason is translated by itself and put into the message.
            arguments = {number: self._inner(value, depth + 1) for number, value in arguments.items()}
        yield from _said(entry.english, arguments)

    def _inner(self, value: str, depth: int) -> str:
        if " " not in value and value.isascii():
            return value
        if self._known(value):
            return value
        return next((english for english in self.english(value, depth) if self._known(english)), value)


def _said(parts: Sequence[Part], arguments: Mapping[str, str]) -> Iterator[str]:
    """Say a message in English; where the text does not tell which wording it is, each of them."""
    resolved: list[Part] = []
    for part in parts:
        if isinstance(part, Choice) and part.plural:
            single = arguments.get(part.number, "").strip() == "1"
            resolved += part.options[0 if single else min(1, len(part.options) - 1)]
        else:
            resolved.append(part)
    for variant in islice(variants(resolved), 4):
        said: list[str] = []
        for part in variant:
            if isinstance(part, str):
                said.append(part)
            elif part.number in arguments:
                said.append(_value(part, arguments[part.number]))
            elif part.kind == "number":
                said.append("2")
            elif part.kind == "date":
                said.append("?")
            else:
                break
        else:
            yield "".join(said)


def _value(slot: Slot, value: str) -> str:
    if not slot.kind.startswith("list"):
        return value
    names = _ITEM.findall(value)
    if not names:
        return value
    if slot.kind == "list":
        return ", ".join(names)
    return ", ".join(f"“{name}”" for name in names)
