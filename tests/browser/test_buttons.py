"""Each button of the page: what it does, what it says, and when it is not there."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.houses import Houses, present
from tests.browser.residents import residents
from tests.browser.visitor import LONG_PATIENCE, Visitor
from tests.browser.words import said
from tests.lab.panel.namespace import is_root

pytestmark = pytest.mark.system("chromium", "mount and network namespaces")
CLICKS = 20


@pytest.mark.parametrize(("account", "language"), [("kumo", "en"), ("hoshi", "ja")])
def test_a_second_try_without_a_change_is_warned_about(visit: Visit, account: str, language: str) -> None:
    """The same reason comes back; the next click says that nothing has changed, and may still insist."""
    with visit(account) as visitor:
        title = visitor.card.locator(".asd-title").inner_text()
        visitor.button("retry").click()
        visitor.wait_for_end()
        expect(visitor.result).to_contain_text(said(language, "ended_else"))
        expect(visitor.card.locator(".asd-title")).to_have_text(title)
        expect(visitor.step("domain_test")).to_have_attribute("data-state", "failed")
        visitor.picture(f"buttons-{language}-same-reason", whole=True)

        visitor.button("retry").click()
        expect(visitor.status).to_have_text(said(language, "notice", "nothing_changed"))
        expect(visitor.told).to_have_text(said(language, "notice", "nothing_changed"))
        assert visitor.is_seen(visitor.told)
        insisting = visitor.button("retry", anyway="yes")
        expect(insisting).to_have_text(said(language, "button_anyway"))
        visitor.picture(f"buttons-{language}-nothing-changed", whole=True)
        assert visitor.starts() == 1

        insisting.click()
        expect(visitor.step("queued")).to_have_attribute("data-state", "waiting")
        assert visitor.starts() == 2
        expect(visitor.step("queued")).to_have_count(0)


def test_saving_the_key_type_again_renews(visit: Visit) -> None:
    """The account's own choice is saved once more, a check starts by that, and the new key is of that type."""
    with visit("hikari") as visitor:
        visitor.panel.change(visitor.site, checks={})
        visitor.card.locator(".asd-others summary").click()
        visitor.button("save_key_type").click()
        expect(visitor.step("queued")).to_be_visible()
        visitor.wait_for_end()
        (made,) = [call for call in visitor.panel.calls() if call.name == "SSL::set_default_key_type"]
        assert made.args == {"type": "ecdsa-prime256v1"}
        assert visitor.starts() == 1
        expect(visitor.card.locator(".asd-certificate")).to_contain_text("ecdsa-prime256v1")


def test_leaving_an_address_out_and_including_it_again(visit: Visit) -> None:
    """A second question lists exactly what loses its protection; the rest is renewed; one click takes it back."""
    with visit("yamato") as visitor:
        name = f"webdisk.{visitor.site}"
        question = visitor.card.locator(".asd-main details.asd-question")
        yes = question.locator("button")
        expect(yes).to_be_hidden()
        question.locator("summary").click()
        expect(yes).to_be_visible()
        assert question.locator(".asd-losing li").all_inner_texts() == [name]
        visitor.picture("buttons-en-exclude", whole=True)
        assert visitor.starts() == 0

        yes.click()
        expect(visitor.status).to_contain_text(said("en", "notice", "excluded"))
        visitor.wait_for_end()
        # All is well, and the address that was left out is named.
        expect(visitor.banner).to_have_attribute("data-state", "notice")
        names = visitor.card.locator('details[data-fold^="names"]')
        names.locator("summary").click()
        expect(names).to_contain_text(said("en", "name_state", "excluded"))
        visitor.picture("buttons-en-excluded", whole=True)

        names.locator('form:has([name="verb"][value="include"]) button').click()
        expect(visitor.step("queued")).to_be_visible()
        expect(visitor.result).to_have_count(0)
        visitor.wait_for_end()
        changes = [(call.function, call.args) for call in visitor.panel.calls() if "excluded_domains" in call.function]
        asked = [change for change in changes if not change[0].startswith("get")]
        assert asked == [
            ("add_autossl_excluded_domains", {"domains": name}),
            ("remove_autossl_excluded_domains", {"domains": name}),
        ]
        expect(visitor.button("include")).to_have_count(0)


