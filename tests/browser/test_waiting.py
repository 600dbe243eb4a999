"""When a check does not go as it should: it never begins, dies on its way, or its certificate does not arrive."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit
from tests.browser.houses import Houses, present
from tests.browser.manners import QUICK
from tests.browser.residents import residents
from tests.browser.visitor import LONG_PATIENCE, Visitor
from tests.browser.words import parts, said
from tests.lab.panel.live_run import Manner

pytestmark = pytest.mark.system("chromium", "mount and network namespaces")
LATER = timedelta(minutes=11)
HANGING = Manner(pace=QUICK.pace, delay=QUICK.delay, never_start=True)
DYING = Manner(pace=QUICK.pace, delay=QUICK.delay, die_after_lines=9)


def eleven_minutes_later(route: Route) -> None:
    """Let the server's clock be far ahead, as the page sees it."""
    answer = route.fetch()
    date = format_datetime(present() + LATER, usegmt=True)
    route.fulfill(response=answer, headers=answer.headers | {"date": date})


def make_click_older(visitor: Visitor) -> None:
    """Let the account's last click lie eleven minutes back."""
    lock = visitor.panel.path(f"/var/lib/autossl-doctor/inbox/{visitor.panel.numbers[visitor.account]}/lock")
    note = json.loads(lock.read_text(encoding="utf-8"))
    at = datetime.fromisoformat(note["at"]).astimezone(UTC) - LATER
    lock.write_text(json.dumps(note | {"at": at.strftime("%Y-%m-%dT%H:%M:%SZ")}), encoding="utf-8")


def test_a_task_queue_that_hangs_is_named(visit: Visit) -> None:
    """Ten minutes after the click the page says what may hold the check up; when it begins after all, that goes."""
    with visit("sumire", manner=HANGING) as visitor:
        late = visitor.root.locator(".asd-late")
        visitor.button("retry").click()
        expect(visitor.step("queued")).to_be_visible()
        expect(late).to_be_hidden()
        visitor.page.route("**/progress.live.cgi", eleven_minutes_later)
        expect(late).to_be_visible()
        expect(late).to_contain_text("queueprocd")
        expect(visitor.status).to_contain_text("queueprocd")
        visitor.page.unroute("**/progress.live.cgi")
        make_click_older(visitor)
        visitor.page.reload()
        expect(late).to_be_visible()
        expect(visitor.step("queued")).to_have_attribute("data-state", "waiting")
        expect(visitor.button("retry")).to_be_visible()
        expect(visitor.root.locator(".asd-primary")).to_have_count(0)
        visitor.picture("waiting-en-late", whole=True)
        visitor.panel.manner(never_start=False)
        visitor.wait_for_end()
        expect(visitor.banner).to_have_attribute("data-state", "ok")


def test_a_run_that_dies_is_told_as_it_is(visit: Visit) -> None:
    """The end says that the check ended and what is known; nobody is told that all is well."""
    with visit("kaede", manner=DYING) as visitor:
        visitor.button("retry").click()
        visitor.wait_for_end()
        expect(visitor.result).to_contain_text(said("en", "ended_else"))
        assert visitor.banner.get_attribute("data-state") in {"critical", "warning"}
        expect(visitor.step("visitors")).not_to_have_attribute("data-state", "done")
        visitor.picture("waiting-en-died", whole=True)


def test_a_web_server_that_keeps_the_former_certificate_is_noticed(visit: Visit) -> None:
    """A new certificate that visitors do not get yet is no happy end, and the hosting company has to act."""
    with visit("matsu") as visitor:
        visitor.panel.set_stale(visitor.site)
        visitor.button("retry").click()
        expect(visitor.step("visitors")).to_have_attribute("data-state", "current", timeout=LONG_PATIENCE)
        visitor.wait_for_end()
        expect(visitor.result).to_contain_text(said("en", "ended_else"))
        expect(visitor.step("issued")).to_have_attribute("data-state", "done")
        expect(visitor.step("visitors")).to_have_attribute("data-state", "failed")
        expect(visitor.banner).to_have_attribute("data-state", "critical")
        expect(visitor.banner).to_contain_text(said("en", "needs_patience"))
        for part in parts("en", "visitors_warned_since"):
            expect(visitor.card.locator(".asd-visitors")).to_contain_text(part)
        visitor.picture("waiting-en-stale", whole=True)


def test_what_nobody_could_see_is_not_claimed(houses: Houses, visit: Visit) -> None:
    """If nobody was able to look at the website from outside, the page does not say that visitors get it."""
    panel = houses.open("unseen", residents(present(), "take"))
    panel.systemctl("stop", "autossl-doctor-probe.path")
    with visit("take", panel=panel) as visitor:
        visitor.button("retry").click()
        visitor.wait_for_end()
        visitor.picture("waiting-en-unseen", whole=True)
        for part in parts("en", "ended_not_seen"):
            expect(visitor.result).to_contain_text(part)
