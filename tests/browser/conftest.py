"""The browser and the panels, each started once for all browser tests."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import chromium
from tests.browser.houses import Houses
from tests.browser.visitor import PATIENCE, Visitor, visiting
from tests.lab.panel.entered import StandingPanel

Visit = Callable[..., AbstractContextManager[Visitor]]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    expect.set_options(timeout=PATIENCE)
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    """The panels that the visitors have needed so far."""
    with ExitStack() as stack:
        yield Houses(tmp_path_factory.mktemp("houses"), stack)


@pytest.fixture
def visit(browser: Browser, houses: Houses) -> Visit:
    """What brings a resident to the page, for a `with` statement."""

    def of(account: str, *, panel: StandingPanel | None = None, **more: Any) -> AbstractContextManager[Visitor]:
        return visiting(browser, panel or houses.of(account), account, **more)

    return of
