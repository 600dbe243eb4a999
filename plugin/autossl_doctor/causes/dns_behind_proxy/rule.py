"""A proxy answers for the name: its published address shows it, or only what it answered."""

from __future__ import annotations

from collections.abc import Sequence

from autossl_doctor.model.evidence import Failure
from autossl_doctor.model.finding import Match


def refine(match: Match, failures: Sequence[Failure]) -> Match:
    """Say less surely what only the words of an answer show."""
    if any(failure.fields.get("shown_by") == "address" for failure in failures):
        return match
    return match._replace(confidence="likely")
