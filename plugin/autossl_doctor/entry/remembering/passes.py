"""One pass over the logs: every run that has ended and is not known yet is read, judged and written down.

Each run is one transaction: whoever ends the pass in the middle loses the run at hand and nothing else, and the next
pass goes on there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from autossl_doctor.collect.accounts import read_websites
from autossl_doctor.collect.languages.reading_hosts import lexicons_of
from autossl_doctor.collect.runs.catalogue import read_run, with_state
from autossl_doctor.collect.runs.reading import RunReader
from autossl_doctor.collect.runs.records import read_json
from autossl_doctor.diagnose.kinds import SKIPPED
from autossl_doctor.entry.remembering import spent
from autossl_doctor.entry.remembering.judged import meanings
from autossl_doctor.entry.remembering.logs import Log, logs_to_read, tail_of
from autossl_doctor.entry.remembering.said import said_of, said_of_skipped
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.people import Owner
from autossl_doctor.model.cause import Cause
from autossl_doctor.model.fact import Known
from autossl_doctor.model.host import Website
from autossl_doctor.model.log import AccountReading, Run, RunReading
from autossl_doctor.model.moment import parse_moment
from autossl_doctor.store.memory import writing
from autossl_doctor.store.memory.opening import Memory
from autossl_doctor.store.memory.reading import KnownLog, known_logs

NO_SITES: Mapping[str, Website] = {}


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
        self._numbers: dict[str, int] = {}
        self._known: dict[str, KnownLog] = {}
        self._version = 0
        self._websites: writing.Websites | None = None
        self._spells: dict[int, writing.Open] = {}

    def go(self, now: datetime, stop: Callable[[], bool], told: Callable[[Log], None] = lambda _: None) -> Passed:
        """Read what is new until nothing is, or until `stop` says so; `told` hears of each log before it is read."""
        runs = written_on = 0
        self._known = known_logs(self._memory.connection)
        for log in logs_to_read(self._host, self._known):
            if stop():
                return Passed(runs, written_on, whole=False)
            told(log)
            self._prepare()
            if log.news == "written on":
                written_on += self._read_on(log)
            else:
                runs += self._read(log, now)
        return Passed(runs, written_on, whole=True)

    def _prepare(self) -> None:
        """Load what is needed once something is to be read; a pass without news does without it."""
        if self._websites is not None:
            return
        self._causes = tuple(self._load())
        found = read_websites(self._host)
        for site in found.value if isinstance(found, Known) else ():
            self._sites.setdefault(site.account, {})[site.name] = site
        with self._memory.whole():
            self._begin_from_memory()

    def _begin_from_memory(self) -> None:
        connection = self._memory.connection
        self._version = self._data_version()
        self._numbers = writing.put_accounts(connection, self._owners.values())
        self._websites = writing.Websites(connection)
        self._spells = writing.open_spells(connection)
        self._known.clear()
        self._known.update(known_logs(connection))

    def _data_version(self) -> int:
        """Give a number that is another one after another program has written."""
        version: int = self._memory.connection.execute("PRAGMA data_version").fetchone()[0]
        return version

    def _is_news(self, log: Log) -> bool:
        """Tell whether a log is still to be written down; another program may have done that meanwhile."""
        if self._version != self._data_version():
            self._begin_from_memory()
        known = self._known.get(log.run.name)
        if known is None or log.news == "new":
            return known is None
        return (known.inode, known.size) != (log.inode, log.size)

    def _read(self, log: Log, now: datetime) -> int:
        found = read_run(self._host, log.run)
        if not isinstance(found, Known):
            return 0
        run, reading = found.value
        run = with_state(self._host, run, reading, now)
        if run.state == "live":
            return 0
        try:
            with self._memory.whole():
                if not self._is_news(log):
                    return 0
                if log.news == "new":
                    self._write(run, reading, int(now.timestamp()))
                self._note(log, run, reading)
        except BaseException:
            # What was worked out for the run that is lost must not be believed.
            self._websites = None
            raise
        return 1

    def _note(self, log: Log, run: Run, reading: RunReading) -> None:
        ended = parse_moment(reading.last_at)
        row = writing.RunRow(
            run.name,
            int(run.started.timestamp()),
            int(ended.timestamp()) if ended else None,
            run.username,
            run.provider,
            run.state,
            sum(len(account.websites) for account in reading.accounts.values()),
            log.inode,
            log.size,
            tail_of(self._host, log.path, log.size),
        )
        writing.put_run(self._memory.connection, row)

    # --- what a run says

    def _write(self, run: Run, reading: RunReading, now: int) -> None:
        connection, websites = self._memory.connection, self._websites
        assert websites is not None  # noqa: S101 - _prepare has been called
        at = int(run.started.timestamp())
        same: list[int] = []
        news: dict[tuple[str, str], tuple[Website, int, bytes]] = {}
        durations = list(spent.of_run(run, parse_moment(reading.last_at)))
        for account in self._own(reading, at):
            number = self._numbers[account.name]
            for site, said in self._said(account):
                website = websites.number(number, site.name)
                open_spell = self._spells.get(website)
                if open_spell is not None and open_spell.said == said:
                    same.append(open_spell.id)
                    last = at if open_spell.last > now else max(open_spell.last, at)
                    self._spells[website] = open_spell._replace(last=last)
                elif open_spell is None or not at < open_spell.last <= now:
                    news[account.name, site.name] = (site, website, said)
            if run.username != spent.ALL_USERS:
                durations += spent.durations(run, account)
            if account.names or any(website.facts for website in account.websites.values()):
                self._write_spent(run, account, number)
        writing.go_on(connection, same, at, now)
        for meaning in meanings(run, reading, [site for site, _, _ in news.values()], self._causes) if news else ():
            _, website, said = news[meaning.account, meaning.website]
            spell = writing.Spell(website, said, at, meaning.stuck, meaning.cause, meaning.content)
            self._spells[website] = writing.Open(writing.begin(connection, spell), said, at)
        connection.executemany("INSERT INTO durations(step, at, seconds) VALUES(?, ?, ?)", durations)

    def _own(self, reading: RunReading, at: int) -> Iterable[AccountReading]:
        """Give the accounts that there are still; what was said before an account began is about a former owner."""
        for account in reading.accounts.values():
            owner = self._owners.get(account.name)
            if owner is not None and owner.startdate <= at and account.name in self._numbers:
                yield account

    def _said(self, account: AccountReading) -> Iterable[tuple[Website, bytes]]:
        known = self._sites.get(account.name, NO_SITES)
        if account.websites:
            for name, website in account.websites.items():
                yield known.get(name) or Website(name, account.name, (name,)), said_of(account, website)
        elif account.finished and any(fact.kind in SKIPPED for fact in account.facts):
            said = said_of_skipped(account)
            yield from ((site, said) for site in known.values())

    def _write_spent(self, run: Run, account: AccountReading, number: int) -> None:
        websites = self._websites
        assert websites is not None  # noqa: S101 - _prepare has been called
        known = self._sites.get(account.name) or {
            name: Website(name, account.name, (name,)) for name in account.websites
        }
        sites = tuple(known.values())
        checked = list(spent.checks_by_ca(run, account, sites)) if sites else []
        connection = self._memory.connection
        connection.executemany(
            "INSERT INTO checks_by_ca(at, website, name, passed) VALUES(?, ?, ?, ?)",
            [(check.at, websites.number(number, check.website), check.name, int(check.passed)) for check in checked],
        )
        connection.executemany(
            "INSERT INTO orders(at, website, names, issued) VALUES(?, ?, ?, ?)",
            [
                (order.at, websites.number(number, order.website), " ".join(order.names), int(order.issued))
                for order in spent.orders(run, account, checked)
            ],
        )

    # --- what the queue's poller wrote later

    def _read_on(self, log: Log) -> int:
        """Read the lines that were added to a log: what became of orders that had been waiting (facts, section 3)."""
        records = read_json(self._host, log.path, log.begin)
        if not isinstance(records, Known):
            return 0
        reading = RunReader(log.path, *lexicons_of(self._host), strict=False).read(records.value)
        connection = self._memory.connection
        with self._memory.whole():
            if not self._is_news(log):
                return 0
            for account in reading.accounts.values():
                for name, website in account.websites.items():
                    for fact in website.facts:
                        if fact.kind in spent.INSTALLED:
                            self._arrived(name, spent.seconds_of(fact, log.run))
            connection.execute(
                "UPDATE runs SET size = ?, tail = ? WHERE name = ?",
                (log.size, tail_of(self._host, log.path, log.size), log.run.name),
            )
        return 1

    def _arrived(self, website: str, at: int) -> None:
        """Take note how long an order had waited."""
        self._memory.connection.execute(
            "INSERT INTO durations(step, at, seconds) SELECT 'order', at, ? - at FROM orders WHERE at <= ? AND website "
            "IN (SELECT id FROM websites WHERE name = ?) ORDER BY at DESC LIMIT 1",
            (at, at, website),
        )
