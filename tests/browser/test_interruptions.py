"""A lid that is closed, a network that fails, a session that ends: the page catches up or says so quietly."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.manners import QUICK, TO_BE_SEEN
from tests.browser.visitor import Visitor
from tests.browser.words import said
from tests.lab.panel.live_run import Manner

pytestmark = pytest.mark.system("chromium", "mount and network namespaces")
NEVER = Manner(pace=QUICK.pace, delay=QUICK.delay, never_start=True)
_HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def count_questions(visitor: Visitor) -> list[str]:
    """A list that grows with each question for the progress."""
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url) if "progress.live" in request.url else None)
    return asked


def has_ended(visitor: Visitor) -> bool:
    """Whether AutoSSL is done with the account."""
    waiting, running = visitor.panel.checks()
    return visitor.account not in waiting and visitor.account not in running


def test_a_closed_lid_is_made_up_for(visit: Visit) -> None:
    """While nobody looks nothing is asked; whoever looks again sees the end at once, without a reload."""
    with visit("hasu", manner=TO_BE_SEEN) as visitor:
        visitor.mark()
        visitor.button("retry").click()
        expect(visitor.step("check")).to_have_attribute("data-state", "current")
        visitor.page.evaluate(_HIDE, arg=True)
        asked = count_questions(visitor)
        while not has_ended(visitor):
            visitor.page.wait_for_timeout(500)
        # The question that was due when the lid was closed may still be asked.
        assert len(asked) <= 1
        visitor.page.evaluate(_HIDE, arg=False)
        visitor.wait_for_end()
        expect(visitor.banner).to_have_attribute("data-state", "ok")
        assert visitor.is_marked()


def test_a_lost_network_is_said_and_made_up_for(visit: Visit) -> None:
    """Without a network the page says that it keeps trying; with it, it goes on by itself."""
    with visit("ayame", manner=TO_BE_SEEN) as visitor:
        visitor.mark()
        visitor.button("retry").click()
        expect(visitor.step("queued")).to_be_visible()
        visitor.page.context.set_offline(True)
        expect(visitor.status).to_have_text(said("ja", "script_offline"))
        visitor.picture("interruptions-ja-offline")
        visitor.page.context.set_offline(False)
        visitor.wait_for_end()
        expect(visitor.banner).to_have_attribute("data-state", "ok")
        assert visitor.is_marked()


def test_a_click_without_a_network_is_not_lost_silently(visit: Visit) -> None:
    """A click that cannot be sent says so, and the button is a button again."""
    with visit("sakura") as visitor:
        button = visitor.root.locator('form:has([name="verb"][value="look"]) button')
        visitor.page.context.set_offline(True)
        button.click()
        expect(visitor.status).to_have_text(said("ja", "script_failed"))
        expect(button).to_have_text(said("ja", "button", "look"))
        expect(button).not_to_have_attribute("aria-busy", "true")


def test_an_ended_session_is_said_quietly(visit: Visit) -> None:
    """Whoever was logged out in the meantime is told so in words; the page stays and asks no more."""
    with visit("ume", manner=NEVER) as visitor:
        visitor.button("retry").click()
        expect(visitor.step("queued")).to_be_visible()
        visitor.panel.end_sessions()
        expect(visitor.status).to_have_text(said("en", "script_session"))
        visitor.picture("interruptions-en-session")
        asked = count_questions(visitor)
        visitor.page.wait_for_timeout(3000)
        assert asked == []
        expect(visitor.card).to_be_visible()
        visitor.panel.manner(never_start=False)
