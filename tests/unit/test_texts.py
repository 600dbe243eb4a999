"""The words of every cause, in both languages, for every reader and with every set of arguments (docs/causes.md)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import chain, combinations, product
from typing import Any

import pytest
import yaml

from autossl_doctor.causes.catalogue import load
from autossl_doctor.explain.words import SELF, Reader, Words, Writer
from autossl_doctor.model.finding import (
    CONFIDENCES,
    SEVERITIES,
    Argument,
    Finding,
    Renewal,
    Visitors,
    Who,
)
from tests.unit.choices import choices

CATALOGUE = load()
CAUSES = {cause.id: cause for cause in CATALOGUE.causes}
LANGUAGES = ("en", "ja")
READERS: tuple[Reader, ...] = ("owner", "admin")
FIELDS = ("title", "what", "why", "steps")
RECEIVERS = {"dns", "host", "owner"}
ACTIONS = {"retry", "save_key_type", "exclude", "include", "check"}
TYPES = {"domain", "domains", "ip", "moment", "duration", "count", "url", "quote", "text"}
COUNTS = (1, 3)
UNHEARD_OF = "unheard_of"

SAMPLES: dict[str, Argument] = {
    "domain": "shop.example",
    "ip": "192.0.2.10",
    "moment": datetime(2026, 11, 26, 9, 5, tzinfo=UTC),
    "duration": timedelta(hours=3),
    "url": "http://shop.example/.well-known/acme-challenge/TOKEN",
    "quote": "404 (Not Found)",
    "text": "alice",
}
NAMES = ("mail.shop.example", "www.shop.example", "webdisk.shop.example")
"""As many of them as the count says."""

NOBODY_TO_WRITE_TO: dict[str, str] = {}
"""Causes on which somebody must act and that need no message to that reader, with the reason."""

ON_A_HOST_ONLY = frozenset(("first_check_pending", "renewed_not_served"))
"""Causes that no text alone can show: a host always tells whose they are."""

# --- headlines

JARGON = re.compile(
    r"DCV|ACME|\bcron\b|crontab|\bCAA\b|DNSSEC|\bAAAA\b|\bHTTPS?\b|\bSNI\b|virtual ?host|\bTTL\b|\bAPI\b|\bDNS\b"
    r"|\b[45]\d\d\b|not found|forbidden|unauthorized|internal server error|bad gateway|\{status\}",
    re.IGNORECASE,
)
JAPANESE_JARGON = re.compile(
    r"ドメイン認証|クーロン|レコード|バーチャルホスト|仮想ホスト|名前解決|応答コード|ステータス|エーピーアイ|生存時間"
)

# --- Japanese

JAPANESE = r"\u3001-\u30fe\u4e00-\u9fff"
LETTERS = r"\u3041-\u30fa\u30fc-\u30fe\u3005\u4e00-\u9fff"
POLITE = (
    "です",
    "ます",
    "ません",
    "でした",
    "ました",
    "ませんでした",
    "でしょう",
    "ください",
    "ますか",
    "ませんか",
    "いただけますか",
)
FULL_WIDTH = re.compile(r"[\uff01-\uff5e\u3000]")
SPACED = re.compile(f"[{JAPANESE}] +[{JAPANESE}]")


@dataclass(frozen=True)
class Rendering:
    """What one reader gets to read in one language with one set of arguments."""

    cause: str
    language: str
    reader: Reader
    args: dict[str, Argument]
    words: Words

    @property
    def bodies(self) -> list[str]:
        """Everything but the title."""
        steps = [step.say for step in self.words.steps]
        return [self.words.what, self.words.why, *steps, *self.words.send.values()]

    @property
    def texts(self) -> list[str]:
        """Everything."""
        return [self.words.title, *self.bodies]


def placeholders(value: Any) -> set[str]:
    """The arguments that a value names: in sentences, and as the choice of a `by` map."""
    if isinstance(value, str):
        return set(re.findall(r"\{(\w+)\}", value))
    if isinstance(value, list):
        return set[str]().union(*map(placeholders, value))
    if isinstance(value, dict):
        chosen = {value["by"]} if "by" in value else set()
        return chosen.union(*(placeholders(part) for key, part in value.items() if key != "by"))
    return set()


def maps(value: Any) -> Iterator[dict[str, Any]]:
    """Every map inside a value: plural forms and choices (steps are maps, too)."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from maps(part)
    elif isinstance(value, list):
        for part in value:
            yield from maps(part)


