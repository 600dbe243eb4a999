"""What cron would make of the job's file: the job that it runs, or why it runs none."""

import pytest
from cronsim import CronSim
from hypothesis import example, given
from hypothesis import strategies as st

from autossl_doctor.collect.cronfile import Job, read_job
from autossl_doctor.model.moment import parse_moment

COMMAND = "/usr/local/cpanel/bin/autossl_check --all"
TIMES = "17 2,5,8,11,14,17,20,23 * * *"
GOOD = f"{TIMES} root {COMMAND}\n"


def problem(text: str) -> str:
    """Why cron runs no job of this file; "" if it does."""
    job = read_job(text)
    assert job is not None
    return job.problem


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        (GOOD, TIMES),
        (f"17 3 * * * root {COMMAND}\n", "17 3 * * *"),
        (f"  17   3 * *\t*   root\t{COMMAND}   \n", "17 3 * * *"),
        (f"*/15 2-4 1,15 jan-mar mon root {COMMAND}\n", "*/15 2-4 1,15 jan-mar mon"),
        (f"0 3 * JUL SUN root {COMMAND}\n", "0 3 * JUL SUN"),
        (f"0 3 * * 7 root {COMMAND}\n", "0 3 * * 7"),
        (f"@daily root {COMMAND}\n", "0 0 * * *"),
        (f"@Hourly root {COMMAND}\n", "0 * * * *"),
        (f"@midnight   root   {COMMAND}\n", "0 0 * * *"),
        (f"17 3 * * * root nice -n 10 {COMMAND}\n", "17 3 * * *"),
        (f"17 3 * * * root test -x /bin/true && {COMMAND} >/dev/null 2>&1\n", "17 3 * * *"),
        (f"17 3 * * * root MAILTO=x {COMMAND}\n", "17 3 * * *"),
    ],
)
def test_a_line_that_cron_runs(text: str, expression: str) -> None:
    """Spaces, tabs, names, steps, ranges and shortcuts are what cron takes for a time."""
    job = read_job(text)
    assert job is not None
    assert (job.problem, job.expression) == ("", expression)
    assert COMMAND in job.command
    assert job.line == text.strip()


def test_a_tab_ends_a_shortcut() -> None:
    """Fields are parted by spaces or tabs, also behind `@daily`."""
    assert problem(f"@daily\troot\t{COMMAND}\n") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{TIMES} {COMMAND}\n", "no_user"),
        (f"{TIMES} autossl_check --all\n", "no_user"),
        (f"{TIMES}\n", "no_user"),
        (f"@daily {COMMAND}\n", "no_user"),
        (f"{TIMES} alice {COMMAND}\n", "wrong_user"),
        (f"@daily alice {COMMAND}\n", "wrong_user"),
        (f"17 2 * * root {COMMAND}\n", "field_count"),
        (f"17 2 * root {COMMAND}\n", "field_count"),
        (f"17 root {COMMAND}\n", "field_count"),
        (f"17 2 * * {COMMAND}\n", "field_count"),
        (f"17 2 * * * * root {COMMAND}\n", "field_count"),
        (f"0 17 2 * * * root {COMMAND}\n", "field_count"),
        ("17 2 *\n", "field_count"),
        (GOOD.rstrip("\n"), "no_newline"),
        (f"#{GOOD}", "commented_out"),
        (f"# {GOOD}", "commented_out"),
        (f"60 2 * * * root {COMMAND}\n", "bad_line"),
        (f"17 24 * * * root {COMMAND}\n", "bad_line"),
        (f"17 2 0 * * root {COMMAND}\n", "bad_line"),
        (f"17 2 * 13 * root {COMMAND}\n", "bad_line"),
        (f"17 2 * * 8 root {COMMAND}\n", "bad_line"),
        (f"17 2 30 2 * root {COMMAND}\n", "bad_line"),
        (f"17 22-4 * * * root {COMMAND}\n", "bad_line"),
        (f"*/0 2 * * * root {COMMAND}\n", "bad_line"),
        (f"17 ,2 * * * root {COMMAND}\n", "bad_line"),
        (f"17 2-5- * * * root {COMMAND}\n", "bad_line"),
        (f"17 2 L * * root {COMMAND}\n", "bad_line"),
        (f"17 2 * * 5L root {COMMAND}\n", "bad_line"),
        (f"17 2 * * 1#2 root {COMMAND}\n", "bad_line"),
        (f"17 2 ? * * root {COMMAND}\n", "bad_line"),
        (f"17 2 * * * root\n{COMMAND}\n", "bad_line"),
        (f"@sometimes root {COMMAND}\n", "bad_line"),
        (f"17 2 * * * Root! {COMMAND}\n", "bad_line"),
        ("<<<<<<< HEAD\n", "bad_line"),
        ("\0\0\0\0\n", "bad_line"),
    ],
)
def test_a_line_that_cron_refuses(text: str, expected: str) -> None:
    """Each way to spoil the line has its name, and the line is shown."""
    job = read_job(text)
    assert job is not None
    assert job.problem == expected
    assert job.line
    assert job.line in text


