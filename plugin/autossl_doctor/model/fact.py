"""What was looked at: a value with its source, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

Value = TypeVar("Value")

Why = Literal[
    "missing",
    "permission_denied",
    "is_a_link",
    "not_a_regular_file",
    "not_a_directory",
    "too_large",
    "damaged",
    "locked",
    "left_over",
    "not_given",
    "read_error",
]
"""The reasons for not knowing. `not_given` means that nobody said it (no `--now`, a pasted text)."""


@dataclass(frozen=True, slots=True)
class Known(Generic[Value]):
    """A value that was read, and the file it was read from."""

    value: Value
    source: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that could not be looked at; never a synonym for "fine"."""

    why: Why
    source: str = ""
    detail: str = ""

    def __str__(self) -> str:
        """Give the reason and the place in the form that `could_not_check` shows."""
        parts = [self.why.replace("_", " "), self.source, self.detail]
        return ": ".join(part for part in parts if part)


Fact = Known[Value] | Unknown
