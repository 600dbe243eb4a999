"""Records that are made by place have a value for each field: neither the class nor mypy looks at that."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import autossl_doctor

PACKAGE = Path(autossl_doctor.__file__).parent


def made_by_place() -> Iterator[tuple[str, str, int, bool]]:
    """Give module, class, number of values and whether they are plain, for each place where a record is made so."""
    for source in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(source.relative_to(PACKAGE.parent).with_suffix("").parts)
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "by_place":
                kind, values = node.args
                assert isinstance(kind, ast.Name)
                assert isinstance(values, ast.Tuple), f"{module}:{node.lineno} hands over no tuple of its own"
                plain = not any(isinstance(value, ast.Starred) for value in values.elts)
                yield module, kind.id, len(values.elts), plain


FOUND = list(made_by_place())


def test_there_are_such_places() -> None:
    """Were it renamed, the test below would look at nothing."""
    assert {"SiteEvidence", "LogFact", "Finding"} <= {kind for _, kind, _, _ in FOUND}


@pytest.mark.parametrize(("module", "kind", "values", "plain"), FOUND)
def test_every_field_has_its_value(module: str, kind: str, values: int, *, plain: bool) -> None:
    """One value too few would only show where somebody reads the last field."""
    assert plain
    assert values == len(getattr(importlib.import_module(module), kind)._fields)
