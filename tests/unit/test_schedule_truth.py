"""The schedule against the runs: each finding alone, its exact edges, and what must never be one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.diagnose.schedule_truth import (
    CLOSE,
    LONGEST,
    NAMED_AHEAD,
    NEAR,
    ScheduleTruth,
    SeenRun,
    schedule_truth,
)
from autossl_doctor.model.log import RunState

FIRST = datetime(2026, 11, 20, 2, 17, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
THREE = 3 * HOUR


def every(pause: timedelta, count: int) -> list[datetime]:
    """So many starts with this pause between them."""
    return [FIRST + number * pause for number in range(count)]


def run(started: datetime, lasts: timedelta | None = 10 * MINUTE, state: RunState = "finished") -> SeenRun:
    """A run that wrote its last record after so long; None for one of which no record was seen."""
    return SeenRun(started, None if lasts is None else started + lasts, state)


STARTS = every(THREE, 8)
RUNS = [run(start + SECOND) for start in STARTS]
NOW = STARTS[-1] + 2 * HOUR


def truth(seen: Sequence[SeenRun], now: datetime = NOW, expected: Sequence[datetime] = STARTS) -> ScheduleTruth:
    """What comes of these runs on a server with eight starts, one every three hours."""
    return schedule_truth(expected, seen, now)


def is_fine(found: ScheduleTruth) -> bool:
    """Everything came as it was scheduled."""
    return not (found.missing or found.doubled or found.killed or found.clock_moved)


def test_a_run_for_each_start_is_fine() -> None:
    """Eight of eight, and nothing to say."""
    assert truth(RUNS) == ScheduleTruth(8, 8, (), (), (), ())
    assert is_fine(truth(RUNS))


def test_without_a_schedule_nothing_is_missing() -> None:
    """A server whose job is gone expects nothing; its runs are counted, and nothing is judged about nothing."""
    assert truth([], expected=[]) == ScheduleTruth(0, 0, (), (), (), ())
    assert truth(RUNS, expected=[]) == ScheduleTruth(0, 8, (), (), (), ())


# --- missing


def test_a_start_without_a_run_is_missing() -> None:
    """One run is not there: exactly its start is named."""
    assert truth([*RUNS[:3], *RUNS[4:]]) == ScheduleTruth(8, 7, (STARTS[3],), (), (), ())
    assert not is_fine(truth([*RUNS[:3], *RUNS[4:]]))


def test_a_server_that_was_off_misses_all_starts() -> None:
    """No run at all: every start that is old enough."""
    assert truth([]).missing == tuple(STARTS)


@pytest.mark.parametrize(
    ("late", "missing"), [(-NEAR - SECOND, 1), (-NEAR, 0), (-HOUR, 0), (HOUR, 0), (NEAR, 0), (NEAR + SECOND, 1)]
)
def test_a_run_may_begin_up_to_an_hour_from_its_time(late: timedelta, missing: int) -> None:
    """A busy machine, or a cron that still lives in the other half of the year, is no missing run."""
    moved = [*RUNS[:3], run(STARTS[3] + late), *RUNS[4:]]
    assert len(truth(moved).missing) == missing
    assert truth(moved).doubled == ()


@pytest.mark.parametrize(("lasts", "missing"), [(THREE, (STARTS[3],)), (THREE + SECOND, ()), (4 * HOUR, ())])
def test_a_start_while_the_former_run_was_at_work_is_not_missing(
    lasts: timedelta, missing: tuple[datetime, ...]
) -> None:
    """AutoSSL runs once at a time; the start is lost without anything being wrong with cron."""
    found = truth([*RUNS[:2], run(STARTS[2], lasts), *RUNS[4:]])
    assert found.missing == missing
    assert found.expected == 8


def test_a_long_run_may_cover_several_starts_although_short_ones_began_after_it() -> None:
    """What counts is whether anything was at work, not what began last."""
    seen = [RUNS[0], run(STARTS[1], 10 * HOUR), run(STARTS[1] + 20 * MINUTE, MINUTE), *RUNS[5:]]
    assert truth(seen).missing == ()


def test_a_live_run_covers_the_starts_since_it_began() -> None:
    """It may be silent for long; only after so long as maintenance leaves nothing alive it is not believed."""
    live = [*RUNS[:6], run(STARTS[6], MINUTE, "live")]
    assert truth(live).missing == ()
    stale = [run(STARTS[0], MINUTE, "live")]
    later = every(THREE, 12)
    covered = [start for start in later if start < STARTS[0] + LONGEST]
    assert len(covered) == 9
    assert truth(stale, later[-1] + NEAR, later).missing == tuple(later[9:])


@pytest.mark.parametrize(("after", "expected", "missing"), [(NEAR - SECOND, 7, ()), (NEAR, 8, (STARTS[-1],))])
def test_the_newest_start_gets_its_hour(after: timedelta, expected: int, missing: tuple[datetime, ...]) -> None:
    """It is neither missing nor counted before an hour has passed."""
    found = truth(RUNS[:-1], STARTS[-1] + after)
    assert (found.expected, found.missing) == (expected, missing)


def test_starts_to_come_do_not_count() -> None:
    """What lies after now is neither expected nor missing; the order of the starts and twins do not matter."""
    ahead = [*reversed(every(THREE, 20)), STARTS[0]]
    assert truth(RUNS, expected=ahead) == truth(RUNS)


def test_hourly_starts_are_told_apart() -> None:
    """A run counts for the nearest start only, however near the next one is."""
    starts = every(HOUR, 24)
    seen = [run(start + 40 * SECOND) for start in starts if start != starts[9]]
    assert truth(seen, starts[-1] + NEAR, starts).missing == (starts[9],)


def test_a_run_in_the_middle_between_two_starts_counts_where_it_is_needed() -> None:
    """Of two runs near one start the other start gets one; a single run never counts for two starts."""
    starts = every(2 * HOUR, 2)
    middle, late = run(starts[0] + HOUR + 3 * SECOND), run(starts[1] + HOUR + 3 * SECOND)
    now = starts[1] + NEAR
    assert is_fine(truth([middle, late], now, starts))
    assert is_fine(truth([run(starts[0] - HOUR), run(starts[1] - HOUR)], now, starts))
    assert truth([middle], now, starts).missing == (starts[0],)
    assert truth([late], now, starts).missing == (starts[0],)
    assert is_fine(truth([run(starts[0]), middle], now, starts))


# --- doubled


def test_two_runs_at_once_are_doubled() -> None:
    """The second begins while the first still writes."""
    extra = run(STARTS[3] + 9 * MINUTE)
    assert truth([*RUNS[:4], extra, *RUNS[4:]]) == ScheduleTruth(8, 9, (), (extra.started,), (), ())


def test_two_runs_right_after_each_other_are_doubled() -> None:
    """On a small server the first has ended when the second job of the same minute begins."""
    short = [run(start, 5 * SECOND) for start in STARTS]
    twins = [twin for one in short for twin in (one, run(one.started + 6 * SECOND, 5 * SECOND))]
    assert truth(twins).doubled == tuple(start + 6 * SECOND for start in STARTS)
    assert truth(twins).missing == ()


@pytest.mark.parametrize(("gap", "doubled"), [(CLOSE - SECOND, 1), (CLOSE, 0), (HOUR, 0)])
def test_a_run_that_somebody_asked_for_is_not_doubled(gap: timedelta, doubled: int) -> None:
    """Runs between the scheduled ones are ordinary: the panel's update starts them, and so does an administrator."""
    seen = [run(STARTS[0], MINUTE), run(STARTS[0] + gap, MINUTE), *RUNS[1:]]
    assert len(truth(seen).doubled) == doubled


