"""All signatures, ready to tell what a message is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cache

from autossl_doctor.collect.signatures.signature import (
    LINE_FILES,
    REASON_FILES,
    REFUSAL_FILES,
    Signature,
    read_signatures,
)
from autossl_doctor.collect.signatures.template import (
    HEAD,
    LONG_HEAD,
    TAIL,
    is_literal,
    long_head,
    may_begin,
    message_key,
    pattern_source,
    template_ends,
    template_key,
)
from autossl_doctor.collect.signatures.wording import plain, requoted, shortened

LONGEST = 16 * 1024
"""No message of AutoSSL is longer: what it quotes of a website is cut. Patterns are spared anything else."""
FEW = 8
"""So many templates are one pattern."""
Fields = Mapping[str, str]
Found = tuple[Signature, int, Fields | None]
_Template = tuple[Signature, str]
_Member = tuple[Found, str, int, tuple[str, ...], tuple[int, ...]]
"""What one alternative of a pattern means: without fields; the one field and its group; the fields and their groups."""
Reading = Callable[[str], Iterator[str]]
"""Gives what a message that is not understood as it stands may be in English."""


class _Group:
    """Templates as one pattern: which alternative matched tells the signature."""

    def __init__(self, templates: Sequence[_Template]) -> None:
        self._templates = templates
        self._members: list[_Member] = []
        self._match: Callable[[str], re.Match[str] | None] = self._first_match

    def find(self, text: str) -> Found | None:
        """Give the signature that the whole text matches."""
        found = self._match(text)
        if found is None:
            return None
        # The group around an alternative closes last.
        bare, name, number, names, numbers = self._members[found.lastindex or 0]
        if name:
            return bare[0], bare[1], {name: found[number]}
        return (bare[0], bare[1], dict(zip(names, found.group(*numbers), strict=True))) if names else bare

    def _first_match(self, text: str) -> re.Match[str] | None:
        """Compile when first asked: most groups are never needed."""
        alternatives: list[str] = []
        for signature, template in self._templates:
            source, names = pattern_source(template)
            bare: Found = (signature, signature.code, None)
            self._members += [(bare, "", 0, (), ())] * (len(self._members) == 0)  # groups count from 1
            numbers = tuple(range(len(self._members) + 1, len(self._members) + 1 + len(names)))
            if signature.does == "nothing":
                # What a message without meaning names is not wanted.
                member: _Member = (bare, "", 0, (), ())
            elif len(names) == 1:
                member = (bare, names[0], numbers[0], (), ())
            else:
                member = (bare, "", 0, names, numbers)
            self._members += [member] * (1 + len(names))
            alternatives.append(f"({source})")
        self._match = re.compile("|".join(alternatives) or r"(?!)", re.DOTALL).fullmatch
        return self._match(text)


class _ByHead:
    """Many templates, sorted once more by how they go on: long patterns are slow to compile and to try."""

    def __init__(self, templates: Sequence[_Template]) -> None:
        heads = [long_head(template) for _, template in templates]
        self._any = _Group([each for each, head in zip(templates, heads, strict=True) if not head])
        self._by_head = {
            wanted: _Group([each for each in templates if may_begin(each[1], wanted)]) for wanted in set(heads) - {""}
        }

    def find(self, text: str) -> Found | None:
        """Give the signature that the whole text matches."""
        return self._by_head.get(text[:LONG_HEAD], self._any).find(text)


class _Drawer:
    """The templates that begin alike, in the order in which they are tried; sorted again by how messages end."""

    def __init__(self, templates: Sequence[_Template] = ()) -> None:
        ends = [template_ends(template) for _, template in templates]
        self.any_end = _sorted([each for each, end in zip(templates, ends, strict=True) if "" in end])
        self.by_end = {
            wanted: _sorted([each for each, end in zip(templates, ends, strict=True) if "" in end or wanted in end])
            for wanted in {letters for end in ends for letters in end} - {""}
        }

    def find(self, text: str) -> Found | None:
        """Give the signature that the whole text matches."""
        return self.by_end.get(text[-TAIL:], self.any_end).find(text)


def _sorted(templates: Sequence[_Template]) -> _Group | _ByHead:
    return _Group(templates) if len(templates) <= FEW else _ByHead(templates)


class Lexicon:
    """Finds the one signature that a whole message matches."""

    def __init__(self, signatures: Iterable[Signature]) -> None:
        self.signatures = tuple(signatures)
        self._readings: tuple[Reading, ...] = ()
        self._exact: dict[str, Found] = {}
        by_head: dict[str, list[_Template]] = {}
        # With straight quotes in front there is no key: such messages try all quoted templates.
        straight: list[_Template] = []
        for signature in self.signatures:
            for template in signature.templates:
                if is_literal(template):
                    self._exact[template] = (signature, signature.code, None)
                by_head.setdefault(template_key(template), []).append((signature, template))
                if template.startswith("“"):
                    straight.append((signature, template))
        self._exact_lengths = frozenset(map(len, self._exact))
        self._others = _Drawer(by_head.pop("", ()))
        self._straight = _Drawer(straight)
        self._drawers = {head: _Drawer(templates) for head, templates in by_head.items()}

    def find(self, text: str) -> Found | None:
        """Give the signature of `text`, its number for `does`, and the fields; None if nothing claims it."""
        length = len(text)
        if length in self._exact_lengths and (exact := self._exact.get(text)) is not None:
            return exact
        if length > LONGEST:
            # Only a list of names may be longer, in a message that says nothing else.
            begun = self.find(text[:LONGEST])
            return begun if begun is not None and begun[0].does in ("nothing", "renewing") else None
        head = text[:HEAD]
        drawer = self._drawers.get(head)
        if drawer is None and head[:1] == "“":
            drawer = self._drawers.get(message_key(text))
        if drawer is not None:
            found = drawer.by_end.get(text[-TAIL:], drawer.any_end).find(text)
            if found is not None:
                return found
        if head[:1] == '"':
            found = self._straight.find(text)
            if found is not None:
                return found
        return self._others.find(text)

    def reading(self, *readings: Reading) -> Lexicon:
        """Give the same lexicon with ways to read other languages."""
        other = copy(self)
        other._readings = readings  # noqa: SLF001 - a copy of this very object
        return other

    def search(self, text: str, *, trouble: bool = True) -> Found | None:
        """Find a message out of its dress, and then in other languages.

        The last way to read one goes by mere parts of it: only messages of trouble are read so.
        """
        if len(text) > LONGEST:
            return self.find(text)
        bare = plain(text)
        found = self.find(bare) or self.find(shortened(bare))
        if found is None and (quoted := requoted(bare)) != bare:
            found = self.find(quoted) or self.find(shortened(quoted))
        if found is not None or not self._readings:
            return found
        for reading in self._readings if trouble else self._readings[:-1]:
            for english in reading(bare):
                found = self.find(english)
                if found is not None:
                    return found
        return None


@cache
def lines() -> Lexicon:
    """Give the lexicon of whole messages."""
    return Lexicon(read_signatures(LINE_FILES))


@cache
def reasons() -> Lexicon:
    """Give the lexicon of the reasons behind failed tests."""
    return Lexicon(read_signatures(REASON_FILES, "reason"))


@cache
def refusals() -> Lexicon:
    """Give the lexicon of a CA's refusals, for those that no reason explains."""
    return Lexicon(read_signatures(REFUSAL_FILES, "reason"))