def test_looking_again_starts_nothing(visit: Visit) -> None:
    """The look is asked for and said to be; AutoSSL itself is not disturbed."""
    with visit("momiji") as visitor:
        visitor.root.locator('form:has([name="verb"][value="look"]) button').click()
        expect(visitor.told).to_have_text(said("en", "notice", "looking"))
        assert visitor.starts() == 0
        expect(visitor.track).to_have_count(0)
        expect(visitor.told).to_have_text(said("en", "script_looked"), timeout=LONG_PATIENCE)


def test_a_look_that_brings_nothing_says_so(visit: Visit) -> None:
    """If no newer report has come after a minute, the page says so and does not go on promising one."""
    with visit("shiro") as visitor:
        report = visitor.panel.path(f"/var/lib/autossl-doctor/reports/{visitor.panel.numbers['shiro']}/report.json")
        kept = report.read_bytes()
        visitor.page.clock.install()
        visitor.root.locator('form:has([name="verb"][value="look"]) button').click()
        expect(visitor.told).to_have_text(said("en", "notice", "looking"))
        for _ in range(40):
            report.write_bytes(kept)
            visitor.page.clock.run_for(2000)
            visitor.page.wait_for_timeout(50)
        expect(visitor.told).to_have_text(said("en", "script_no_news"))


@pytest.mark.parametrize(("account", "reason"), [("demo", "demo"), ("bare", "feature")])
def test_where_a_button_cannot_work_the_reason_stands(visit: Visit, account: str, reason: str) -> None:
    """A demonstration account and a plan without what is needed get words in place of the button."""
    with visit(account) as visitor:
        expect(visitor.button("retry")).to_have_count(0)
        expect(visitor.card.locator(".asd-reason")).to_have_text([said("en", "refused", reason)])
        visitor.picture(f"buttons-en-refused-{reason}", whole=True)


def test_without_autossl_in_the_plan_nothing_can_be_pressed(visit: Visit) -> None:
    """Where the plan has no AutoSSL, the page says whose business that is and offers no check."""
    with visit("plain") as visitor:
        expect(visitor.button("retry")).to_have_count(0)
        expect(visitor.card.locator(".asd-who")).to_contain_text(said("en", "who", "host"))


def test_without_autossl_on_the_server_nothing_can_be_pressed(houses: Houses, visit: Visit) -> None:
    """Where AutoSSL is switched off, the page says that only the hosting company can help."""
    panel = houses.open("off", residents(present(), "kumo", provider=None), **({} if is_root() else {"only": "kumo"}))
    with visit("kumo", panel=panel) as visitor:
        expect(visitor.button("retry")).to_have_count(0)
        expect(visitor.banner).to_contain_text(said("en", "needs_host"))
        visitor.picture("buttons-en-autossl-off", whole=True)


def test_twenty_rapid_clicks_start_one_check(visit: Visit) -> None:
    """Somebody who keeps clicking gets one check and one track."""
    with visit("yuri") as visitor:
        button = visitor.button("retry")
        button.evaluate(f"button => {{ for (let i = 0; i < {CLICKS}; i += 1) button.click(); }}")
        expect(visitor.step("queued")).to_be_visible()
        assert visitor.starts() == 1


def test_twenty_clicks_at_once_start_one_check(visit: Visit) -> None:
    """Twenty requests side by side, from as many windows, are one check; the others are told so."""
    with visit("tsubaki") as visitor, ThreadPoolExecutor(CLICKS) as windows:
        answers = list(windows.map(_post, [_form(visitor)] * CLICKS))
        assert {status for status, _ in answers} == {200}
        assert sum('"answer": "started"' in text for _, text in answers) == 1
        assert visitor.starts() == 1


def _form(visitor: Visitor) -> tuple[str, str, str]:
    """The address, the cookies and the fields that a click would send."""
    fields = visitor.button("retry").evaluate("button => Object.fromEntries(new FormData(button.form))")
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in visitor.page.context.cookies())
    return visitor.page.url, cookies, urlencode(fields)


def _post(form: tuple[str, str, str]) -> tuple[int, str]:
    url, cookies, body = form
    place = urlsplit(url)
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    with closing(HTTPConnection(place.netloc, timeout=60)) as connection:
        connection.request("POST", place.path, body, headers)
        with connection.getresponse() as response:
            return response.status, response.read().decode()
