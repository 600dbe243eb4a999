"""Makes the pictures of the owner's page for the README anew: python -m tests.browser.pictures [directory]."""

import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.chromium import chromium
from tests.browser.houses import Houses, present
from tests.browser.manners import TO_BE_SEEN
from tests.browser.residents import led_elsewhere, residents
from tests.browser.small_picture import make_smaller
from tests.browser.visitor import NARROW, PATIENCE, Visitor, visiting
from tests.lab.hosts import Account, Host

IMAGES = Path(__file__).parents[2] / "docs/images"
SIZE = (1100, 920)
JAPANESE, ENGLISH = "nishi", "fuji"


def main(directory: Path) -> None:
    """The story in three pictures: in trouble, under way, and renewed on a telephone in English."""
    expect.set_options(timeout=PATIENCE)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack, chromium() as browser:
        houses = Houses(Path(folder), stack)
        panel = houses.open(JAPANESE, mended(), only=JAPANESE)
        with visiting(browser, panel, JAPANESE, size=SIZE, manner=TO_BE_SEEN) as visitor:
            _keep(visitor, directory / "owner-ja.png")
            visitor.button("retry").click()
            expect(visitor.step("domain_test")).to_have_attribute("data-state", "current")
            _keep(visitor, directory / "owner-under-way-ja.png")
        with visiting(browser, houses.of(ENGLISH), ENGLISH, size=NARROW, manner=TO_BE_SEEN) as visitor:
            visitor.button("retry").click()
            visitor.wait_for_end()
            _keep(visitor, directory / "owner-phone-en.png")


def mended() -> Host:
    """A host with one account, whose domain led to another server until a few minutes ago."""
    now = present()
    site = led_elsewhere(f"{JAPANESE}-shop.example", Account(JAPANESE, locale="ja"), now - timedelta(minutes=4))
    return replace(residents(now), sites=(site,), extra_runs=())


def _keep(visitor: Visitor, file: Path) -> None:
    visitor.page.screenshot(path=file, animations="disabled", caret="hide", scale="css")
    make_smaller(file)
    print(f"{file}: {file.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
