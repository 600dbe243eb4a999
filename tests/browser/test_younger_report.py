"""A report can be asked for anew; an account is looked at every half minute at most, so this comes last."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitor import LONG_PATIENCE
from tests.browser.words import said

pytestmark = pytest.mark.system("chromium", "mount and network namespaces")


def test_a_new_look_brings_what_has_changed(visit: Visit) -> None:
    """After a run that nobody here asked for, a look brings the new report to the page."""
    with visit("ran") as visitor:
        visitor.panel.start_check("ran")
        assert visitor.banner.get_attribute("data-state") != "ok"
        look = visitor.root.locator('form:has([name="verb"][value="look"]) button')
        for _ in range(3):
            look.click()
            expect(visitor.told).to_have_text(said("en", "script_looked"), timeout=LONG_PATIENCE)
            if visitor.banner.get_attribute("data-state") == "ok":
                break
        expect(visitor.banner).to_have_attribute("data-state", "ok")
