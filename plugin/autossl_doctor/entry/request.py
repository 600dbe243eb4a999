"""What a person typed, how answers are printed, and the exit statuses; light, for every command pays for it."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime

from autossl_doctor.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from autossl_doctor.explain.words import Reader

FINE, TROUBLE, NOT_JUDGED, USAGE, NO_INPUT, INTERNAL = 0, 1, 2, 64, 66, 70


class Request(Record):
    """What a person typed."""

    language: str
    reader: Reader
    as_json: bool = False
    account: str = ""
    domain: str = ""
    root: Path | None = None
    now: datetime | None = None
    by_cause: bool = False
    file: str = "-"
    locale_dir: Path | None = None
    installation: bool = False
    package: bool = False


def print_lines(lines: Iterable[str]) -> None:
    """Print lines of text; a sign that the terminal does not have becomes a question mark."""
    _use_utf_8(always=False)
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def print_json(answer: dict[str, Any] | Sequence[Any]) -> None:
    """Print JSON in UTF-8."""
    import json

    _use_utf_8(always=True)
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
    sys.stdout.flush()


def refuse(message: str, status: int = NO_INPUT) -> int:
    """Say on standard error why nothing was done."""
    sys.stderr.write(f"autossl-doctor: {message}\n")
    return status


def _use_utf_8(*, always: bool) -> None:
    """Make JSON UTF-8 whatever the locale is; a terminal keeps its own signs and loses what it does not have."""
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8" if always else stream.encoding, errors="replace")
