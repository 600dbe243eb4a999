"""The story: a certificate has ended, its owner opens the page, presses one button and sees the new one arrive."""

import base64
import re
import sys
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.houses import present
from tests.browser.manners import TO_BE_SEEN
from tests.browser.visitor import NARROW, WIDE, Visitor
from tests.browser.words import parts, said
from tests.lab.panel.entered import StandingPanel

pytestmark = pytest.mark.system("chromium", "Japanese letters", "mount and network namespaces")
STEPS = ["queued", "check", "domain_test", "order", "issued", "visitors"]
_LOOK = """
import base64, socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
with socket.create_connection(("192.0.2.10", 443), 10) as plain:
    with context.wrap_socket(plain, server_hostname=sys.argv[1]) as secured:
        print(base64.b64encode(secured.getpeercert(True)).decode())
"""


def what_visitors_get(panel: StandingPanel, site: str) -> x509.Certificate:
    """The certificate of a real TLS connection to the website, made inside the stand-in's network."""
    done = panel.run([sys.executable, "-c", _LOOK, site])
    assert done.returncode == 0, done.stderr
    return x509.load_der_x509_certificate(base64.b64decode(done.stdout))


def moments(element: Locator) -> list[datetime]:
    """The points in time that an element shows."""
    stamps = element.locator("time").evaluate_all("times => times.map(time => time.dateTime)")
    return [datetime.fromisoformat(stamp) for stamp in stamps]


@pytest.mark.parametrize(("language", "accounts"), [("ja", ("asagao", "kikyo")), ("en", ("botan", "fuji"))])
def test_an_expired_certificate_is_renewed_with_one_click(
    visit: Visit, language: str, accounts: tuple[str, str]
) -> None:
    """From the warning to the new certificate at the visitors: one page, one click, no reload; wide and narrow."""
    wide, narrow = accounts
    with visit(wide, manner=TO_BE_SEEN) as first, visit(narrow, size=NARROW, manner=TO_BE_SEEN) as second:
        for visitor in (first, second):
            see_that_visitors_are_warned(visitor, language)
        for visitor in (first, second):
            visitor.mark()
            visitor.button("retry").click()
            expect(visitor.step("queued")).to_have_attribute("data-state", "waiting")
            expect(visitor.button("retry")).to_have_count(0)
            expect(visitor.track).to_be_focused()
            assert visitor.is_seen(visitor.track)
            expect(visitor.told).to_have_count(0)
            visitor.picture(f"story-{language}-{visitor.width}-2-queued")
        for visitor in (first, second):
            expect(visitor.step("domain_test")).to_have_attribute("data-state", "current")
            visitor.picture(f"story-{language}-{visitor.width}-3-under-way")
        for visitor in (first, second):
            visitor.wait_for_end()
            visitor.picture(f"story-{language}-{visitor.width}-4-renewed")
            see_that_all_is_well(visitor, language)


def see_that_visitors_are_warned(visitor: Visitor, language: str) -> None:
    """The page says since when visitors are warned, which is true, and has one button that stands out."""
    visitor.picture(f"story-{language}-{visitor.width}-1-expired")
    former = what_visitors_get(visitor.panel, visitor.site)
    assert former.not_valid_after_utc < present()
    expect(visitor.root).to_have_attribute("lang", language)
    expect(visitor.banner.locator("h2")).to_contain_text(visitor.site)
    assert moments(visitor.card.locator(".asd-visitors")) == [former.not_valid_after_utc]
    expect(visitor.banner).to_have_attribute("data-state", "critical")
    expect(visitor.root.locator(".asd-primary")).to_have_count(1)
    expect(visitor.button("retry")).to_have_text(said(language, "button_start"))


def see_that_all_is_well(visitor: Visitor, language: str) -> None:
    """The page has met the steps in their order, and says about the new certificate what a visitor of it finds."""
    seen = visitor.seen_steps()
    assert seen == sorted(seen, key=STEPS.index)
    assert {"queued", "check", "domain_test"} <= set(seen)
    new = what_visitors_get(visitor.panel, visitor.site)
    assert new.not_valid_after_utc > present() + timedelta(days=80)
    assert moments(visitor.result) == [new.not_valid_after_utc]
    for part in parts(language, "ended_fine"):
        expect(visitor.result).to_contain_text(part)
    expect(visitor.banner).to_have_attribute("data-state", "ok")
    for step in STEPS[1:]:
        expect(visitor.step(step)).to_have_attribute("data-state", "done")
    expect(visitor.status).to_contain_text(visitor.result.inner_text().strip())
    expect(visitor.told).to_have_count(0)
    expect(visitor.result).to_be_focused()
    assert visitor.is_seen(visitor.banner)
    assert visitor.is_marked()
    assert visitor.starts() == 1
    after = visitor.card.inner_text()
    visitor.page.reload()
    expect(visitor.card).to_be_visible()
    assert visitor.card.inner_text() == after


@pytest.mark.parametrize("account", ["ajisai", "nanohana"])
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_first_screen_says_what_matters(visit: Visit, account: str, size: tuple[int, int]) -> None:
    """Whether visitors are fine, since when they are not, and the one button."""
    with visit(account, size=size) as visitor:
        assert visitor.is_seen(visitor.banner.locator("h2"))
        assert visitor.is_seen(visitor.card.locator(".asd-visitors"))
        assert visitor.is_seen(visitor.root.locator(".asd-primary"))


@pytest.mark.parametrize(("account", "language"), [("ajisai", "ja"), ("nanohana", "en")])
def test_whoever_is_warned_about_is_not_told_to_do_nothing(visit: Visit, account: str, language: str) -> None:
    """While visitors are warned and a button ends that, the banner does not say that there is nothing to do."""
    with visit(account) as visitor:
        assert said(language, "needs_nobody") not in visitor.banner.inner_text()


def test_a_telephone_needs_no_scrolling_to_the_side(visit: Visit) -> None:
    """At 360 pixels nothing sticks out, the track is vertical, and buttons fill the width."""
    with visit("kumo", size=NARROW) as visitor:
        page = visitor.page
        visitor.root.locator("details").evaluate_all("folds => folds.forEach(fold => { fold.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
        tops = [box["y"] for item in visitor.card.locator(".asd-track li").all() if (box := item.bounding_box())]
        assert len(tops) == len(STEPS) - 1
        assert tops == sorted(set(tops))
        button = visitor.button("retry").bounding_box()
        assert button is not None
        assert button["width"] >= 250
        assert button["height"] >= 44


def test_dates_are_in_the_zone_of_the_visitor(visit: Visit) -> None:
    """Whoever reads elsewhere sees their own time and its zone; the moment itself stays the same."""
    with visit("nanohana", zone="America/New_York", locale="en-US") as visitor:
        shown = visitor.card.locator(".asd-visitors time")
        expect(shown).to_have_text(re.compile(r" E[SD]T$"))
        expect(visitor.root.locator(".asd-zone")).to_contain_text("America/New_York")
        expect(visitor.card.locator(".asd-certificate")).to_contain_text("UTC")
