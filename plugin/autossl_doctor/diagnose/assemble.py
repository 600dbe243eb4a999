"""Arranges the readings of a host into the evidence about the host and about each website."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from autossl_doctor.diagnose.failures import Depth, find_failures, fresh_problems
from autossl_doctor.diagnose.kinds import (
    SERVER,
    SKIPPED,
    TROUBLE,
    failure_kinds,
    find_unexplained,
    is_recognised,
    log_kinds,
    tells_of_failure,
)
from autossl_doctor.diagnose.names import sort_by_website
from autossl_doctor.diagnose.spread import ALL_USERS, whole_server
from autossl_doctor.model.by_place import by_place
from autossl_doctor.model.evidence import Failure, HostEvidence, SiteEvidence
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.host import Account, Certificate, HostReading, Order, Problem, Website
from autossl_doctor.model.log import AccountReading, LogFact, Run, RunReading, WebsiteReading
from autossl_doctor.model.served import Served, looks_since

LETS_ENCRYPT_WINDOW = timedelta(days=29)
SECTIGO_WINDOW = timedelta(days=15)
LAST_VERSION_WITH_QUEUE = 118
OLDEST_ORDER = timedelta(days=30)
PROBLEMS_KEPT = timedelta(days=30)
KNOWN_PROVIDERS = frozenset(("LetsEncrypt", "cPanel"))
"""The providers whose certificates can be told by their issuer."""
DAY = timedelta(hours=24)
FRESH = timedelta(hours=25)
"""A certificate that Let's Encrypt made within 24 hours: it dates its certificates back by one hour."""
DATED_BACK = timedelta(days=4)
"""Other CAs date to the day of the order, and deliver it days later."""
DEFERRED = "run.deferred"
"""What AutoSSL says where a run stops early and goes on at the same place the next time."""
AHEAD = timedelta(minutes=10)
"""A look from outside that claims to lie further ahead than this comes from a clock that was wrong."""

_VERSION = re.compile(r"(?:11\.)?(\d+)\.")


def host_evidence(reading: HostReading) -> HostEvidence:
    """Arrange what concerns the whole host."""
    runs = reading.runs.value if isinstance(reading.runs, Known) else ()
    whole = whole_server(runs)
    provider = reading.settings.provider
    sectigo = isinstance(provider, Known) and provider.value == "cPanel"
    return HostEvidence(
        now=reading.now,
        now_given=reading.now_given,
        pasted=reading.pasted,
        provider=provider,
        version=reading.settings.version,
        module=reading.settings.module,
        schedule=reading.schedule,
        last_all_users_run=reading.last_all_users_run,
        newest=whole.newest,
        facts=whole.facts,
        certificates=reading.certificates,
        window=SECTIGO_WINDOW if sectigo else LETS_ENCRYPT_WINDOW,
        runs_readable=isinstance(reading.runs, Known),
        runs_source=reading.runs.source,
        tested=whole.tested,
        spread=whole.spread,
        reached_since=whole.reached_since,
        reached_nobody=whole.reached_nobody,
        usual=reading.usual,
    )


NOTHING_LATER: Mapping[str, WebsiteReading] = MappingProxyType({})
Kinds = frozenset[str]
NO_KINDS: Kinds = frozenset()


class _Shared(NamedTuple):
    """What all websites of an account share: its settings, the last finished run over it, and runs since then."""

    account: Account | None
    run: Run | None
    said: AccountReading | None
    live: Run | None
    interrupted: Run | None
    deferred: Run | None
    later: Mapping[str, WebsiteReading]
    kinds: frozenset[str]


def _shared_kinds(account: Account | None, live: Run | None, interrupted: Run | None, deferred: Run | None) -> Kinds:
    """Give the kinds of facts that lie around all websites of an account: runs, and the account's own settings."""
    if account is None and live is None and interrupted is None and deferred is None:
        return NO_KINDS
    found = {"live": live is not None, "interrupted": interrupted is not None, "deferred": deferred is not None}
    if account is not None:
        found["files.suspended"] = isinstance(account.suspended, Known) and account.suspended.value
        found["files.no_feature"] = isinstance(account.feature, Known) and not account.feature.value
        found["files.excluded"] = isinstance(account.excluded, Known) and bool(account.excluded.value)
    return frozenset(kind for kind, holds in found.items() if holds)


def _is_new(certificate: Certificate, now: datetime) -> bool:
    """Tell whether a certificate was made, or was put into its file, within a day.

    Let's Encrypt's are installed within the run: their date says all, and a younger file was only written anew.
    """
    if now - certificate.not_before < FRESH:
        return True
    if "Let's Encrypt" in certificate.issuer:
        return False
    installed = certificate.installed_at
    return installed is not None and timedelta() <= now - installed < DAY


