"""One pass over the logs: every run that has ended and is not known yet is read, judged and written down.

A few runs are written in one transaction: whoever ends the pass in the middle loses them and nothing else, and the next
pass goes on there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import NamedTuple

from autossl_doctor.collect.accounts import read_websites
from autossl_doctor.collect.languages.reading_hosts import lexicons_of
from autossl_doctor.collect.runs.catalogue import read_run, with_state
from autossl_doctor.collect.runs.reading import RunReader
from autossl_doctor.diagnose.kinds import SKIPPED
from autossl_doctor.entry.remembering import spent
from autossl_doctor.entry.remembering.judged import meanings
from autossl_doctor.entry.remembering.logs import Log, added, logs_to_read, tail_of
from autossl_doctor.entry.remembering.said import said_of, said_of_skipped
from autossl_doctor.entry.remembering.states import NEVER, States
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.people import Owner
from autossl_doctor.model.cause import Cause
from autossl_doctor.model.fact import Known
from autossl_doctor.model.host import Website
from autossl_doctor.model.log import AccountReading, Run, RunReading
from autossl_doctor.model.moment import parse_moment
from autossl_doctor.store.memory import spells, writing
from autossl_doctor.store.memory.opening import Memory
from autossl_doctor.store.memory.reading import known_log, known_logs

NO_SITES: Mapping[str, Website] = {}
MOST_WRITTEN_AT_ONCE = 20_000
"""After so many websites what was written is made to last: a second or two of work."""


class Passed(NamedTuple):
    """How a pass went: runs read, logs that were written on, whether all that there was has been read."""

    runs: int
    written_on: int
    whole: bool


class Pass:
    """Reads runs into the memory, oldest first."""

    def __init__(
        self, host: HostPaths, memory: Memory, owners: Mapping[str, Owner], load: Callable[[], Iterable[Cause]]
    ) -> None:
        self._host = host
        self._memory = memory
        self._owners = owners
        self._load = load
        self._causes: tuple[Cause, ...] = ()
        self._sites: dict[str, dict[str, Website]] = {}
        self._states: States | None = None
        self._written = 0

    def go(self, now: datetime, stop: Callable[[], bool], told: Callable[[Log], None] = lambda _: None) -> Passed:
        """Read what is new until nothing is, or until `stop` says so; `told` hears of each log before it is read."""
        runs = written_on = 0
        whole = True
        try:
            for log in logs_to_read(self._host, known_logs(self._memory.connection), now):
                if stop():
                    whole = False
                    break
                told(log)
                self._prepare()
                if log.news == "written on":
                    written_on += self._read_on(log)
                else:
                    runs += self._read(log, now)
                if self._written >= MOST_WRITTEN_AT_ONCE:
                    self._commit()
            self._commit()
        except BaseException:
            # What was counted for the runs that are lost must not be believed.
            self._memory.give_up()
            self._states, self._written = None, 0
            raise
        return Passed(runs, written_on, whole)

    def _prepare(self) -> None:
        """Load what is needed once something is to be read; a pass without news does without it."""
        if self._causes:
            return
        self._causes = tuple(self._load())
        found = read_websites(self._host)
        for site in found.value if isinstance(found, Known) else ():
            self._sites.setdefault(site.account, {})[site.name] = site

    def _read(self, log: Log, now: datetime) -> int:
        found = read_run(self._host, log.run)
        if not isinstance(found, Known):
            return 0
        run, reading = found.value
        run = with_state(self._host, run, reading, now)
        if run.state == "live":
            return 0
        states = self._begin()
        if not self._is_news(log):
            return 0
        if log.news == "new":
            self._write(run, reading, states, int(now.timestamp()))
        self._note(log, run, reading)
        return 1

    def _is_news(self, log: Log) -> bool:
        """Tell whether a log is still to be written down; another program may have done that meanwhile."""
        known = known_log(self._memory.connection, log.run.name)
        if known is None or log.news == "new":
            return known is None
        return (known.inode, known.size) != (log.inode, log.size)

    def _begin(self) -> States:
        """Begin to write, or go on with it: what another program wrote since the last time is taken in first."""
        if not self._memory.is_writing:
            self._memory.begin()
            if self._states is None or self._memory.was_changed_by_others():
                self._states = States(self._memory.connection, self._owners.values())
        assert self._states is not None  # noqa: S101 - it was made with the first transaction
        return self._states

    def _commit(self) -> None:
        """Let what was written last."""
        if self._memory.is_writing and self._states is not None:
            self._states.flush(self._memory.connection)
            self._memory.commit()
        self._written = 0

    def _note(self, log: Log, run: Run, reading: RunReading) -> None:
        ended = parse_moment(reading.last_at)
        websites = sum(len(account.websites) for account in reading.accounts.values())
        row = writing.RunRow(
            run.name,
            int(run.started.timestamp()),
            int(ended.timestamp()) if ended else None,
            run.username,
            run.provider,
            run.state,
            websites,
            log.inode,
            log.size,
            tail_of(self._host, log.path, log.size),
        )
        writing.put_run(self._memory.connection, row)
        self._written += websites + 1

    # --- what a run says

    def _write(self, run: Run, reading: RunReading, states: States, now: int) -> None:
        connection = self._memory.connection
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
        for meaning in meanings(run, reading, [site for site, _ in news.values()], self._causes) if news else ():
            _, said = news[meaning.account, meaning.website]
            number = states.number(meaning.account, meaning.website)
            spell = spells.Spell(number, said, at, meaning.stuck, meaning.cause, meaning.content)
            states.tell(connection, meaning.account, meaning.website, spell, now)
        connection.executemany("INSERT INTO durations(step, at, seconds) VALUES(?, ?, ?)", durations)

    def _site(self, account: str, site: str) -> Website:
        return self._sites.get(account, NO_SITES).get(site) or Website(site, account, (site,))

    def _write_spent(self, run: Run, account: AccountReading, states: States) -> None:
        sites = tuple(self._sites.get(account.name, NO_SITES).values()) or tuple(
            Website(name, account.name, (name,)) for name in account.websites
        )
        checked = list(spent.checks_by_ca(run, account, sites)) if sites else []
        connection = self._memory.connection
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

    # --- what the queue's poller wrote later

    def _read_on(self, log: Log) -> int:
        """Read the lines that were added to a log: what became of orders that had been waiting (facts, section 3)."""
        records = added(self._host, log)
        if not isinstance(records, Known):
            return 0
        reading = RunReader(log.path, *lexicons_of(self._host)).read(records.value)
        at = int(log.run.started.timestamp())
        states, connection = self._begin(), self._memory.connection
        if not self._is_news(log):
            return 0
        for account in reading.accounts.values():
            if states.starts.get(account.name, NEVER) > at:
                continue
            for name, website in account.websites.items():
                for fact in website.facts:
                    if fact.kind in spent.INSTALLED:
                        self._arrived(states.account(account.name), name, spent.seconds_of(fact, log.run))
        connection.execute(
            "UPDATE runs SET size = ?, tail = ? WHERE name = ?",
            (log.size, tail_of(self._host, log.path, log.size), log.run.name),
        )
        return 1

    def _arrived(self, account: int, website: str, at: int) -> None:
        """Take note how long an order had waited."""
        self._memory.connection.execute(
            "INSERT INTO durations(step, at, seconds) SELECT 'order', at, ? - at FROM orders WHERE at <= ? AND website "
            "IN (SELECT id FROM websites WHERE account = ? AND name = ?) ORDER BY at DESC LIMIT 1",
            (at, at, account, website),
        )
