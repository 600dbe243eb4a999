"""The scheduled AutoSSL check: whether cron runs it, when next, and whether it stopped coming (facts, section 6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim

from autossl_doctor.collect.cronfile import Job, read_job
from autossl_doctor.host.files import FileFacts, HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.host import Schedule
from autossl_doctor.model.key_material import without_key

CRON_FILE = "/etc/cron.d/cpanel_autossl"
CRON_DIRECTORY = "/etc/cron.d"
ETC = "/etc"
ZONE_FILES = frozenset(("localtime", "timezone"))
"""What a copy may take from /etc to tell the hours of its logs, and nothing else."""
GRACE = timedelta(hours=1)
WIDEST_ZONE = timedelta(hours=14)
MISSED_STARTS = 2
MOST_STARTS = 5000
_OTHERS_WRITE = 0o002
_GROUP_WRITES = 0o020
_EXECUTABLE = 0o111
_OWNER_READS = 0o400
_SAMPLED_STARTS = 12


def read_zone(host: HostPaths) -> Fact[str]:
    """Name the server's time zone: the target of /etc/localtime, else /etc/timezone."""
    link = host.read_link("/etc/localtime")
    if isinstance(link, Known) and "zoneinfo/" in link.value:
        name = link.value.partition("zoneinfo/")[2]
        if is_zone(name):
            return Known(name, "/etc/localtime")
    written = host.read_text("/etc/timezone", 200)
    if isinstance(written, Known) and is_zone(written.value.strip()):
        return Known(written.value.strip(), "/etc/timezone")
    return Unknown("missing" if isinstance(link, Unknown) else "damaged", "/etc/localtime")


def is_zone(name: str) -> bool:
    """Tell whether a time zone of that name is known."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def read_schedule(
    host: HostPaths, zone: Fact[str], now: datetime | None, last_run: datetime | None, *, runs_known: bool
) -> Fact[Schedule]:
    """Judge nothing, but tell what cron would: the job's state, its next start, the first start that was missed.

    `now` is None where nobody gave a moment of judgement: then no time can be compared. `last_run` is the start of the
    last run over all accounts; `runs_known` tells whether the log directory could be read at all.
    """
    content = host.read_text(CRON_FILE, 1024 * 1024)
    if isinstance(content, Unknown):
        if content.why == "missing" and _is_seen(host):
            return Known(Schedule(exists=False, source=CRON_FILE), CRON_FILE)
        if content.why == "is_a_link" and not host.saved:
            return Unknown(content.why, CRON_FILE)
        return content
    job = read_job(content.value)
    if job is None:
        return Known(Schedule(exists=False, source=CRON_FILE), CRON_FILE)
    found = host.facts(CRON_FILE)
    if isinstance(found, Known) and not job.problem:
        job = Job(job.expression, job.command, _file_problem(host, found.value, job), job.line, job.zone)
    if job.problem:
        return Known(
            Schedule(exists=True, problem=job.problem, line=without_key(job.line)[:300], source=CRON_FILE), CRON_FILE
        )
    return Known(_times(job, zone, now, last_run, found, runs_known=runs_known), CRON_FILE)


def _is_seen(host: HostPaths) -> bool:
    """Tell whether the job's directory would be seen if it were there: a copy may hold other parts of a host only."""
    directory = host.list_directory(CRON_DIRECTORY)
    if isinstance(directory, Known):
        return True
    beside = host.list_directory(ETC) if directory.why == "missing" else directory
    return isinstance(beside, Known) and not ZONE_FILES.issuperset(beside.value)


