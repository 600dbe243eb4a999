"""Which runs there are, and whether each lives, has finished or died."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autossl_doctor.collect.runs.catalogue import LOG_DIRECTORY, list_runs, read_run, with_state
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known, Unknown
from autossl_doctor.model.log import Run as FoundRun
from autossl_doctor.model.log import RunReading
from tests.lab import hosts
from tests.lab.hosts import Account, Certificate, Host, Run, Site, order

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
NAME = "2026-11-22T08:00:00Z"
LAST = datetime(2026, 11, 22, 8, 0, 9, tzinfo=UTC)
UPID = "30121.7700.1790000000"
BEGUN = [
    (0, "AutoSSL’s configured provider is “Let’s Encrypt™”."),
    (0, "Analyzing 1 user …"),
    (1, "Analyzing “alice”’s domains …"),
]
ENDED = [*BEGUN, (1, "The system has completed “alice”’s AutoSSL check.")]
DEFERRED = [
    *BEGUN,
    (0, "AutoSSL cannot proceed at this time. Its next run will continue this work."),
]
Lines = list[tuple[int, str]]


def add_run(root: Path, name: str = NAME, said: Lines | None = None, **links: str) -> Path:
    """A run's directory with its log and its links."""
    folder = root / LOG_DIRECTORY[1:] / name
    folder.mkdir(parents=True)
    at = "2026-11-22T08:00:09Z"
    rows = [
        {"timestamp": at, "type": "error" if "cannot" in text else "out", "indent": indent, "contents": text}
        for indent, text in said or []
    ]
    (folder / "json").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    for link, target in {"username": "*", "provider": "LetsEncrypt", "upid": UPID, **links}.items():
        if target:
            (folder / link).symlink_to(target)
    return folder


def add_process(root: Path, *, alive: bool) -> None:
    """A process table, in which the run's process is there or is not."""
    (root / "proc/30121").mkdir(parents=True)
    (root / "proc/stat").write_text("btime 1790000000\n", encoding="utf-8")
    ticks = 7700 if alive else 9900
    text = f"30121 (autossl_check) S {' '.join('0' * 18)} {ticks} 0\n"
    (root / "proc/30121/stat").write_text(text, encoding="utf-8")


def names(root: Path) -> list[str]:
    """The names of all runs that are found."""
    runs = list_runs(HostPaths(root))
    assert isinstance(runs, Known)
    return [run.name for run in runs.value]


def newest(root: Path) -> tuple[FoundRun, RunReading]:
    """The newest run and what it says."""
    host = HostPaths(root)
    runs = list_runs(host)
    assert isinstance(runs, Known)
    found = read_run(host, runs.value[0])
    assert isinstance(found, Known)
    return found.value


def state(root: Path, now: datetime | None = NOW) -> tuple[str, bool]:
    """The state of the newest run, and whether it is a guess."""
    run = with_state(HostPaths(root), *newest(root), now)
    return run.state, run.guessed


# --- which runs there are


def test_runs_come_newest_first(tmp_path: Path) -> None:
    """The order is that of the names, and each run knows whom it is about and its provider."""
    add_run(tmp_path, "2026-11-21T23:17:00Z")
    add_run(tmp_path, "2026-11-22T02:17:00Z", username="alice", provider="cPanel")
    add_run(tmp_path, "2025-12-31T23:59:59Z")
    runs = list_runs(HostPaths(tmp_path))
    assert isinstance(runs, Known)
    assert [(run.name, run.username, run.provider) for run in runs.value] == [
        ("2026-11-22T02:17:00Z", "alice", "cPanel"),
        ("2026-11-21T23:17:00Z", "*", "LetsEncrypt"),
        ("2025-12-31T23:59:59Z", "*", "LetsEncrypt"),
    ]
    assert runs.value[0].started == datetime(2026, 11, 22, 2, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        f".purge.{NAME}",
        f"0.4711828456.{NAME}",
        f"{NAME}.bak",
        f"{NAME}\n",
        f" {NAME}",
        "2026-11-22T08:00:00",
        "2026-11-22T08:00:00.000Z",
        "2026-11-22T08:00:00+00:00",
        "2026-11-22t08:00:00z",
        "2026-11-22 08:00:00Z",
        "2026-02-30T08:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T08:00:60Z",
        "0000-11-22T08:00:00Z",
        "json",
    ],
)
def test_half_made_and_half_purged_runs_are_passed_over(tmp_path: Path, name: str) -> None:
    """Only a name that matches the ISO pattern completely, and is a time, is a run."""
    add_run(tmp_path, name)
    add_run(tmp_path, "2026-11-21T23:17:00Z")
    assert names(tmp_path) == ["2026-11-21T23:17:00Z"]


def test_foreign_digits_are_no_time(tmp_path: Path) -> None:
    """A name in the digits of another script is none that AutoSSL makes."""
    add_run(tmp_path, "２０２６-11-22T08:00:00Z")
    assert names(tmp_path) == []