def strings(value: Any) -> Iterator[str]:
    """Every template inside a value, without the names of choices and buttons."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in ("by", "do"):
                yield from strings(part)


def values_of(language: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every value of one language with its place."""
    for reader in READERS:
        for field, value in (language.get(reader) or {}).items():
            if field == "steps":
                for number, step in enumerate(value, 1):
                    yield f"{reader}.step {number}", step["say"]
            else:
                yield f"{reader}.{field}", value
    for receiver, value in (language.get("send") or {}).items():
        yield f"send.{receiver}", value


def argument_sets(cause: str) -> Iterator[dict[str, Argument]]:
    """Every subset of the optional arguments, with each count and each value that a `by` map knows, or none of them."""
    kinds: dict[str, str] = CATALOGUE.texts[cause]["args"]
    required = [name for name, kind in kinds.items() if not kind.endswith("?")]
    optional = [name for name in kinds if name not in required]
    choices: dict[str, set[str]] = {}
    for each in maps(CATALOGUE.texts[cause]):
        if "by" in each:
            choices.setdefault(each["by"], {UNHEARD_OF}).update(set(each) - {"by", "else"})
    counts = COUNTS if "count" in "".join(kinds.values()) else COUNTS[:1]
    subsets = chain.from_iterable(combinations(optional, size) for size in range(len(optional) + 1))
    for subset, count in product(subsets, counts):
        names = [*required, *subset]
        chosen = [name for name in names if name in choices]
        for values in product(*(sorted(choices[name]) for name in chosen)):
            args: dict[str, Argument] = {}
            for name in names:
                kind = kinds[name].removesuffix("?")
                args[name] = count if kind == "count" else NAMES[:count] if kind == "domains" else SAMPLES[kind]
            yield args | dict(zip(chosen, values, strict=True))


@cache
def renderings(cause: str) -> tuple[Rendering, ...]:
    """Everything that can be read about a cause."""
    writers = {
        (language, reader): Writer(CATALOGUE.texts, language, reader, "Asia/Tokyo")
        for language, reader in product(LANGUAGES, READERS)
    }
    findings = [Finding(cause, "nobody", "ok", "certain", args=args) for args in argument_sets(cause)]
    return tuple(
        Rendering(cause, language, reader, dict(finding.args), writer.words(finding))
        for finding in findings
        for (language, reader), writer in writers.items()
    )


every_cause = pytest.mark.parametrize("cause", sorted(CAUSES))
every_language = pytest.mark.parametrize("language", LANGUAGES)


# --- the form of the files


@every_cause
def test_a_text_file_has_the_documented_parts(cause: str) -> None:
    """Both languages have all words for the owner, and the admin's and the messages' parts are known ones."""
    text = CATALOGUE.texts[cause]
    assert set(text) <= {"args", "count_by", "en", "ja"}
    for language in LANGUAGES:
        assert {"owner"} <= set(text[language]) <= {"owner", "admin", "send"}
        assert set(text[language]["owner"]) == set(FIELDS)
        assert set(text[language].get("admin") or {}) <= set(FIELDS)
        assert set(text[language].get("send") or {}) <= RECEIVERS
    assert set(text["en"].get("send") or {}) == set(text["ja"].get("send") or {})


@every_cause
def test_arguments_have_known_types(cause: str) -> None:
    """Every argument has a documented type; plural forms are chosen by a count."""
    text = CATALOGUE.texts[cause]
    assert {kind.removesuffix("?") for kind in text["args"].values()} <= TYPES
    if "count_by" in text:
        assert text["args"][text["count_by"]].removesuffix("?") == "count"


@every_language
@pytest.mark.parametrize(
    ("cause", "name"), [(cause, name) for cause in sorted(CAUSES) for name in CATALOGUE.texts[cause]["args"]]
)
def test_a_declared_argument_is_used(cause: str, name: str, language: str) -> None:
    """An argument that a cause declares is said, counted by or chosen by in each language."""
    text = CATALOGUE.texts[cause]
    counted = {text["count_by"]} if "count_by" in text else set()
    assert name in placeholders(text[language]) | counted


@every_language
@every_cause
def test_a_used_argument_is_declared(cause: str, language: str) -> None:
    """No sentence asks for an argument that the cause does not have."""
    text = CATALOGUE.texts[cause]
    assert placeholders(text[language]) <= set(text["args"])


@every_language
@every_cause
def test_plural_forms_and_choices_are_complete(cause: str, language: str) -> None:
    """English has one and other, Japanese other only, and a choice has an answer for a value that nobody foresaw."""
    text = CATALOGUE.texts[cause]
    for each in maps(text[language]):
        if "by" in each:
            assert "else" in each
            assert text["args"][each["by"]].removesuffix("?") == "text"
        elif "other" in each or "one" in each:
            assert set(each) == ({"one", "other"} if language == "en" else {"other"})
            assert "count_by" in text


