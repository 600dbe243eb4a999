"""What the owner's page costs before it says a word: the modules it loads, and that an installed copy is compiled."""

import json
import subprocess
import sys
from pathlib import Path

from autossl_doctor.explain import interface
from autossl_doctor.present.owner import templates

DEAR = ("yaml", "msgspec", "cryptography", "rich", "dns", "importlib.resources", "pathlib", "cronsim")
"""Modules that a page has no use for; Jinja2 itself loads none of them."""

INSTALLED = """
import json, sys
import jinja2
before = set(sys.modules)
from autossl_doctor.explain import interface
from autossl_doctor.present.owner import templates
interface._FOLDER = sys.argv[1]
templates.COMPILED = sys.argv[2]
from autossl_doctor.present.owner.page import render
from autossl_doctor.present.owner.view import OwnerView
from datetime import UTC, datetime
now = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
view = OwnerView(
    "shop", "ja", "Asia/Tokyo", now, "", now, (), (), {}, {}, {}, {}, (), None, None, "started", None, None
)
loader = type(templates.environment().loader).__name__
print(json.dumps({"html": render(view), "loader": loader, "modules": sorted(set(sys.modules) - before)}))
"""


def installed(directory: Path) -> dict[str, list[str] | str]:
    """What an installed copy of the page answers, and which modules it loaded beyond Jinja2."""
    interface.compile_to(directory / "words")
    templates.compile_to(str(directory / "compiled"))
    command = [sys.executable, "-I", "-c", INSTALLED, str(directory / "words"), str(directory / "compiled")]
    answer: dict[str, list[str] | str] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return answer


def test_an_installed_page_loads_nothing_dear(tmp_path: Path) -> None:
    """With compiled words and templates the page needs no YAML, and none of what the collectors need."""
    answer = installed(tmp_path)
    assert set(answer["modules"]).isdisjoint(DEAR)
    assert answer["loader"] == "ModuleLoader"


def test_the_compiled_page_says_the_same(tmp_path: Path) -> None:
    """The compiled words and templates are those of the sources."""
    html = installed(tmp_path)["html"]
    assert isinstance(html, str)
    assert interface.Interface("ja", "owner_page").say("no_sites") in html
    assert interface.Interface("ja", "owner_page").say("notice", "started") in html
    compiled = json.loads((tmp_path / "words/terminal.en.json").read_text("utf-8"))
    assert compiled["heading"] == "AutoSSL Doctor, as of {at}"
