"""Arranges the readings of a host into the evidence about the host and about each website."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from autossl_doctor.diagnose.failures import Depth, find_failures, fresh_problems
from autossl_doctor.diagnose.names import sort_by_website
from autossl_doctor.model.evidence import Failure, HostEvidence, SiteEvidence
from autossl_doctor.model.fact import Fact, Known
from autossl_doctor.model.finding import Confidence
from autossl_doctor.model.host import Account, Certificate, HostReading, Order, Problem, Website
from autossl_doctor.model.log import AccountReading, LogFact, Run, RunReading, WebsiteReading

ALL_USERS = "*"
UNRECOGNISED = "unrecognised"
LETS_ENCRYPT_WINDOW = timedelta(days=29)
SECTIGO_WINDOW = timedelta(days=15)
LAST_VERSION_WITH_QUEUE = 118
OLDEST_ORDER = timedelta(days=30)
PROBLEMS_KEPT = timedelta(days=30)
FRESH = timedelta(hours=25)
"""A certificate that Let's Encrypt made within 24 hours: it dates its certificates back by one hour."""

_INSTALLED = frozenset(("install.done", "install.done_before_92", "install.notice"))
_FAILED = frozenset(
    ("impediment.total", "impediment.secured", "impediment.unsecured", "install.failed", "order.abandoned")
)
_UNEXPLAINED = frozenset((UNRECOGNISED, "install.failed", "order.abandoned", "impediment.full", "notice.not_renewed"))
_ORDERED = frozenset(("order.placed", "order.waiting", "order.queued", "order.not_checked", "notice.pending"))
_VERSION = re.compile(r"(?:11\.)?(\d+)\.")
_TROUBLE = frozenset(("error", "warn", "failure"))
_NO_FAILURES: tuple[Failure, ...] = ()


def host_evidence(reading: HostReading) -> HostEvidence:
    """Arrange what concerns the whole host."""
    runs = reading.runs.value if isinstance(reading.runs, Known) else ()
    newest = next((pair for pair in runs if pair[0].username == ALL_USERS), None)
    provider = reading.settings.provider
    sectigo = isinstance(provider, Known) and provider.value == "cPanel"
    return HostEvidence(
        now=reading.now,
        now_given=reading.now_given,
        pasted=reading.pasted,
        provider=provider,
        version=reading.settings.version,
        schedule=reading.schedule,
        last_all_users_run=reading.last_all_users_run,
        newest=newest,
        facts=newest[1].facts if newest else (),
        certificates=reading.certificates,
        window=SECTIGO_WINDOW if sectigo else LETS_ENCRYPT_WINDOW,
        runs_readable=isinstance(reading.runs, Known),
        runs_source=reading.runs.source,
    )


