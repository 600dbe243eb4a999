"""The rules of causes stay in their room: import-linter reads packages only, and a cause's folder is none."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "plugin/autossl_doctor"
RULES = sorted(PACKAGE.glob("causes/*/rule.py"))
MACHINE = {"os", "socket", "sqlite3", "subprocess", "time"}
BELOW = ("autossl_doctor.causes", "autossl_doctor.host", "autossl_doctor.model")


def imports_of(tree: ast.AST) -> Iterator[str]:
    """The full names of the modules that a piece of code imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a rule names what it imports in full"
            assert node.module
            yield node.module


def strangers_in(code: str) -> list[str]:
    """The imports that a rule may not have: the machine, and rooms that are not below it."""
    found = []
    for name in imports_of(ast.parse(code)):
        own = name.partition(".")[0] == "autossl_doctor"
        if name.partition(".")[0] in MACHINE or (own and not name.startswith(BELOW)):
            found.append(name)
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.parent.name)
def test_a_rule_touches_neither_the_machine_nor_other_rooms(rule: Path) -> None:
    """A rule thinks about evidence; it reads no files and asks no clock."""
    assert strangers_in(rule.read_text(encoding="utf-8")) == []


def test_a_stranger_is_noticed() -> None:
    """The check above sees both kinds of forbidden import."""
    code = "import os.path\nfrom time import sleep\nfrom autossl_doctor.collect import queue\nimport re\n"
    assert strangers_in(code) == ["os.path", "time", "autossl_doctor.collect"]
