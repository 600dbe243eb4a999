"""What becomes of one name when AutoSSL, and then the CA, checks it.

The words are those of the message catalogue (version 74 and later). A text may hold these placeholders, which
the simulation fills: {name} {zone} {url} {secure} {path} {folder} {provider} {limit} {record} {value}.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

CaMethod = Literal["HTTP", "DNS", "general"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """The outcome of every test of one name, in the order in which AutoSSL makes them."""

    unmanaged: str | None = None
    """The line that says why the name counts as unmanaged; None: it is managed."""
    caa_error: str | None = None
    """The line about a failed CAA look-up, after which AutoSSL counts the name as authorized."""
    caa_forbidden: str | None = None
    """The line that says which CAA set forbids the CA; None: it is authorized."""
    redirects: tuple[str, ...] = ()
    """The addresses that the test file's request was sent on to, hop by hop."""
    http: str | None = None
    """Why the local HTTP test fails; None: it passes."""
    recorded_as: str | None = None
    """The reason as the problems database words it, where it differs from the log."""
    authority: bool = False
    """Whether the zone stands on this server and the world sees the same serial number."""
    authority_error: str | None = None
    dns: str | None = None
    """Why the local DNS test fails; None: it passes, where there is local authority."""
    ca_errors: tuple[tuple[CaMethod, str], ...] = ()
    """What the CA's own checks say after a local check passed."""

    @property
    def ca_passes(self) -> bool:
        """Whether the CA accepts the name: after an HTTP error it tries DNS, given local authority."""
        refused = {method for method, _ in self.ca_errors}
        return not refused or (refused == {"HTTP"} and self.authority)


@dataclass(frozen=True)
class Changed:
    """A name whose checks began to end differently at a moment, because somebody changed something."""

    at: datetime
    before: Check
    after: Check


PASSES = Check()
"""The name passes every test."""

Outcome = Check | Changed


def outcome_at(outcome: Outcome, moment: datetime) -> Check:
    """How the checks of a name end at a moment."""
    if isinstance(outcome, Check):
        return outcome
    return outcome.before if moment < outcome.at else outcome.after
