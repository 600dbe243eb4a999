"""The scheduled check: whether cron runs it, when next, and whether it stopped coming."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autossl_doctor.collect.schedule import CRON_DIRECTORY, CRON_FILE, is_zone, read_schedule, read_zone
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.host import Schedule
from tests.lab import hosts
from tests.lab.hosts import Account, Cron, Host, Site
from tests.unit.ordinary_user import as_ordinary_user

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
COMMAND = "/usr/local/cpanel/bin/autossl_check"
EVERY_THIRD_HOUR = f"17 2,5,8,11,14,17,20,23 * * * root {COMMAND} --all\n"
TOKYO: Fact[str] = Known("Asia/Tokyo", "/etc/localtime")
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "UTC"]
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NO_ZONE = Unknown("missing", "/etc/localtime")


def write_job(root: Path, text: str | bytes) -> None:
    """A job file with this text, and the command that it names."""
    for name, content, mode in ((CRON_FILE, text, 0o644), (COMMAND, "#!/bin/sh\n", 0o755)):
        file = root / name[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        file.chmod(mode)


def host_with(root: Path, text: str = EVERY_THIRD_HOUR) -> HostPaths:
    """A saved host with this job file."""
    write_job(root, text)
    return HostPaths(root)


def schedule(
    host: HostPaths,
    *,
    zone: Fact[str] = TOKYO,
    now: datetime | None = NOW,
    last_run: datetime | None = None,
    runs_known: bool = True,
) -> Schedule:
    """The schedule, which must be known."""
    found = read_schedule(host, zone, now, last_run, runs_known=runs_known)
    assert isinstance(found, Known)
    assert found.source == CRON_FILE
    return found.value


# --- the zone


@pytest.mark.parametrize(
    "target",
    ["/usr/share/zoneinfo/Asia/Tokyo", "../usr/share/zoneinfo/Asia/Tokyo", "../../usr/share/zoneinfo/Asia/Tokyo"],
)
def test_the_zone_is_the_target_of_localtime(tmp_path: Path, target: str) -> None:
    """The link is read, not followed, whether it is relative or not."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/localtime").symlink_to(target)
    (tmp_path / "etc/timezone").write_text("Europe/Berlin\n", encoding="utf-8")
    assert read_zone(HostPaths(tmp_path)) == Known("Asia/Tokyo", "/etc/localtime")


@pytest.mark.parametrize("content", [b"TZif2" + b"\0" * 300, b"/usr/share/zoneinfo/No/Where", b""])
def test_the_zones_name_may_stand_in_a_file(tmp_path: Path, content: bytes) -> None:
    """Where localtime is no link to a known zone, /etc/timezone tells."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/localtime").write_bytes(content)
    (tmp_path / "etc/timezone").write_text("Europe/Berlin\n", encoding="utf-8")
    assert read_zone(HostPaths(tmp_path)) == Known("Europe/Berlin", "/etc/timezone")


def test_a_flattened_link_to_the_zone_is_accepted(tmp_path: Path) -> None:
    """An archive without links holds the target as text."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/localtime").write_text("/usr/share/zoneinfo/Asia/Tokyo\n", encoding="utf-8")
    assert read_zone(HostPaths(tmp_path)) == Known("Asia/Tokyo", "/etc/localtime")


@pytest.mark.parametrize("written", [None, "", "Mars/Olympus", "../../etc/passwd", "\0", "Asia", "x" * 300])
def test_without_a_zone_it_is_unknown(tmp_path: Path, written: str | None) -> None:
    """No guess is made where neither file names a zone."""
    (tmp_path / "etc").mkdir()
    if written is not None:
        (tmp_path / "etc/timezone").write_text(written, encoding="utf-8")
    assert isinstance(read_zone(HostPaths(tmp_path)), Unknown)


@given(name=st.one_of(st.text(max_size=30), st.text("./\0~-_ \udcff", max_size=10)))
def test_no_text_is_a_zone_by_accident(name: str) -> None:
    """Any text is a zone or none, and never an error."""
    if is_zone(name):
        assert ZoneInfo(name).key == name


# --- whether cron runs it


def test_no_job_file_is_known_to_be_missing(tmp_path: Path) -> None:
    """Where the directory would be seen, the file's absence is a fact; elsewhere nobody knows."""
    unknown = Unknown("missing", CRON_FILE)
    assert read_schedule(HostPaths(tmp_path), TOKYO, NOW, None, runs_known=True) == unknown
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/localtime").symlink_to("../usr/share/zoneinfo/Asia/Tokyo")
    assert read_schedule(HostPaths(tmp_path), TOKYO, NOW, None, runs_known=True) == unknown
    (tmp_path / "etc/userdatadomains").touch()
    assert not schedule(HostPaths(tmp_path)).exists
    (tmp_path / CRON_DIRECTORY[1:]).mkdir(parents=True)
    assert not schedule(HostPaths(tmp_path)).exists


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_an_empty_job_file_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    """Nothing in it is a job for cron."""
    assert not schedule(host_with(tmp_path, text)).exists


