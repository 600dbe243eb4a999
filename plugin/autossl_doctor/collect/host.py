"""Everything that is known about one host, read source by source; each source may fail on its own."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from autossl_doctor.collect.accounts import is_service_name, read_accounts, read_aliases, read_websites
from autossl_doctor.collect.certificates import read_certificate
from autossl_doctor.collect.problems import read_problems
from autossl_doctor.collect.queue import read_queue
from autossl_doctor.collect.runs.catalogue import ALL_USERS, LOG_DIRECTORY, list_runs, read_run, with_state
from autossl_doctor.collect.runs.earlier import read_earlier
from autossl_doctor.collect.runs.written_on import written_on
from autossl_doctor.collect.schedule import read_schedule, read_zone
from autossl_doctor.collect.served import read_served
from autossl_doctor.collect.settings import read_settings
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.host import Certificate, HostReading, Problem, Website
from autossl_doctor.model.log import LogFact, Run, RunReading, Unrecognised
from autossl_doctor.model.moment import parse_moment
from autossl_doctor.model.names import visitor_base

MOST_RUNS_READ = 60
FEWEST_RUNS_READ = 3
RECENT = timedelta(hours=50)
"""How far back it is worth while to look for an account that no run has finished."""
AHEAD = timedelta(minutes=10)
Pairs = tuple[tuple[Run, RunReading], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for: one account, one domain, or everything."""

    account: str = ""
    domain: str = ""

    def takes(self, account: str, names: Container[str]) -> bool:
        """Tell whether a website with these names is among what was asked for."""
        if self.account and account != self.account:
            return False
        return not self.domain or self.domain in names or visitor_base(self.domain) in names

    def accounts(self, websites: Iterable[Website]) -> set[str]:
        """Give the accounts of what was asked for: what one of their websites says may be about another of them."""
        return {site.account for site in websites if self.takes(site.account, site.names)}


def read_host(host: HostPaths, now: datetime | None, wanted: Wanted, clock: Callable[[], datetime]) -> HostReading:
    """Read a host. `now` is None for a saved host without a moment of judgement: then its newest log time is used."""
    settings = read_settings(host)
    websites = read_websites(host)
    catalogue = _until(list_runs(host), now or clock())
    all_users = next((run for run in _known(catalogue) if run.username == ALL_USERS), None)
    moment = now
    given = now is not None
    runs, unrecognised = _read_runs(host, catalogue, websites, wanted, now)
    if moment is None:
        moment = _newest_time(runs) or clock()
        runs = _with_states(host, runs, moment)
    if isinstance(websites, Unknown):
        websites = websites_of_logs(runs) or websites
    if isinstance(websites, Known):
        accounts = wanted.accounts(websites.value)
        websites = Known(tuple(site for site in websites.value if site.account in accounts), websites.source)
    if wanted.account or wanted.domain:
        # What other accounts' lines say is nothing for a report about this one.
        unrecognised = Unrecognised(unrecognised.lines)
    chosen = websites.value if isinstance(websites, Known) else ()
    problems = read_problems(host)
    certificates = {site.name: read_certificate(host, site.name) for site in chosen}
    zone = read_zone(host)
    schedule = read_schedule(
        host,
        zone,
        now,
        all_users.started if all_users else None,
        runs_known=_is_told(catalogue, all_users),
    )
    return HostReading(
        now=moment,
        zone=zone.value if isinstance(zone, Known) else "UTC",
        now_given=given,
        settings=settings,
        schedule=schedule,
        accounts=read_accounts(host, dict.fromkeys(site.account for site in chosen)),
        websites=_with_aliases(host, websites, certificates),
        certificates=certificates,
        runs=runs,
        earlier=_earlier(host, catalogue, runs, problems, {site.account for site in chosen}),
        last_all_users_run=all_users.started if all_users else None,
        problems=problems,
        orders=read_queue(host),
        served=read_served(host, certificates.keys()),
        unrecognised=unrecognised,
        description=_description(settings.version, settings.provider, zone),
    )


def _until(catalogue: Fact[list[Run]], now: datetime) -> Fact[list[Run]]:
    """Set runs aside that begin in the future: a clock was wrong. Names may lie a few minutes ahead by themselves."""
    if isinstance(catalogue, Unknown):
        return catalogue
    return Known([run for run in catalogue.value if run.started <= now + AHEAD], catalogue.source)


def _is_told(catalogue: Fact[list[Run]], last: Run | None) -> bool:
    """Tell whether it is known which runs were over all accounts: a copy may have lost the links that say so."""
    if isinstance(catalogue, Unknown):
        return False
    newer = (run for run in catalogue.value if last is None or run.started > last.started)
    return all(run.username for run in newer)


def _known(catalogue: Fact[list[Run]]) -> list[Run]:
    return catalogue.value if isinstance(catalogue, Known) else []


