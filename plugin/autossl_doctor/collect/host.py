"""Everything that is known about one host, read source by source; each source may fail on its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from autossl_doctor.collect.accounts import is_service_name, read_accounts, read_aliases, read_websites
from autossl_doctor.collect.certificates import read_certificate
from autossl_doctor.collect.problems import read_problems
from autossl_doctor.collect.queue import read_queue
from autossl_doctor.collect.runs.catalogue import ALL_USERS, LOG_DIRECTORY, list_runs, read_run, with_state
from autossl_doctor.collect.schedule import read_schedule, read_zone
from autossl_doctor.collect.settings import read_settings
from autossl_doctor.host.clock import parse_moment
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.host import Certificate, HostReading, Website
from autossl_doctor.model.log import Run, RunReading, Unrecognised
from autossl_doctor.model.names import visitor_base

MOST_RUNS_READ = 60
RECENT = timedelta(hours=26)
Pairs = tuple[tuple[Run, RunReading], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for: one account, one domain, or everything."""

    account: str = ""
    domain: str = ""

    def takes(self, website: Website) -> bool:
        """Tell whether a website is among what was asked for."""
        if self.account and website.account != self.account:
            return False
        return not self.domain or self.domain in website.names or visitor_base(self.domain) in website.names


def read_host(host: HostPaths, now: datetime | None, wanted: Wanted, clock: Callable[[], datetime]) -> HostReading:
    """Read a host. `now` is None for a saved host without a moment of judgement: then its newest log time is used."""
    settings = read_settings(host)
    websites = read_websites(host)
    catalogue = list_runs(host)
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
        websites = Known(tuple(site for site in websites.value if wanted.takes(site)), websites.source)
    if wanted.account or wanted.domain:
        # What other accounts' lines say is nothing for a report about this one.
        unrecognised = Unrecognised(unrecognised.lines)
    chosen = websites.value if isinstance(websites, Known) else ()
    certificates = {site.name: read_certificate(host, site.name) for site in chosen}
    zone = read_zone(host)
    schedule = read_schedule(
        host,
        zone,
        now,
        all_users.started if all_users else None,
        runs_known=isinstance(catalogue, Known),
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
        last_all_users_run=all_users.started if all_users else None,
        problems=read_problems(host),
        orders=read_queue(host),
        unrecognised=unrecognised,
        description=_description(settings.version, settings.provider, zone),
    )


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
    missing = {site.account for site in websites.value if wanted.takes(site)} if isinstance(websites, Known) else None
    pairs: list[tuple[Run, RunReading]] = []
    failed: Unknown | None = None
    for run in catalogue.value[:MOST_RUNS_READ]:
        if missing is not None and run.username != ALL_USERS and run.username not in missing:
            continue
        read = read_run(host, run)
        if isinstance(read, Unknown):
            failed = failed or read
            continue
        known, reading = read.value
        pairs.append((with_state(host, known, reading, now) if now else known, reading))
        unrecognised = unrecognised.plus(reading.unrecognised)
        if missing is None:
            break
        missing -= {name for name, account in reading.accounts.items() if account.finished}
        if not missing:
            break
    if not pairs and failed:
        return failed, unrecognised
    return Known(tuple(pairs), LOG_DIRECTORY), unrecognised


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
                found.setdefault(name, Website(name, account.name, (name,)))
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