def test_a_log_directory_that_cannot_be_listed_is_unknown(tmp_path: Path) -> None:
    """No log directory means that nobody knows of any run, not that there was none."""
    assert list_runs(HostPaths(tmp_path)) == Unknown("missing", LOG_DIRECTORY)
    (tmp_path / LOG_DIRECTORY[1:]).parent.mkdir(parents=True)
    (tmp_path / LOG_DIRECTORY[1:]).symlink_to(tmp_path)
    assert isinstance(list_runs(HostPaths(tmp_path)), Unknown)


def test_an_empty_log_directory_has_no_runs(tmp_path: Path) -> None:
    """An empty directory is known to hold nothing."""
    (tmp_path / LOG_DIRECTORY[1:]).mkdir(parents=True)
    assert names(tmp_path) == []


# --- which file is read


def test_text_is_read_only_where_there_are_no_records(tmp_path: Path) -> None:
    """`txt` is never parsed when `json` exists; a reading from `txt` says so."""
    folder = add_run(tmp_path, said=ENDED)
    (folder / "txt").write_text("[2026-11-22T08:00:00Z] Analyzing 9 users …\n", encoding="utf-8")
    run, reading = newest(tmp_path)
    assert (run.from_text, reading.announced) == (False, 1)
    assert run.last_at == "2026-11-22T08:00:09Z"
    (folder / "json").unlink()
    run, reading = newest(tmp_path)
    assert (run.from_text, reading.announced) == (True, 9)
    assert reading.source.endswith("/txt")


def test_records_that_cannot_be_read_are_not_replaced(tmp_path: Path) -> None:
    """A `json` that is a link or a directory is Unknown, also where there is a `txt`."""
    folder = add_run(tmp_path)
    (folder / "txt").write_text("[2026-11-22T08:00:00Z] Analyzing 9 users …\n", encoding="utf-8")
    (folder / "json").rename(folder / "other")
    (folder / "json").symlink_to("other")
    host = HostPaths(tmp_path)
    runs = list_runs(host)
    assert isinstance(runs, Known)
    assert read_run(host, runs.value[0]) == Unknown("is_a_link", f"{LOG_DIRECTORY}/{NAME}/json")
    (folder / "json").unlink()
    (folder / "txt").unlink()
    assert read_run(host, runs.value[0]) == Unknown("missing", f"{LOG_DIRECTORY}/{NAME}/json")


# --- its state, with a process table


@pytest.mark.parametrize("said", [[], BEGUN, ENDED])
def test_a_living_process_is_a_live_run(tmp_path: Path, said: Lines) -> None:
    """While the process that `upid` names is there, the run lives, whatever it has said."""
    add_run(tmp_path, said=said)
    add_process(tmp_path, alive=True)
    assert state(tmp_path) == ("live", False)
    assert state(tmp_path, NOW + timedelta(days=2)) == ("live", False)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (ENDED, "finished"),
        (BEGUN, "died"),
        ([], "died"),
        (DEFERRED, "finished"),
        ([*BEGUN, (1, "The system has completed “bob”’s AutoSSL check.")], "died"),
        ([(0, "Analyzing 2 users …"), *ENDED[2:]], "died"),
        ([(0, "Analyzing 2 users …"), *ENDED[2:], (1, "“bob” is suspended.")], "finished"),
        ([(0, "This system has AutoSSL disabled.")], "finished"),
    ],
    ids=[
        "every account ended",
        "an account did not end",
        "it said nothing",
        "deferred by the orders limit",
        "only another account ended",
        "an account is missing",
        "an account was passed over",
        "switched off",
    ],
)
def test_a_dead_process_leaves_a_finished_or_a_dead_run(tmp_path: Path, said: Lines, expected: str) -> None:
    """Finished is a run that ended every account that it announced, or that put itself off."""
    add_run(tmp_path, said=said)
    add_process(tmp_path, alive=False)
    assert state(tmp_path) == (expected, False)


def test_a_run_that_keeps_its_log_open_is_live(tmp_path: Path) -> None:
    """`in_progress` stands for a run whose accounts are not all done, with and without a process table."""
    add_run(tmp_path, said=BEGUN, in_progress="1")
    assert state(tmp_path, NOW + timedelta(days=2)) == ("live", False)
    add_process(tmp_path, alive=False)
    assert state(tmp_path) == ("live", False)


