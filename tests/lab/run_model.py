"""What a test says about one run of `autossl_check`, and about records that no run writes by itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tests.lab.log_line import LineType


@dataclass(frozen=True, kw_only=True)
class Extra:
    """A record that AutoSSL's simulation does not write: odd, foreign, hostile or simply rare."""

    contents: object = ""
    type: LineType = "out"
    indent: int = 0
    after: str | None = None
    """Stands behind the first line that contains this text; None: at the end."""
    at: datetime | None = None
    """Its own time, even one that goes back; None: the time of the run."""
    raw: bytes | None = None
    """The whole line of `json` as bytes, instead of a record."""


ODD_CONTENTS = (Extra(contents=None), Extra(contents={"error": "odd"}), Extra(contents=["odd", 1]))
"""Contents that are no string, because AutoSSL can log exception objects (facts 1.2)."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of `autossl_check`. It ends by itself, unless it is cut short or reaches `now`."""

    start: datetime
    username: str = "*"
    batch: int | None = None
    """How many accounts are verified at a time; None: all at once."""
    pace: float = 0.8
    """The average number of seconds between two lines."""
    alive: bool = False
    """Whether its process still runs at `now` (see also `Host.proc`)."""
    in_progress: bool = False
    """Whether the `in_progress` symlink is there."""
    after_accounts: int | None = None
    """The log stops when so many accounts are finished: the run died there, or has come so far."""
    after_lines: int | None = None
    """The log stops after so many lines."""
    torn: bool = False
    """Whether the last record is cut in the middle."""
    files: Literal["both", "json", "txt"] = "both"
    wording: Literal["current", "legacy"] = "current"
    """Legacy: the sentences of versions 58 to 72."""
    interleaved: bool = False
    """Whether the answers about management and CAA come mixed, as on a busy server."""
    housekeeping: bool = False
    """Whether the run ends with the lines about its cache and about expired logs."""
    extra: tuple[Extra, ...] = ()
    pid: int | None = None
    upid: bool = True
    """Whether the `upid` symlink is there (version 76 and later)."""
    name: str | None = None
    """The directory's name, where it is not the start time."""
