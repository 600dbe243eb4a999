"""Why this server could not do its own part of an order: write a file, find a folder, reach its own services."""

from __future__ import annotations

from collections.abc import Mapping

from autossl_doctor.collect.runs.reasons import classify
from autossl_doctor.collect.signatures.lexicon import Lexicon

_OUTCOMES = ("file.", "website.")
"""The kinds of reasons that keep their meaning here; what else a test may say would be about a visit by web."""
_ERRORS = (
    ("file.over_quota", ("Disk quota exceeded", "EDQUOT")),
    ("file.no_space", ("No space left on device", "ENOSPC")),
    ("file.denied", ("Permission denied", "Operation not permitted", "Read-only file system")),
    ("file.no_root", ("No such file or directory",)),
)
"""The operating system's errors, which may stand without a sentence around them."""


def classify_own_error(reasons: Lexicon, fields: Mapping[str, str], kind: str) -> tuple[str, Mapping[str, str]]:
    """Tell the kind of failure behind an error of the server itself; `kind` where its words tell no more."""
    error = fields.get("own_error") or fields["own_fault"]
    known, merged = classify(reasons, {**fields, "reason": error})
    if known.startswith(_OUTCOMES):
        return known, merged
    found = next((name for name, words in _ERRORS if any(word in error for word in words)), kind)
    return found, {**fields, "denied": error}
