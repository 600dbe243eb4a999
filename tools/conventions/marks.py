"""Finds the tests that say which points they prove: `@pytest.mark.point(16)`, on a test or for a whole file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_Test = ast.FunctionDef | ast.AsyncFunctionDef


class Proof(NamedTuple):
    """A test that proves a point: its file below the tests, its name ("" for all of the file), its first sentence."""

    point: int
    file: str
    test: str
    says: str


def proofs(tests: Path) -> list[Proof]:
    """Read all tests without running one, in the order of points, files and lines."""
    found: list[Proof] = []
    for source in sorted(tests.rglob("test_*.py")):
        tree = ast.parse(source.read_text("utf-8"))
        name = source.relative_to(tests).as_posix()
        for node in tree.body:
            if isinstance(node, _Test):
                found += [Proof(point, name, node.name, _says(node)) for point in sorted(set(_points(node)))]
            elif isinstance(node, ast.Assign) and any(ast.unparse(target) == "pytestmark" for target in node.targets):
                found += [Proof(point, name, "", _says(tree)) for point in _numbers(node.value)]
    return sorted(found, key=lambda proof: proof.point)


def _points(test: _Test) -> Iterator[int]:
    for decorator in test.decorator_list:
        yield from _numbers(decorator)


def _numbers(marks: ast.AST) -> Iterator[int]:
    for node in ast.walk(marks):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "point":
            values = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            yield from (value for value in values if isinstance(value, int))


def _says(node: _Test | ast.Module) -> str:
    return " ".join((ast.get_docstring(node) or "").partition("\n\n")[0].split())