def test_starts_close_to_each_other_are_no_twins() -> None:
    """Where the schedule itself wants a run every three minutes, runs that begin so are what it wants."""
    starts = every(3 * MINUTE, 50)
    assert is_fine(truth([run(start, MINUTE) for start in starts], starts[-1] + NEAR, starts))


def test_a_run_left_open_is_no_proof_of_two_at_once() -> None:
    """What lives by a sign that was left over, and wrote nothing since, was not at work beside the others."""
    assert truth([run(STARTS[0], MINUTE, "live"), *RUNS[1:]]).doubled == ()
    assert truth([run(STARTS[0], None, "live"), *RUNS[1:]]).doubled == ()


# --- killed


def test_a_run_that_died_is_killed_and_not_missing() -> None:
    """It began when it should; that it did not end is another matter."""
    found = truth([*RUNS[:3], run(STARTS[3], MINUTE, "died"), *RUNS[4:]])
    assert found == ScheduleTruth(8, 8, (), (), (STARTS[3],), ())


@pytest.mark.parametrize("state", ["live", "finished", "unknown"])
def test_only_a_death_is_a_death(state: RunState) -> None:
    """A run of which nothing is known was not killed."""
    assert is_fine(truth([*RUNS[:-1], run(STARTS[-1], MINUTE, state)]))


