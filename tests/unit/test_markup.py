"""The source of a page as the lines that a browser shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.collect.markup import shown


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("<p>one <b>two</b></p><p>three</p>", ["one two", "three"]),
        ("<table><tr><td>a.example</td>\n  <td>x</td></tr></table>", ["a.example\tx"]),
        ("<div>a<br/>b</div>", ["a", "b"]),
        ("<p>&ldquo;a&#x201D; &lt;td&gt; &amp;amp;</p>", ["“a” <td> &amp;"]),
        ("<script>var a = '<p>x</p>';</script><p>y</p>", ["y"]),
        ("<style>p</style><!-- <p>x</p> --><p>y</p>", ["y"]),
        ("<!DOCTYPE html><problem><![CDATA[x]]></problem>", ["x"]),
        ('<p><abbr title="Domain Control Validation">DCV</abbr></p>', ["DCV (Domain Control Validation)"]),
        ("<p>a</p><script>never ended", ["a"]),
        ("<p>1 < 2 </p>", ["1 < 2"]),
    ],
)
def test_a_page_is_read_as_it_is_shown(source: str, seen: list[str]) -> None:
    """Tags part lines and cells, what is not shown is left out, and entities are read last."""
    assert [line.strip() for line in shown(source).split("\n") if line.strip()] == seen


@pytest.mark.parametrize("text", ["", "a <b>c</b>", "The content “<p>x</p>” of the file", "<taro> hello", "<p>"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    """Only what begins with markup, and closes some, is the source of a page."""
    assert shown(text) == text


@given(st.text(alphabet="<>/!-p a[]&;#x", max_size=200))
def test_any_source_is_read(text: str) -> None:
    """Broken markup never raises."""
    assert isinstance(shown(f"<{text}</"), str)
