"""What `history` costs before it says a word: the modules that an installed copy loads beyond SQLite."""

import subprocess
import sys
from pathlib import Path

import pytest

import autossl_doctor
from autossl_doctor.causes import texts
from autossl_doctor.explain import interface
from tests.lab.hosts import Account, Certificate, Host, Site, check
from tests.unit.remembered_host import NOW, Remembered, remembered

__all__ = ["remembered"]

LOADED = {
    "__future__",
    "_json",
    "autossl_doctor",
    "autossl_doctor.causes",
    "autossl_doctor.causes.texts",
    "autossl_doctor.entry",
    "autossl_doctor.entry.cli",
    "autossl_doctor.entry.history",
    "autossl_doctor.entry.plainly_typed",
    "autossl_doctor.entry.request",
    "autossl_doctor.explain",
    "autossl_doctor.explain.interface",
    "autossl_doctor.explain.values",
    "autossl_doctor.explain.words",
    "autossl_doctor.host",
    "autossl_doctor.host.identity",
    "autossl_doctor.host.zone",
    "autossl_doctor.model",
    "autossl_doctor.model.finding",
    "autossl_doctor.model.json_text",
    "autossl_doctor.model.names",
    "autossl_doctor.model.past",
    "autossl_doctor.model.plain",
    "autossl_doctor.model.plain_finding",
    "autossl_doctor.model.record",
    "autossl_doctor.present",
    "autossl_doctor.present.harmless",
    "autossl_doctor.present.history",
    "autossl_doctor.store",
    "autossl_doctor.store.layout",
    "autossl_doctor.store.memory",
    "autossl_doctor.store.memory.looking",
    "autossl_doctor.store.memory.recalling",
    "autossl_doctor.store.memory.schema",
}
"""Everything beyond SQLite and `python -m`. What is added here everybody who asks pays for (tests/bench/pages.py)."""

INSTALLED = """
import contextlib, runpy, sqlite3, sys
sys.path.insert(0, sys.argv.pop(1))
before = set(sys.modules)
from autossl_doctor.entry import cli, history
from autossl_doctor.explain import interface
from autossl_doctor.causes import texts
from autossl_doctor.host import zone
zone.LINK = "/nowhere"
history.STATE, interface._FOLDER, texts._HERE, *arguments = sys.argv[1:]
history.is_root = lambda: True
status = cli.main(["history", *arguments])
print("\\0", status, *sorted(set(sys.modules) - before))
"""


@pytest.mark.parametrize("more", [(), ("--lang", "ja")], ids=["english", "japanese"])
def test_installed_history_loads_nothing_dear(remembered: Remembered, tmp_path: Path, more: tuple[str, ...]) -> None:
    """With compiled words it needs no YAML, nothing that takes a command line apart, no regular expressions."""
    assert loaded(remembered, tmp_path, *more) == LOADED


def test_what_writes_json_is_loaded_for_json_only(remembered: Remembered, tmp_path: Path) -> None:
    """And nothing else of ours."""
    modules = loaded(remembered, tmp_path, "--format", "json")
    assert "json" in modules
    assert {name for name in modules if name.startswith("autossl_doctor")} <= LOADED


def loaded(remembered: Remembered, tmp_path: Path, *more: str) -> set[str]:
    """Ask an installed copy for a website in trouble, and give the modules that it loaded."""
    site = Site(
        "shop.example", Account("alice"), certificate=Certificate(days_left=-3), checks={"*": check.no_address()}
    )
    remembered.build(Host(now=NOW, sites=(site,)))
    remembered.refresh()
    interface.compile_to(tmp_path / "words")
    texts.compile_to(str(tmp_path / "causes"))
    places = [
        str(Path(autossl_doctor.__file__).parents[1]),
        str(remembered.place),
        str(tmp_path / "words"),
        str(tmp_path / "causes"),
    ]
    command = [sys.executable, "-I", "-c", INSTALLED, *places, "shop.example", *more]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    said, _, rest = done.stdout.partition("\0")
    status, *modules = rest.split()
    assert status == "1"
    assert "shop.example" in said
    return set(modules)
