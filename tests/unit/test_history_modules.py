"""What `history` costs before it says a word: the modules that an installed copy loads beyond SQLite."""

import json
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

DEAR = (
    "yaml",
    "msgspec",
    "cryptography",
    "rich",
    "dns",
    "jinja2",
    "markupsafe",
    "publicsuffixlist",
    "importlib.resources",
    "pathlib",
    "dataclasses",
    "inspect",
    "shutil",
    "subprocess",
)
"""Modules that a time line has no use for."""

INSTALLED = """
import io, json, sys
sys.path.insert(0, sys.argv.pop(1))
import sqlite3
before = set(sys.modules)
from autossl_doctor.entry import cli, history
from autossl_doctor.explain import interface
from autossl_doctor.causes import texts
history.STATE, interface._FOLDER, texts._HERE, *arguments = sys.argv[1:]
history.is_root = lambda: True
answer, sys.stdout = sys.stdout, io.StringIO()
status = cli.main(["history", *arguments])
said, sys.stdout = sys.stdout.getvalue(), answer
print(json.dumps({"said": said, "status": status, "modules": sorted(set(sys.modules) - before)}))
"""


@pytest.mark.parametrize("more", [(), ("--format", "json"), ("--lang", "ja")], ids=["text", "json", "japanese"])
def test_installed_history_loads_nothing_dear(remembered: Remembered, tmp_path: Path, more: tuple[str, ...]) -> None:
    """With compiled words it needs no YAML, none of what the collectors need, and nothing of the pages."""
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
    answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert answer["status"] == 1
    assert "shop.example" in answer["said"]
    assert set(answer["modules"]).isdisjoint(DEAR)
    assert not [name for name in answer["modules"] if name.startswith("autossl_doctor.collect")]
