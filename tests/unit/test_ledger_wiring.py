"""A limit that this server has counted: from the account's memory to the answer of a click, with and without script."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.actions.ledger import LIMITS
from autossl_doctor.entry import owner_view
from autossl_doctor.entry.owner_action import act
from autossl_doctor.entry.owner_situation import ledger_of
from autossl_doctor.entry.owner_state import OwnerState
from autossl_doctor.model.plain import moment
from autossl_doctor.present.owner.page import render
from tests.unit.owner_tree import (
    KEY,
    NOW,
    SITE,
    STARTDATE,
    TOKEN,
    UID,
    Answer,
    Panel,
    Tree,
    answered,
    asked,
    finding,
    posted,
    report,
    tree,
    visitor,
    website,
)
from tests.unit.owner_views import Page, fields
from tests.unit.test_owner_action import START, signed

__all__ = ["tree"]

UNTIL = NOW + timedelta(hours=2)
WAIT = {"limit": "same_names", "until": moment(UNTIL)}


def memory(wait: Any = None, **changes: Any) -> dict[str, Any]:
    """What is remembered of the account's website."""
    site = {"site": SITE, "trouble": None, "days": "." * 30, "wait": wait}
    head = {"schema": 1, "account": "shop", "uid": UID, "startdate": STARTDATE, "written_at": moment(NOW)}
    return {**head, "sites": [site], **changes}


def post(patch: pytest.MonkeyPatch, api: Panel, *more: tuple[str, str], verb: str = "retry", **changes: Any) -> Answer:
    """Press a button."""
    request = posted(patch, signed(verb, *more), **changes)
    return answered(patch, lambda: act(request, visitor(), api, "en"))  # type: ignore[arg-type]  # stands in


def test_a_click_is_warned_of_a_limit_with_its_end(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is started; the answer tells the moment, offers to try anyway, and says whose count it is."""
    tree.write("memory.json", memory(WAIT))
    api = Panel()
    answer = post(monkeypatch, api).json()
    assert (answer["answer"], answer["until"], answer["anyway"]) == ("ledger_limit", moment(UNTIL), True)
    assert answer["text"].startswith("As far as this server has seen, ")
    assert api.changes() == []
    assert tree.records() == []


def test_whoever_insists_is_obeyed(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """The count may be wrong: other servers spend, and other services forgive."""
    tree.write("memory.json", memory(WAIT))
    api = Panel()
    assert post(monkeypatch, api, ("anyway", "yes")).json()["answer"] == "started"
    assert api.changes() == [START]


def test_without_a_script_the_page_says_the_same(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser is led to a page with the sentence, the moment, and a form that insists and works."""
    tree.write("memory.json", memory(WAIT))
    api = Panel()
    led = post(monkeypatch, api, accept="text/html")
    assert led.status == "303"
    query = urlsplit(led.headers["Location"]).query
    assert parse_qs(query)["notice"] == ["ledger_limit"]
    monkeypatch.setattr(owner_view, "local_zone", lambda: "UTC")
    view = owner_view.gather(asked(query=query), visitor(), api, "en")  # type: ignore[arg-type]  # stands in
    assert (view.notice, view.notice_until, view.anyway) == ("ledger_limit", UNTIL, ("retry", SITE))
    page = Page(render(view))
    assert "a limit of the certificate authority is used up until" in page.root.text
    assert "05:00 UTC" in page.root.text
    insisting = next(form for form in page.forms("retry") if fields(form).get("anyway") == ["yes"])
    sent = [(name, value) for name, values in fields(insisting).items() for value in values]
    request = posted(monkeypatch, sent, accept="text/html")
    done = answered(monkeypatch, lambda: act(request, visitor(), api, "en"))  # type: ignore[arg-type]  # stands in
    assert "notice=started" in done.headers["Location"]
    assert api.changes() == [START]


def test_a_pause_has_no_end(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said without a moment."""
    tree.write("memory.json", memory({"limit": "paused", "until": None}))
    answer = post(monkeypatch, Panel()).json()
    assert (answer["answer"], answer["until"], answer["anyway"]) == ("ledger_limit", None, True)


def test_a_limit_that_has_ended_is_none(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written down before may be over by the time of the click."""
    tree.write("memory.json", memory({"limit": "orders", "until": moment(NOW)}))
    assert post(monkeypatch, Panel()).json()["answer"] == "started"


@pytest.mark.parametrize(
    ("until", "answer"), [(NOW + timedelta(minutes=1), "ca_limit"), (NOW - timedelta(minutes=1), "started")]
)
def test_the_ca_s_own_word_wins(tree: Tree, monkeypatch: pytest.MonkeyPatch, until: Any, answer: str) -> None:
    """Before the moment that it named nothing is tried, after it nothing is warned of."""
    limited = finding("ca_rate_limited", SITE, args={"site": SITE, "until": moment(until), "limit": "same_names"})
    tree.write("report.json", report(sites=[website(SITE, limited)]))
    tree.write("memory.json", memory(WAIT))
    told = post(monkeypatch, Panel()).json()
    assert told["answer"] == answer
    assert told["anyway"] is False


def test_looking_again_spends_nothing_and_is_not_warned_of(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what begins a check does."""
    tree.write("memory.json", memory(WAIT))
    assert post(monkeypatch, Panel(), verb="look").json()["answer"] not in ("ledger_limit", "ca_limit")


@pytest.mark.parametrize(
    "content",
    [
        memory(WAIT, account="eve"),
        memory(WAIT, uid=UID + 1),
        memory(WAIT, startdate=1),
        memory(WAIT, schema=2),
        memory(WAIT, sites=None),
        memory(WAIT, sites=[7]),
        memory({"limit": "everything", "until": moment(UNTIL)}),
        memory({"limit": ["orders"], "until": moment(UNTIL)}),
        memory({"limit": "orders", "until": "soon"}),
        memory({"limit": "orders", "until": None}),
        memory(7),
        [],
        b"{",
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_a_foreign_or_damaged_memory_is_none(tree: Tree, monkeypatch: pytest.MonkeyPatch, content: object) -> None:
    """A click goes on as if nothing were remembered."""
    tree.write("memory.json", content)
    assert post(monkeypatch, Panel()).json()["answer"] == "started"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20) | st.sampled_from(LIMITS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["limit", "until"]), inner),
    max_leaves=5,
)


@given(JSON)
def test_whatever_stands_in_the_memory_is_a_limit_or_none(wait: Any) -> None:
    """No crash, and never a limit that has ended."""
    found = ledger_of(OwnerState(NOW, memory={SITE: {"wait": wait}}), SITE)
    assert found is None or found.limit in LIMITS
    assert found is None or found.until is None or found.until > NOW


def test_the_key_is_the_account_s_own(tree: Tree) -> None:
    """The tests' forms are signed with the key that stands in the tree."""
    assert (tree.reports / "form.key").read_text() == KEY
    assert TOKEN.startswith("/cpsess")