def test_a_job_file_that_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    """A link, and another user's file, give their reasons."""
    host = host_with(tmp_path)
    file = tmp_path / CRON_FILE[1:]
    tmp_path.chmod(0o755)  # or nobody gets as far as the file
    file.chmod(0)
    read: Callable[[], Fact[Schedule]] = lambda: read_schedule(host, TOKYO, NOW, None, runs_known=True)  # noqa: E731
    assert as_ordinary_user(read) == Unknown("permission_denied", CRON_FILE)
    file.unlink()
    file.symlink_to("elsewhere")
    assert read() == Unknown("is_a_link", CRON_FILE)


def test_a_line_that_cron_refuses_is_shown(tmp_path: Path) -> None:
    """The problem and the line are given, and no times."""
    found = schedule(host_with(tmp_path, f"17 2 * * root {COMMAND} --all\n"))
    assert (found.exists, found.problem, found.line) == (True, "field_count", f"17 2 * * root {COMMAND} --all")
    assert found.next_run is None
    assert found.overdue_since is None
    assert len(schedule(host_with(tmp_path, "x" * 5000)).line) == 300


@pytest.mark.parametrize(
    ("mode", "problem"),
    [
        (0o644, ""),
        (0o600, ""),
        (0o640, ""),
        (0o400, ""),
        (0o646, "wrong_mode"),
        (0o755, "wrong_mode"),
        (0o654, "wrong_mode"),
        (0o645, "wrong_mode"),
        (0o200, "wrong_mode"),
    ],
    ids=lambda value: oct(value) if isinstance(value, int) else value or "fine",
)
def test_cron_passes_files_with_strange_modes_over(tmp_path: Path, mode: int, problem: str) -> None:
    """Nobody else may write the file, nobody may execute it, and its owner can read it."""
    host = host_with(tmp_path)
    (tmp_path / CRON_FILE[1:]).chmod(mode)
    if os.geteuid() != 0 and not mode & 0o400:
        pytest.skip("only root reads what its owner cannot")
    assert schedule(host).problem == problem


def test_a_groups_right_to_write_counts_in_roots_tree_only(tmp_path: Path) -> None:
    """A tree that somebody unpacked has that person's umask."""
    host = host_with(tmp_path)
    (tmp_path / CRON_FILE[1:]).chmod(0o664)
    assert schedule(host).problem == ("wrong_mode" if host.belongs_to_root else "")
    if host.belongs_to_root:
        os.chown(tmp_path, 65_534, -1)
        assert schedule(HostPaths(tmp_path)).problem == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_owners_are_judged_in_roots_tree_only(tmp_path: Path) -> None:
    """Another owner is wrong where DIR belongs to root, and says nothing elsewhere."""
    host = host_with(tmp_path)
    os.chown(tmp_path / CRON_FILE[1:], 65_534, -1)
    assert schedule(host).problem == "wrong_owner"
    os.chown(tmp_path, 65_534, -1)
    assert schedule(HostPaths(tmp_path)).problem == ""


def test_a_command_that_is_gone_is_noticed(tmp_path: Path) -> None:
    """A missing or not executable program runs as little as a missing line; an unseen directory says nothing."""
    host = host_with(tmp_path)
    program = tmp_path / COMMAND[1:]
    program.chmod(0o644)
    assert schedule(host).problem == "command_gone"
    program.unlink()
    assert schedule(host).problem == "command_gone"
    program.symlink_to("autossl_check.pl")
    assert schedule(host).problem == ""
    program.unlink()
    program.parent.rmdir()
    assert schedule(host).problem == ""


@pytest.mark.parametrize(
    ("cron", "exists", "problem"),
    [
        (Cron.SCHEDULED, True, ""),
        (Cron.MISSING, False, ""),
        (f"# {EVERY_THIRD_HOUR}", True, "commented_out"),
        (EVERY_THIRD_HOUR.rstrip(), True, "no_newline"),
    ],
)
def test_the_file_of_a_built_host(tmp_path: Path, cron: str | Cron, *, exists: bool, problem: str) -> None:
    """The lab's host has the schedule that it was described with."""
    host = Host(now=NOW, sites=(Site("shop.example", Account("alice")),), cron=cron)
    found = schedule(HostPaths(hosts.build(host, tmp_path / "root")))
    assert (found.exists, found.problem) == (exists, problem)


