"""Lines of a terminal: never wider than 80 columns, broken where each language allows it, and harmless."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from autossl_doctor.present.harmless import harmless
from autossl_doctor.present.wrap import WIDTH, wrap

CLOSING = "、。，．：；？！）」』】〉》ー々っゃゅょァィゥェォッャュョ"
OPENING = "「『（【〈《"
TURNING = frozenset(("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))

mixed = st.text(st.sampled_from("あいサ漢字、。」「（）ーっabcXYZ019 .,:-/…😀"), max_size=300)
prose = st.lists(st.text("あいサ漢字", min_size=1, max_size=9), max_size=40).flatmap(
    lambda words: st.lists(st.sampled_from("、。」「"), min_size=len(words), max_size=len(words)).map(
        lambda signs: "".join(word + sign for word, sign in zip(words, signs, strict=True))
    )
)


def test_80_columns_are_the_width() -> None:
    """A terminal has 80 columns, and Japanese signs take two of them."""
    assert WIDTH == 80
    assert list(wrap("あ" * 41)) == ["あ" * 40, "あ"]
    assert list(wrap("a" * 81)) == ["a" * 80, "a"]


@given(mixed, st.integers(0, 8), st.none() | st.integers(0, 12), st.sampled_from([20, 40, 80]))
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, indent: int, hanging: int | None, width: int) -> None:
    """Every line fits, stands at its indent and ends without a space; the lines together are the text."""
    lines = list(wrap(text, indent, hanging, width))
    following = indent if hanging is None else hanging
    for number, line in enumerate(lines):
        assert cell_len(line) <= width
        assert line == line.rstrip()
        assert len(line) - len(line.lstrip(" ")) == (following if number else indent)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.text(max_size=200))
def test_any_text_at_all_fits(text: str) -> None:
    """Whatever a log or a website writes, no line is wider than the terminal."""
    assert all(cell_len(line) <= WIDTH for line in wrap(text, 4))


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\x1b\x00", "\u3000"])
def test_nothing_gives_no_line(text: str) -> None:
    """An empty text is no empty line."""
    assert list(wrap(text, 4)) == []


def test_english_is_broken_between_words() -> None:
    """A line ends where a word ends, and the next one begins with a word."""
    text = "Until it can, shop.example gets no new certificate; without a valid one, visitors see a warning. " * 5
    words = text.split()
    lines = list(wrap(text, 2, 5))
    assert [word for line in lines for word in line.split()] == words
    for line, following in pairwise(lines):
        assert cell_len(line) + 1 + cell_len(following.split()[0]) > WIDTH


def test_a_numbered_step_hangs_behind_its_number() -> None:
    """The lines below the first stand under the words, not under the number."""
    first, second = wrap("1. " + "word " * 16, 4, 7)
    assert first.startswith("    1. word")
    assert second.startswith("       word")


@given(prose, st.integers(0, 6))
def test_japanese_lines_begin_and_end_as_they_may(text: str, indent: int) -> None:
    """A line never begins with a comma, a full stop or a closing bracket, and never ends with an opening one."""
    lines = [line.strip() for line in wrap(text, indent)]
    for line, following in pairwise(lines):
        assert following[0] not in CLOSING
        assert line[-1] not in OPENING


@pytest.mark.parametrize("sign", CLOSING)
@pytest.mark.parametrize("before", [39, 40])
def test_a_closing_sign_takes_its_neighbour_along(sign: str, before: int) -> None:
    """Where the sign would be the first of a line, the one before it moves down with it."""
    lines = list(wrap("漢" * before + sign + "漢字"))
    assert all(line[0] == "漢" for line in lines)
    assert all(cell_len(line) <= WIDTH for line in lines)


@pytest.mark.parametrize("sign", OPENING)
def test_an_opening_sign_goes_with_what_it_opens(sign: str) -> None:
    """Where the sign would be the last of a line, it moves down."""
    first, second = wrap("漢" * 39 + sign + "字" * 5)
    assert first == "漢" * 39
    assert second == sign + "字" * 5


def test_a_name_in_japanese_is_not_torn() -> None:
    """A Latin name inside a Japanese sentence stays whole while it fits into a line."""
    name = "autodiscover.old-harbor.example"
    for length in range(20, 41):
        assert any(name in line for line in wrap("漢" * length + name + "、漢字"))


def test_a_long_url_is_cut() -> None:
    """What is wider than a line is cut at the edge, so that it can be put together again."""
    url = "http://shop.example/.well-known/acme-challenge/" + "K3JX0Z7P" * 20
    lines = [line.strip() for line in wrap(f"The request for {url} was answered with 404.", 2)]
    assert all(cell_len(line) <= WIDTH - 2 for line in lines)
    assert url in "".join(lines[1:])


@pytest.mark.parametrize("closing", ["。", "、", "」"])
def test_a_cut_url_does_not_leave_its_full_stop_behind(closing: str) -> None:
    """A closing sign that follows a long address does not begin a line of its own."""
    url = "http://shop.example/".ljust(WIDTH, "x")
    assert all(line[0] not in CLOSING for line in wrap(url + closing + "漢字"))


# --- harmless


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(
            code,
            id=f"U+{code:04X}",
        )
        for code in range(0x3000)
        if unicodedata.category(chr(code)) == "Cc"
        or unicodedata.bidirectional(chr(code)) in TURNING
        or code in (0x061C, 0x200E, 0x200F)
    ],
)
def test_what_could_steer_a_terminal_is_taken_away(code: int) -> None:
    """No control sign and no change of the writing direction reaches the terminal."""
    assert harmless(f"a{chr(code)}b") == "a b"
    assert all(chr(code) not in line for line in wrap(f"見出し{chr(code)}shop.example"))


def test_an_escape_sequence_is_only_text() -> None:
    """A server's answer cannot colour, clear or retitle the terminal."""
    hostile = "\x1b]0;owned\x07\x1b[2J\x1b[31mall is well\x9b0m"
    assert "".join(wrap(hostile)).split() == ["]0;owned", "[2J", "[31mall", "is", "well", "0m"]


@given(mixed)
def test_harmless_text_stays_as_it_is(text: str) -> None:
    """Ordinary words of both languages are not touched."""
    assert harmless(text) == text