@pytest.mark.parametrize("text", ["", "\n", " \n\t\n"])
def test_a_file_without_anything_is_no_file(text: str) -> None:
    """An empty file is as good as none."""
    assert read_job(text) is None


def test_the_job_counts_whatever_stands_around_it() -> None:
    """Comments, variables, blank and bad lines, and other jobs do not keep cron from the right line."""
    before = f'# made by cPanel\nMAILTO="root"\nSHELL = /bin/bash\n\n17 2 * * root {COMMAND}\n'
    text = f"{before}{GOOD}1 1 * * * root /bin/true\n"
    assert read_job(text) == Job(TIMES, COMMAND, "", GOOD.strip(), "")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (f"# {GOOD}17 2 * * root {COMMAND}\n", "field_count"),
        (f"17 2 * * root {COMMAND}\n# {GOOD}", "field_count"),
        (f"# {GOOD}1 1 * * * root /bin/true\n", "commented_out"),
    ],
)
def test_without_the_job_the_best_reason_is_given(other: str, expected: str) -> None:
    """A spoilt line tells more than a comment."""
    assert problem(other) == expected


@pytest.mark.parametrize(
    "other",
    ["MAILTO=root\nSHELL=/bin/sh\n", "5 * * * * root /usr/local/cpanel/bin/autossl_check_cpstore_queue\n", "# none\n"],
)
def test_a_file_without_the_job_holds_nothing(other: str) -> None:
    """Settings, comments and the queue's own job are no AutoSSL job: it is missing."""
    assert read_job(other) is None


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        (f"CRON_TZ=Europe/Berlin\n{GOOD}", "Europe/Berlin"),
        (f'CRON_TZ = "Asia/Tokyo"\n{GOOD}', "Asia/Tokyo"),
        (f"CRON_TZ='UTC'\nMAILTO=x\n{GOOD}", "UTC"),
        (f"CRON_TZ=UTC\nCRON_TZ=Asia/Tokyo\n{GOOD}", "Asia/Tokyo"),
        (f"{GOOD}CRON_TZ=Asia/Tokyo\n", ""),
        (f"# CRON_TZ=Asia/Tokyo\n{GOOD}", ""),
        (f"TZ=Asia/Tokyo\n{GOOD}", ""),
    ],
)
def test_the_lines_own_zone_is_the_last_one_before_it(text: str, zone: str) -> None:
    """`CRON_TZ` counts for the lines below it."""
    job = read_job(text)
    assert job is not None
    assert (job.problem, job.zone) == ("", zone)


@pytest.mark.parametrize("sign", ["\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_only_a_line_feed_ends_a_line(sign: str) -> None:
    """For cron the job behind a comment and a carriage return is a part of that comment."""
    assert problem(f"# AutoSSL{sign}{GOOD}") == "commented_out"


TIMES_OF_ALL_KINDS = ("17", "*", "2,5", "*/3", "1-5", "-", "/", ",", "9" * 20, "jan", "mon", "L", "#", "٣", "²")
OTHER_WORDS = ("root", "alice", COMMAND, "autossl_check", "@daily", "@", "CRON_TZ=", "CRON_TZ=x", "=", "%")
WORDS = st.sampled_from([*TIMES_OF_ALL_KINDS, *OTHER_WORDS, " ", "\t", "\n", "\r", "\0"])
TEXTS = st.one_of(
    st.text(max_size=100),
    st.lists(st.one_of(WORDS, st.text(max_size=3)), max_size=25).map("".join),
    st.lists(WORDS, max_size=25).map(" ".join),
)


@given(text=TEXTS)
@example(text=f"1/1 * * * * root {COMMAND}\n")
@example(text="17 2 * * * root \n")
def test_no_text_raises(text: str) -> None:
    """Any text gives a job that the library can follow, a reason, or nothing."""
    job = read_job(text)
    assert job is None or job.line
    if job is not None and not job.problem:
        start = parse_moment("2026-01-01T00:00:00Z")
        assert start is not None
        assert next(CronSim(job.expression, start)) > start
        assert "autossl_check" in job.command
        assert job.line.startswith((job.expression.split()[0], "@"))


FIELDS = st.tuples(
    st.sampled_from(["0", "17", "59", "*/20", "5,35", "1-3", "*"]),
    st.sampled_from(["0", "23", "*", "*/3", "2,5,8,11,14,17,20,23", "1-4", "21-23/2"]),
    st.sampled_from(["*", "1", "31", "1-7", "*/2"]),
    st.sampled_from(["*", "1", "1-12", "jan", "*/3"]),
    st.sampled_from(["*", "0", "7", "mon-fri", "1,3"]),
)


@given(fields=FIELDS, gap=st.sampled_from([" ", "\t", "  "]), before=st.sampled_from(["", "# x\n", 'MAILTO=""\n']))
def test_every_ordinary_schedule_is_a_job(fields: tuple[str, ...], gap: str, before: str) -> None:
    """Whatever cPanel or an administrator may choose as times is understood."""
    job = read_job(f"{before}{gap.join((*fields, 'root', COMMAND))}\n")
    assert job is not None
    assert (job.problem, job.expression, job.command) == ("", " ".join(fields), COMMAND)
