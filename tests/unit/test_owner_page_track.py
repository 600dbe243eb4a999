"""The track: where a website stands, from the report or from the check that runs, and how a check is said to end."""

from datetime import timedelta
from typing import Any

import pytest

from autossl_doctor.explain.interface import Interface
from autossl_doctor.model.finding import Finding
from autossl_doctor.present.owner.progress import FRESH, PATIENCE, RECENT, STEPS, progress_of
from autossl_doctor.present.owner.view import Click, Live
from tests.unit.owner_views import DEFERRED, ELSEWHERE, HEALTHY, NOW, STOPPED, Element, Page, show, site, view

SECOND = timedelta(seconds=1)
BROKEN_OFF = Finding("run_died", "host", "warning", "likely", args={"started": NOW, "last_seen": NOW})
AT_TEST = {
    BROKEN_OFF.cause: "check",
    ELSEWHERE.cause: "domain_test",
    DEFERRED.cause: "domain_test",
    "pending_at_ca": "issued",
}
PENDING = Finding("pending_at_ca", "nobody", "notice", "certain", args={"site": "shop.example"})


def states(page: Page) -> list[str]:
    """The states of the steps, first to last."""
    (track,) = page.root.all("ol", css="asd-track")
    return [item.attributes["data-state"] for item in track.all("li")]


def running(step: str, since: timedelta = 20 * SECOND, **changes: Any) -> Page:
    """A page while a check is at a step."""
    return show((site(renewal="failing"), ELSEWHERE), live=Live("shop.example", step, NOW - since, None), **changes)


@pytest.mark.parametrize(
    ("changes", "finding", "expected"),
    [
        ({}, HEALTHY, ["done"] * 5),
        ({"visitors": "warned"}, HEALTHY, ["done"] * 4 + ["failed"]),
        ({"visitors": "unknown"}, HEALTHY, ["done"] * 4 + ["todo"]),
        ({"renewal": "failing"}, ELSEWHERE, ["done", "failed", "todo", "todo", "todo"]),
        ({"renewal": "waiting"}, DEFERRED, ["done", "waiting", "todo", "todo", "todo"]),
        ({"renewal": "waiting"}, PENDING, ["done", "done", "done", "waiting", "todo"]),
        ({"renewal": "running"}, HEALTHY, ["current", "todo", "todo", "todo", "todo"]),
        ({"renewal": "blocked"}, BROKEN_OFF, ["failed", "todo", "todo", "todo", "todo"]),
        ({"renewal": "due"}, HEALTHY, ["todo"] * 5),
    ],
)
def test_the_track_shows_what_the_report_knows(changes: dict[str, Any], finding: Finding, expected: list[str]) -> None:
    """Without a running check the verdict says how far the renewal has come."""
    page = show((site(**changes), finding), stages=AT_TEST)
    assert states(page) == expected
    marked = [item.attributes["data-state"] for item in page.root.all("li", aria_current="step")]
    assert marked == [state for state in expected if state in ("current", "failed", "waiting")]


def test_nothing_is_drawn_where_nothing_is_known() -> None:
    """An unjudged website, a failure without a place, or what neither began nor will begin, has no track."""
    assert not show((site(renewal="blocked"), STOPPED), stages={STOPPED.cause: "check"}).root.all(css="asd-track")
    assert not show((site(renewal="unknown"), HEALTHY)).root.all("ol", css="asd-track")
    assert not show((site(renewal="failing"), ELSEWHERE), stages={}).root.all("ol", css="asd-track")


def test_visitors_without_the_new_certificate_are_the_failed_step() -> None:
    """A cause that stands at the visitors' step stops the track there, though the renewal itself is done."""
    page = show((site(), HEALTHY._replace(severity="warning")), stages={HEALTHY.cause: "visitors"})
    assert states(page) == ["done"] * 4 + ["failed"]


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("step", STEPS)
def test_a_running_check_is_followed(step: str, language: str) -> None:
    """The step is marked and said in words; "queued" is a step only while it lasts."""
    page = running(step, language=language)
    names = [item.attributes["data-step"] for item in page.root.all("li") if "data-step" in item.attributes]
    assert names == list(STEPS if step == "queued" else STEPS[1:])
    (current,) = page.root.all("li", aria_current="step")
    words = Interface(language, "owner_page")
    state = words.say("state", "waiting" if step == "queued" else "current")
    assert current.text == f"{words.say('step', step)} {state}"
    (follow,) = [item for item in page.root.all() if "data-live" in item.attributes]
    assert follow.attributes["data-since"].endswith("Z")
    assert words.say("track_reload") in follow.text


