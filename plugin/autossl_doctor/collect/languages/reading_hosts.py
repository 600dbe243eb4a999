"""The lexicons of signatures as a host needs them: with its own language behind them."""

from __future__ import annotations

from typing import NamedTuple

from autossl_doctor.collect.languages import anchors
from autossl_doctor.collect.languages.locale import Language, ServerLanguage
from autossl_doctor.collect.signatures.keeping import KeepingLexicon
from autossl_doctor.collect.signatures.lexicon import Lexicon, lines, reasons
from autossl_doctor.host.files import HostPaths


class Lexicons(NamedTuple):
    """Whole messages, and the reasons behind failed tests."""

    lines: Lexicon
    reasons: Lexicon


def lexicons(language: Language | None = None) -> Lexicons:
    """Give the lexicons for texts in English and in one more language; what nobody knows is read by its anchors."""
    said = () if language is None else (language.english,)
    return Lexicons(lines().reading(*said, anchors.english), reasons().reading(*said, anchors.reason))


def keeping_lexicons_of(host: HostPaths) -> Lexicons:
    """Give the lexicons for many logs of a host, read one after the other."""
    return Lexicons(*map(KeepingLexicon, lexicons_of(host)))


def lexicons_of(host: HostPaths) -> Lexicons:
    """Give the lexicons for the logs of a host."""
    return lexicons(ServerLanguage(host))
