"""A lexicon for many logs of one server: run after run they say mostly the same, word for word."""

from __future__ import annotations

from autossl_doctor.collect.signatures.lexicon import Found, Lexicon

MOST_KEPT = 32_768
"""About twenty megabytes. The first log fills it with what all say; what comes later is of one run only."""
LONGEST_KEPT = 120
"""Longer messages hold addresses and points in time, which do not come again."""


class KeepingLexicon(Lexicon):
    """Finds what another lexicon finds, and keeps what short messages mean."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.__dict__.update(lexicon.__dict__)
        self._kept: dict[str, Found] = {}

    def find(self, text: str) -> Found | None:
        """Give the signature of `text`, its number for `does`, and the fields; None if nothing claims it."""
        found = self._kept.get(text)
        if found is None:
            found = super().find(text)
            if found is not None and len(text) <= LONGEST_KEPT and len(self._kept) < MOST_KEPT:
                self._kept[text] = found
        return found
