"""The message for support: in both languages, and nothing in it that is somebody else's business."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.residents import RESIDENTS
from tests.browser.words import said

pytestmark = pytest.mark.system("chromium", "mount and network namespaces")
_JAPANESE = re.compile(r"[぀-ヿ]")
_TOKEN = re.compile(r"cpsess|[0-9a-f]{40,}", re.IGNORECASE)


@pytest.mark.parametrize(("account", "language"), [("bare", "en"), ("wakaba", "ja")])
def test_what_is_copied_can_be_sent(visit: Visit, account: str, language: str) -> None:
    """One click copies the message; it tells what is the matter twice, and holds no token and no other account."""
    with visit(account, permissions=["clipboard-read", "clipboard-write"]) as visitor:
        button = visitor.card.locator("[data-copy]")
        button.click()
        expect(button).to_have_text(said(language, "support_copied"))
        expect(visitor.status).to_have_text(said(language, "support_copied"))
        copied = visitor.page.evaluate("navigator.clipboard.readText()")
        assert visitor.site in copied
        assert said("en", "visitors", "safe") in copied
        assert said("ja", "visitors", "safe") in copied
        assert _JAPANESE.search(copied)
        assert not _TOKEN.search(copied)
        others = [name for name in RESIDENTS if name != account]
        assert not [name for name in others if re.search(rf"\b{name}\b", copied)]
        expect(button).to_have_text(said(language, "support"))


def test_where_copying_is_not_allowed_the_text_is_shown(visit: Visit) -> None:
    """The message opens, is selected, and the page says what to do."""
    with visit("bare") as visitor:
        visitor.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
        visitor.card.locator("[data-copy]").click()
        expect(visitor.status).to_have_text(said("en", "support_failed"))
        box = visitor.card.locator("textarea")
        expect(box).to_be_visible()
        expect(box).to_be_focused()
        assert box.evaluate("box => box.selectionEnd - box.selectionStart === box.value.length")
