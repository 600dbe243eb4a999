"""The conventions of a panel plugin: the page about them, and points that are proved by what is not there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tools.conventions.marks import proofs
from tools.conventions.page import groups, page

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
SOURCES = [
    path
    for top in (ROOT / "plugin", ROOT / "install.sh", ROOT / "uninstall.sh")
    for path in ([top] if top.is_file() else sorted(top.rglob("*")))
    if path.is_file() and path.suffix not in (".pyc", ".png", ".svg") and ".egg-info" not in str(path)
]
MUST_BE_PROVED = {*range(1, 26), *range(31, 42), 44, *range(47, 55)}


def test_the_page_is_current() -> None:
    """`make conventions` writes it."""
    assert (ROOT / "docs" / "conventions.md").read_text("utf-8") == page(TESTS)


def test_every_point_is_proved_or_says_why_not() -> None:
    """There are fifty-six, and a mark names one of them."""
    counted = Counter(number for group in groups() for number in group.points)
    assert counted == Counter(range(1, 57))
    proved = {proof.point for proof in proofs(TESTS)}
    assert proved <= set(counted)
    assert proved >= MUST_BE_PROVED
    assert proved | {number for group in groups() for number in group.because} == set(counted)


def sources_with(pattern: str) -> list[str]:
    """The files of the product that hold something."""
    sought = re.compile(pattern, re.IGNORECASE)
    return [str(path.relative_to(ROOT)) for path in SOURCES if sought.search(path.read_text("utf-8", "replace"))]


def test_what_is_sought_would_be_found() -> None:
    """The tests below look into something: page, style, script, shell, units and modules."""
    assert len(SOURCES) > 300
    assert {".py", ".sh", ".js", ".css", ".service", ".cgi", ".yaml"} <= {path.suffix for path in SOURCES}
    assert "install.sh" in sources_with("autossl-doctor")


@pytest.mark.point(30)
@pytest.mark.parametrize("pattern", [r"<i?frame\b", r"window\s*\.\s*open", r"target=.?_blank"])
def test_no_page_opens_another_site(pattern: str) -> None:
    """Nowhere is there a frame or a window with somebody else's page in it."""
    assert sources_with(pattern) == []


@pytest.mark.point(37)
@pytest.mark.parametrize("pattern", [r"api_token", r"create_full_access", r"\.accesstoken", r"Authorization:"])
def test_no_api_token_is_made_or_used(pattern: str) -> None:
    """What does not exist cannot leak: root asks the panel's own commands, accounts ask as themselves."""
    assert sources_with(pattern) == []


@pytest.mark.point(42)
def test_only_the_prober_reaches_the_network() -> None:
    """No module but the prober's opens a connection to another machine, and what is stored is written down."""
    reaching = sources_with(r"(?m)^\s*(?:import|from) (?:socket|ssl|http|urllib\.request|dns|httpx|requests)\b")
    allowed = ("plugin/autossl_doctor/probe/", "plugin/autossl_doctor/host/")
    assert [name for name in reaching if not name.startswith(allowed)] == []
    assert "\n## Privacy\n" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.point(54)
def test_the_readme_says_what_is_supported_and_how_to_report_weaknesses() -> None:
    """And the changelog marks what concerns security, if there is something."""
    readme = (ROOT / "README.md").read_text("utf-8")
    assert {"Supported versions", "What it does not do", "Security"} <= set(
        re.findall(r"^##+ (.+)$", readme, re.MULTILINE)
    )
    assert (ROOT / "CHANGELOG.md").read_text("utf-8").startswith("# ")
