"""A message out of its dress: entities, doubled blanks and other quotation marks."""

import pytest

from autossl_doctor.collect.signatures.lexicon import lines, reasons
from autossl_doctor.collect.signatures.wording import plain, requoted


@pytest.mark.parametrize(
    ("dressed", "bare"),
    [
        ("&#x201C;a&#8221; &hellip;&nbsp;b", "“a” … b"),
        ("a  b   c", "a b c"),
        ("https://a.example/?b=1&copy=2", "https://a.example/?b=1&copy=2"),
        ("a&#10;b &#7;", "a&#10;b &#7;"),
    ],
)
def test_dress_is_taken_off(dressed: str, bare: str) -> None:
    """Entities need their semicolon, and those that steer a terminal stay as they are written."""
    assert plain(dressed) == bare


@pytest.mark.parametrize(
    ("foreign", "own"),
    [
        ("„a“ „b” x", "“a” “b” x"),
        ("« a » ‹b›", "“a” “b”"),
        ('\\"a\\" b', "“a” b"),
        ("„a", "„a"),
        ("“a” “b”", "“a” “b”"),
    ],
)
def test_quotation_marks_of_other_languages_become_autossls_own(foreign: str, own: str) -> None:
    """Mail programs put the marks of their reader's language."""
    assert requoted(foreign) == own


@pytest.mark.parametrize("marks", ["„“", "«»", "““", '""'])
def test_a_message_keeps_its_meaning_in_any_marks(marks: str) -> None:
    """Name and meaning are those of the message as AutoSSL writes it."""
    reason = f"{marks[0]}a.example{marks[1]} does not resolve to any IP addresses on the internet."
    reason = reason.replace("““", "“").replace("a.example“ ", "a.example” ")
    found = reasons().search(reason)
    assert found is not None
    assert (found[0].id, (found[2] or {})["resolved"]) == ("dns.no_address", "a.example")
    assert lines().search(f"frobnicated {marks[0]}This system has AutoSSL disabled.{marks[1]}") is None
