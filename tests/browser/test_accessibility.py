"""Everybody can read the page: axe-core finds nothing serious in any state, colour scheme, direction or width."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import grave_findings
from tests.browser.conftest import Visit
from tests.browser.houses import Houses
from tests.browser.manners import QUICK
from tests.browser.visitor import NARROW, WIDE, Visitor
from tests.lab.panel.live_run import Manner

pytestmark = pytest.mark.system("chromium", "axe-core", "mount and network namespaces")
NEVER = Manner(pace=QUICK.pace, delay=QUICK.delay, never_start=True)
LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "narrow": {"size": NARROW},
    "narrow and dark": {"size": NARROW, "color_scheme": "dark"},
    "contrast": {"forced_colors": "active"},
}
OTHERS = ("sakura", "iris", "tsuki")
"""A page where all is fine, one with a question, and one in a panel that runs right to left; the first has trouble."""


def unfold(visitor: Visitor) -> None:
    """Open everything that is folded."""
    visitor.root.locator("details").evaluate_all("folds => folds.forEach(fold => { fold.open = true })")


@pytest.mark.point(18)
@pytest.mark.parametrize(
    ("account", "look"),
    [("bare", look) for look in LOOKS] + [(name, look) for name in OTHERS for look in ("light", "narrow and dark")],
)
def test_nothing_serious_is_found(visit: Visit, account: str, look: str) -> None:
    """Each state in the looks in which it may be met; first folded, then unfolded."""
    with visit(account, **LOOKS[look]) as visitor:
        visitor.picture(f"look-{account}-{look.replace(' ', '-')}", whole=True)
        assert grave_findings(visitor.page) == []
        unfold(visitor)
        assert grave_findings(visitor.page) == []


@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_serious_is_found_without_a_report(houses: Houses, visit: Visit, look: str) -> None:
    """An account about which there is no report yet."""
    panel = houses.of("nashi")
    panel.run(["rm", f"/var/lib/autossl-doctor/reports/{panel.numbers['nashi']}/report.json"])
    with visit("nashi", **LOOKS[look]) as visitor:
        expect(visitor.banner).to_have_attribute("data-state", "unknown")
        visitor.picture(f"look-no-report-{look}", whole=True)
        unfold(visitor)
        assert grave_findings(visitor.page) == []


def test_nothing_serious_is_found_after_a_click(visit: Visit) -> None:
    """The track at work, the message of the click, and the buttons that wait."""
    with visit("nadeshiko", manner=NEVER) as visitor:
        visitor.button("retry").click()
        expect(visitor.step("queued")).to_be_visible()
        unfold(visitor)
        assert grave_findings(visitor.page) == []
        visitor.panel.manner(never_start=False)


@pytest.mark.point(18)
def test_the_page_keeps_its_direction_in_a_panel_from_right_to_left(visit: Visit) -> None:
    """Our English block stays left to right inside an Arabic panel, and nothing sticks out."""
    with visit("tsuki") as visitor:
        assert visitor.page.evaluate("document.documentElement.dir") == "rtl"
        assert visitor.root.evaluate("root => getComputedStyle(root).direction") == "ltr"
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= WIDE[0]