def _read_runs(
    host: HostPaths,
    catalogue: Fact[list[Run]],
    websites: Fact[tuple[Website, ...]],
    wanted: Wanted,
    now: datetime | None,
) -> tuple[Fact[Pairs], Unrecognised]:
    """Read runs, newest first, until one has finished with every account that is asked about."""
    unrecognised = Unrecognised()
    if isinstance(catalogue, Unknown):
        return catalogue, unrecognised
    missing = wanted.accounts(websites.value) if isinstance(websites, Known) else None
    pairs: list[tuple[Run, RunReading]] = []
    failed: Unknown | None = None
    for run in catalogue.value[:MOST_RUNS_READ]:
        if missing is not None and run.username not in (ALL_USERS, "") and run.username not in missing:
            continue
        if len(pairs) >= FEWEST_RUNS_READ and pairs[0][0].started - run.started > RECENT:
            break
        read = read_run(host, run)
        if isinstance(read, Unknown):
            failed = failed or read
            continue
        known, reading = read.value
        known = with_state(host, known, reading, now) if now else known
        unrecognised = unrecognised.plus(reading.unrecognised)
        if missing is not None and pairs:
            # Of older runs only the accounts count that no newer one has finished.
            left = {name: reading.accounts[name] for name in missing if name in reading.accounts}
            pairs.append((known, replace(reading, accounts=left) if now else reading))
        else:
            pairs.append((known, reading))
        if missing is None:
            break
        missing -= {name for name, account in reading.accounts.items() if account.finished}
        if not missing:
            break
    if not pairs and failed:
        return failed, unrecognised
    if pairs and missing is not None:
        read_already = {run.name for run, _ in pairs}
        older = [run for run in catalogue.value if run.name not in read_already and run.started < pairs[0][0].started]
        pairs += written_on(host, older[:MOST_RUNS_READ], pairs[0][0])
    return Known(tuple(pairs), LOG_DIRECTORY), unrecognised


def _earlier(
    host: HostPaths,
    catalogue: Fact[list[Run]],
    runs: Fact[Pairs],
    problems: Fact[Mapping[str, tuple[Problem, ...]]],
    accounts: Container[str],
) -> Mapping[str, Mapping[str, tuple[LogFact, ...]]]:
    if not isinstance(catalogue, Known) or not isinstance(runs, Known):
        return {}
    rows = problems.value if isinstance(problems, Known) else {}
    return read_earlier(host, catalogue.value, runs.value, rows, accounts)


def _newest_time(runs: Fact[Pairs]) -> datetime | None:
    pairs = runs.value if isinstance(runs, Known) else ()
    moments = [parse_moment(reading.last_at) or run.started for run, reading in pairs]
    return max(moments, default=None)


def _with_states(host: HostPaths, runs: Fact[Pairs], now: datetime) -> Fact[Pairs]:
    if isinstance(runs, Unknown):
        return runs
    return Known(tuple((with_state(host, run, reading, now), reading) for run, reading in runs.value), runs.source)


def websites_of_logs(runs: Fact[Pairs]) -> Fact[tuple[Website, ...]] | None:
    """Take the websites from the logs where the panel's own lists cannot be read."""
    if isinstance(runs, Unknown):
        return None
    found: dict[str, Website] = {}
    for _, reading in runs.value:
        for account in reading.accounts.values():
            for name in account.websites:
                if name not in found:
                    found[name] = Website(name, account.name, (name,))
    return Known(tuple(found.values()), LOG_DIRECTORY) if found else None


def _with_aliases(
    host: HostPaths, websites: Fact[tuple[Website, ...]], certificates: Mapping[str, Fact[Certificate | None]]
) -> Fact[tuple[Website, ...]]:
    """Complete the names of each website.

    The caches do not list `www.`; where the certificate covers it, it need not be looked up. Otherwise the website's
    own file says whether it is an alias at all.
    """
    if isinstance(websites, Unknown):
        return websites
    completed = []
    for site in websites.value:
        fact = certificates.get(site.name, Unknown("not_given"))
        certificate = fact.value if isinstance(fact, Known) else None
        guessed = tuple(dict.fromkeys([*site.names, *(f"www.{name}" for name in site.names)]))
        if certificate is not None and all(certificate.covers_name(name) for name in guessed):
            names = guessed
        else:
            exact = read_aliases(host, site)
            names = exact.value if isinstance(exact, Known) else site.names
        names = tuple(name for name in names if name == site.name or not is_service_name(name, names))
        completed.append(Website(site.name, site.account, names, site.address))
    return Known(tuple(completed), websites.source)


def _description(version: Fact[str], provider: Fact[str], zone: Fact[str]) -> dict[str, str]:
    facts = {"cpanel_version": version, "provider": provider, "time_zone": zone}
    return {name: fact.value for name, fact in facts.items() if isinstance(fact, Known)}
