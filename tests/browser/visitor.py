"""A person in front of the owner's page: logs in, reads, presses buttons."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Request

from tests.browser.manners import QUICK
from tests.browser.residents import site_of
from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.live_run import Manner

TOKYO = "Asia/Tokyo"
WIDE, NARROW = (1280, 900), (360, 740)
PATIENCE, LONG_PATIENCE = 20_000, 90_000
"""How long (ms) a state, and the end of a check, is waited for: nothing here is a stopwatch."""
PICTURES = Path(__file__).parents[2] / "build/screenshots"

_WATCH = """
window.seenSteps = [];
new MutationObserver(() => {
  const now = document.querySelector(".asd-follow[data-live] li[aria-current]");
  if (now && window.seenSteps.at(-1) !== now.dataset.step) window.seenSteps.push(now.dataset.step);
}).observe(document, { subtree: true, childList: true, attributes: true });
"""


@dataclass(frozen=True)
class Visitor:
    """One visitor with one page; `site` is the website that it is about."""

    panel: StandingPanel
    account: str
    page: Page
    troubles: list[str]
    """What the browser complained about: errors of scripts, and requests to elsewhere."""

    @property
    def site(self) -> str:
        """The visitor's website."""
        return site_of(self.account)

    @property
    def width(self) -> int:
        """The width of the visitor's screen."""
        size = self.page.viewport_size
        assert size is not None
        return size["width"]

    @property
    def root(self) -> Locator:
        """The page's own block between the panel's header and footer."""
        return self.page.locator("#autossl-doctor")

    @property
    def banner(self) -> Locator:
        """The first sentence."""
        return self.root.locator(".asd-banner")

    @property
    def card(self) -> Locator:
        """The card of the website."""
        return self.card_of(self.site)

    @property
    def status(self) -> Locator:
        """What a screen reader is told."""
        return self.root.locator(".asd-live")

    @property
    def result(self) -> Locator:
        """The sentence about a check that has ended."""
        return self.root.locator(".asd-result")

    @property
    def told(self) -> Locator:
        """What the page's script says where the visitor is."""
        return self.root.locator(".asd-told")

    @property
    def track(self) -> Locator:
        """The track of a check that runs."""
        return self.root.locator(".asd-follow[data-live]")

    def is_seen(self, element: Locator) -> bool:
        """Whether the whole element is on the screen."""
        box, screen = element.bounding_box(), self.page.viewport_size
        assert box is not None
        assert screen is not None
        return box["y"] >= 0 and box["y"] + box["height"] <= screen["height"]

    def card_of(self, site: str) -> Locator:
        """The card or line of a website."""
        return self.root.locator(f'[data-site="{site}"]')

    def button(self, verb: str, anyway: str = "") -> Locator:
        """The button of a form that asks for something."""
        more = ':has([name="anyway"])' if anyway else ""
        form = f'form:has([name="verb"][value="{verb}"]):has([name="site"][value="{self.site}"]){more}'
        return self.root.locator(f":is(.asd-banner, .asd-card) {form} button").first

    def step(self, name: str) -> Locator:
        """One step of the track."""
        return self.root.locator(f'.asd-track li[data-step="{name}"]')

    def seen_steps(self) -> list[str]:
        """The steps at which the track has stood since the page was loaded, in order."""
        seen: list[str] = self.page.evaluate("window.seenSteps")
        return seen

    def mark(self) -> None:
        """Leave a mark that goes when the page is loaded anew."""
        self.page.evaluate("window.notReloaded = true")

    def is_marked(self) -> bool:
        """Whether the page is still the one that was marked."""
        return bool(self.page.evaluate("window.notReloaded === true"))

    def log_in(self, **query: str) -> None:
        """Log in and open the page."""
        form: dict[str, str | float | bool] = {"user": self.account, "pass": self.panel.passwords[self.account]}
        answer = self.page.context.request.post(f"{self.panel.url}login/", form=form)
        more = "&".join(f"{name}={value}" for name, value in query.items())
        self.page.goto(f"{answer.url}?{more}" if more else answer.url)
        answer.dispose()

    def wait_for_end(self) -> None:
        """Wait until the check that was asked for has ended."""
        self.result.wait_for(timeout=LONG_PATIENCE)

    def picture(self, name: str, *, whole: bool = False) -> None:
        """Keep what is seen now as a picture, to be looked at by people."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=whole, animations="disabled")

    def starts(self) -> int:
        """How many calls of this account have asked AutoSSL to start."""
        names = ("SSL::start_autossl_check", "SSL::set_default_key_type")
        return sum(call.user == self.account and call.name in names for _, call, _ in self.panel.answers())


@contextmanager
def visiting(
    browser: Browser,
    panel: StandingPanel,
    account: str,
    *,
    size: tuple[int, int] = WIDE,
    zone: str = TOKYO,
    script: bool = True,
    manner: Manner = QUICK,
    **more: Any,
) -> Iterator[Visitor]:
    """Bring a visitor to the page; at the end nothing may have gone wrong in the browser."""
    panel.manner(**asdict(manner))
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, timezone_id=zone, java_script_enabled=script, **more
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(_WATCH)
    page = context.new_page()
    visitor = Visitor(panel, account, page, [])
    page.on("pageerror", lambda error: visitor.troubles.append(str(error)))
    page.on("request", lambda request: _note_stranger(visitor, request))
    try:
        visitor.log_in()
        yield visitor
        assert not visitor.troubles
    finally:
        context.close()


def _note_stranger(visitor: Visitor, request: Request) -> None:
    if not request.url.startswith((visitor.panel.url, "data:")):
        visitor.troubles.append(f"asked {request.url}")