# --- when


def test_the_hours_are_in_the_servers_zone(tmp_path: Path) -> None:
    """12:30 UTC is 21:30 in Tokyo; the next start is 23:17 there."""
    found = schedule(host_with(tmp_path))
    assert found.next_run == datetime(2026, 11, 22, 14, 17, tzinfo=UTC)
    assert found.interval == 3 * HOUR


@pytest.mark.parametrize("zone", [TOKYO, NO_ZONE])
def test_the_lines_own_zone_counts(tmp_path: Path, zone: Fact[str]) -> None:
    """`CRON_TZ` beats the server's zone and makes up for a missing one; a wrong one is passed over."""
    host = host_with(tmp_path, f"CRON_TZ=Europe/Berlin\n{EVERY_THIRD_HOUR}")
    assert schedule(host, zone=zone).next_run == datetime(2026, 11, 22, 13, 17, tzinfo=UTC)
    host = host_with(tmp_path, f"CRON_TZ=Mars/Olympus\n{EVERY_THIRD_HOUR}")
    expected = datetime(2026, 11, 22, 14, 17, tzinfo=UTC) if zone == TOKYO else None
    assert schedule(host, zone=zone).next_run == expected


def test_without_a_zone_only_the_pause_is_known(tmp_path: Path) -> None:
    """Hours without a zone are no moments; a silence that is one in every zone is overdue all the same."""
    found = schedule(host_with(tmp_path), zone=NO_ZONE, last_run=NOW - timedelta(hours=17))
    assert (found.next_run, found.overdue_since, found.interval) == (None, None, 3 * HOUR)
    assert found.problem == ""
    silent = schedule(host_with(tmp_path / "other"), zone=NO_ZONE, last_run=NOW - timedelta(days=4))
    assert silent.overdue_since is not None


def test_without_a_moment_nothing_is_next_or_overdue(tmp_path: Path) -> None:
    """Nobody gave a moment of judgement: no time can be compared, the pause is still known."""
    host = host_with(tmp_path)
    for last_run in (None, NOW - timedelta(days=9)):
        found = schedule(host, now=None, last_run=last_run)
        assert (found.exists, found.next_run, found.overdue_since) == (True, None, None)
        assert found.interval == 3 * HOUR


def test_the_pause_is_the_longest_one(tmp_path: Path) -> None:
    """Of uneven pauses the longest counts."""
    assert schedule(host_with(tmp_path, f"0 1,2,8 * * * root {COMMAND}\n")).interval == 17 * HOUR
    assert schedule(host_with(tmp_path, f"0 3 * * * root {COMMAND}\n")).interval == 24 * HOUR
    assert schedule(host_with(tmp_path, f"@weekly root {COMMAND}\n")).interval == timedelta(days=7)


@pytest.mark.parametrize(
    ("passed", "overdue"),
    [
        (timedelta(0), False),
        (3 * HOUR + 10 * MINUTE, False),
        (6 * HOUR, False),
        (7 * HOUR - timedelta(seconds=1), False),
        (7 * HOUR, True),
        (timedelta(days=9), True),
    ],
)
def test_two_scheduled_times_and_one_hour_make_it_overdue(tmp_path: Path, passed: timedelta, *, overdue: bool) -> None:
    """After a run at 8:17 UTC the times 11:17 and 14:17 pass, and at 15:17 it is overdue, since 11:17."""
    last_run = datetime(2026, 11, 22, 8, 17, tzinfo=UTC)
    found = schedule(host_with(tmp_path), now=last_run + passed, last_run=last_run)
    assert found.overdue_since == (last_run + 3 * HOUR if overdue else None)


def test_a_run_that_began_seconds_late_was_that_time(tmp_path: Path) -> None:
    """The run of 8:17 starts some seconds later, and the next time is 11:17."""
    last_run = datetime(2026, 11, 22, 8, 17, 4, tzinfo=UTC)
    found = schedule(host_with(tmp_path), now=last_run + 8 * HOUR, last_run=last_run)
    assert found.overdue_since == datetime(2026, 11, 22, 11, 17, tzinfo=UTC)


def test_without_any_run_the_files_own_time_counts(tmp_path: Path) -> None:
    """A schedule that was made an hour ago has missed nothing, one of last week has."""
    host = host_with(tmp_path)
    for age, overdue in ((HOUR, False), (timedelta(days=7), True)):
        moment = (NOW - age).timestamp()
        os.utime(tmp_path / CRON_FILE[1:], (moment, moment))
        assert (schedule(host).overdue_since is not None) == overdue


