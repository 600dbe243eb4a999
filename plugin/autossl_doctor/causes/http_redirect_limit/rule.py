"""More redirects than the provider allows: none at all, or a number of them."""

from __future__ import annotations

from collections.abc import Sequence

from autossl_doctor.model.evidence import Failure
from autossl_doctor.model.finding import Match

FORBIDDEN = ("forbids", "required an HTTP redirection", "used an HTTP redirect")


def refine(match: Match, failures: Sequence[Failure]) -> Match:
    """Say whether the provider allows no redirect at all."""
    said = " ".join(item.text for item in failures[0].evidence)
    allows = "none" if any(words in said for words in FORBIDDEN) else "some"
    return match._replace(args={**match.args, "allows": allows})
