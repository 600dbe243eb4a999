"""Port 80 does not answer: what the fetching program says tells how far it came."""

from __future__ import annotations

from collections.abc import Sequence

from autossl_doctor.model.evidence import Failure
from autossl_doctor.model.finding import Match

SIGNS = (
    ("Malformed Status-Line", "not_http"),
    ("Timed out while waiting", "silent"),
    ("refused", "refused"),
    ("No route to host", "unreachable"),
    ("unreachable", "unreachable"),
    ("imed out", "timed_out"),
)
CUT = "cut"
"""The connection was there and ended without an answer."""


def refine(match: Match, failures: Sequence[Failure]) -> Match:
    """Say how the attempt ended."""
    said = failures[0].fields.get("trouble", "")
    ending = next((name for words, name in SIGNS if words in said), CUT)
    return match._replace(args={**match.args, "ending": ending})