def is_usable(sentence: Any, given: set[str], count_by: str) -> bool:
    """Whether a sentence can be said with these arguments, whatever a choice says."""
    if isinstance(sentence, str):
        return placeholders(sentence) <= given
    if isinstance(sentence, list):
        return is_usable(sentence[-1], given, count_by)
    if "by" in sentence:
        return all(is_usable(part, given, count_by) for key, part in sentence.items() if key != "by")
    return count_by in given and placeholders(sentence) <= given


@every_language
@every_cause
def test_the_last_twin_needs_no_optional_argument(cause: str, language: str) -> None:
    """Each sentence can be said, or is left out on purpose, when every optional argument is missing."""
    text = CATALOGUE.texts[cause]
    required = {name for name, kind in text["args"].items() if not kind.endswith("?")}
    for place, value in values_of(text[language]):
        for sentence in value if isinstance(value, list) else [value]:
            assert is_usable(sentence, required, text.get("count_by", "")), (place, sentence)


@every_language
@every_cause
def test_a_title_is_one_sentence(cause: str, language: str) -> None:
    """A title is a string or a list with one sentence in it, and no twin of it is empty."""
    for place, value in values_of(CATALOGUE.texts[cause][language]):
        if place.endswith(".title"):
            assert isinstance(value, str) or len(value) == 1
            assert "" not in set(strings(value))


@every_language
@every_cause
def test_the_admin_has_other_words_only_where_they_differ(cause: str, language: str) -> None:
    """What equals the owner's words is left out, and is then the same for both."""
    text = CATALOGUE.texts[cause][language]
    own, admin = text["owner"], text.get("admin") or {}
    for field, value in admin.items():
        assert value != own[field], field
    for each in renderings(cause):
        if each.reader == "admin" and each.language == language:
            finding = Finding(cause, "nobody", "ok", "certain", args=each.args)
            owners = Writer(CATALOGUE.texts, language, "owner", "Asia/Tokyo").words(finding)
            for field in set(FIELDS) - set(admin):
                assert getattr(each.words, field) == getattr(owners, field)


# --- steps and messages


@every_cause
def test_buttons_are_actions_of_the_cause(cause: str) -> None:
    """A step offers only what the cause says can help, and the same in both languages."""
    offered = {
        language: {
            reader: [step.do for step in Writer(CATALOGUE.texts, language, reader, "UTC").templates(cause).steps]
            for reader in READERS
        }
        for language in LANGUAGES
    }
    buttons = {do for steps in offered["en"].values() for do in steps if do}
    assert buttons <= set(CAUSES[cause].actions) <= ACTIONS
    assert offered["en"] == offered["ja"]


@every_language
@every_cause
def test_who_must_act_can_be_written_to(cause: str, language: str) -> None:
    """If the reader is not the one who must act, there is a message to send to that one."""
    who = CAUSES[cause].who
    sends = CATALOGUE.texts[cause][language].get("send") or {}
    if cause in NOBODY_TO_WRITE_TO:
        assert who not in sends
    elif who in RECEIVERS:
        assert who in sends


@every_cause
def test_a_step_that_names_the_prepared_message_has_one(cause: str) -> None:
    """A step that tells the reader to send the prepared message does so only where that reader gets one."""
    for each in renderings(cause):
        said = " ".join(step.say for step in each.words.steps)
        if "prepared message" in said or "用意してある文面" in said:
            assert each.words.send, each


# --- what can be read


@every_cause
def test_every_set_of_arguments_gives_whole_words(cause: str) -> None:
    """No subset of the optional arguments leaves a brace, a gap, a loose full stop or an empty part."""
    for each in renderings(cause):
        assert all(each.texts), each
        assert each.words.steps, each
        for text in each.texts:
            assert not re.search(r"[{}]|  | [,;:。、]| \.(?!\w)|\.\.|。。|、。|\(\)|「」|None", text), each
            assert text == text.strip(), each
            assert "\n" not in text, each


@every_cause
def test_a_message_is_whole_where_there_is_one(cause: str) -> None:
    """Each message that a cause prepares is there with every set of arguments, except one to the reader."""
    for each in renderings(cause):
        declared = CATALOGUE.texts[cause][each.language].get("send") or {}
        assert set(each.words.send) == set(declared) - {SELF[each.reader]}, each


def test_words_that_nobody_saw_are_not_spoken_of() -> None:
    """Where no message was seen, no step sends the reader to its words."""
    for each in renderings("unknown_problem"):
        if each.args["reason"] in ("no_verdict", "not_readable", "unexplained") and "words" not in each.args:
            for step in each.words.steps:
                assert not re.search("these words|the words|文面の前後|文面と時刻", step.say), each


