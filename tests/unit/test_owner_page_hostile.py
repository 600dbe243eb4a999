"""Words of others on the owner's page: whatever stands in a report, a log or a name, the page keeps its shape."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.explain.words import MARKS
from autossl_doctor.model.finding import Evidence, Finding
from autossl_doctor.present.owner.ink import Ink, clean
from tests.unit.owner_views import DEFERRED, ELSEWHERE, Page, show, site

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea></details><b>out",
    "</title><!--",
    "{{ 7*7 }}{% raw %}",
    "{site}{0}",
    "&lt;b&gt;&amp;",
    f"{MARKS[0]}<b>{MARKS[1]}",
    f"{MARKS[1]}{MARKS[0]}{MARKS[0]}x{MARKS[1]}<i>",
    "\u202egnp.exe\u2066",
    "a\r\nb\u2028c\x00d\x1b[31m",
    "javascript:alert(1)",
    "xn--<b>.example",
)
STEERING = "\u202e\u2066\x00\x1b" + MARKS
every_hostile = pytest.mark.parametrize("text", HOSTILE)


def page_with(field: str, text: str) -> Page:
    """A page with one field of a report replaced."""
    finding = ELSEWHERE._replace(evidence=(Evidence("/var/log/x", "now", "words"),))
    item = site(renewal="failing", could_not_check=[{"fact": "orders", "why": "missing"}], uncovered=["u.example"])
    held = dict(item["certificate"])
    changes: dict[str, Any] = {}
    if field in ("issuer", "key_type"):
        item["certificate"] = {**held, field: text}
    elif field == "covers":
        item["certificate"] = {**held, "covers": [*held["covers"], text]}
    elif field in ("domains", "uncovered"):
        item[field] = [*item[field], text]
    elif field == "site":
        item = site(text, renewal="failing")
    elif field in ("fact", "why"):
        item["could_not_check"] = [{"fact": "orders", "why": "missing", field: text}]
    elif field in ("source", "at", "text"):
        finding = finding._replace(evidence=(finding.evidence[0]._replace(**{field: text}),))
    elif field in ("domain", "actual_ip", "dns_host"):
        finding = finding._replace(args={**finding.args, field: text})
    elif field == "excluded":
        item["domains"] = [*item["domains"], text]
        changes["excluded"] = (text,)
    elif field == "holding":
        item["renewal"] = "waiting"
        finding = DEFERRED._replace(domains=("shop.example", text), args={**DEFERRED.args, "holding": (text,)})
    elif field == "words":
        args = {"reason": "unrecognised", "words": text, "source": text}
        finding = Finding("unknown_problem", "host", "warning", "possible", args=args)
    else:
        changes[field] = text
    return show((item, finding), **changes)


FIELDS = (
    *("issuer", "key_type", "covers", "domains", "uncovered", "site", "fact", "why", "source", "at", "text"),
    *("domain", "actual_ip", "dns_host", "excluded", "holding", "words", "account", "notice"),
)


@every_hostile
@pytest.mark.parametrize("field", FIELDS)
def test_words_of_others_never_become_markup(field: str, text: str) -> None:
    """The page has exactly the elements and attributes that it has with a harmless word in the same place."""
    page = page_with(field, text)
    assert page.root.shape == page_with(field, "harmless.example").root.shape


@every_hostile
@pytest.mark.parametrize("field", [field for field in FIELDS if field not in ("site", "holding", "excluded")])
def test_what_steers_never_reaches_the_page(field: str, text: str) -> None:
    """Signs that turn the writing direction, steer a terminal or mark our own pieces are gone from what is shown."""
    html = page_with(field, text).html
    assert not any(sign in html for sign in STEERING)


@pytest.mark.parametrize("field", ["site", "holding", "excluded"])
def test_a_name_that_is_sent_back_is_sent_as_it_is(field: str) -> None:
    """Only in the hidden fields of a form does a name keep every sign, because the server compares it whole."""
    page = page_with(field, "a\u202eb.example")
    shown = [element for element in page.root.all() if element.attributes.get("type") != "hidden"]
    kept = ("data-fold",)
    for element in shown:
        assert not any("\u202e" in value for name, value in element.attributes.items() if name not in kept)
        assert not any("\u202e" in part for part in element.inside if isinstance(part, str))


def test_a_word_that_looks_like_a_date_of_ours_stays_a_word() -> None:
    """Somebody's words that read exactly like a shown moment cannot take its place or its machine form."""
    ink = Ink("en", "UTC")
    forged = ink.show("Sun 3 Jan 2027, 15:30 UTC", "text", "en", "UTC")
    assert ink.markup(forged) == "<bdi>Sun 3 Jan 2027, 15:30 UTC</bdi>"


@given(st.text(max_size=60))
def test_a_sentence_shows_any_word_as_itself(word: str) -> None:
    """Whatever a word holds, its part of the sentence is the word, escaped."""
    ink = Ink("en", "UTC")
    html = ink.markup(f"before {ink.show(word, 'text', 'en', 'UTC')} after")
    page = Page(f"<p>{html}</p>")
    assert page.root.text == " ".join(f"before {clean(word)} after".split())
    assert {element.tag for element in page.root.all()} <= {"p", "bdi"}


@given(st.text(alphabet=[*MARKS, "<", "a"], max_size=12))
def test_loose_marks_are_harmless(sentence: str) -> None:
    """Even a whole sentence of somebody else's marks becomes nothing but escaped text."""
    assert {element.tag for element in Page(f"<p>{Ink('en', 'UTC').markup(sentence)}</p>").root.all()} == {"p"}
