"""What the host's files say, source by source, before anyone judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.log import LogFact, Run, RunReading, Unrecognised
from autossl_doctor.model.past import Step, Usual
from autossl_doctor.model.served import Served


@dataclass(frozen=True, slots=True)
class Certificate:
    """The first certificate of a file: who issued it, for which names, from when until when (UTC).

    `fingerprint` is the SHA-256 of its DER form, in hex; `installed_at` is when its file was written.
    """

    issuer: str
    not_before: datetime
    not_after: datetime
    key_type: str
    covers: tuple[str, ...]
    self_signed: bool = False
    issuer_organization: str = ""
    fingerprint: str = ""
    installed_at: datetime | None = None

    @property
    def lifetime(self) -> timedelta:
        """Tell for how long the certificate was issued."""
        return self.not_after - self.not_before

    def covers_name(self, name: str) -> bool:
        """Tell whether a visitor of `name` would find it on this certificate (a wildcard stands for one label)."""
        return name in self.covers or f"*.{name.partition('.')[2]}" in self.covers


class Website(NamedTuple):
    """A website of the panel: its ServerName, and the names that its visitors may type."""

    name: str
    account: str
    names: tuple[str, ...]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """The settings of one account that AutoSSL looks at."""

    name: str
    suspended: Fact[bool] = Unknown("not_given")
    suspended_at: datetime | None = None
    feature: Fact[bool] = Unknown("not_given")
    feature_list: str = ""
    key_type: Fact[str] = Unknown("not_given")
    excluded: Fact[frozenset[str]] = Unknown("not_given")
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One row of AutoSSL's problems database: the newest reasons why a name failed, each as a log fact."""

    name: str
    account: str
    written: datetime | None
    facts: tuple[LogFact, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A row of the pending queue: a certificate that was ordered and has not arrived."""

    website: str
    account: str
    requested: datetime
    number: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The scheduled job as cron reads it. `problem` is "" while cron runs it.

    `next_run` is None without a moment of judgement; `interval` is the longest pause between two starts.
    `overdue_since` is the first scheduled time that passed without a run, once it counts as overdue; `unsure` says why
    the times could not be worked out.
    """

    exists: bool
    problem: str = ""
    line: str = ""
    next_run: datetime | None = None
    interval: timedelta | None = None
    overdue_since: datetime | None = None
    source: str = ""
    unsure: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The server-wide choices. `provider` is "" where AutoSSL is switched off.

    `module` tells whether the provider's module stands where modules are kept; a package may keep it elsewhere.
    """

    provider: Fact[str] = Unknown("not_given")
    key_type: Fact[str] = Unknown("not_given")
    version: Fact[str] = Unknown("not_given")
    module: Fact[bool] = Unknown("not_given")


@dataclass(frozen=True, slots=True)
class HostReading:
    """One host (or one pasted text) as read at one moment; `now` is the moment of judgement."""

    now: datetime
    zone: str
    now_given: bool = True
    pasted: bool = False
    settings: Settings = field(default_factory=Settings)
    schedule: Fact[Schedule] = Unknown("not_given")
    accounts: Mapping[str, Account] = field(default_factory=dict)
    websites: Fact[tuple[Website, ...]] = Unknown("not_given")
    certificates: Mapping[str, Fact[Certificate | None]] = field(default_factory=dict)
    certificates_default: Fact[Certificate | None] = Unknown("not_given")
    runs: Fact[tuple[tuple[Run, RunReading], ...]] = Unknown("not_given")
    earlier: Mapping[str, Mapping[str, tuple[LogFact, ...]]] = field(default_factory=dict)
    """Why the CA's checks of names failed in older runs, by account, where the last run only says that they did."""
    last_all_users_run: datetime | None = None
    problems: Fact[Mapping[str, tuple[Problem, ...]]] = Unknown("not_given")
    orders: Fact[Mapping[str, Order]] = Unknown("not_given")
    served: Fact[Mapping[str, tuple[Served, ...]]] = Unknown("not_given")
    """What the prober saw, by website: its last visit, and the last one that showed a certificate; newest first."""
    usual: Mapping[Step, Usual] = field(default_factory=dict)
    """How long things usually take on this server, where that is remembered."""
    unrecognised: Unrecognised = Unrecognised()
    outside: tuple[str, ...] = ()
    """What a pasted text speaks of besides, or instead of, AutoSSL: such as `service_certificate`."""
    description: Mapping[str, str] = field(default_factory=dict)


__all__ = [
    "Account",
    "Certificate",
    "HostReading",
    "Known",
    "Order",
    "Problem",
    "Schedule",
    "Served",
    "Settings",
    "Website",
]
