"""What axe-core finds in a page: the rules of WCAG 2.2 AA that a machine can judge."""

from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.browser.chromium import axe_source

_GRAVE = ("serious", "critical")
_RUN = """() => axe.run("#autossl-doctor", {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
})"""


@cache
def _source() -> str:
    file = axe_source()
    assert file is not None
    return file.read_text(encoding="utf-8")


def grave_findings(page: Page) -> list[str]:
    """The serious and critical findings inside the page's own block, each with the element that it is about."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_source())
    found: dict[str, Any] = page.evaluate(_RUN)
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in _GRAVE
        for node in violation["nodes"]
    ]