# --- its state, by the clock


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(minutes=-5), "live"),
        (timedelta(0), "live"),
        (timedelta(minutes=29, seconds=59), "live"),
        (timedelta(minutes=30), "unknown"),
        (timedelta(hours=3), "unknown"),
        (timedelta(hours=3, seconds=1), "died"),
        (timedelta(days=3), "died"),
    ],
)
@pytest.mark.parametrize("upid", [UPID, ""], ids=["with upid", "without"])
def test_without_a_process_table_the_clock_decides(tmp_path: Path, age: timedelta, expected: str, upid: str) -> None:
    """Younger than 30 minutes is possible life, older than 3 hours without its end is death, between is Unknown."""
    add_run(tmp_path, said=BEGUN, upid=upid)
    assert state(tmp_path, LAST + age) == (expected, True)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ([], "died"),
        ([(0, "Analyzing 0 users …")], "finished"),
        ([(0, "The “Sectigo” provider is obsolete and cannot be used to issue new certificates.")], "finished"),
        ([(0, "Es werden 3 Benutzer untersucht …")], "finished"),
    ],
    ids=["nothing", "nobody", "a reason", "another language"],
)
def test_a_run_that_came_to_no_account_says_why_or_was_cut_off(tmp_path: Path, more: Lines, expected: str) -> None:
    """A header alone is no whole log; words that nobody knows are no proof that it was cut off."""
    add_run(tmp_path, said=[*BEGUN[:1], *more])
    assert state(tmp_path)[0] == expected


@pytest.mark.parametrize("said", [ENDED, DEFERRED], ids=["ended", "deferred"])
def test_an_end_is_an_end_without_a_process_table(tmp_path: Path, said: Lines) -> None:
    """The end lines need no clock."""
    add_run(tmp_path, said=said)
    assert state(tmp_path, LAST) == ("finished", False)
    assert state(tmp_path, None) == ("finished", False)


def test_without_a_moment_of_judgement_nothing_is_guessed(tmp_path: Path) -> None:
    """Nobody gave a moment: a run without its end is neither alive nor dead."""
    add_run(tmp_path, said=BEGUN)
    assert state(tmp_path, None) == ("unknown", True)


def test_a_silent_run_is_as_old_as_its_name(tmp_path: Path) -> None:
    """Without a record the start counts."""
    add_run(tmp_path)
    start = datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert state(tmp_path, start + timedelta(minutes=29)) == ("live", True)
    assert state(tmp_path, start + timedelta(hours=3, seconds=1)) == ("died", True)


@pytest.mark.parametrize("upid", ["", "1.2", "x.y.z"])
def test_a_process_that_cannot_be_named_leaves_the_clock(tmp_path: Path, upid: str) -> None:
    """Before version 76 there is no `upid`; then a process table is of no help."""
    add_run(tmp_path, said=BEGUN, upid=upid)
    add_process(tmp_path, alive=False)
    assert state(tmp_path, LAST + timedelta(hours=4)) == ("died", True)
    assert state(tmp_path, LAST + timedelta(hours=2)) == ("unknown", True)


# --- built hosts


def site(user: str, **more: object) -> Site:
    """A website whose certificate is due."""
    return Site(f"{user}.example", Account(user), certificate=Certificate(days_left=9), **more)  # type: ignore[arg-type]


def built(directory: Path, run: Run, *sites: Site, proc: bool = False) -> tuple[str, bool]:
    """The state of the only run of a built host."""
    host = Host(now=NOW, sites=sites or (site("alice"), site("bob")), runs=(run,), proc=proc)
    return state(hosts.build(host, directory / "root"))


def test_a_finished_run_of_a_built_host(tmp_path: Path) -> None:
    """A run that came to its end is finished, in batches too."""
    assert built(tmp_path, Run(start=NOW - timedelta(hours=5), batch=1)) == ("finished", False)


@pytest.mark.parametrize("proc", [False, True], ids=["clock", "process table"])
def test_a_live_run_of_a_built_host(tmp_path: Path, *, proc: bool) -> None:
    """A run that is still at work is live."""
    assert built(tmp_path, Run(start=NOW - timedelta(seconds=20)), proc=proc) == ("live", not proc)


@pytest.mark.parametrize("proc", [False, True], ids=["clock", "process table"])
@pytest.mark.parametrize("cut", [{"after_accounts": 1}, {"after_lines": 12}, {"after_lines": 30, "torn": True}])
def test_a_dead_run_of_a_built_host(tmp_path: Path, cut: dict[str, int], *, proc: bool) -> None:
    """A run that was cut off, with or without a torn record, has died."""
    run = Run(start=NOW - timedelta(hours=5), **cut)  # type: ignore[arg-type]
    assert built(tmp_path, run, proc=proc) == ("died", not proc)


def test_a_deferred_run_of_a_built_host(tmp_path: Path) -> None:
    """A run that reached the CA's limit on orders put itself off; it did not die."""
    sites = (site("alice", order=order.orders_limit_reached()), site("bob"))
    assert built(tmp_path, Run(start=NOW - timedelta(hours=5)), *sites, proc=True) == ("finished", False)


def test_a_run_from_text_has_the_same_state(tmp_path: Path) -> None:
    """The end is told from `txt` as well."""
    run = Run(start=NOW - timedelta(hours=5), files="txt")
    assert built(tmp_path, run) == ("finished", False)