# --- the clock


def test_a_run_that_begins_before_the_one_found_before_it() -> None:
    """The clock was set back by two hours between them. The two cannot be compared, and are not called doubled."""
    back = run(RUNS[3].started - 2 * HOUR)
    found = truth([*RUNS[:4], back, *RUNS[4:]])
    assert found == ScheduleTruth(8, 9, (), (), (), (back.started,))


def test_the_same_time_twice_is_the_clock_and_not_two_runs() -> None:
    """After a day was set back a day's runs come again at the same times; only the first of them shows it."""
    again = [run(one.started + MINUTE) for one in RUNS]
    assert truth([*RUNS, *again]) == ScheduleTruth(8, 16, (), (), (), (again[0].started,))


def test_a_run_that_ends_before_it_begins() -> None:
    """The clock was set back while it was at work."""
    assert truth([*RUNS[:3], run(STARTS[3], -HOUR), *RUNS[4:]]).clock_moved == (STARTS[3],)


def test_a_last_run_from_the_future() -> None:
    """The clock was set back after it; as soon as another run is found that one shows it."""
    ahead = run(NOW + timedelta(days=3))
    assert truth([*RUNS, ahead]).clock_moved == (ahead.started,)
    assert truth([*RUNS[:-1], ahead, RUNS[-1]]).clock_moved == (RUNS[-1].started,)


@pytest.mark.parametrize(("back", "moved"), [(NAMED_AHEAD, False), (NAMED_AHEAD + SECOND, True)])
def test_a_name_may_lie_a_little_ahead(back: timedelta, moved: bool) -> None:  # noqa: FBT001 - a table
    """Where a second was taken the panel moves the name forward, so that a short run may end before it."""
    assert bool(truth([*RUNS[:-1], run(STARTS[-1], -back)]).clock_moved) is moved
    assert bool(truth([*RUNS, run(RUNS[-1].started - back, SECOND)]).clock_moved) is moved
    assert bool(truth(RUNS, RUNS[-1].started - back).clock_moved) is moved


# --- daylight saving time


