"""From id and arguments to words: twins, plural forms, choices, readers, and arguments that others wrote."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from autossl_doctor.explain.interface import Interface
from autossl_doctor.explain.words import MARKS, Reader, Step, Words, Writer
from autossl_doctor.model.finding import Argument, Finding

ARGS = {
    "site": "domain",
    "holding": "domains?",
    "count": "count?",
    "waited": "duration?",
    "at": "moment?",
    "reason": "text?",
    "line": "quote?",
}


def write(
    title: Any, args: dict[str, Argument], *, language: str = "en", reader: Reader = "owner", **more: Any
) -> Words:
    """The words of a made-up cause whose title is `title`."""
    own: dict[str, Any] = {"title": title, "what": "W.", "why": "Y.", "steps": [{"say": "Do."}], **more}
    text = {"args": ARGS, "count_by": "count", language: {"owner": own}}
    finding = Finding("made_up", "host", "notice", "certain", args=args)
    return Writer({"made_up": text}, language, reader, "Asia/Tokyo").words(finding)


def title(value: Any, language: str = "en", **args: Argument) -> str:
    """The title alone."""
    return write(value, args, language=language).title


# --- sentences


def test_the_first_usable_twin_is_said() -> None:
    """Of several twins the first one whose arguments are all there is used."""
    twins = [["{site} waits {waited} since {at}", "{site} waits {waited}", "{site} waits"]]
    assert title(twins, site="shop.example") == "shop.example waits"
    assert title(twins, site="shop.example", waited=timedelta(hours=3)) == "shop.example waits 3 hours"
    at = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
    assert title(twins, site="shop.example", at=at) == "shop.example waits"


@pytest.mark.parametrize("missing", ["", ()])
def test_an_empty_argument_is_a_missing_one(missing: Argument) -> None:
    """An empty text or list leaves no gap in a sentence."""
    assert title([["Because of {holding}", "For no reason"]], holding=missing) == "For no reason"


def test_zero_is_an_argument() -> None:
    """A count of nothing is something to say."""
    assert title([["{count} left", "Unknown"]], count=0) == "0 left"


def test_sentences_are_joined_as_the_language_does() -> None:
    """A space stands between English sentences and nothing between Japanese ones; an empty twin leaves no trace."""
    value = ["A.", [["{reason}."], ""][0], ["{reason}.", ""], "B."]
    assert write("T", {}, what=value).what == "A. B."
    value = ["一です。", ["{reason}です。", ""], "二です。"]
    assert write("T", {}, language="ja", what=value).what == "一です。二です。"


@pytest.mark.parametrize(("count", "said"), [(1, "One name"), (0, "0 names"), (3, "3 names"), (1200, "1,200 names")])
def test_english_counts_one_and_others(count: int, said: str) -> None:
    """The form is chosen by the count, which may be any number."""
    assert title([{"one": "One name", "other": "{count} names"}], count=count) == said


@pytest.mark.parametrize("count", [0, 1, 3])
def test_japanese_has_one_form(count: int) -> None:
    """In Japanese one name and many names read alike."""
    assert title([{"other": "名前 {count} 件"}], "ja", count=count) == f"名前 {count} 件"


def test_plural_forms_without_a_count_are_passed_over() -> None:
    """A plural form whose count is missing lets the next twin speak."""
    assert title([[{"one": "One", "other": "Many"}, "Some"]]) == "Some"


def test_a_plural_form_that_lacks_an_argument_lets_the_next_twin_speak() -> None:
    """A twin may be a plural form, and is usable only with all its arguments."""
    value = [[{"one": "{holding} fails", "other": "{holding} fail"}, {"one": "One fails", "other": "{count} fail"}]]
    assert title(value, count=2) == "2 fail"
    assert title(value, count=2, holding=("a.jp", "b.jp")) == "a.jp and b.jp fail"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"reason": "unread"}, "Unread"),
        ({"reason": "heard"}, "Something"),
        ({"reason": "by"}, "Something"),
        ({"reason": "else"}, "Something"),
        ({}, "Something"),
        ({"reason": "named", "site": "shop.example"}, "Named shop.example"),
        ({"reason": "named"}, "Named"),
    ],
)
def test_a_choice_answers_every_value(args: dict[str, Argument], said: str) -> None:
    """A known value has its own sentence, everything else (also the words of the map itself) the last one."""
    value = [{"by": "reason", "unread": "Unread", "named": ["Named {site}", "Named"], "else": "Something"}]
    assert write(value, args).title == said


# --- arguments that others wrote


@pytest.mark.parametrize("hostile", ["{site}", "{line}", "{0.__class__}", "%s", "\\1", "\\g<0>", "{{}}", "}{"])
def test_an_argument_is_never_read_as_a_template(hostile: str) -> None:
    """Braces and back-references in the words of a server are shown as they are."""
    assert title("It says {reason} about {site}", reason=hostile, site="shop.example") == (
        f"It says {hostile} about shop.example"
    )


def test_line_breaks_in_an_argument_do_not_break_the_sentence() -> None:
    """A sentence stays one line, whatever a server answers."""
    assert title("The words are {line}", line="all\nis\twell") == "The words are “all is well”"


def test_a_space_before_a_japanese_argument_is_taken_away() -> None:
    """Between Latin and Japanese signs stands a space, between two Japanese ones none, wherever an argument ends."""
    assert title("注文から {waited} 待っています", "ja", waited=timedelta(hours=3)) == "注文から 3 時間待っています"
    assert title("{site} の証明書", "ja", site="shop.example") == "shop.example の証明書"
    names = tuple(f"{letter}.jp" for letter in "abcdef")
    assert title("{holding} も同じです", "ja", holding=names).endswith("、ほか 1 件も同じです")


def test_a_japanese_quotation_keeps_its_spaces() -> None:
    """What a log says is quoted as it says it."""
    assert "「接続 失敗」" in title("文面は{line}です", "ja", line="接続 失敗")


# --- readers


def both(language: str) -> dict[str, Any]:
    """Texts in which every part tells its reader."""
    return {
        "made_up": {
            "args": ARGS,
            language: {
                "owner": {
                    "title": "Owner's title",
                    "what": "Owner's what.",
                    "why": "Owner's why.",
                    "steps": [{"say": "Try again.", "do": "retry"}, {"say": "Wait."}],
                },
                "admin": {"title": "Admin's title", "steps": [{"say": "Look."}]},
                "send": {"dns": "To the DNS.", "host": "To the host.", "owner": "To the owner.", "ca": ["{reason}."]},
            },
        }
    }


def test_the_admin_reads_the_owners_words_where_there_are_no_others() -> None:
    """Fields that the admin lacks come from the owner, and steps are replaced whole."""
    words = Writer(both("en"), "en", "admin", "UTC").words(Finding("made_up", "host", "notice", "certain"))
    assert (words.title, words.what, words.why) == ("Admin's title", "Owner's what.", "Owner's why.")
    assert words.steps == (Step("Look."),)
    words = Writer(both("en"), "en", "owner", "UTC").words(Finding("made_up", "host", "notice", "certain"))
    assert words.title == "Owner's title"
    assert words.steps == (Step("Try again.", "retry"), Step("Wait."))


@pytest.mark.parametrize(("reader", "receivers"), [("owner", {"dns", "host"}), ("admin", {"dns", "owner"})])
def test_nobody_gets_a_message_to_himself(reader: Reader, receivers: set[str]) -> None:
    """The owner writes to the host, the admin to the owner; a message that cannot be said is not offered."""
    words = Writer(both("en"), "en", reader, "UTC").words(Finding("made_up", "host", "notice", "certain"))
    assert set(words.send) == receivers


def test_a_step_that_cannot_be_said_is_left_out() -> None:
    """A step without words has no number and no button."""
    steps = [{"say": [["Ask {reason}.", ""]], "do": "retry"}, {"say": "Wait."}]
    assert write("T", {}, steps=steps).steps == (Step("Wait."),)


def test_templates_keep_every_placeholder() -> None:
    """For other programs the fullest twin is given, with its arguments as {name} and without quotation marks."""
    text = {
        "made_up": {
            "args": ARGS,
            "count_by": "count",
            "en": {
                "owner": {
                    "title": [["{site} since {at}", "{site}"]],
                    "what": [{"one": "One.", "other": "{count} of {holding}."}],
                    "why": [{"by": "reason", "unread": "Unread.", "else": "It says {line} after {waited}."}],
                    "steps": [{"say": "Do."}],
                }
            },
        }
    }
    words = Writer(text, "en", "owner", "UTC").templates("made_up")
    assert words.title == "{site} since {at}"
    assert words.what == "{count} of {holding}."
    assert words.why == "It says {line} after {waited}."


# --- the words around findings


def test_a_state_is_chosen_and_counted() -> None:
    """Labels are chosen by their key, headings by their count; an unknown key is shown as it is."""
    english, japanese = Interface("en"), Interface("ja")
    assert english.say("summary_sites", count=1) == "1 website"
    assert english.say("summary_sites", count=1200) == "1,200 websites"
    assert japanese.say("summary_sites", count=1) == "サイト 1 件"
    assert english.say("severity", "notice") == "note"
    assert english.say("facts", "moon_phase") == "moon_phase"


def test_a_name_with_braces_does_not_disturb_a_heading() -> None:
    """What a person typed is put in once and not read again."""
    assert "{count}" in Interface("en").say("no_such_site", name="{count}")


# --- arguments that a page dresses


def test_a_page_decides_how_arguments_look() -> None:
    """The writer hands value, type, language and zone to whoever shows arguments."""
    asked: list[tuple[Argument, str, str, str]] = []

    def dress(value: Argument, kind: str, language: str, zone: str) -> str:
        asked.append((value, kind, language, zone))
        return f"[{value}]"

    text = {"args": ARGS, "en": {"owner": {"title": "{site} waits", "what": "", "why": "", "steps": []}}}
    finding = Finding("made_up", "host", "notice", "certain", args={"site": "shop.example"})
    writer = Writer({"made_up": text}, "en", "owner", "Asia/Tokyo", show=dress)
    assert writer.words(finding).title == "[shop.example] waits"
    assert asked == [("shop.example", "domain", "en", "Asia/Tokyo")]


def test_marks_around_an_argument_do_not_open_a_gap() -> None:
    """Japanese signs meet without a space also where a page has marked the argument."""
    text = {"args": ARGS, "ja": {"owner": {"title": "名前 {site} の更新", "what": "", "why": "", "steps": []}}}
    finding = Finding("made_up", "host", "notice", "certain", args={"site": "和菓子"})

    def mark(value: Argument, *_: str) -> str:
        return f"{MARKS[0]}{value}{MARKS[1]}"

    said = Writer({"made_up": text}, "ja", "owner", "UTC", show=mark).words(finding).title
    assert said == f"名前{MARKS[0]}和菓子{MARKS[1]}の更新"
