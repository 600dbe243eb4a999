"""JSON read and written by the parts in C: the same values, texts and errors as `json` gives."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from autossl_doctor.model import json_text
from autossl_doctor.model.json_text import read_json, write_json

VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
)
BROKEN = ("", " ", "{", "[1,]", "[1] 2", "nul", "'a'", '"a', '"\\x"', '{"a" 1}', "\ufeff[]", "[1]\x0b", '"\n"', "-")


def test_the_reader_in_c_is_there() -> None:
    """Without it everything would be right, and as dear as before."""
    assert json_text._scan is not None  # noqa: SLF001 - nothing else tells


@given(VALUES, some.sampled_from((None, 1)), some.sampled_from(("", " ", "\r\n\t ")))
def test_what_json_writes_is_read(value: Any, indent: int | None, blank: str) -> None:
    """With any blanks around it, and in between."""
    assert read_json(blank + json.dumps(value, indent=indent) + blank) == value


@given(some.text())
def test_any_text_is_read_or_refused_as_json_does(text: str) -> None:
    """The same value, or the same error at the same place."""
    compare(text)


@pytest.mark.parametrize("text", BROKEN)
def test_broken_json_is_refused_as_json_does(text: str) -> None:
    """With the same error, whatever is wrong."""
    with pytest.raises(json.JSONDecodeError):
        read_json(text)
    compare(text)


@given(some.recursive(some.text(), lambda inner: some.dictionaries(some.text(), inner)))
def test_texts_are_written_as_json_does(value: Any) -> None:
    """Byte for byte."""
    assert write_json(value) == json.dumps(value)


def test_what_is_no_number_of_json_is_read_as_json_does() -> None:
    """Infinity and the like."""
    assert repr(read_json("[NaN, Infinity, -Infinity, 1e999]")) == "[nan, inf, -inf, inf]"


@pytest.mark.parametrize("text", ['{"a": [1, 2.5, "x"]}', *BROKEN])
def test_an_interpreter_without_it_uses_json(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same again, only dearer."""
    monkeypatch.setattr(json_text, "_scan", None)
    monkeypatch.setattr(json_text, "_quote", None)
    compare(text)
    assert write_json({text: text}) == json.dumps({text: text})


def compare(text: str) -> None:
    """Both read the same, or both give up with the same words."""
    assert outcome(read_json, text) == outcome(json.loads, text)


def outcome(read: Callable[[str], Any], text: str) -> str:
    """What was read, or why not."""
    try:
        return repr(read(text))
    except json.JSONDecodeError as error:
        return f"refused: {error}"
