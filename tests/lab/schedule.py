"""When the scheduled AutoSSL job runs, and the file that says so (facts 6)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from tests.lab.host_model import Cron, Host
from tests.lab.providers import provider_named
from tests.lab.run_model import Run


def hours_of(host: Host) -> tuple[int, ...]:
    """The hours of the schedule in the host's zone; none where AutoSSL is switched off."""
    if host.hours is not None:
        return host.hours
    return () if host.provider is None else provider_named(host.provider).hours


def cron_text(host: Host) -> str | None:
    """The text of the job's file; None: there is no file, as after AutoSSL was switched off."""
    if isinstance(host.cron, str):
        return host.cron
    hours = hours_of(host)
    if host.cron is Cron.MISSING or not hours:
        return None
    command = "/usr/local/cpanel/bin/autossl_check --all"
    return f"{host.minute} {','.join(map(str, hours))} * * * root {command}\n"


def times_before(host: Host, moment: datetime) -> Iterator[datetime]:
    """The scheduled times at or before a moment in UTC, newest first.

    A local time that the clocks skip in spring is made good as soon as they have moved on, as cron does; one that
    comes twice in autumn counts once.
    """
    zone = ZoneInfo(host.zone)
    hours = sorted(hours_of(host), reverse=True)
    day = moment.astimezone(zone).date() + timedelta(days=1)
    while hours:
        for hour in hours:
            local = datetime(day.year, day.month, day.day, hour, host.minute, tzinfo=zone)
            start = local.astimezone(UTC)
            if start.astimezone(zone).hour != hour:
                start = start.replace(minute=0)
            if start <= moment:
                yield start
        day -= timedelta(days=1)


def scheduled_runs(host: Host) -> tuple[Run, ...]:
    """The all-users runs that cron has started, oldest first: those of one day, or `run_count` of them."""
    last = host.now - host.silent_for
    times = times_before(host, last)
    if host.run_count is None:
        day = last - timedelta(days=1)
        chosen = list(takewhile(lambda time: time > day, times))
    else:
        chosen = [time for _, time in zip(range(host.run_count), times, strict=False)]
    return tuple(Run(start=time, batch=host.batch, pace=host.pace) for time in reversed(chosen))


def runs_of(host: Host) -> tuple[Run, ...]:
    """Every run of the host, oldest first."""
    runs = scheduled_runs(host) if host.runs is None else host.runs
    return tuple(sorted((*runs, *host.extra_runs), key=lambda run: run.start))