def expected_starts(host: HostPaths, since: datetime, now: datetime) -> Fact[tuple[datetime, ...]]:
    """Tell when cron was to start the check between two moments; not before the job's file was written last.

    Unknown where cron would not run the job, or the hours cannot be told because nobody knows the server's zone.
    """
    content, found, zone = host.read_text(CRON_FILE, 1024 * 1024), host.facts(CRON_FILE), read_zone(host)
    job = read_job(content.value) if isinstance(content, Known) else None
    if job is None or job.problem:
        return Unknown("missing" if isinstance(content, Known) else content.why, CRON_FILE)
    name = job.zone if job.zone and is_zone(job.zone) else zone.value if isinstance(zone, Known) else ""
    if not name:
        return Unknown("missing", "/etc/localtime")
    begin = max(since, _written(found) or since)
    starts = islice(takewhile(lambda start: start <= now, _starts(job, name, begin)), MOST_STARTS)
    return Known(tuple(starts), CRON_FILE)


def _file_problem(host: HostPaths, found: FileFacts, job: Job) -> str:
    """Tell why cron passes the whole file over, or why its command cannot run."""
    if host.belongs_to_root and found.owner != 0:
        return "wrong_owner"
    others = _OTHERS_WRITE | (_GROUP_WRITES if host.belongs_to_root else 0)
    if found.mode & others or found.mode & _EXECUTABLE or not found.mode & _OWNER_READS:
        return "wrong_mode"
    program = next((word for word in job.command.split() if "autossl_check" in word), "")
    if program.startswith("/") and isinstance(host.list_directory(program.rpartition("/")[0]), Known):
        command = host.facts(program)
        if isinstance(command, Unknown) and command.why == "missing":
            return "command_gone"
        if isinstance(command, Known) and command.value.regular and not command.value.mode & _EXECUTABLE:
            return "command_gone"
    return ""


def _times(
    job: Job,
    zone: Fact[str],
    now: datetime | None,
    last_run: datetime | None,
    found: Fact[FileFacts],
    *,
    runs_known: bool,
) -> Schedule:
    own_zone = job.zone if job.zone and is_zone(job.zone) else ""
    name = own_zone or (zone.value if isinstance(zone, Known) else "")
    anchor = now or last_run
    if not name or anchor is None:
        # Hours without a zone are no moments; the pause between two starts is the same everywhere.
        overdue = None
        if now is not None and runs_known and last_run is not None:
            # A zone shifts the hours by 14 at most: a longer silence is one in every zone.
            overdue = _overdue(job, "UTC", last_run, now - WIDEST_ZONE)
        unsure = str(zone) if isinstance(zone, Unknown) and not name else ""
        interval = _interval(job, "UTC", anchor)
        return Schedule(
            exists=True, line=job.line, interval=interval, overdue_since=overdue, source=CRON_FILE, unsure=unsure
        )
    interval = _interval(job, name, anchor)
    overdue = None
    if now is not None and runs_known:
        since = last_run or _written(found)
        if since is not None:
            overdue = _overdue(job, name, since, now)
    next_run = next(_starts(job, name, now), None) if now else None
    return Schedule(
        exists=True,
        line=job.line,
        next_run=next_run,
        interval=interval,
        overdue_since=overdue,
        source=CRON_FILE,
    )


def _overdue(job: Job, zone: str, since: datetime, now: datetime) -> datetime | None:
    """Give the first missed start once two starts and an hour have passed."""
    starts = list(islice(_starts(job, zone, since), MISSED_STARTS))
    return starts[0] if len(starts) == MISSED_STARTS and starts[-1] + GRACE <= now else None


def _written(found: Fact[FileFacts]) -> datetime | None:
    return datetime.fromtimestamp(found.value.changed, UTC) if isinstance(found, Known) else None


def _starts(job: Job, zone: str, after: datetime) -> Iterator[datetime]:
    return (start.astimezone(UTC) for start in CronSim(job.expression, after.astimezone(ZoneInfo(zone))))


def _interval(job: Job, zone: str, anchor: datetime | None) -> timedelta | None:
    """Give the longest pause between two starts in the next dozen."""
    starts = list(islice(_starts(job, zone, anchor or datetime.fromtimestamp(0, UTC)), _SAMPLED_STARTS))
    pauses = [later - earlier for earlier, later in pairwise(starts)]
    return max(pauses, default=None)
