"""On paper: what was folded is open, and nothing is there that cannot be pressed."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitor import PICTURES

pytestmark = pytest.mark.system("chromium", "mount and network namespaces")


@pytest.mark.parametrize("script", [True, False])
def test_paper_shows_everything_and_no_buttons(visit: Visit, script: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """Folded parts can be read, buttons and the message for support are gone, and a PDF can be made."""
    with visit("bare", script=script) as visitor:
        visitor.page.emulate_media(media="print")
        if script:
            visitor.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        expect(visitor.root.locator(".asd-button:visible")).to_have_count(0)
        for fold in visitor.card.locator(".asd-folds details").all():
            inside = fold.locator(":scope > :not(summary)").first
            box = inside.bounding_box()
            assert box is not None
            assert box["height"] > 0
        if script:
            visitor.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
            visitor.page.emulate_media(media="screen")
            expect(visitor.card.locator(".asd-folds details[open]")).to_have_count(0)
        PICTURES.mkdir(parents=True, exist_ok=True)
        paper = visitor.page.pdf(path=PICTURES / "paper.pdf", format="A4")
        assert paper.startswith(b"%PDF")