USUAL = {"check": {"half": 65, "most": 240, "count": 9}, "order": {"half": 3600, "most": 9000, "count": 5}}
RENEWAL = {"renewal": {"half": 240, "most": 660, "count": 7}}


@pytest.mark.parametrize(
    ("language", "usual", "said"),
    [
        ("en", USUAL, "On this server such a check usually takes 1 minute; 95 of 100 ended within 4 minutes."),
        (
            "en",
            USUAL | RENEWAL,
            "from the start of a check to the new certificate; 95 of 100 were there within 11 minutes.",
        ),
        ("ja", USUAL, "このサーバーでは、この確認は通常 1 分で終わります(95% は 4 分以内)。"),
        ("ja", RENEWAL, "このサーバーでは、確認の開始から新しい証明書まで通常 4 分です(95% は 11 分以内)。"),
    ],
)
def test_a_running_check_says_how_long_it_usually_takes(language: str, usual: dict[str, Any], said: str) -> None:
    """As it was measured on this server, up to the new certificate where that is known."""
    (follow,) = [item for item in running("check", language=language, usual=usual).root.all() if is_live(item)]
    # The numbers are dressed, which the text of an element shows as blanks.
    assert "".join(said.split()) in "".join(follow.text.split())


@pytest.mark.parametrize(("language", "said"), [("en", "usually 60 minutes"), ("ja", "通常 60 分")])
def test_an_order_that_waits_says_how_long_that_usually_takes(language: str, said: str) -> None:
    """At its step, also where nobody follows it."""
    page = show((site(renewal="waiting"), PENDING), stages=AT_TEST, language=language, usual=USUAL)
    (waiting,) = page.root.all("li", aria_current="step")
    assert waiting.text.endswith(said)
    assert said not in "".join(item.text for item in page.root.all("li", data_state="todo"))


@pytest.mark.parametrize(
    "usual",
    [
        {},
        {"check": None, "renewal": [], "order": "x"},
        {"check": {}, "renewal": {"half": "1", "most": 2}, "order": {"half": -1, "most": 2}},
        {"check": {"half": 5, "most": 2}, "renewal": {"half": 1, "most": 10**30}, "order": {"half": 1}},
    ],
)
def test_what_was_not_measured_is_not_said(usual: dict[str, Any]) -> None:
    """Nor what a damaged memory holds."""
    (follow,) = [item for item in running("issued", usual=usual).root.all() if is_live(item)]
    assert "usually" not in follow.text


def is_live(item: Element) -> bool:
    """Tell whether it follows a check."""
    return "data-live" in item.attributes


def test_while_a_check_runs_no_other_can_be_started() -> None:
    """The buttons that start a check give way to a sentence; looking again stays possible."""
    page = running("order")
    assert not page.forms("retry")
    assert "When it has ended" in page.root.all(css="asd-reason")[0].text
    assert page.forms("look")
    (fold,) = [item for item in page.root.all("details") if item.attributes["data-fold"].startswith("steps")]
    assert page.root.all(css="asd-steps")[0] in fold.all("ol")


def test_the_track_runs_where_the_button_was() -> None:
    """With one website in trouble both stand in the banner; the card has the track again when the check has ended."""
    page = running("order")
    (track,) = page.root.all("ol", css="asd-track")
    assert track in page.root.all(css="asd-banner")[0].all("ol")
    live = Live("shop.example", "visitors", NOW - 60 * SECOND, NOW - SECOND)
    page = show((site(), HEALTHY), (site("b.example"), HEALTHY), live=live)
    assert page.root.all(css="asd-banner")[0].all(css="asd-result")
    assert page.root.all(css="asd-card")[0].all("ol", css="asd-track")
    two = [(site(name, renewal="failing"), ELSEWHERE) for name in ("shop.example", "b.example")]
    page = show(*two, live=Live("b.example", "order", NOW - SECOND, None))
    (card,) = [item for item in page.root.all("article") if item.attributes["data-site"] == "b.example"]
    assert card.all("ol", css="asd-track")


