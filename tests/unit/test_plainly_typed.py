"""The short way of `history`: it takes what people type exactly as the long way does, or leaves it to that."""

from itertools import product

import pytest

from autossl_doctor.entry.cli import main
from autossl_doctor.entry.plainly_typed import plainly_typed
from autossl_doctor.entry.typed import understand

PLAIN = (
    ("shop.example",),
    ("日本.example",),
    ("WWW.shop.example.",),
    ("",),
    ("shop.example", "--lang", "ja"),
    ("--lang=en", "shop.example"),
    ("--format", "json", "shop.example", "--reader", "owner"),
    ("shop.example", "--format=text", "--format=json", "--reader=admin"),
)
ODD = (
    (),
    ("a.example", "b.example"),
    ("--", "shop.example"),
    ("-x",),
    ("-1",),
    ("--help",),
    ("-h", "shop.example"),
    ("shop.example", "--lang"),
    ("shop.example", "--lang", "fr"),
    ("shop.example", "--lang="),
    ("shop.example", "--la", "ja"),
    ("shop.example", "--format=yaml"),
    ("shop.example", "--account", "alice"),
    ("shop.example", "--now", "2026-11-22T12:30:00Z"),
)
UNDERSTOOD = (("--", "shop.example"), ("-1",), ("shop.example", "--la", "ja"))
"""Odd, and no mistakes."""


@pytest.fixture(params=["C.UTF-8", "ja_JP.UTF-8"])
def _locale(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", request.param)


@pytest.mark.usefixtures("_locale")
@pytest.mark.parametrize("typed", PLAIN, ids=" ".join)
def test_the_short_way_understands_the_same(typed: tuple[str, ...]) -> None:
    """Domain, form, language and reader, said or not."""
    asked = plainly_typed(["history", *typed])
    assert asked is not None
    assert ("history", asked) == understand(["history", *typed])
    assert plainly_typed(("history", *typed)) == asked


@pytest.mark.parametrize("typed", ODD, ids=" ".join)
def test_what_is_odd_is_left_to_the_long_way(typed: tuple[str, ...]) -> None:
    """Mistakes and whatever else may be typed."""
    assert plainly_typed(["history", *typed]) is None


@pytest.mark.parametrize("typed", [each for each in ODD if each not in UNDERSTOOD], ids=" ".join)
def test_help_and_mistakes_are_answered_as_ever(typed: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """As with every command."""
    with pytest.raises(SystemExit) as ended:
        main(["history", *typed])
    helped = bool({"-h", "--help"} & set(typed))
    assert ended.value.code == (0 if helped else 64)
    said = capsys.readouterr()
    assert "usage: autossl-doctor " in (said.out if helped else said.err)


@pytest.mark.parametrize(
    "typed", [(), *product(("diagnose", "explain", "status", "histor", "--version"), ("shop.example",))]
)
def test_other_commands_are_none_of_its_business(typed: tuple[str, ...]) -> None:
    """Also a part of its name."""
    assert plainly_typed(typed) is None
