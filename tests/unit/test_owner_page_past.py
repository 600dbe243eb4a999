"""What the owner's page says of the past: a fold on the website's card, or nothing where nothing can be told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.explain.interface import Interface
from autossl_doctor.model import plain
from autossl_doctor.present.owner.page import render
from tests.unit.owner_views import ELSEWHERE, HEALTHY, Element, Page, show, site, view

every_language = pytest.mark.parametrize("language", ["en", "ja"])
FAILING = site(renewal="failing")
TROUBLE: dict[str, Any] = {
    "since": "2026-11-20T03:00:00Z",
    "attempts": 14,
    "first_cause": "dns_points_elsewhere",
    "first_name": "shop.example",
    "cause": "ca_rate_limited",
    "last_good": "2026-11-19T21:00:00Z",
    "changes": [
        {"name": "address", "former": "192.0.2.1", "value": "192.0.2.2", "after": "", "by": ""},
        {"name": "panel_version", "former": "1", "value": "2", "after": "", "by": ""},
    ],
    "first": plain.finding(ELSEWHERE),
}
DAYS = "." * 20 + "o" * 7 + "xxx"


def remembered(**changes: Any) -> dict[str, Any]:
    """What is remembered of the website."""
    return {"site": "shop.example", "trouble": TROUBLE, "days": DAYS, "wait": None, **changes}


def fold(page: Page) -> Element | None:
    """The fold about the past, if there is one."""
    found = page.root.all("details", data_fold="past shop.example")
    assert len(found) < 2
    return found[0] if found else None


def shown(known: Any, language: str = "en") -> Element | None:
    """The fold of a page whose website failed."""
    return fold(show((FAILING, ELSEWHERE), language=language, memory={"shop.example": known}))


def test_the_fold_tells_since_when_and_what_changed() -> None:
    """How often was tried, what it began with, the last good check, and the names of what changed in between."""
    found = shown(remembered())
    assert found is not None
    text = found.text
    assert "There has been trouble since Fri 20 Nov 2026, 12:00 JST; AutoSSL has tried 14 times." in text.replace(
        " ;", ";"
    )
    assert "It began with: " in text
    assert "The last check without trouble was at Fri 20 Nov 2026, 06:00 JST" in text
    assert "the server's address of the website, the version of the panel" in text
    assert "192.0.2.1" not in text
    assert "3 days with trouble." in text


@every_language
def test_the_days_are_signs_with_their_words_beside_them(language: str) -> None:
    """Thirty signs that are hidden from a screen reader, which hears the sentence below."""
    found = shown(remembered(), language)
    assert found is not None
    (signs,) = found.all(css="asd-days")[0].all("span")
    assert signs.attributes["aria-hidden"] == "true"
    assert signs.text == "·" * 20 + "○" * 7 + "×××"
    assert Interface(language, "owner_page").say("past_days", count=3) in found.text


@every_language
def test_every_sentence_is_there_in_both_languages(language: str) -> None:
    """Each part of the memory gives one."""
    found = shown(remembered(), language)
    assert found is not None
    assert len(found.all("p")) == 4 + 2


@pytest.mark.parametrize("count", [1, 2])
def test_one_is_said_as_one(count: int) -> None:
    """One day, one try."""
    found = shown(remembered(trouble={**TROUBLE, "attempts": count}, days="." * (30 - count) + "x" * count))
    assert found is not None
    assert ("tried 1 time." in found.text, "1 day with trouble." in found.text) == (count == 1, count == 1)


def test_a_healthy_website_among_others_has_its_days_only() -> None:
    """No sentence about trouble."""
    page = show((site(), HEALTHY), memory={"shop.example": remembered(trouble=None, days="o" * 30)})
    found = fold(page)
    assert found is None or "There has been trouble" not in found.text


@pytest.mark.parametrize(
    "known",
    [
        None,
        remembered(days="." * 30, trouble=None),
        remembered(days=""),
        remembered(days="<b>"),
        remembered(days=7),
        remembered(trouble={}),
        remembered(trouble="trouble"),
        remembered(trouble=[]),
        remembered(trouble={**TROUBLE, "since": "yesterday"}),
        remembered(trouble={**TROUBLE, "attempts": "many"}),
        remembered(trouble={**TROUBLE, "attempts": float("inf")}),
        remembered(trouble={**TROUBLE, "attempts": None}),
        remembered(trouble={**TROUBLE, "first": {"cause": "../../etc/passwd"}}),
        remembered(trouble={**TROUBLE, "first": {"cause": ["x"]}}),
        remembered(trouble={**TROUBLE, "first": "x"}),
        remembered(trouble={**TROUBLE, "changes": 7}),
        remembered(trouble={**TROUBLE, "changes": [{}]}),
        remembered(trouble={**TROUBLE, "last_good": 7}),
        {},
    ],
)
def test_what_cannot_be_read_is_not_shown(known: Any) -> None:
    """The page is the same as without a memory."""
    memory = {} if known is None else {"shop.example": known}
    page = show((FAILING, ELSEWHERE), memory=memory)
    assert fold(page) is None
    assert page.html == render(view((FAILING, ELSEWHERE)))


def test_what_is_remembered_of_another_website_is_not_shown() -> None:
    """Only those of the report have a card."""
    page = show((FAILING, ELSEWHERE), memory={"other.example": {**remembered(), "site": "other.example"}})
    assert page.html == render(view((FAILING, ELSEWHERE)))


@every_language
def test_hostile_words_stay_words(language: str) -> None:
    """No markup, and no change of the writing direction, from any string that is stored."""
    hostile = "<script>alert(1)</script>\u202e\x1b[2J"
    first = {**plain.finding(ELSEWHERE), "args": {"domain": hostile, "actual_ip": hostile, "server_ip": hostile}}
    change = {"name": hostile, "former": hostile, "value": hostile, "after": hostile, "by": hostile}
    known = remembered(trouble={**TROUBLE, "first": first, "changes": [change] * 9})
    page = show((FAILING, ELSEWHERE), language=language, memory={"shop.example": known})
    assert "<script>alert" not in page.html
    assert "\u202e" not in page.html
    assert "\x1b" not in page.html
    calm = show((FAILING, ELSEWHERE), language=language, memory={"shop.example": remembered()})
    assert {item.tag for item in page.root.all()} == {item.tag for item in calm.root.all()}


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=10) | st.just(TROUBLE["since"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(TROUBLE)), inner, max_size=8),
    max_leaves=8,
)


@given(JSON, st.text("ox.", max_size=40) | JSON)
def test_the_page_is_whole_whatever_is_stored(trouble: Any, days: Any) -> None:
    """Every card and every sentence of the present stays."""
    page = show((FAILING, ELSEWHERE), memory={"shop.example": remembered(trouble=trouble, days=days)})
    assert page.root.all(css="asd-banner")
    assert "data-site" in page.html