@pytest.mark.parametrize("expression", ["17 2,5,8,11,14,17,20,23 * * *", "17 1,4,7,10,13,16,19,22 * * *", "17 2 * * *"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"])
@pytest.mark.parametrize("month", [3, 10, 11])
@pytest.mark.parametrize("shift", [-HOUR, timedelta(0), HOUR])
def test_a_change_of_daylight_saving_time_is_nothing(expression: str, zone: str, month: int, shift: timedelta) -> None:
    """A cron that learns of the change an hour early or late, or never, misses and doubles nothing."""
    local = datetime(2026, month, 1, tzinfo=ZoneInfo(zone))
    starts = [start.astimezone(UTC) for start in islice(CronSim(expression, local), 320)]
    middle = starts[len(starts) // 2]
    seen = [run(start + (shift if start >= middle else timedelta(0)) + 3 * SECOND) for start in starts]
    assert is_fine(schedule_truth(starts, seen, starts[-1] + 2 * NEAR))


# --- for all histories

PAUSES = st.sampled_from([HOUR, 2 * HOUR, THREE, 8 * HOUR, 24 * HOUR])


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[datetime], list[SeenRun]]:
    """A schedule, and for each start a run that begins soon and ends long before the next."""
    pause = draw(PAUSES)
    starts = every(pause, draw(st.integers(1, 20)))
    seen = []
    for start in starts:
        late = draw(st.integers(0, int(pause.total_seconds()) // 3))
        lasts = draw(st.integers(0, int(pause.total_seconds()) // 3))
        seen.append(run(start + min(late * SECOND, NEAR), lasts * SECOND))
    return starts, seen


@given(histories())
def test_a_perfect_history_has_nothing_wrong(history: tuple[list[datetime], list[SeenRun]]) -> None:
    """Whatever the pace, the delays and the lengths: as many seen as expected, and nothing to say."""
    starts, seen = history
    found = schedule_truth(starts, seen, starts[-1] + timedelta(days=1))
    assert found == ScheduleTruth(len(starts), len(starts), (), (), (), ())


@given(histories(), st.data())
def test_exactly_what_was_taken_away_is_missing(
    history: tuple[list[datetime], list[SeenRun]], data: st.DataObject
) -> None:
    """Without some of the runs their starts are missing, and nothing else is found."""
    starts, seen = history
    gone = data.draw(st.sets(st.integers(0, len(starts) - 1)))
    rest = [one for number, one in enumerate(seen) if number not in gone]
    found = schedule_truth(starts, rest, starts[-1] + timedelta(days=1))
    missing = tuple(starts[number] for number in sorted(gone))
    assert found == ScheduleTruth(len(starts), len(rest), missing, (), (), ())


@given(histories(), st.data())
def test_exactly_what_died_was_killed(history: tuple[list[datetime], list[SeenRun]], data: st.DataObject) -> None:
    """Runs that died are named, and are neither missing nor doubled."""
    starts, seen = history
    dead = data.draw(st.sets(st.integers(0, len(starts) - 1)))
    mixed = [one._replace(state="died") if number in dead else one for number, one in enumerate(seen)]
    found = schedule_truth(starts, mixed, starts[-1] + timedelta(days=1))
    assert found.killed == tuple(seen[number].started for number in sorted(dead))
    assert (found.missing, found.doubled, found.clock_moved) == ((), (), ())


@given(histories(), st.integers(1, 4), st.data())
def test_one_step_of_the_clock_is_named_once(
    history: tuple[list[datetime], list[SeenRun]], steps: int, data: st.DataObject
) -> None:
    """From some run on, everything carries a time that is too early: one moment is named, and nothing is doubled."""
    starts, seen = history
    pause = timedelta(days=1) * steps
    place = data.draw(st.integers(0, len(seen) - 1))
    moved = [
        *seen[: place + 1],
        *(SeenRun(one.started - pause, one.last_at and one.last_at - pause, one.state) for one in seen[place + 1 :]),
    ]
    found = schedule_truth(starts, moved, starts[-1] + timedelta(days=1))
    back = moved[place + 1 : place + 2]
    step = [one.started for one in back if one.started + NAMED_AHEAD < seen[place].started]
    assert found.clock_moved == tuple(step)
    assert found.doubled == ()


MOMENTS = st.integers(-100_000, 200_000).map(lambda seconds: FIRST + seconds * SECOND)
ANY_RUN = st.builds(
    SeenRun,
    started=MOMENTS,
    last_at=st.none() | MOMENTS,
    state=st.sampled_from(["live", "finished", "died", "unknown"]),
)


@given(st.lists(MOMENTS, max_size=12), st.lists(ANY_RUN, max_size=12), MOMENTS)
def test_whatever_was_seen_the_answer_is_in_order(starts: list[datetime], seen: list[SeenRun], now: datetime) -> None:
    """Every moment that is named was given, is sorted, and what is missing was due for an hour."""
    found = schedule_truth(starts, seen, now)
    begun = {one.started for one in seen}
    assert set(found.missing) <= {start for start in starts if start + NEAR <= now}
    assert set(found.doubled) | set(found.killed) | set(found.clock_moved) <= begun
    assert all(list(part) == sorted(part) for part in (found.missing, found.doubled, found.killed, found.clock_moved))
    assert len(found.missing) <= found.expected <= len(set(starts))
    assert found.seen == len(seen)
