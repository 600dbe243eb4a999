"""What AutoSSL's own log says, message by message, arranged by run, account and website."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

NO_FIELDS: Mapping[str, Any] = MappingProxyType({})
"""Nothing, as a mapping that nobody can fill."""

UNRECOGNISED = "unrecognised"
"""The kind of a message of trouble that no signature knows."""

Event = Literal["", "http_ok", "http_failed", "dns_ok", "dns_failed", "ca_ok", "ca_failed", "dropped", "lookup_failed"]
"""What happened to a name: a test passed or failed (local HTTP, local DNS, the CA's own), it was left out before, or a
look-up in the DNS failed on the way."""

RunState = Literal["live", "finished", "died", "unknown"]
Status = Literal["", "ok", "incomplete", "renewal", "defective", "key_mismatch"]


class LogFact(NamedTuple):
    """One message that says something: its kind (a signature's id), its fields, and where it stands.

    `source` is the file and `number` its line, counted from 1; `at` is AutoSSL's own time stamp in UTC (ISO 8601)
    or "" where the text has none.
    """

    kind: str
    fields: Mapping[str, str]
    text: str
    at: str = ""
    source: str = ""
    number: int = 0
    event: Event = ""
    severity: str = "out"


class WebsiteReading(NamedTuple):
    """What one run says about one website (an Apache virtual host, named by its ServerName)."""

    name: str
    status: Status = ""
    expiry: str = ""
    at: str = ""
    number: int = 0
    facts: tuple[LogFact, ...] = ()
    severity: str = "out"


class AccountReading(NamedTuple):
    """What one run says about one account. `finished` is False until AutoSSL wrote that it was done with it.

    `missed` counts the messages within it that no signature knows.
    """

    name: str
    source: str
    finished: bool
    finished_at: str = ""
    websites: Mapping[str, WebsiteReading] = NO_FIELDS
    names: Mapping[str, tuple[LogFact, ...]] = NO_FIELDS
    facts: tuple[LogFact, ...] = ()
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One entry of the log directory. `username` is `*` for a run over all accounts."""

    name: str
    started: datetime
    username: str
    provider: str
    state: RunState = "unknown"
    guessed: bool = False
    from_text: bool = False
    last_at: str = ""


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """How many messages no signature knows, with the first few of them."""

    lines: int = 0
    samples: tuple[str, ...] = ()

    def plus(self, other: Unrecognised, most: int = 10) -> Unrecognised:
        """Add two counts and keep at most `most` samples."""
        return Unrecognised(self.lines + other.lines, (*self.samples, *other.samples)[:most])


@dataclass(frozen=True, slots=True)
class RunReading:
    """Everything that one log says. `announced` is the number of accounts it set out for, -1 where it did not say.

    `lost` counts unknown messages that may have been the beginning of an account. `repeating` holds, by account, the
    names of which it only says that an earlier check failed.
    """

    source: str
    accounts: Mapping[str, AccountReading]
    facts: tuple[LogFact, ...] = ()
    recognised: int = 0
    unrecognised: Unrecognised = Unrecognised()
    announced: int = -1
    lost: int = 0
    first_at: str = ""
    last_at: str = ""
    read_error: str = ""
    repeating: Mapping[str, frozenset[str]] = field(default_factory=dict)