class Assembler:
    """Gives the evidence of each website; what all of them share is worked out once."""

    def __init__(
        self, reading: HostReading, host: HostEvidence, depth: Depth, *, stopped: bool, consume: bool = False
    ) -> None:
        self._reading = reading
        self._host = host
        self._depth = depth
        self._stopped = stopped
        self._consume = consume
        self._runs: Sequence[tuple[Run, RunReading]] = reading.runs.value if isinstance(reading.runs, Known) else ()
        self._problems: Mapping[str, tuple[Problem, ...]] = (
            reading.problems.value if isinstance(reading.problems, Known) else {}
        )
        orders = reading.orders.value if isinstance(reading.orders, Known) else {}
        self._orders = orders if self.queue_counts() else {}
        self._looks: Mapping[str, tuple[Served, ...]] = (
            reading.served.value if isinstance(reading.served, Known) else {}
        )
        provider = host.provider.value if isinstance(host.provider, Known) else ""
        self._knows_issuers = provider in KNOWN_PROVIDERS
        self._kinds: dict[tuple[str, ...], tuple[frozenset[str], bool]] = {}
        self._stopped_early = frozenset(
            run.name for run, said in self._runs if any(fact.kind == DEFERRED for fact in said.facts)
        )

    def queue_counts(self) -> bool:
        """Tell whether a row of the pending queue still means something: only with Sectigo before version 118."""
        provider, version = self._host.provider, self._host.version
        if not isinstance(provider, Known) or provider.value != "cPanel":
            return False
        found = _VERSION.match(version.value) if isinstance(version, Known) else None
        return found is not None and int(found.group(1)) < LAST_VERSION_WITH_QUEUE

    def sites(self) -> Iterator[SiteEvidence]:
        """Give the evidence of every website that was asked for, account by account."""
        websites = self._reading.websites.value if isinstance(self._reading.websites, Known) else ()
        account = attrgetter("account")
        consumed = [said.accounts for _, said in self._runs if self._consume and isinstance(said.accounts, dict)]
        for name, sites in groupby(sorted(websites, key=account), key=account):
            yield from self._account(name, list(sites))
            for accounts in consumed:
                accounts.pop(name, None)

    def _account(self, name: str, sites: Sequence[Website]) -> list[SiteEvidence]:
        shared = self._shared(name)
        recorded = self._problems.get(name)
        since = shared.run.started if shared.run else self._host.now - PROBLEMS_KEPT
        problems = fresh_problems(recorded, since) if recorded else []
        tested = shared.said.names if shared.said else {}
        earlier = self._reading.earlier.get(name)
        if earlier:
            tested = {**tested, **{each: (*tested.get(each, ()), *facts) for each, facts in earlier.items()}}
        if not tested and not problems:
            return [self._site(site, shared, tested, problems) for site in sites]
        shares = sort_by_website(tested, sites) if tested else {}
        rows = sort_by_website([row.name for row in problems], sites) if problems else {}
        by_name = {row.name: row for row in problems}
        found = []
        for site in sites:
            share = shares.get(site.name, ())
            own = tested if len(share) == len(tested) else {name: tested[name] for name in share}
            own_rows = [by_name[row] for row in rows.get(site.name, ())]
            found.append(self._site(site, shared, own, own_rows))
        return found

    def _shared(self, name: str) -> _Shared:
        """Find the last run that finished with an account, and what came after it without finishing."""
        account = self._reading.accounts.get(name)
        live = interrupted = deferred = None
        for place, (run, reading) in enumerate(self._runs):
            said = reading.accounts.get(name)
            if said is not None and (said.finished or self._reading.pasted):
                older = self._runs[place + 1 :]
                later = self._later(name, run, older) if older else NOTHING_LATER
                kinds = _shared_kinds(account, live, interrupted, deferred)
                return _Shared(account, run, said, live, interrupted, deferred, later, kinds)
            if run.username in (ALL_USERS, name):
                deferred = deferred or (run if run.name in self._stopped_early else None)
                live = live or (run if run.state == "live" else None)
                interrupted = interrupted or (run if run.state == "died" else None)
        kinds = _shared_kinds(account, live, interrupted, deferred)
        return _Shared(account, *self._last_begun(name), live, interrupted, deferred, NOTHING_LATER, kinds)

    def _later(self, name: str, run: Run, older: Sequence[tuple[Run, RunReading]]) -> Mapping[str, WebsiteReading]:
        """Find what the queue's poller wrote on in older logs since a run began, website by website."""
        since = run.started.strftime("%Y-%m-%dT%H:%M:%SZ")
        found: dict[str, WebsiteReading] = {}
        for _, reading in reversed(older):
            said = reading.accounts.get(name)
            for site, website in said.websites.items() if said is not None and not said.finished else ():
                facts = tuple(fact for fact in website.facts if fact.at > since)
                if facts:
                    known = found.get(site, WebsiteReading(site))
                    found[site] = known._replace(facts=(*known.facts, *facts))
        return found or NOTHING_LATER

    def _last_begun(self, name: str) -> tuple[Run | None, AccountReading | None]:
        """Find the last run that at least began with an account; what it said of contented websites is whole."""
        for run, reading in self._runs:
            said = reading.accounts.get(name)
            if said is not None and run.state != "live":
                content = {
                    site: found for site, found in said.websites.items() if found.status == "ok" and not found.facts
                }
                return run, said._replace(websites=content, names={}, facts=()) if content else None
        return None, None

    def _site(
        self,
        site: Website,
        shared: _Shared,
        tested: Mapping[str, Sequence[LogFact]],
        problems: Sequence[Problem],
    ) -> SiteEvidence:
        fact: Fact[Certificate | None] = self._reading.certificates.get(site.name, self._reading.certificates_default)
        certificate = fact.value if isinstance(fact, Known) else None
        said = shared.said
        reading = said.websites.get(site.name) if said else None
        later = shared.later.get(site.name)
        if later is not None:
            reading = reading._replace(facts=(*reading.facts, *later.facts)) if reading is not None else later
        failures: tuple[Failure, ...] = ()
        unexplained: tuple[LogFact, ...] = ()
        order = self._order(site) if self._orders else None
        kinds = set(shared.kinds)
        if reading is not None and reading.severity in TROUBLE:
            kinds.add("expiry.warned")
        if not isinstance(fact, Unknown) or fact.why == "damaged":
            kinds.update(self._of_certificate(certificate, fact, shared.run))
        served, visit = self._seen(site, certificate) if self._looks else (None, None)
        if served is not None and certificate is not None and served.fingerprint != certificate.fingerprint:
            kinds.add("served.other")
        if reading is not None and said is not None and not (reading.facts or said.facts or tested or problems):
            # The commonest website by far: the log says nothing of it but its status.
            kinds.add(f"status.{reading.status}")
        else:
            if tested or (problems and (reading is None or reading.status != "ok")):
                failures = find_failures(tested, problems, site, certificate, self._depth, pasted=self._reading.pasted)
            kinds.update(log_kinds(reading, said))
            kinds.update(failure_kinds(failures))
            unexplained = find_unexplained(reading, said, kinds, pasted=self._reading.pasted, failing=bool(failures))
        if unexplained:
            kinds.add("unexplained")
        if order:
            kinds.add("order")
        unseen = reading is None and self._is_unseen(said)
        if unseen:
            kinds.add("unseen")
        frozen, failed = self._settled(kinds)
        if "installed" in frozen:
            # Installed without a name that visitors type: for that name it failed all the same.
            failed = any(not failure.service for failure in failures)
        elif failures:
            failed = True
        return by_place(
            SiteEvidence,
            (
                self._host,
                site,
                shared.account,
                fact,
                certificate,
                reading,
                said,
                shared.run,
                shared.live,
                shared.interrupted,
                failures,
                unexplained,
                order,
                frozen,
                unseen,
                self._stopped,
                failed,
                "likely" if shared.run is not None and shared.run.from_text else "certain",
                served,
                visit,
                shared.deferred,
            ),
        )

    def _seen(self, site: Website, certificate: Certificate | None) -> tuple[Served | None, Served | None]:
        """Find what visitors were shown, and the last look of all; what is older than the installation is history."""
        looks = self._looks.get(site.name)
        if not looks or certificate is None or certificate.installed_at is None:
            return None, None
        until = self._host.now + AHEAD
        possible = [look for look in looks if look.at <= until]
        young = looks_since(possible, site.address, certificate.fingerprint, certificate.installed_at)
        return next((look for look in young if look.outcome == "served"), None), next(iter(young), None)

    def _settled(self, kinds: set[str]) -> tuple[frozenset[str], bool]:
        """Give one set for the many websites with the same kinds of facts, and whether it tells of a failure."""
        key = tuple(kinds)
        settled = self._kinds.get(key)
        if settled is None:
            frozen = frozenset(kinds)
            settled = self._kinds[key] = frozen, tells_of_failure(frozen)
        return settled

    def _is_unseen(self, said: AccountReading | None) -> bool:
        """Tell whether no run has looked at the website yet; an account that was skipped has been looked at."""
        if self._reading.pasted or not self._host.runs_readable:
            return False
        if said is None:
            # The account may have stood in messages that nobody understands (translated ones, say).
            return not any(run_reading.lost for _, run_reading in self._runs)
        return not said.missed and not any(fact.kind in SKIPPED or fact.kind.startswith(SERVER) for fact in said.facts)

    def _order(self, site: Website) -> Order | None:
        row = self._orders.get(site.name)
        if row is not None and row.account == site.account and self._host.now - row.requested < OLDEST_ORDER:
            return row
        return None

    def _of_certificate(
        self, certificate: Certificate | None, fact: Fact[Certificate | None], run: Run | None
    ) -> Iterator[str]:
        """Give the kinds of facts that a website's certificate tells: its age, issuer and end, or that it is torn."""
        if certificate is None:
            if isinstance(fact, Unknown):
                yield "certificate.damaged"
            return
        if self._host.now - certificate.not_before < DATED_BACK and _is_new(certificate, self._host.now):
            yield "certificate.new"
        if self._knows_issuers and not is_recognised(certificate):
            yield "certificate.external"
        if run is not None and run.started < certificate.not_after - self._host.window <= self._host.now:
            yield "window.entered"
