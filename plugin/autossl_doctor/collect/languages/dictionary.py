"""Turning a message in another language back into the English one that the signatures know.

The host's own lexicon says how an English message is translated. A message that fits the translation is said again in
English with the values that it holds, and the English signatures judge it like any other. So a translation can never
say more than the signatures allow: a name stays a name, and what a website wrote stays between AutoSSL's own words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import NamedTuple

from autossl_doctor.collect.languages.bracket import Choice, Part, Slot, layout, parse, variants
from autossl_doctor.collect.languages.canon import ascii_digits, canon, fit
from autossl_doctor.collect.languages.lexicon_file import wanted_entries
from autossl_doctor.collect.languages.ours import Ours
from autossl_doctor.collect.languages.quoted import part as quoted_parts

MOST_ENTRIES = 3000
MOST_TRIED = 12
DEEPEST = 3
LONGEST = 16 * 1024
SHORTEST_LITERAL = 2
MOST_PHRASES = 3
MOST_ENDS = 8
MOST_MEANINGS = 4
_ENDS = re.compile(r"(?<=[.!?؟।]) +(?=\S)|(?<=[。！？]) *(?=\S)")
_SPAN = re.compile(r"[\d.,]{1,12} days? (?:ago|from now)")
_NAMED = re.compile(r"([\x21-\x7e]{3,255}(?: \([0-9A-Fa-f.:]{3,45}\))?) ?[:：] ?(?=\S)")
"""A name or address, with another one in brackets, that a message is about and that stands before it."""
_ITEM = re.compile(r"[A-Za-z0-9*_][A-Za-z0-9*_.-]{0,252}\.[A-Za-z0-9-]{1,63}")
Known = Callable[[str], str]
"""Names the kind of an English message, "" where no signature claims it."""


class _Entry(NamedTuple):
    literals: tuple[str, ...]
    slots: tuple[Slot, ...]
    english: tuple[Part, ...]
    weight: int
    anchor: str


class Dictionary:
    """One language's lexicon, as far as it concerns AutoSSL."""

    def __init__(self, text: str, ours: Ours, known: Known) -> None:
        self._known = known
        self._exact: dict[str, list[tuple[Part, ...]]] = {}
        entries: list[_Entry] = []
        for english, translation in wanted_entries(text, ours.may_begin):
            if len(entries) + len(self._exact) >= MOST_ENTRIES:
                break
            entries.extend(self._read(english, translation, ours))
        entries.sort(key=lambda entry: (-entry.weight, entry.literals))
        self._entries = [tuple(alike) for _, alike in groupby(entries, key=lambda entry: entry.literals)]

    def __len__(self) -> int:
        return sum(map(len, self._entries)) + len(self._exact)

    def _read(self, english: str, translation: str, ours: Ours) -> Iterator[_Entry]:
        """Keep a message without arguments, and give the wordings of one that has some."""
        meant, written = parse(english), parse(translation)
        if meant is None or written is None or not ours.takes(meant):
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
                self._exact.setdefault(literals[0], []).append(meant)
            elif weight >= SHORTEST_LITERAL and all(literals[1:-1]):
                yield _Entry(literals, slots, meant, weight, max(literals, key=len))

    def english(self, text: str, depth: int = 0) -> Iterator[str]:
        """Give what the message may be in English, the most exact wording first, as one phrase and as several."""
        if len(text) > LONGEST:
            return
        text = canon(text).strip()
        yield from self._phrase(text, depth)
        yield from self._phrases(text, depth, MOST_PHRASES)
        named = _NAMED.match(text)
        if named is not None:
            for said in islice(self._phrase(text[named.end() :], depth + 1), MOST_MEANINGS):
                if self._known(f"{named.group(1)}: {said}"):
                    yield f"{named.group(1)}: {said}"

    def _phrase(self, text: str, depth: int) -> Iterator[str]:
        """Read a message that is one phrase of the lexicon."""
        yield from self._of_one_kind(said for meant in self._exact.get(text, ()) for said in _said(meant, {}))
        tried = 0
        for alike in self._entries:
            if alike[0].anchor not in text:
                continue
            values = fit(alike[0].literals, text)
            if values is None:
                continue
            tried += 1
            if tried > MOST_TRIED:
                return
            for laid in (values, fit(alike[0].literals, text, from_end=True) if len(values) > 1 else None):
                if laid is not None and (laid is values or laid != values):
                    filled = (said for entry in alike for said in self._filled(entry, laid, depth))
                    yield from filled if len(alike) == 1 else self._of_one_kind(filled)

    def _of_one_kind(self, said: Iterable[str]) -> Iterator[str]:
        """Give what one translation may mean; nothing where two different messages are translated alike."""
        meanings = {english: self._known(english) for english in said}
        if len(set(meanings.values()) - {""}) <= 1:
            yield from meanings

    def _phrases(self, text: str, depth: int, most: int) -> Iterator[str]:
        """Read a message that is put together from phrases, each of them translated by itself or left in English."""
        for end in islice(_ENDS.finditer(text), MOST_ENDS):
            first, rest = text[: end.start()], text[end.end() :]
            if quoted_parts(first) is None:
                # It ends within quotation marks: that is no end of AutoSSL's own.
                continue
            begun = list(islice(self._phrase(first, depth + 1), MOST_MEANINGS))
            if not begun:
                continue
            going_on = list(islice(self._phrase(rest, depth + 1), MOST_MEANINGS))
            if not going_on and most > 2:  # noqa: PLR2004 - two phrases are the fewest
                going_on = list(islice(self._phrases(rest, depth + 1, most - 1), MOST_MEANINGS))
            for head in begun:
                for tail in (*going_on, rest):
                    if self._known(f"{head} {tail}"):
                        yield f"{head} {tail}"

    def _filled(self, entry: _Entry, values: Sequence[str], depth: int) -> Iterator[str]:
        arguments: dict[str, str] = {}
        dates: Counter[str] = Counter()
        for slot, value in zip(entry.slots, values, strict=True):
            if slot.kind == "number":
                value = ascii_digits(value.strip())  # noqa: PLW2901 - the same value in one form
                if not any(sign.isdigit() for sign in value):
                    return
            if slot.kind == "date":
                # Day and hour are written one by one, from the same argument.
                arguments[f"{slot.number}/{dates[slot.number]}"] = value
                dates[slot.number] += 1
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
        said = self.english(value, depth)
        return next((english for english in said if self._known(english) or _SPAN.fullmatch(english)), value)


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
        dates: Counter[str] = Counter()
        for part in variant:
            if isinstance(part, str):
                said.append(part)
            elif part.number in arguments:
                place = f"{part.number}/{dates[part.number]}"
                dates[part.number] += 1
                dated = arguments.get(place) if part.kind == "date" else None
                said.append(_value(part, arguments[part.number]) if dated is None else dated)
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