def test_without_readable_logs_nothing_is_overdue(tmp_path: Path) -> None:
    """A log directory that nobody could look at proves no silence."""
    found = schedule(host_with(tmp_path), last_run=NOW - timedelta(days=9), runs_known=False)
    assert found.overdue_since is None
    assert found.next_run is not None


# --- any schedule in any zone


@pytest.fixture(scope="module")
def anywhere(tmp_path_factory: pytest.TempPathFactory) -> HostPaths:
    """One host for many schedules."""
    return HostPaths(tmp_path_factory.mktemp("schedule"))


CHANGES_OF_CLOCKS = st.sampled_from([(3, 29), (10, 25), (3, 8), (11, 1), (4, 5), (10, 4)])
MOMENTS = st.one_of(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - UTC is added below
    st.builds(
        lambda day, seconds: datetime(2026, *day) + timedelta(seconds=seconds),  # noqa: DTZ001 - as above
        CHANGES_OF_CLOCKS,
        st.integers(-100_000, 100_000),
    ),
).map(lambda moment: moment.replace(tzinfo=UTC, microsecond=0))
HOURS = st.lists(st.integers(0, 23), min_size=1, max_size=8, unique=True).map(sorted)


def gap_before(moment: datetime, zone: ZoneInfo) -> timedelta:
    """By how much the clocks were put on at this very moment."""
    before = (moment - MINUTE).astimezone(zone).utcoffset()
    after = moment.astimezone(zone).utcoffset()
    assert before is not None
    assert after is not None
    return after - before


@given(minute=st.integers(0, 59), hours=HOURS, zone=st.sampled_from(ZONES), now=MOMENTS)
@example(minute=15, hours=[2], zone="Europe/Berlin", now=datetime(2026, 3, 29, 0, 30, tzinfo=UTC))
@example(minute=15, hours=[2], zone="Europe/Berlin", now=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
@example(minute=10, hours=[2], zone="Australia/Lord_Howe", now=datetime(2026, 10, 3, 15, 0, tzinfo=UTC))
def test_the_next_start_is_a_scheduled_time(
    anywhere: HostPaths, minute: int, hours: list[int], zone: str, now: datetime
) -> None:
    """It lies ahead, within a day or so, and is one of the minutes and hours, or makes good what the clocks skipped."""
    assert anywhere.root
    write_job(anywhere.root, f"{minute} {','.join(map(str, hours))} * * * root {COMMAND}\n")
    found = schedule(anywhere, zone=Known(zone), now=now)
    assert found.next_run is not None
    assert now < found.next_run <= now + timedelta(hours=25)
    local = found.next_run.astimezone(ZoneInfo(zone))
    if (local.minute, local.hour in hours) != (minute, True):
        skipped = gap_before(found.next_run, ZoneInfo(zone))
        assert skipped > timedelta(0)
        wanted = [local.replace(hour=hour, minute=minute, tzinfo=None) for hour in hours]
        assert any(local.replace(tzinfo=None) - skipped <= time < local.replace(tzinfo=None) for time in wanted)


@given(
    minute=st.integers(0, 59),
    hours=HOURS,
    zone=st.sampled_from(ZONES),
    last_run=MOMENTS,
    passed=st.integers(0, 3 * 24 * 60),
)
def test_overdue_is_exactly_two_times_and_an_hour(
    anywhere: HostPaths, minute: int, hours: list[int], zone: str, last_run: datetime, passed: int
) -> None:
    """In every zone and across changes of the clocks the rule is the same, counted from the schedule's own times."""
    assert anywhere.root
    write_job(anywhere.root, f"{minute} {','.join(map(str, hours))} * * * root {COMMAND}\n")
    first = schedule(anywhere, zone=Known(zone), now=last_run).next_run
    assert first is not None
    second = schedule(anywhere, zone=Known(zone), now=first).next_run
    assert second is not None
    now = last_run + passed * MINUTE
    found = schedule(anywhere, zone=Known(zone), now=now, last_run=last_run)
    assert found.overdue_since == (first if now >= second + HOUR else None)


@given(text=st.one_of(st.binary(max_size=80), st.text(max_size=80).map(str.encode)), now=st.one_of(st.none(), MOMENTS))
def test_no_job_file_raises(anywhere: HostPaths, text: bytes, now: datetime | None) -> None:
    """Whatever stands in the file, the answer is a schedule, a problem or nothing."""
    assert anywhere.root
    write_job(anywhere.root, text + f" root {COMMAND}\n".encode())
    found = schedule(anywhere, now=now, last_run=NOW)
    assert found.problem or not found.exists or found.interval
