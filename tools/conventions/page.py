"""The page about the conventions, from the points and the tests that name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from tools.conventions.marks import Proof, proofs

POINTS = Path(__file__).with_name("points.yaml")
_BEGINNING = """# How AutoSSL Doctor keeps the conventions of a panel plugin

Fifty-six points make a server-side plugin of cPanel & WHM one that administrators can trust. Behind each stand the
tests that prove it, on [the stand-in](stand-in.md); a real cPanel server was not at hand. This page is made by
`make conventions` from `tools/conventions/points.yaml` and from the marks of the tests, and a test compares it.
"""


class Group(NamedTuple):
    """A part of the conventions: its heading, its points by number, and why some are not proved."""

    title: str
    points: Mapping[int, str]
    because: Mapping[int, str]


def groups() -> list[Group]:
    """Read the points."""
    rows = yaml.safe_load(POINTS.read_text("utf-8"))
    return [Group(row["title"], row["points"], row.get("because", {})) for row in rows]


def page(tests: Path) -> str:
    """Give the whole page as Markdown."""
    by_point: dict[int, list[Proof]] = {}
    for proof in proofs(tests):
        by_point.setdefault(proof.point, []).append(proof)
    reasons = {number: why for group in groups() for number, why in group.because.items()}
    lines = [_BEGINNING]
    for group in groups():
        lines.append(f"## {group.title}\n")
        for number, says in group.points.items():
            lines += [f"{number}. **{says}**", *_proved(by_point.get(number, []), reasons.get(number, "")), ""]
    return "\n".join(lines)


def _proved(found: list[Proof], why: str) -> Iterator[str]:
    """Give the tests of one point; of a whole file only what it is about."""
    for proof in found:
        place = f"[{proof.file}](../tests/{proof.file})"
        yield f"    - {place}: {proof.says} (`{proof.test}`)" if proof.test else f"    - {place}: {proof.says}"
    if why:
        yield f"    - Not proved by a test: {why}"
