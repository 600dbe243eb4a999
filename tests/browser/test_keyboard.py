"""Without a mouse: everything can be reached, is seen to be reached, and answers to the keys."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.system("chromium", "mount and network namespaces")
_HERE = """() => {
  const root = document.getElementById("autossl-doctor");
  const here = document.activeElement;
  if (!root.contains(here)) return null;
  const all = Array.from(root.querySelectorAll("*"));
  const style = getComputedStyle(here);
  const box = here.getBoundingClientRect();
  return {
    place: all.indexOf(here), tag: here.tagName, text: here.textContent.trim(),
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    width: box.width, height: box.height,
  };
}"""
MANY = 80


def walk(visitor: Visitor) -> list[dict[str, Any]]:
    """Press Tab from the beginning of the page to its end; what had the focus inside the page's block, in order."""
    visitor.page.evaluate("document.activeElement.blur()")
    met: list[dict[str, Any]] = []
    for _ in range(MANY):
        visitor.page.keyboard.press("Tab")
        here = visitor.page.evaluate(_HERE)
        if here is None:
            if met:
                return met
            continue
        met.append(here)
    raise AssertionError("the focus does not leave the page")


def tab_to(visitor: Visitor, selector: str) -> None:
    """Press Tab until the first such element of the page has the focus."""
    wanted = visitor.root.locator(selector).first
    for _ in range(MANY):
        visitor.page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {selector}")


@pytest.mark.point(18)
def test_tab_goes_through_the_page_in_its_order(visit: Visit) -> None:
    """Every control is met once, from above to below, and the focus is seen on each."""
    with visit("kawa") as visitor:
        met = walk(visitor)
        places = [here["place"] for here in met]
        assert places == sorted(places)
        assert len(places) == len(set(places))
        controls = visitor.root.locator("button:visible, summary:visible, a:visible, input:visible, textarea:visible")
        assert len(met) == controls.count()
        for here in met:
            assert here["outline"], here
            assert min(here["width"], here["height"]) >= 24, here


def test_details_open_with_enter_and_with_space(visit: Visit) -> None:
    """What is folded opens and closes with the keys."""
    with visit("kawa") as visitor:
        fold = visitor.card.locator('details[data-fold^="why"]')
        for key in ("Enter", "Space"):
            tab_to(visitor, 'details[data-fold^="why"] > summary')
            visitor.page.keyboard.press(key)
            expect(fold).to_have_attribute("open", "")
            visitor.page.keyboard.press(key)
            expect(fold).not_to_have_attribute("open", "")
            visitor.page.evaluate("document.activeElement.blur()")


def test_the_second_question_is_asked_and_answered_with_keys(visit: Visit) -> None:
    """The question opens with Enter, and the next stop is its answer; Escape takes it back without a click."""
    with visit("kawa") as visitor:
        question = visitor.card.locator(".asd-main details.asd-question")
        tab_to(visitor, ".asd-main details.asd-question > summary")
        visitor.page.keyboard.press("Enter")
        expect(question.locator("button")).to_be_visible()
        visitor.page.keyboard.press("Tab")
        expect(question.locator("button")).to_be_focused()
        visitor.page.keyboard.press("Escape")
        expect(question.locator("button")).to_be_hidden()
        expect(question.locator("summary")).to_be_focused()
        assert visitor.starts() == 0


def test_a_check_is_asked_for_with_a_key_and_the_focus_stays(visit: Visit) -> None:
    """After the click the focus is at the track, and after the end at the result: not at the page's top."""
    with visit("kawa") as visitor:
        visitor.panel.change(visitor.site, checks={})
        tab_to(visitor, 'form:has([name="verb"][value="retry"]) button')
        visitor.page.keyboard.press("Space")
        expect(visitor.step("queued")).to_be_visible()
        expect(visitor.track).to_be_focused()
        visitor.wait_for_end()
        expect(visitor.result).to_be_focused()
        assert visitor.starts() == 1
