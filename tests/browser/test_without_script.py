"""Without JavaScript: the page reads complete, and its forms work from the first to the last step."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit
from tests.browser.houses import Houses
from tests.browser.visitor import Visitor, visiting
from tests.browser.words import parts, said

pytestmark = pytest.mark.system("chromium", "mount and network namespaces")


def reload_until_the_end(visitor: Visitor) -> None:
    """Do what the page says: load it again until the check has ended."""
    for _ in range(60):
        visitor.page.wait_for_timeout(500)
        visitor.page.goto(visitor.page.url.partition("?")[0])
        if visitor.result.count():
            return
    raise AssertionError("the check does not end")


@pytest.mark.point(18)
def test_a_form_works_from_the_click_to_the_end(visit: Visit) -> None:
    """The button posts a form, a redirect leads to a message and the track, and reloading shows the end."""
    with visit("mori", script=False) as visitor:
        visitor.button("include").click()
        expect(visitor.root.locator(".asd-message-top")).to_have_text(said("en", "notice", "included"))
        assert "notice=included" in visitor.page.url
        expect(visitor.step("queued")).to_be_visible()
        expect(visitor.track).to_contain_text(said("en", "track_reload"))
        visitor.picture("without-script-en-queued", whole=True)
        visitor.page.reload()
        assert visitor.starts() == 1
        reload_until_the_end(visitor)
        expect(visitor.track).to_have_count(0)


def test_a_second_try_can_be_insisted_on(visit: Visit) -> None:
    """The warning that nothing has changed comes as a message, and the button of that website insists."""
    with visit("tsuki", script=False) as visitor:
        visitor.button("retry").click()
        reload_until_the_end(visitor)
        visitor.button("retry").click()
        expect(visitor.root.locator(".asd-message-top")).to_have_text(said("en", "notice", "nothing_changed"))
        insisting = visitor.button("retry", anyway="yes")
        expect(insisting).to_have_text(said("en", "button_anyway"))
        insisting.click()
        expect(visitor.root.locator(".asd-message-top")).to_have_text(said("en", "notice", "started"))
        assert visitor.starts() == 2


def test_leaving_out_asks_its_question_without_a_script(visit: Visit) -> None:
    """The second question opens and posts by itself; nothing that only a script could do is shown."""
    with visit("susuki", script=False) as visitor:
        expect(visitor.root.locator(".asd-with-script:visible")).to_have_count(0)
        question = visitor.card.locator(".asd-main details.asd-question")
        question.locator("summary").click()
        question.locator("button").click()
        expect(visitor.root.locator(".asd-message-top")).to_have_text(said("en", "notice", "excluded"))
        assert visitor.starts() == 1


def test_dates_name_the_zone_of_the_server(browser: Browser, houses: Houses) -> None:
    """Dates stand in the server's zone, which is named, and the certificate's in UTC as well."""
    panel = houses.of("sakura")
    with visiting(browser, panel, "sakura", script=False, zone="America/New_York") as visitor:
        expect(visitor.root.locator(".asd-zone")).to_contain_text("Asia/Tokyo")
        for part in parts("ja", "zone"):
            expect(visitor.root.locator(".asd-zone")).to_contain_text(part)
        expect(visitor.card.locator("time").first).to_contain_text("(JST)")
        expect(visitor.card.locator(".asd-utc").first).to_contain_text("UTC")