@every_cause
def test_counts_and_words_agree(cause: str) -> None:
    """In English nothing is said of 1 addresses or of 3 address."""
    for each in renderings(cause):
        if each.language == "en":
            for text in each.texts:
                assert not re.search(r"\b1 (?!hour|day|minute)[a-z]+s\b", text), each
                assert not re.search(r"\b3 (address|certificate|website|name|extra address)\b", text), each


@every_cause
def test_the_owner_reads_the_name_of_the_own_site(cause: str) -> None:
    """The title or the first sentences name the domain (or the account), where it is known."""
    kinds = CATALOGUE.texts[cause]["args"]
    own = next(name for name in ("site", "domain", "account") if name in kinds)
    for each in renderings(cause):
        if each.reader == "owner" and own in each.args:
            assert str(each.args[own]) in each.words.title + each.words.what, each


# --- English


@every_cause
def test_english_sentences_end_with_a_full_stop(cause: str) -> None:
    """Every English text begins like a sentence and ends with a full stop; a title ends without one."""
    for each in renderings(cause):
        if each.language != "en":
            continue
        assert not each.words.title.endswith((".", ":", ",")), each
        for text in each.bodies:
            assert text.endswith((".", ".)")), each
        for text in each.texts:
            assert re.match(r"[A-Z0-9“/{(]|cPanel |shop\.example|mail\.shop|alice|http://", text), each


@every_language
@every_cause
def test_no_text_shouts_or_holds_markup(cause: str, language: str) -> None:
    """There are no exclamation marks, no HTML, no addresses of pages and no line breaks in a template."""
    for place, value in values_of(CATALOGUE.texts[cause][language]):
        for text in strings(value):
            assert not re.search(r"[!！\n\r\t<>]|https?://|&[a-z]+;|\bwww\.[a-z]", text), (place, text)


@every_cause
def test_english_puts_no_quotation_marks_around_a_placeholder(cause: str) -> None:
    """The renderer quotes what is a quotation; the template does not."""
    for place, value in values_of(CATALOGUE.texts[cause]["en"]):
        for text in strings(value):
            assert not re.search(r"[“\"'‘「]\{\w+\}|\{\w+\}[”\"」]", text), (place, text)


# --- Japanese


def japanese_sentences(text: str) -> Iterator[str]:
    """The sentences of a Japanese text without what stands in brackets, and without a quotation after a colon."""
    bare = re.sub(r"「[^「」]*」", "「」", text)
    while (stripped := re.sub(r"\([^()]*\)", "", bare)) != bare:
        bare = stripped
    bare = re.sub(r": 「」(?=。)", "", bare)
    assert bare.endswith("。"), text
    yield from bare.removesuffix("。").split("。")


@every_cause
def test_japanese_sentences_are_polite(cause: str) -> None:
    """Every Japanese sentence below the title ends with a polite form (です・ます), and titles end without a stop."""
    for each in renderings(cause):
        if each.language != "ja":
            continue
        assert not each.words.title.endswith(("。", "、", ":")), each
        for text in each.bodies:
            for sentence in japanese_sentences(text):
                assert sentence.endswith(POLITE), (sentence, each)


@every_cause
def test_what_stands_in_japanese_brackets_is_polite_too(cause: str) -> None:
    """A whole sentence in brackets at the end of another one is polite as well."""
    for each in renderings(cause):
        if each.language == "ja":
            for text in each.bodies:
                for inner in re.findall(r"\(([^()]*[はがをに][^()]*(?:る|た|だ|い))\)。", text):
                    assert inner.endswith(POLITE), (inner, each)


@every_cause
def test_japanese_uses_half_width_signs_and_its_own_quotation_marks(cause: str) -> None:
    """Digits, Latin letters and brackets are half-width, quotations stand in 「」."""
    for place, value in values_of(CATALOGUE.texts[cause]["ja"]):
        for text in strings(value):
            assert not FULL_WIDTH.search(text), (place, text)
            assert not re.search('[“”‘’"]', text), (place, text)


@every_cause
def test_japanese_sets_arguments_and_latin_words_apart(cause: str) -> None:
    """Between Japanese and an argument or a Latin word stands a space; a quotation brings its own marks."""
    kinds = CATALOGUE.texts[cause]["args"]
    quotes = "|".join(name for name, kind in kinds.items() if kind.startswith("quote")) or "-"
    for place, value in values_of(CATALOGUE.texts[cause]["ja"]):
        for text in strings(value):
            bare = re.sub(rf"\{{(?:{quotes})\}}", "", text)
            assert not re.search(f"[{LETTERS}][A-Za-z{{]|[A-Za-z}}][{LETTERS}]", bare), (place, text)


