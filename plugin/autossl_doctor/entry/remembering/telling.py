"""What a run says, written down: for each website by what is new, and what it spent and how long it took."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from autossl_doctor.collect.accounts import read_websites
from autossl_doctor.diagnose.kinds import SKIPPED
from autossl_doctor.entry.remembering import spent
from autossl_doctor.entry.remembering.judged import Meaning, meanings
from autossl_doctor.entry.remembering.said import said_of, said_of_skipped
from autossl_doctor.entry.remembering.states import NEVER, States
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.cause import Cause
from autossl_doctor.model.fact import Known
from autossl_doctor.model.host import Website
from autossl_doctor.model.log import AccountReading, Run, RunReading
from autossl_doctor.model.moment import parse_moment
from autossl_doctor.store.memory import spells

NO_SITES: Mapping[str, Website] = {}


class Teller:
    """Knows the websites and the causes, from the first run on that says something."""

    def __init__(self, host: HostPaths, connection: sqlite3.Connection, load: Callable[[], Iterable[Cause]]) -> None:
        self._connection = connection
        self._causes = tuple(load())
        self._sites: dict[str, dict[str, Website]] = {}
        found = read_websites(host)
        for site in found.value if isinstance(found, Known) else ():
            self._sites.setdefault(site.account, {})[site.name] = site

    def tell(self, run: Run, reading: RunReading, states: States, now: int) -> None:
        """Write down what a run says of every website, what it spent of the CA's limits, and how long things took."""
        connection = self._connection
        at = int(run.started.timestamp())
        news: dict[tuple[str, str], tuple[Website, bytes]] = {}
        durations = list(spent.of_run(run, parse_moment(reading.last_at)))
        starts, for_all = states.starts, run.username == spent.ALL_USERS
        for account in reading.accounts.values():
            name = account.name
            # What was said before an account began is about a former owner of its name.
            if starts.get(name, NEVER) > at:
                continue
            known, said_little = states.of(name), not (account.names or account.facts)
            for site, website in account.websites.items():
                said = website.status.encode() if said_little and not website.facts else said_of(account, website)
                if not known.goes_on(site, said, at, now):
                    news[name, site] = self._site(name, site), said
            if not account.websites and account.finished and any(fact.kind in SKIPPED for fact in account.facts):
                said = said_of_skipped(account)
                for site, website_known in self._sites.get(name, NO_SITES).items():
                    if not known.goes_on(site, said, at, now):
                        news[name, site] = website_known, said
            if not for_all:
                durations += spent.durations(run, account)
            if not said_little or not for_all:
                durations += spent.waits(account)
            if not said_little or any(website.facts for website in account.websites.values()):
                self._write_spent(run, account, states)
        for meaning in self._meanings(run, reading, news):
            self._tell(meaning, news[meaning.account, meaning.website][1], at, states, now)
        connection.executemany("INSERT INTO durations(step, at, seconds) VALUES(?, ?, ?)", durations)

    def _site(self, account: str, site: str) -> Website:
        return self._sites.get(account, NO_SITES).get(site) or Website(site, account, (site,))

    def _write_spent(self, run: Run, account: AccountReading, states: States) -> None:
        sites = tuple(self._sites.get(account.name, NO_SITES).values()) or tuple(
            Website(name, account.name, (name,)) for name in account.websites
        )
        checked = list(spent.checks_by_ca(run, account, sites)) if sites else []
        connection = self._connection
        number = partial(states.number, account.name)
        connection.executemany(
            "INSERT INTO checks_by_ca(at, website, name, passed) VALUES(?, ?, ?, ?)",
            [(check.at, number(check.website), check.name, int(check.passed)) for check in checked],
        )
        connection.executemany(
            "INSERT INTO orders(at, website, provider, names, issued) VALUES(?, ?, ?, ?, ?)",
            [
                (order.at, number(order.website), run.provider, " ".join(order.names), int(order.issued))
                for order in spent.orders(run, account, checked)
            ],
        )

    def tell_later(self, run: Run, reading: RunReading, states: States, now: int) -> None:
        """Write down what the queue's poller added to a run's log: what became of orders that had been waiting."""
        started = int(run.started.timestamp())
        news: dict[tuple[str, str], tuple[Website, bytes]] = {}
        at: dict[tuple[str, str], int] = {}
        for account in reading.accounts.values():
            if states.starts.get(account.name, NEVER) > started:
                continue
            for name, website in account.websites.items():
                for fact in website.facts:
                    if fact.kind in spent.INSTALLED:
                        self._arrived(states.account(account.name), name, spent.seconds_of(fact, run))
                if website.facts and website.facts[-1].kind not in spent.INSTALLED:
                    news[account.name, name] = self._site(account.name, name), said_of(account, website)
                    at[account.name, name] = spent.seconds_of(website.facts[-1], run)
        # There is no end to wait for: what a poller says of an order is all that it says.
        done = {name: account._replace(finished=True) for name, account in reading.accounts.items()}
        for meaning in self._meanings(run, replace(reading, accounts=done), news):
            # That an order goes on waiting is nothing new; that it was rejected is.
            if meaning.stuck:
                key = meaning.account, meaning.website
                self._tell(meaning, news[key][1], at[key], states, now)

    def _meanings(
        self, run: Run, reading: RunReading, news: Mapping[tuple[str, str], tuple[Website, bytes]]
    ) -> Iterator[Meaning]:
        return meanings(run, reading, [site for site, _ in news.values()], self._causes) if news else iter(())

    def _tell(self, meaning: Meaning, said: bytes, at: int, states: States, now: int) -> None:
        number = states.number(meaning.account, meaning.website)
        spell = spells.Spell(number, said, at, meaning.stuck, meaning.cause, meaning.content)
        states.tell(self._connection, meaning.account, meaning.website, spell, now)

    def _arrived(self, account: int, website: str, at: int) -> None:
        """Take note how long an order had waited."""
        self._connection.execute(
            "INSERT INTO durations(step, at, seconds) SELECT 'order', at, ? - at FROM orders WHERE at <= ? AND website "
            "IN (SELECT id FROM websites WHERE account = ? AND name = ?) ORDER BY at DESC LIMIT 1",
            (at, at, account, website),
        )
