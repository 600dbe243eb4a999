"""AutoSSL may not write below .well-known: what the operating system says tells what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence

from autossl_doctor.model.evidence import Failure
from autossl_doctor.model.finding import Match

OBSTACLES = (
    ("Read-only file system", "read_only"),
    ("Operation not permitted", "protected"),
    ("Permission denied", "denied"),
)
IN_THE_WAY = "in_the_way"
"""A file where a folder should be, or a link that leads in circles."""


def refine(match: Match, failures: Sequence[Failure]) -> Match:
    """Say what stands in the way; a disk that is mounted read-only is the server's matter."""
    said = failures[0].fields.get("denied", "")
    obstacle = next((name for words, name in OBSTACLES if words in said), IN_THE_WAY)
    args = {**match.args, "obstacle": obstacle}
    return match._replace(args=args, who="host") if obstacle == "read_only" else match._replace(args=args)
