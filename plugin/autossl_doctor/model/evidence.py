"""What a rule may look at: the readings of one website and its host, arranged for judgement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from autossl_doctor.model.fact import Fact
from autossl_doctor.model.finding import Confidence, Evidence
from autossl_doctor.model.host import Account, Certificate, Order, Schedule, Website
from autossl_doctor.model.log import AccountReading, LogFact, Run, RunReading, WebsiteReading


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


@dataclass(frozen=True, slots=True)
class HostEvidence:
    """What concerns the whole host."""

    now: datetime
    now_given: bool
    pasted: bool
    provider: Fact[str]
    version: Fact[str]
    schedule: Fact[Schedule]
    last_all_users_run: datetime | None
    newest: tuple[Run, RunReading] | None
    facts: tuple[LogFact, ...]
    certificates: Mapping[str, Fact[Certificate | None]]
    window: timedelta
    runs_readable: bool
    runs_source: str

    @property
    def interval(self) -> timedelta | None:
        """Tell the pause between two scheduled checks, where it is known."""
        value = getattr(self.schedule, "value", None)
        return value.interval if value is not None else None


class SiteEvidence(NamedTuple):
    """What concerns one website. `reading` is what the last finished run that covered it said.

    `certificate` is None where there is none or none could be read (`certificate_fact` tells which). `stopped` is True
    where a server-wide cause keeps AutoSSL from trying at all. `unexplained` holds messages of trouble that no
    signature or cause accounts for.
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

    @property
    def not_after(self) -> datetime | None:
        """Tell when the present certificate ends."""
        return self.certificate.not_after if self.certificate else None

    @property
    def installed(self) -> bool:
        """Tell whether the last run installed a new certificate."""
        return "installed" in self.kinds

    def is_valid(self) -> bool | None:
        """Tell whether visitors of the main name get no warning; None if the certificate is unknown."""
        return certificate_is_valid(self.certificate_fact, self.website.name, self.host.now)


def certificate_is_valid(fact: Fact[Certificate | None], name: str, now: datetime) -> bool | None:
    """Tell whether a valid certificate covers the name; None if that could not be looked at."""
    if not hasattr(fact, "value"):
        return None
    certificate = fact.value
    if certificate is None or certificate.self_signed:
        return False
    return certificate.not_before <= now < certificate.not_after and certificate.covers_name(name)


def line_of(source: str, number: int) -> str:
    """Name a line of a file; 0 stands for the file as a whole."""
    return f"{source}:{number}" if number else source


def as_evidence(fact: LogFact) -> Evidence:
    """Turn a message into evidence: file and line, time, words."""
    return Evidence(line_of(fact.source, fact.number), fact.at or None, fact.text)
