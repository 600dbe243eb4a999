"""Debian's Chromium, as the browser tests start it."""

import contextlib
from collections.abc import Iterator
from importlib import util
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

EXECUTABLE = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""It visits one address on this machine and nothing else, and it may run as root."""


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser, ended together with the program that drives it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def axe_source() -> Path | None:
    """The file of axe-core that the package axe-playwright-python brings along; None: it is not installed."""
    package = util.find_spec("axe_playwright_python")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).with_name("axe.min.js")