class Assembler:
    """Gives the evidence of each website; what all of them share is worked out once."""

    def __init__(self, reading: HostReading, host: HostEvidence, depth: Depth, *, stopped: bool) -> None:
        self._reading = reading
        self._host = host
        self._depth = depth
        self._stopped = stopped
        self._runs: Sequence[tuple[Run, RunReading]] = reading.runs.value if isinstance(reading.runs, Known) else ()
        self._problems: Mapping[str, tuple[Problem, ...]] = (
            reading.problems.value if isinstance(reading.problems, Known) else {}
        )
        orders = reading.orders.value if isinstance(reading.orders, Known) else {}
        self._orders = orders if self.queue_counts() else {}
        self._kinds: dict[tuple[str, ...], frozenset[str]] = {}

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
        by_account: dict[str, list[Website]] = {}
        for site in websites:
            by_account.setdefault(site.account, []).append(site)
        for name, sites in by_account.items():
            yield from self._account(name, sites)

    def _account(self, name: str, sites: Sequence[Website]) -> Iterator[SiteEvidence]:
        run, said = self._last_finished(name)
        live = interrupted = None
        for other, reading in self._runs:
            if other is run:
                break
            covers = other.username in (ALL_USERS, name)
            begun = reading.accounts.get(name)
            if covers and not (begun and begun.finished):
                live = live or (other if other.state == "live" else None)
                interrupted = interrupted or (other if other.state == "died" else None)
        since = run.started if run else self._host.now - PROBLEMS_KEPT
        recorded = self._problems.get(name)
        problems = fresh_problems(recorded, since) if recorded else []
        tested = said.names if said else {}
        shares = sort_by_website(tested, sites) if tested else {}
        rows = sort_by_website([row.name for row in problems], sites) if problems else {}
        account = self._reading.accounts.get(name)
        for site in sites:
            yield self._site(
                site,
                account,
                run,
                said,
                live,
                interrupted,
                {tested_name: tested[tested_name] for tested_name in shares.get(site.name, ())} if shares else {},
                [row for row in problems if row.name in rows.get(site.name, ())] if rows else [],
            )

    def _last_finished(self, name: str) -> tuple[Run | None, AccountReading | None]:
        for run, reading in self._runs:
            said = reading.accounts.get(name)
            if said is not None and (said.finished or self._reading.pasted):
                return run, said
        return None, None

    def _site(
        self,
        site: Website,
        account: Account | None,
        run: Run | None,
        said: AccountReading | None,
        live: Run | None,
        interrupted: Run | None,
        tested: Mapping[str, Sequence[LogFact]],
        problems: Sequence[Problem],
    ) -> SiteEvidence:
        fact: Fact[Certificate | None] = self._reading.certificates.get(site.name, self._reading.certificates_default)
        certificate = fact.value if isinstance(fact, Known) else None
        reading = said.websites.get(site.name) if said else None
        said_more = tested or problems or site.name in self._orders
        if reading is not None and said is not None and not (reading.facts or said.facts or said_more):
            return self._quiet_site(site, account, run, said, reading, live, interrupted, fact)
        failures = _NO_FAILURES
        if tested or (problems and (reading is None or reading.status != "ok")):
            failures = find_failures(tested, problems, site, certificate, self._depth)
        kinds = set(_log_kinds(reading, said)) if reading or said else set()
        if "installed" in kinds and not any(failure.visitor for failure in failures):
            kinds.discard("unexplained")
        unexplained = _unexplained(reading, said, self._reading.pasted, bool(failures), kinds)
        order = self._order(site)
        unseen = self._is_unseen(said, reading)
        self._add_kinds(
            kinds, account, certificate, failures, run, reading, unseen=unseen, live=live, interrupted=interrupted
        )
        if unexplained:
            kinds.add("unexplained")
        if order:
            kinds.add("order")
        failed = "installed" not in kinds and (
            bool(kinds & _FAILED) or bool(failures) or (bool(unexplained) and "status.ok" not in kinds)
        )
        return SiteEvidence(
            self._host,
            site,
            account,
            fact,
            certificate,
            reading,
            said,
            run,
            live,
            interrupted,
            failures,
            unexplained,
            order,
            frozenset(kinds),
            unseen,
            self._stopped,
            failed,
            _confidence(run),
        )

    def _quiet_site(
        self,
        site: Website,
        account: Account | None,
        run: Run | None,
        said: AccountReading,
        reading: WebsiteReading,
        live: Run | None,
        interrupted: Run | None,
        fact: Fact[Certificate | None],
    ) -> SiteEvidence:
        """Arrange the commonest kind of website, about which the log says nothing but its status."""
        certificate = fact.value if isinstance(fact, Known) else None
        kinds: set[str] = {f"status.{reading.status}"} if reading.status else set()
        self._add_kinds(
            kinds, account, certificate, _NO_FAILURES, run, reading, unseen=False, live=live, interrupted=interrupted
        )
        key = tuple(kinds)
        frozen = self._kinds.get(key)
        if frozen is None:
            frozen = self._kinds[key] = frozenset(kinds)
        return SiteEvidence(
            self._host,
            site,
            account,
            fact,
            certificate,
            reading,
            said,
            run,
            live,
            interrupted,
            _NO_FAILURES,
            (),
            None,
            frozen,
            unseen=False,
            stopped=self._stopped,
            failed=False,
            confidence=_confidence(run),
        )

    def _is_unseen(self, said: AccountReading | None, reading: WebsiteReading | None) -> bool:
        """Tell whether no run has looked at the website yet; an account that was skipped has been looked at."""
        if self._reading.pasted or not self._host.runs_readable or reading is not None:
            return False
        return said is None or not any(fact.kind in ("account.suspended", "account.no_feature") for fact in said.facts)

    def _order(self, site: Website) -> Order | None:
        row = self._orders.get(site.name)
        if row is not None and row.account == site.account and self._host.now - row.requested < OLDEST_ORDER:
            return row
        return None

    def _add_kinds(
        self,
        kinds: set[str],
        account: Account | None,
        certificate: Certificate | None,
        failures: Sequence[Failure],
        run: Run | None,
        reading: WebsiteReading | None,
        *,
        unseen: bool,
        live: Run | None,
        interrupted: Run | None,
    ) -> None:
        for failure in failures:
            kinds.add("failure")
            kinds.add(f"failure:{failure.kind}" if failure.claimed else "unclaimed")
        if unseen:
            kinds.add("unseen")
        if live:
            kinds.add("live")
        if interrupted:
            kinds.add("interrupted")
        if reading is not None and reading.severity in _TROUBLE:
            kinds.add("expiry.warned")
        if certificate is not None:
            if self._host.now - certificate.not_before < FRESH:
                kinds.add("certificate.new")
            if run is not None and run.started < certificate.not_after - self._host.window <= self._host.now:
                kinds.add("window.entered")
        if account is not None:
            if isinstance(account.suspended, Known) and account.suspended.value:
                kinds.add("files.suspended")
            if isinstance(account.feature, Known) and not account.feature.value:
                kinds.add("files.no_feature")
            if isinstance(account.excluded, Known) and account.excluded.value:
                kinds.add("files.excluded")


def _log_kinds(reading: WebsiteReading | None, said: AccountReading | None) -> Iterator[str]:
    if reading is not None:
        if reading.status:
            yield f"status.{reading.status}"
        for fact in reading.facts:
            yield fact.kind
            if fact.kind in _INSTALLED:
                yield "installed"
            elif fact.kind in _ORDERED:
                yield "ordered"
    if said is not None:
        for fact in said.facts:
            if fact.kind != UNRECOGNISED:
                yield fact.kind


def _unexplained(
    reading: WebsiteReading | None,
    said: AccountReading | None,
    pasted: bool,  # noqa: FBT001 - a plain property of the text
    has_failures: bool,  # noqa: FBT001 - see above
    kinds: set[str],
) -> tuple[LogFact, ...]:
    """Collect messages of trouble about the website, and those about its account that it may be the reason of."""
    found = [fact for fact in reading.facts if fact.kind in _UNEXPLAINED] if reading else []
    if said is not None and said.facts:
        concerned = pasted or ("status.ok" not in kinds and "installed" not in kinds)
        for fact in said.facts:
            if fact.kind == UNRECOGNISED and concerned:
                order = fact.fields.get("order")
                if not order or reading is None or order == reading.name or pasted:
                    found.append(fact)
    if has_failures:
        # A message that only repeats that a renewal failed says no more than the reasons do.
        found = [fact for fact in found if fact.kind != "notice.not_renewed"]
    return tuple(found)


def _confidence(run: Run | None) -> Confidence:
    return "likely" if run is not None and run.from_text else "certain"