@every_cause
def test_japanese_titles_quote_names(cause: str) -> None:
    """In a Japanese title a domain, a site or an account stands in 「」."""
    for place, value in values_of(CATALOGUE.texts[cause]["ja"]):
        if place.endswith(".title"):
            for text in strings(value):
                assert not re.search(r"(?<!「)\{(?:domain|site|account)\}|\{(?:domain|site|account)\}(?!」)", text), (
                    text
                )


@every_cause
def test_japanese_has_no_space_between_japanese_signs(cause: str) -> None:
    """A space stands only between Japanese and Latin, also where an argument ends in Japanese."""
    for each in renderings(cause):
        if each.language == "ja":
            for text in each.texts:
                assert not SPACED.search(text), each


# --- headlines


@every_language
@every_cause
def test_an_owner_understands_the_title_and_what_it_means(cause: str, language: str) -> None:
    """A person who runs a shop understands title and `what`: no protocol, record or status stands in them."""
    owner = CATALOGUE.texts[cause][language]["owner"]
    for text in chain(strings(owner["title"]), strings(owner["what"])):
        assert not JARGON.search(text), text
        assert not JAPANESE_JARGON.search(text), text


# --- the words around findings

INTERFACE: dict[str, dict[str, Any]] = yaml.safe_load(
    files("autossl_doctor.explain").joinpath("interface/terminal.yaml").read_text("utf-8")
)


def test_both_languages_have_the_same_words_around_findings() -> None:
    """Each heading, state and label exists in both languages with the same placeholders."""
    assert set(INTERFACE) == set(LANGUAGES)
    english, japanese = INTERFACE["en"], INTERFACE["ja"]
    assert set(english) == set(japanese)
    for key, value in english.items():
        assert type(value) is type(japanese[key]), key
        if isinstance(value, dict):
            assert set(value) - {"one"} == set(japanese[key]), key
        assert placeholders(value) - {"count"} == placeholders(japanese[key]) - {"count"}, key


def test_every_word_around_findings_is_used() -> None:
    """No heading or label is left over from an earlier form of the pages."""
    room = files("autossl_doctor")
    code = "".join(
        entry.read_text("utf-8")
        for part in ("present", "entry")
        for entry in room.joinpath(part).iterdir()
        if entry.name.endswith(".py")
    )
    unused = {key for key in INTERFACE["en"] if not re.search(rf"[\"']{key}[\"']", code)}
    assert unused == set()


@every_language
def test_every_state_has_a_word(language: str) -> None:
    """Severities, both axes of a verdict, who must act, and every source that may be missing have words."""
    words = INTERFACE[language]
    assert set(words["severity"]) == set(SEVERITIES)
    assert set(words["visitors"]) == choices(Visitors)
    assert set(words["renewal"]) == choices(Renewal)
    assert set(words["who"]) == choices(Who)
    assert set(words["send"]) == RECEIVERS
    if "confidence" in words:
        assert set(words["confidence"]) == set(CONFIDENCES)
    gaps = files("autossl_doctor.diagnose").joinpath("gaps.py").read_text("utf-8")
    named = set(re.findall(r"\(\"(\w+)\", reading|\+= \"(\w+)\"|CouldNotCheck\(\"(\w+)\"", gaps))
    assert {name for found in named for name in found if name} <= set(words["facts"])


@pytest.mark.parametrize("key", sorted(INTERFACE["ja"]))
def test_japanese_words_around_findings_keep_the_house_form(key: str) -> None:
    """Labels and headings use half-width digits and letters and no spaces between Japanese signs."""
    for text in strings(INTERFACE["ja"][key]):
        assert not FULL_WIDTH.search(text)
        assert not SPACED.search(text)
        assert "“" not in text


@every_cause
def test_a_cause_can_be_told_without_any_name(cause: str) -> None:
    """A pasted problem need not say whose it is: names are optional, and nothing is empty without them."""
    kinds: dict[str, str] = CATALOGUE.texts[cause]["args"]
    if cause not in ON_A_HOST_ONLY:
        assert all(kinds[name].endswith("?") for name in ("domain", "site") if name in kinds)
    told = [each for each in renderings(cause) if not each.args.keys() & {"domain", "site"}]
    assert told or cause in ON_A_HOST_ONLY
    for each in told:
        assert all([each.words.title, each.words.what, each.words.why, each.words.steps])
        assert "None" not in "".join(each.texts)
