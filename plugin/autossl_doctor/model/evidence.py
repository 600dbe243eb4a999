"""What a rule may look at: the readings of one website and its host, arranged for judgement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from autossl_doctor.model.by_place import by_place
from autossl_doctor.model.fact import Fact, Known
from autossl_doctor.model.finding import Confidence, Evidence
from autossl_doctor.model.host import Account, Certificate, Order, Schedule, Website
from autossl_doctor.model.log import AccountReading, LogFact, Run, RunReading, WebsiteReading
from autossl_doctor.model.past import Step, Usual
from autossl_doctor.model.said_moment import is_past
from autossl_doctor.model.served import Served


class Failure(NamedTuple):
    """A name that failed: the deepest reason, the other reasons, and what the name is to the website.

    `visitor` is True for the main name, aliases and www; `service` for names such as cpanel. and mail.; `unpointed` for
    service names that have no address or lead elsewhere while no visitor's name does so. `secured` is None where the
    present certificate is unknown.
    """

    name: str
    kind: str
    fields: Mapping[str, str]
    visitor: bool
    service: bool
    unpointed: bool
    secured: bool | None
    evidence: tuple[Evidence, ...]
    claimed: bool
    also: tuple[str, ...] = ()


class Spread(NamedTuple):
    """How far one kind of trouble has spread in a run: the number of accounts, and the first message of it."""

    accounts: int
    first: LogFact


@dataclass(frozen=True, slots=True)
class HostEvidence:
    """What concerns the whole host.

    `facts` are the messages of the newest run over all accounts that concern no account, and such messages of younger
    runs over one account. `tested` is the number of accounts whose names that run tested; `spread` tells, by kind, in
    how many of them something failed, and under "passed" in how many something passed. `reached_since` is True where a
    younger run over one account has looked at a website, `reached_nobody` where the run came to no account at all.
    `usual` tells how long things take on this server, as far as that is remembered.
    """

    now: datetime
    now_given: bool
    pasted: bool
    provider: Fact[str]
    version: Fact[str]
    module: Fact[bool]
    schedule: Fact[Schedule]
    last_all_users_run: datetime | None
    newest: tuple[Run, RunReading] | None
    facts: tuple[LogFact, ...]
    certificates: Mapping[str, Fact[Certificate | None]]
    window: timedelta
    runs_readable: bool
    runs_source: str
    tested: int = 0
    spread: Mapping[str, Spread] = field(default_factory=dict)
    reached_since: bool = False
    reached_nobody: bool = False
    usual: Mapping[Step, Usual] = field(default_factory=dict)

    def said(self, *kinds: str) -> tuple[LogFact, ...]:
        """Give the messages of these kinds that concern no account."""
        return tuple(fact for fact in self.facts if fact.kind in kinds)

    def nobody_resolves(self, kinds: Iterable[str], fewest: int, part: int) -> bool:
        """Tell whether every account that was tested failed for want of an answer from the DNS, and no name passed.

        At least `fewest` accounts must have been tested, and one of `part` accounts of the run.
        """
        accounts = len(self.newest[1].accounts) if self.newest else 0
        concerned = max((self.spread[kind].accounts for kind in kinds if kind in self.spread), default=0)
        enough = concerned >= fewest and concerned * part >= accounts
        return enough and concerned >= self.tested and "passed" not in self.spread

    @property
    def interval(self) -> timedelta | None:
        """Tell the pause between two scheduled checks, where it is known."""
        value = getattr(self.schedule, "value", None)
        return value.interval if value is not None else None


class SiteEvidence(NamedTuple):
    """What concerns one website. `reading` is what the last finished run that covered it said.

    `certificate` is None where there is none or none could be read (`certificate_fact` tells which). `stopped` is True
    where a server-wide cause keeps AutoSSL from trying at all. `unexplained` holds messages of trouble that no
    signature or cause accounts for. `served` is what visitors were shown at a look from outside that is younger than
    the installation, `visit` the last such look, whatever came of it; None if there was none.
    """

    host: HostEvidence
    website: Website
    account: Account | None
    certificate_fact: Fact[Certificate | None]
    certificate: Certificate | None
    reading: WebsiteReading | None
    account_reading: AccountReading | None
    run: Run | None
    live: Run | None
    interrupted: Run | None
    failures: tuple[Failure, ...]
    unexplained: tuple[LogFact, ...]
    order: Order | None
    kinds: frozenset[str]
    unseen: bool
    stopped: bool
    failed: bool
    confidence: Confidence
    served: Served | None = None
    visit: Served | None = None
    deferred: Run | None = None

    def has(self, *kinds: str) -> bool:
        """Tell whether one of these kinds of facts is present."""
        return any(kind in self.kinds for kind in kinds)

    def facts(self, kind: str) -> list[LogFact]:
        """Give the messages of one kind about the website, then those about its account."""
        found = [fact for fact in self.reading.facts if fact.kind == kind] if self.reading else []
        if self.account_reading:
            found += [fact for fact in self.account_reading.facts if fact.kind == kind]
        return found

    def seen(self, *kinds: str) -> tuple[Evidence, ...]:
        """Give the messages of these kinds as evidence."""
        return tuple(as_evidence(fact) for kind in kinds for fact in self.facts(kind))

    def met(self, kind: str) -> tuple[tuple[str, ...], tuple[Evidence, ...]]:
        """Give the names that failed with one kind of trouble, and everything that was said of it."""
        failures = [failure for failure in self.failures if failure.kind == kind]
        seen = (*map(as_evidence, self.facts(kind)), *(each for failure in failures for each in failure.evidence))
        return tuple(failure.name for failure in failures if failure.name), seen

    @property
    def contradicts_itself(self) -> bool:
        """Tell whether the log calls a certificate good and shows the opposite: an expired one is always defective."""
        reading = self.reading
        if reading is None or reading.status in ("", "defective"):
            return False
        return reading.severity in ("error", "failure") or is_past(reading.expiry, reading.at)

    @property
    def not_after(self) -> datetime | None:
        """Tell when the present certificate ends."""
        return self.certificate.not_after if self.certificate else None

    @property
    def installed(self) -> bool:
        """Tell whether the last run installed a new certificate."""
        return "installed" in self.kinds

    @property
    def other_served(self) -> Served | None:
        """Give what visitors are shown where it is another certificate than the installed one."""
        if self.served is None or self.certificate is None or self.served.fingerprint == self.certificate.fingerprint:
            return None
        return self.served

    @property
    def visitors_until(self) -> datetime | None:
        """Tell when the certificate that visitors get ends."""
        other = self.other_served
        return other.not_after if other is not None and other.not_after is not None else self.not_after

    def is_valid(self) -> bool | None:
        """Tell whether the installed certificate is good for the main name; None if it is unknown."""
        return certificate_is_valid(self.certificate_fact, self.website.name, self.host.now)

    def visitors_are_safe(self) -> bool | None:
        """Tell whether visitors of the main name get no warning: by what they were shown, else by what is installed."""
        other = self.other_served if self.served is not None else None
        if other is None:
            return self.is_valid()
        if other.validity == "unreadable" or other.not_after is None:
            return None
        return other.validity == "valid" and self.host.now < other.not_after


def certificate_is_valid(fact: Fact[Certificate | None], name: str, now: datetime) -> bool | None:
    """Tell whether a valid certificate covers the name; None if that could not be looked at.

    A file that was read and holds no certificate is as good as none.
    """
    if not isinstance(fact, Known):
        return False if fact.why == "damaged" else None
    certificate = fact.value
    if certificate is None or certificate.self_signed:
        return False
    return certificate.not_before <= now < certificate.not_after and certificate.covers_name(name)


def line_of(source: str, number: int) -> str:
    """Name a line of a file; 0 stands for the file as a whole."""
    return f"{source}:{number}" if number else source


def as_evidence(fact: LogFact) -> Evidence:
    """Turn a message into evidence: file and line, time, words."""
    return by_place(Evidence, (line_of(fact.source, fact.number), fact.at or None, fact.text))