def test_a_click_counts_before_the_server_has_noticed() -> None:
    """Right after the click the track stands in the queue, though nobody has written a word about it yet."""
    view_ = view((site(), HEALTHY), click=Click("retry", "shop.example", NOW - SECOND))
    assert progress_of(view_) == ("shop.example", "queued", NOW - SECOND, False)
    assert progress_of(view_._replace(click=Click("look", "shop.example", NOW - SECOND))) is None
    assert progress_of(view_._replace(now=NOW + FRESH)) is None


def test_an_ended_check_is_no_longer_followed() -> None:
    """What ended after the click is over; what ended before it was another check."""
    click = Click("retry", "shop.example", NOW - 60 * SECOND)
    over = Live("shop.example", "visitors", NOW - 50 * SECOND, NOW - 5 * SECOND)
    assert progress_of(view((site(), HEALTHY), click=click, live=over)) is None
    before = over._replace(ended=NOW - 90 * SECOND)
    followed = progress_of(view((site(), HEALTHY), click=click, live=before))
    assert followed is not None
    assert followed.step == "queued"


def test_what_stopped_being_written_is_not_believed_for_ever() -> None:
    """A check that was left without its end is forgotten after some hours."""
    live = Live("shop.example", "order", NOW - FRESH, None)
    assert progress_of(view((site(), HEALTHY), live=live)) is None


@pytest.mark.parametrize(("waited", "late"), [(PATIENCE - SECOND, False), (PATIENCE, True)])
def test_ten_minutes_in_the_queue_are_too_long(waited: timedelta, late: bool) -> None:  # noqa: FBT001 - an example
    """From then on the page names the server's task queue and whom to tell, and the button is there again."""
    page = running("queued", waited)
    (said,) = page.root.all("p", css="asd-late")
    assert ("hidden" not in said.attributes) is late
    assert "task queue (queueprocd)" in said.text
    assert "hosting company" in said.text
    assert bool(page.forms("retry")) is late
    assert not page.root.all("button", css="asd-primary")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_check_that_ended_well_says_the_new_date(language: str) -> None:
    """The result names the new date and that visitors get it, or that this could not be looked at."""
    live = Live("shop.example", "visitors", NOW - 60 * SECOND, NOW - SECOND)
    words = Interface(language, "owner_page")
    at = {"en": "Mon 4 Jan 2027, 00:30 JST", "ja": "2027年1月4日(月) 00:30(JST)"}[language]
    (result,) = show((site(), HEALTHY), live=live, language=language).root.all(css="asd-result")
    assert result.text.replace(" ", "") == words.say("ended_fine", at=at).replace(" ", "")
    unseen = site(could_not_check=[{"fact": "served", "why": "missing"}])
    (result,) = show((unseen, HEALTHY), live=live, language=language).root.all(css="asd-result")
    assert result.text.replace(" ", "") == words.say("ended_not_seen", at=at).replace(" ", "")


def test_a_check_that_ended_badly_points_to_the_reason() -> None:
    """Nothing is called renewed that is not; after a while the result is no news any more."""
    live = Live("shop.example", "domain_test", NOW - 60 * SECOND, NOW - SECOND)
    page = show((site(renewal="failing"), ELSEWHERE), live=live, stages=AT_TEST)
    assert page.root.all(css="asd-result")[0].text == "The check that you started has ended, and this is what it found."
    assert states(page) == ["done", "failed", "todo", "todo", "todo"]
    old = live._replace(ended=NOW - RECENT)
    assert not show((site(), HEALTHY), live=old).root.all(css="asd-result")


def test_a_followed_website_is_not_folded_away() -> None:
    """Of many fine websites the one that is being checked has its whole card."""
    sites = [(site(f"s{number}.example"), HEALTHY) for number in range(20)]
    page = show(*sites, live=Live("s7.example", "check", NOW - SECOND, None))
    assert [card.attributes["data-site"] for card in page.root.all("article")] == ["s7.example"]
