"""Three hundred websites in one account: the page stays small, finds what is looked for, and shows trouble first."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.accessibility import grave_findings
from tests.browser.houses import Houses, present
from tests.browser.residents import crowd
from tests.browser.visitor import NARROW, visiting
from tests.browser.words import said

MANY, MOST_ELEMENTS = 300, 9000
pytestmark = pytest.mark.system("chromium", "mount and network namespaces")


def test_trouble_comes_first_and_the_page_is_bounded(browser: Browser, houses: Houses) -> None:
    """The websites in trouble have cards, the others a line each, and the whole page is of a bounded size."""
    panel = houses.open("many", crowd(present(), MANY))
    with visiting(browser, panel, "ichiba") as visitor:
        rows = visitor.root.locator("[data-site]")
        assert rows.count() == MANY
        assert rows.first.get_attribute("data-state") == "warning"
        assert visitor.root.locator("*").count() <= MOST_ELEMENTS
        visitor.picture("many-ja-1280")
        for found in ("shop007.example", "shop067.example"):
            card = visitor.card_of(f"{found}.ichiba-shop.example")
            expect(card).to_have_attribute("data-state", "warning")
            expect(card.locator(".asd-site").first).to_have_text(found)


def test_a_website_is_found_by_typing(browser: Browser, houses: Houses) -> None:
    """Only the websites that have the typed letters stay; a name that is not there is said to be so."""
    panel = houses.open("many", crowd(present(), MANY))
    with visiting(browser, panel, "ichiba", size=NARROW) as visitor:
        field = visitor.root.locator("input[type=search]")
        field.fill("shop12")
        expect(visitor.root.locator("[data-site]:visible")).to_have_count(10)
        visitor.picture("many-ja-360-filter", whole=True)
        field.fill("nowhere")
        expect(visitor.root.locator("[data-site]:visible")).to_have_count(0)
        expect(visitor.root.locator(".asd-filter-none")).to_have_text(said("ja", "filter_none"))
        field.fill("")
        expect(visitor.root.locator("[data-site]:visible")).to_have_count(MANY)
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]


@pytest.mark.system("axe-core")
def test_nothing_serious_is_found_among_many(browser: Browser, houses: Houses) -> None:
    """What axe-core says about the long page."""
    panel = houses.open("many", crowd(present(), MANY))
    with visiting(browser, panel, "ichiba") as visitor:
        assert grave_findings(visitor.page) == []
