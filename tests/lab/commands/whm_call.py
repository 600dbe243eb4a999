"""A call of a function of WHM API 1, and how it fails."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.lab.commands.privileges import Privileges


@dataclass(frozen=True)
class WhmCall:
    """A call of a function by root or by a reseller."""

    root: Path
    user: str
    function: str
    args: Mapping[str, str]
    own: Privileges
    """What the user may, or less: a token may have fewer privileges than its owner."""


class FailedError(Exception):
    """The function ran and failed; the words are the reason."""
