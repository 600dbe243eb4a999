"""What a run spent of the CA's limits, and how long things took, as far as its log shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from autossl_doctor.diagnose.names import sort_by_website
from autossl_doctor.model.host import Website
from autossl_doctor.model.log import AccountReading, LogFact, Run
from autossl_doctor.model.moment import parse_moment

INSTALLED = frozenset(("install.done", "install.done_before_92"))
_ISSUED = INSTALLED | {"install.failed"}
"""The CA has issued a certificate also where this server could not install it."""
_PLACED = "order.placed"
_REFUSED = frozenset(("order.rate_limited", "order.orders_limit"))
"""An order that a limit forbids is none, and spends nothing."""
_UNCHECKED = frozenset(("ca.rate_limited",))
"""A name that a limit forbids to check has not been checked."""
_BY_CA = {"ca_ok": True, "ca_failed": False}
ALL_USERS = "*"


class CheckByCa(NamedTuple):
    """A name that the CA itself checked."""

    at: int
    website: str
    name: str
    passed: bool


class OrderSeen(NamedTuple):
    """A certificate that was asked for: when, for which website and names, and whether the CA issued it at once."""

    at: int
    website: str
    names: tuple[str, ...]
    issued: bool


class Duration(NamedTuple):
    """How long a step took: a `run`, one account's `check`, a `renewal` up to the certificate, a waiting `order`."""

    step: str
    at: int
    seconds: int


def checks_by_ca(run: Run, account: AccountReading, sites: Sequence[Website]) -> Iterator[CheckByCa]:
    """Give the names that the CA checked. Most accounts were not checked at all and cost nothing."""
    tested = {
        name: last
        for name, facts in account.names.items()
        if (last := next((fact for fact in reversed(facts) if fact.event in _BY_CA), None)) is not None
        and last.kind not in _UNCHECKED
    }
    if not tested:
        return
    for site, names in sort_by_website(tested, sites).items():
        for name in names:
            fact = tested[name]
            yield CheckByCa(seconds_of(fact, run), site, name, _BY_CA[fact.event])


def orders(run: Run, account: AccountReading, checked: Sequence[CheckByCa]) -> Iterator[OrderSeen]:
    """Give the certificates that were asked for: where the CA checked names, or one was installed or sent for."""
    by_site: dict[str, list[CheckByCa]] = {}
    for check in checked:
        by_site.setdefault(check.website, []).append(check)
    for site, checks in by_site.items():
        website = account.websites.get(site)
        kinds = {fact.kind for fact in website.facts} if website is not None else set()
        if kinds & _REFUSED:
            continue
        issued = bool(kinds & _ISSUED)
        names = tuple(sorted(check.name for check in checks if check.passed or not issued))
        yield OrderSeen(min(check.at for check in checks), site, names, issued)
    for name, website in account.websites.items():
        sent = next((fact for fact in website.facts if fact.kind in _ISSUED or fact.kind == _PLACED), None)
        if sent is not None and name not in by_site:
            yield OrderSeen(seconds_of(sent, run), name, (), sent.kind in _ISSUED)


def durations(run: Run, account: AccountReading) -> Iterator[Duration]:
    """Give how long one account's own check took, and how long until its new certificates were there.

    Not for a run over all accounts: there an account waits for all others of its batch.
    """
    started = int(run.started.timestamp())
    finished = parse_moment(account.finished_at)
    if account.finished and finished is not None:
        yield from _taken("check", started, finished)
    for website in account.websites.values():
        done = [parse_moment(fact.at) for fact in website.facts if fact.kind in INSTALLED]
        last = max(filter(None, done), default=None)
        if last is not None:
            yield from _taken("renewal", started, last)


def waits(account: AccountReading) -> Iterator[Duration]:
    """Give how long orders waited that were sent and whose certificates came later, as far as one log tells both."""
    for website in account.websites.values():
        sent = None
        for fact in website.facts:
            at = parse_moment(fact.at)
            if fact.kind == _PLACED:
                sent = at
            elif fact.kind in INSTALLED and sent is not None and at is not None:
                yield from _taken("order", int(sent.timestamp()), at)
                sent = None


def of_run(run: Run, last: datetime | None) -> Iterator[Duration]:
    """Give how long a run over all accounts took."""
    if run.username == ALL_USERS and run.state == "finished" and last is not None:
        yield from _taken("run", int(run.started.timestamp()), last)


def _taken(step: str, started: int, ended: datetime) -> Iterator[Duration]:
    seconds = int(ended.timestamp()) - started
    if seconds >= 0:
        yield Duration(step, started, seconds)


def seconds_of(fact: LogFact, run: Run) -> int:
    """Give the time of a statement; where it has none of its own, that of its run."""
    at = parse_moment(fact.at)
    return int((at or run.started).timestamp())
