"""Bracket notation, in which the panel's lexicons write their messages (facts, appendix B).

`[_1]` is an argument; `[asis,X]`, `[output,abbr,A,B]`, `[numf,_1]`, `[quant,_1,one,many]`, `[numerate,_1,one,many]`,
`[list_and_quoted,_1]` and `[datetime,_1,...]` are the commonest methods. `~` takes the meaning of the sign behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import NamedTuple

MOST_VARIANTS = 8
LONGEST = 4096
MOST_PARTS = 40
_ARGUMENT = re.compile(r"_(-?\d{1,2}|\*)")
_NUMBERS = frozenset(("numf", "num", "format_bytes", "#"))
_LISTS = frozenset(("list_and", "list_or", "list", "join", "list_and_quoted", "list_or_quoted"))
_DATES = frozenset(("datetime", "local_datetime", "current_year"))
_SIGNS = {"amp": "&", "lt": "<", "gt": ">", "apos": "'", "quot": '"', "nbsp": " ", "br": " ", "shy": "", "hr": " "}
_AROUND = frozenset(
    ("strong", "em", "i", "b", "u", "sub", "sup", "underline", "class", "code", "inline", "block", "span", "asis")
)
_PLURAL = frozenset(("numerate", "quant", "*"))
_EITHER = frozenset(("boolean", "is_defined", "is_future"))


class Slot(NamedTuple):
    """Where an argument stands: its number, and what kind of value it is."""

    number: str
    kind: str


class Choice(NamedTuple):
    """One of several wordings: by the number in an argument, or by something that the text does not tell."""

    number: str
    options: tuple[tuple[str | Slot, ...], ...]
    plural: bool


Part = str | Slot | Choice
Variant = tuple[str | Slot, ...]


def parse(notation: str) -> tuple[Part, ...] | None:
    """Part a message into fixed texts, arguments and choices; None where the notation is broken or too much."""
    if len(notation) > LONGEST:
        return None
    parts: list[Part] = []
    text: list[str] = []
    group: list[str] | None = None
    signs = iter(notation)
    for sign in signs:
        if sign == "~":
            (text if group is None else group).append("~" + next(signs, "~"))
        elif sign == "[" and group is None:
            parts += [_unescaped("".join(text))] if text else []
            text, group = [], []
        elif sign == "[":
            return None
        elif sign == "]" and group is not None:
            parts.extend(_method("".join(group)))
            group = None
        else:
            (text if group is None else group).append(sign)
    if group is not None or len(parts) > MOST_PARTS:
        return None
    return (*parts, *([_unescaped("".join(text))] if text else []))


def _unescaped(text: str) -> str:
    return re.sub(r"~(.)", r"\1", text, flags=re.DOTALL)


def _fields(group: str) -> list[str]:
    return [_unescaped(field) for field in re.split(r"(?<!~),", group)]


def _method(group: str) -> Iterator[Part]:
    name, *fields = _fields(group)
    argument = _ARGUMENT.fullmatch(name)
    if argument:
        yield Slot(argument.group(1), "value")
    elif name == "asis":
        yield from _embedded(",".join(fields))
    elif name == "output":
        yield from _output(fields)
    elif name in _PLURAL or name in _EITHER:
        yield _choice(name, fields)
    elif name == "comment":
        return
    else:
        number = next((found.group(1) for field in fields if (found := _ARGUMENT.fullmatch(field))), "")
        kind = "number" if name in _NUMBERS else "list" if name in _LISTS else "date" if name in _DATES else "value"
        yield Slot(number, f"{kind}_quoted" if name.endswith("_quoted") else kind)


def _output(fields: Sequence[str]) -> Iterator[Part]:
    kind, rest = (fields[0], fields[1:]) if fields else ("", [])
    if kind in ("abbr", "acronym"):
        yield from _embedded(rest[0] if rest else "")
        if len(rest) > 1:
            yield " ("
            yield from _embedded(rest[1])
            yield ")"
    elif kind in ("url", "link"):
        yield from _embedded(rest[0] if rest else "")
    elif kind == "chr":
        yield chr(int(rest[0])) if rest and rest[0].isdecimal() and len(rest[0]) <= len("65535") else ""
    elif kind in _SIGNS:
        yield _SIGNS[kind]
    elif kind in _AROUND and rest:
        yield from _embedded(rest[0])
    else:
        yield Slot("", "value")


def _choice(name: str, fields: Sequence[str]) -> Choice:
    found = _ARGUMENT.fullmatch(fields[0]) if fields else None
    number = found.group(1) if found else ""
    options: list[Variant] = []
    for field in fields[1:]:
        before, mark, after = field.partition("%s")
        if mark:
            options.append((before, Slot(number, "number"), after))
        elif name in ("quant", "*"):
            options.append((Slot(number, "number"), " ", *_embedded(field)))
        else:
            options.append(tuple(_embedded(field)))
    return Choice(number, tuple(options) or ((),), name in _PLURAL)


def _embedded(field: str) -> Iterator[str | Slot]:
    """Part a field of a method: an argument may stand in it."""
    position = 0
    for found in _ARGUMENT.finditer(field):
        if found.group() == field or field[found.start() - 1 : found.start()] in ("", " "):
            if found.start() > position:
                yield field[position : found.start()]
            yield Slot(found.group(1), "value")
            position = found.end()
    if position < len(field):
        yield field[position:]


def variants(parts: Sequence[Part]) -> Iterator[Variant]:
    """Give every wording that the choices allow, up to a number."""
    options = [part.options if isinstance(part, Choice) else ((part,),) for part in parts]
    for chosen in islice(product(*options), MOST_VARIANTS):
        yield tuple(part for option in chosen for part in option)


def layout(variant: Variant) -> tuple[tuple[str, ...], tuple[Slot, ...]] | None:
    """Give the fixed texts and the arguments between them; None where two arguments touch: nobody can part them."""
    literals, slots = [""], []
    for part in variant:
        if isinstance(part, str):
            literals[-1] += part
        else:
            slots.append(part)
            literals.append("")
    if any(not literal for literal in literals[1:-1]):
        return None
    return tuple(literals), tuple(slots)
