"""The lexicon for many logs finds what the plain one finds, the first time and each time after."""

from __future__ import annotations

import pytest

from autossl_doctor.collect.signatures import keeping
from autossl_doctor.collect.signatures.keeping import KeepingLexicon
from autossl_doctor.collect.signatures.lexicon import Found, Lexicon, lines

SAMPLES = sorted({text for signature in lines().signatures for text in (*signature.match, *signature.rejects)})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The messages that the plain way was asked for."""
    texts: list[str] = []
    plain = Lexicon.find

    def find(self: Lexicon, text: str) -> Found | None:
        texts.append(text)
        return plain(self, text)

    monkeypatch.setattr(Lexicon, "find", find)
    return texts


def test_it_finds_the_same_again_and_again() -> None:
    """Kept or not, known or not: a message means what it means."""
    kept = KeepingLexicon(lines())
    expected = [lines().find(text) for text in SAMPLES]
    assert [kept.find(text) for text in SAMPLES] == expected
    assert [kept.find(text) for text in SAMPLES] == expected
    assert any(expected)
    assert not all(expected)


def test_a_short_message_is_looked_up_once(asked: list[str]) -> None:
    """That is what it is for."""
    kept = KeepingLexicon(lines())
    first = kept.find("CA authorized: “a.example”")
    assert kept.find("CA authorized: “a.example”") is first
    assert len(asked) == 1


def test_long_messages_and_those_beyond_the_limit_are_not_kept(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log of a million names costs time, not memory without end."""
    monkeypatch.setattr(keeping, "MOST_KEPT", 1)
    kept = KeepingLexicon(lines())
    long = f"CA authorized: “{'a' * 63}.{'b' * 63}.example”"
    for text in (long, long, "CA authorized: “a.example”", "CA authorized: “b.example”", "CA authorized: “b.example”"):
        assert kept.find(text)
    assert asked == [
        long,
        long,
        "CA authorized: “a.example”",
        "CA authorized: “b.example”",
        "CA authorized: “b.example”",
    ]
