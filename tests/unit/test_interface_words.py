"""The fixed words of every place where people read: complete in both languages, in the house form, all in use."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, get_args

import pytest
import yaml

from autossl_doctor.actions.verbs import VERBS
from autossl_doctor.explain.interface import PLACES, Interface
from autossl_doctor.model.fact import Why
from autossl_doctor.model.finding import CONFIDENCES, SEVERITIES, Visitors, Who
from autossl_doctor.model.served import Outcome
from autossl_doctor.present.owner.progress import STEPS
from tests.unit.choices import choices

LANGUAGES = ("en", "ja")
FOLDER = files("autossl_doctor.explain.interface")
WORDS: dict[str, dict[str, dict[str, Any]]] = {
    place: yaml.safe_load(FOLDER.joinpath(f"{place}.yaml").read_text("utf-8")) for place in PLACES
}
PAGE = WORDS["owner_page"]
FULL_WIDTH = re.compile(r"[\uff01-\uff5e\u3000]")
SPACED = re.compile(r"[\u3001-\u30fe\u4e00-\u9fff] +[\u3001-\u30fe\u4e00-\u9fff]")
MARKUP = re.compile(r"[<>]|https?:")
JARGON = re.compile(r"\b(DCV|ACME|cron|CAA|HTTPS?|SNI|vhost|API|TLS|JSON|UID)\b", re.IGNORECASE)

every_place = pytest.mark.parametrize("place", PLACES)
every_key = pytest.mark.parametrize("key", sorted(PAGE["en"]))


def strings(value: Any) -> Iterator[str]:
    """All texts of a value."""
    if isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    else:
        yield value


def placeholders(value: Any) -> set[str]:
    """The arguments that a value needs."""
    return {name for text in strings(value) for name in re.findall(r"\{(\w+)\}", text)}


@every_place
def test_both_languages_have_the_same_words(place: str) -> None:
    """Each text and each of its choices exists in both languages with the same arguments; Japanese has no singular."""
    words = WORDS[place]
    assert set(words) == set(LANGUAGES)
    assert set(words["en"]) == set(words["ja"])
    for key, value in words["en"].items():
        other = words["ja"][key]
        assert type(value) is type(other), key
        if isinstance(value, dict):
            assert set(value) - {"one"} == set(other), key
            assert all(isinstance(name, str) for name in value), key
        assert placeholders(value) - {"count"} == placeholders(other) - {"count"}, key


@every_place
def test_all_words_are_texts(place: str) -> None:
    """No value is something that YAML took for a number, a date or a truth."""
    for language in LANGUAGES:
        assert all(isinstance(text, str) for text in strings(WORDS[place][language]))


@every_key
def test_the_page_speaks_calmly_and_without_markup(key: str) -> None:
    """No exclamation marks, no markup, no addresses; technical names only where support reads along."""
    for language in LANGUAGES:
        for text in strings(PAGE[language][key]):
            assert not MARKUP.search(text)
            assert "!" not in text
            assert "!" not in text
            if key != "trouble_send":
                assert not JARGON.search(text)


@every_key
def test_japanese_words_keep_the_house_form(key: str) -> None:
    """Half-width digits and letters, no spaces between Japanese signs, and Japanese quotation marks."""
    for text in strings(PAGE["ja"][key]):
        assert not FULL_WIDTH.search(text)
        assert not SPACED.search(text)
        assert "“" not in text


def test_every_word_of_the_page_is_used() -> None:
    """No text is left over from an earlier form of the page."""
    room = files("autossl_doctor.present")
    code = "".join(
        entry.read_text("utf-8")
        for part in ("owner", "web/templates")
        for entry in room.joinpath(part).iterdir()
        if entry.name.endswith((".py", ".html"))
    )
    composed = {
        f"banner_{state}_{form}" for state in ("warned", "unknown", "held", "safe") for form in ("site", "sites")
    }
    composed |= {f"trouble_{part}" for part in ("title", "what", "who")}
    unused = {key for key in PAGE["en"] if key not in composed and not re.search(rf"[\"']{key}[\"']", code)}
    assert unused == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_a_word(language: str) -> None:
    """Whatever a report can hold has a word on the page."""
    words = PAGE[language]
    assert set(words["severity"]) == {*SEVERITIES, "unknown"}
    assert set(words["visitors"]) == choices(Visitors)
    assert set(words["who"]) == choices(Who)
    assert set(words["confidence"]) == set(CONFIDENCES) - {"certain"}
    assert set(words["button"]) == set(VERBS)
    assert set(words["step"]) == set(STEPS)
    served = {"not_looked", "unreadable", *get_args(Outcome)} - {"served"}
    assert set(words["gap"]) == {*get_args(Why), *served, "else"}
    assert set(WORDS["terminal"][language]["facts"]) <= set(words["facts"])


def test_an_unknown_choice_has_a_general_word() -> None:
    """What nobody thought of is said in general where there is such a word, else by its own name."""
    words = Interface("en", "owner_page")
    assert words.say("refused", "unheard_of") == PAGE["en"]["refused"]["else"]
    assert words.say("severity", "unheard_of") == "unheard_of"
    assert words.has("notice", "ca_limit_until")
    assert not words.has("notice", "started_until")


def test_counts_choose_their_form() -> None:
    """One is one, large numbers are grouped."""
    words = Interface("en", "owner_page")
    assert words.say("sites_told", count=1) == "1 website is affected"
    assert words.say("sites_told", count=1200) == "1,200 websites are affected"
