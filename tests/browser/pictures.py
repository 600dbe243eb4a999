"""Makes the pictures of the owner's page for the README anew: python -m tests.browser.pictures [directory]."""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.chromium import chromium
from tests.browser.houses import Houses
from tests.browser.manners import TO_BE_SEEN
from tests.browser.visitor import NARROW, PATIENCE, Visitor, visiting

IMAGES = Path(__file__).parents[2] / "docs/images"
SIZE = (1120, 760)


def main(directory: Path) -> None:
    """The story in three pictures: expired, under way, and renewed on a telephone in Japanese."""
    expect.set_options(timeout=PATIENCE)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack, chromium() as browser:
        houses = Houses(Path(folder), stack)
        with visiting(browser, houses.of("botan"), "botan", size=SIZE, manner=TO_BE_SEEN) as visitor:
            _keep(visitor, directory / "owner-expired.png")
            visitor.button("retry").click()
            expect(visitor.step("domain_test")).to_have_attribute("data-state", "current")
            visitor.page.evaluate("scrollTo(0, 0)")
            _keep(visitor, directory / "owner-under-way.png")
        with visiting(browser, houses.of("kikyo"), "kikyo", size=NARROW) as visitor:
            visitor.button("retry").click()
            visitor.wait_for_end()
            visitor.page.evaluate("scrollTo(0, 0)")
            _keep(visitor, directory / "owner-renewed-ja.png")


def _keep(visitor: Visitor, file: Path) -> None:
    visitor.page.screenshot(path=file, animations="disabled", caret="hide", scale="css")
    print(f"{file}: {file.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
