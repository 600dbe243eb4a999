"""Which runs there are, newest first, and what state each is in (facts, section 1.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from autossl_doctor.collect.languages.reading_hosts import Lexicons, lexicons_of
from autossl_doctor.collect.runs.reading import RunReader
from autossl_doctor.collect.runs.records import read_json
from autossl_doctor.collect.runs.textlog import read_text
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.processes import has_process_table, is_alive
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.log import LogFact, Run, RunReading, RunState
from autossl_doctor.model.moment import parse_moment

LOG_DIRECTORY = "/var/cpanel/logs/autossl"
ALL_USERS = "*"
STILL_WRITING = timedelta(minutes=30)
SURELY_DEAD = timedelta(hours=3)
BEGINNING = 2
"""So many messages come before a run has looked at anything: its provider, and that it looks for trouble with NAT."""
TEXT_CAP = 256 * 1024 * 1024
DEFERRED = "AutoSSL cannot proceed at this time."
_NEVER = datetime(1980, 1, 1, tzinfo=UTC)
_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def list_runs(host: HostPaths) -> Fact[list[Run]]:
    """List the runs, newest first; their state is still unknown. Half-made and half-purged ones do not count."""
    names = run_names(host)
    if isinstance(names, Unknown):
        return names
    return Known([run_named(host, name) for name in names.value], LOG_DIRECTORY)


def run_names(host: HostPaths) -> Fact[list[str]]:
    """List the names of the runs, newest first."""
    names = host.list_directory(LOG_DIRECTORY)
    if isinstance(names, Unknown):
        return names
    return Known([name for name in reversed(names.value) if _started(name) is not None], LOG_DIRECTORY)


def run_named(host: HostPaths, name: str) -> Run:
    """Read what the links of a run say of it; `name` is one of `run_names`."""
    username = host.read_link(f"{LOG_DIRECTORY}/{name}/username")
    provider = host.read_link(f"{LOG_DIRECTORY}/{name}/provider")
    return Run(
        name,
        _started(name) or _NEVER,
        username.value if isinstance(username, Known) else "",
        provider.value if isinstance(provider, Known) else "",
    )


def _started(name: str) -> datetime | None:
    return parse_moment(name) if _NAME.fullmatch(name) else None


def read_run(host: HostPaths, run: Run, given: Lexicons | None = None) -> Fact[tuple[Run, RunReading]]:
    """Read one log: `json`, or `txt` where there is no `json`; who reads many of them gives the lexicons."""
    lexicons = given or lexicons_of(host)
    directory = f"{LOG_DIRECTORY}/{run.name}"
    path = f"{directory}/json"
    records = read_json(host, path)
    if isinstance(records, Known):
        try:
            reading = RunReader(path, *lexicons).read(records.value)
        except OSError as error:
            return Unknown("read_error", path, error.strerror or "")
        return Known((replace(run, last_at=reading.last_at), reading), path)
    if records.why != "missing":
        return records
    path = f"{directory}/txt"
    text = host.read_text(path, TEXT_CAP)
    if isinstance(text, Unknown):
        return records
    reading = RunReader(path, *lexicons).read(read_text(text.value.split("\n")))
    return Known((replace(run, from_text=True, last_at=reading.last_at), reading), path)


def with_state(host: HostPaths, run: Run, reading: RunReading, now: datetime | None) -> Run:
    """Tell whether the run is live, finished or died.

    There is no end-of-run record: finished is a run whose process is gone and that completed every account it began.
    Without a process table only the clock is left: half an hour of silence is possible life, three hours are death.
    """
    if host.exists(f"{LOG_DIRECTORY}/{run.name}/in_progress"):
        # Kept open for pending orders (Sectigo): what is done with its accounts is done.
        return replace(run, state="finished" if _ended(reading) else "live")
    upid = host.read_link(f"{LOG_DIRECTORY}/{run.name}/upid")
    alive: bool | None = None
    if has_process_table(host):
        alive = is_alive(host, upid.value) if isinstance(upid, Known) else None
    if alive:
        return replace(run, state="live")
    if _ended(reading):
        return replace(run, state="finished")
    if alive is False:
        return replace(run, state="died")
    last = parse_moment(reading.last_at) or run.started
    state: RunState = "unknown"
    if now is not None and now - last < STILL_WRITING:
        state = "live"
    elif now is not None and now - last > SURELY_DEAD:
        state = "died"
    return replace(run, state=state, guessed=True)


def _ended(reading: RunReading) -> bool:
    """Tell whether the log ends as a run does that was not cut off."""
    if any(fact.text.startswith(DEFERRED) for fact in _all_facts(reading)):
        return True
    if not reading.accounts:
        # A server without accounts begins with nobody; a run that set out for some and reached none was cut off, and so
        # was one that hardly began, unless it says what stopped it, or words that nobody knows.
        told = bool(reading.facts) or reading.unrecognised.lines > 0 or reading.announced == 0
        return reading.announced <= 0 and reading.recognised > (0 if told else BEGINNING)
    if not all(account.finished for account in reading.accounts.values()):
        return False
    # An account may have been passed over in words that no signature knows.
    return len(reading.accounts) + reading.unrecognised.lines >= reading.announced


def _all_facts(reading: RunReading) -> Iterator[LogFact]:
    yield from reading.facts
    for account in reading.accounts.values():
        if not account.finished:
            yield from account.facts
