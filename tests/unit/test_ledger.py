"""What is left of the CA's limits: each bucket at its edges, for all histories, and which limit forbids a click."""

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.actions.ledger import (
    BUCKETS,
    MOST_FAILURES,
    Bucket,
    Level,
    Limit,
    Spent,
    Standing,
    Wait,
    concerning,
    left,
    standings,
    waits_until,
)

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CHECKS = BUCKETS["failed_checks"]
SMALL = Bucket(3, timedelta(minutes=10))
NAME, OTHER = "shop.example", "www.shop.example"


def test_the_limits_are_those_that_the_cause_names() -> None:
    """The page says one word for a limit, whether the CA has told of it or the ledger."""
    text = yaml.safe_load(files("autossl_doctor.causes").joinpath("ca_rate_limited/text.yaml").read_text("utf-8"))
    assert set(text["en"]["owner"]["why"][0]) - {"by", "else"} == set(get_args(Limit))
    assert set(BUCKETS) == set(get_args(Limit)) - {"paused"}


@pytest.mark.parametrize(
    ("limit", "window"),
    [
        ("orders", timedelta(hours=3)),
        ("certificates", timedelta(days=7)),
        ("same_names", timedelta(days=7)),
        ("failed_checks", timedelta(hours=1)),
    ],
)
def test_a_bucket_refills_within_the_window_that_the_ca_publishes(limit: Limit, window: timedelta) -> None:
    """The pace at which tokens come back is the published window divided by the limit, in round figures."""
    whole = BUCKETS[limit].capacity * BUCKETS[limit].every
    assert abs(whole - window) < window / 50


# --- one bucket


def test_an_unused_bucket_is_full() -> None:
    """Without anything spent all is left, and there is nothing to wait for."""
    assert left(CHECKS, (), NOW) == Level(5, None, NOW)


@pytest.mark.parametrize(
    ("ago", "rest"), [(0, 4), (719, 4), (720, 5), (721, 5)], ids=["at once", "a second early", "to the second", "later"]
)
def test_a_token_comes_back_to_the_second(ago: int, rest: int) -> None:
    """A failed check is forgotten twelve minutes after it, not a second before."""
    assert left(CHECKS, [NOW - ago * SECOND], NOW).left == rest


def test_an_empty_bucket_says_when_it_frees_up() -> None:
    """Five failed checks at once: the next is allowed after twelve minutes, all five after an hour."""
    assert left(CHECKS, [NOW] * 5, NOW) == Level(0, NOW + timedelta(minutes=12), NOW + timedelta(hours=1))
    assert left(CHECKS, [NOW] * 4, NOW) == Level(1, None, NOW + timedelta(minutes=48))


def test_what_a_full_bucket_would_have_gained_is_lost() -> None:
    """A long rest does not save up more than the bucket holds."""
    spent = [NOW - timedelta(days=9), *[NOW] * 5]
    assert left(CHECKS, spent, NOW).left == 0


def test_a_bucket_never_goes_below_empty() -> None:
    """More spent than the ledger thought possible means that the CA counted less; the debt is not carried on."""
    assert left(CHECKS, [NOW] * 50, NOW) == left(CHECKS, [NOW] * 5, NOW)


def test_what_lies_ahead_does_not_count() -> None:
    """After the clock was set back, moments later than now are not believed."""
    assert left(CHECKS, [NOW + SECOND] * 5, NOW) == Level(5, None, NOW)


MOMENTS = st.integers(-7200, 600).map(lambda seconds: NOW + seconds * SECOND)
HISTORIES = st.lists(MOMENTS, max_size=12)
SIZES = st.builds(Bucket, st.integers(1, 6), st.integers(1, 3600).map(lambda seconds: seconds * SECOND))


@given(SIZES, HISTORIES, st.randoms(use_true_random=False))
def test_the_order_of_what_was_spent_does_not_matter(bucket: Bucket, spent: list[datetime], random: object) -> None:
    """The store may give the moments in any order."""
    mixed = list(spent)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert left(bucket, mixed, NOW) == left(bucket, spent, NOW)


@given(SIZES, HISTORIES)
def test_a_level_agrees_with_itself(bucket: Bucket, spent: list[datetime]) -> None:
    """What is left lies between none and all; one is back exactly at `free_at`, and all exactly at `full_at`."""
    past = [moment for moment in spent if moment <= NOW]
    level = left(bucket, past, NOW)
    assert 0 <= level.left <= bucket.capacity
    assert (level.free_at is None) is (level.left > 0)
    assert (level.full_at > NOW) is (level.left < bucket.capacity)
    for at, before, then in ((level.free_at, 0, 1), (level.full_at, bucket.capacity - 1, bucket.capacity)):
        if at is not None and at > NOW:
            assert left(bucket, past, at - SECOND).left == before
            assert left(bucket, past, at).left == then


@given(SIZES, HISTORIES, MOMENTS)
def test_what_nobody_saw_only_makes_it_less(bucket: Bucket, spent: list[datetime], unseen: datetime) -> None:
    """The ledger says what is left at most: one more moment takes one token at most, and never gives one."""
    seen = left(bucket, spent, NOW)
    truth = left(bucket, [*spent, unseen], NOW)
    assert seen.left - 1 <= truth.left <= seen.left


@given(SIZES, HISTORIES)
def test_a_bucket_is_what_filling_it_by_seconds_gives(bucket: Bucket, spent: list[datetime]) -> None:
    """The short reckoning agrees with a bucket that gains a drop each second and loses a token at each moment."""
    every = int(bucket.every.total_seconds())
    drops = whole = bucket.capacity * every
    at = NOW - timedelta(seconds=7200)
    for moment in sorted(moment for moment in spent if moment <= NOW):
        drops = min(whole, drops + int((moment - at).total_seconds()))
        drops, at = max(0, drops - every), moment
    drops = min(whole, drops + int((NOW - at).total_seconds()))
    assert left(bucket, spent, NOW).left == drops // every


# --- all limits


def test_only_what_is_not_full_is_told_the_worst_first() -> None:
    """A pause comes first, then what is used up for longest, then the smallest part that is left."""
    hour = timedelta(hours=1)
    spent = Spent(
        orders=[NOW] * 290,
        certificates={"shop.example": [NOW] * 2, "quiet.example": [NOW - timedelta(days=8)]},
        same_names={frozenset((OTHER, NAME)): [NOW - hour] * 5},
        failed_checks={NAME: [NOW] * 5, OTHER: [NOW - hour] * 5},
        failures_in_a_row={NAME: MOST_FAILURES, OTHER: 576, "fine.example": 0},
    )
    assert standings(spent, NOW) == (
        Standing("paused", (NAME,), 0, 1152, None),
        Standing("same_names", (NAME, OTHER), 0, 5, NOW + timedelta(hours=33)),
        Standing("failed_checks", (NAME,), 0, 5, NOW + timedelta(minutes=12)),
        Standing("orders", (), 10, 300, None),
        Standing("paused", (OTHER,), 576, 1152, None),
        Standing("certificates", ("shop.example",), 48, 50, None),
    )


def test_nothing_spent_is_nothing_to_tell() -> None:
    """A server that has ordered nothing has no standings, and nothing forbids a click."""
    assert standings(Spent(), NOW) == ()
    assert waits_until(()) is None


@pytest.mark.parametrize(("count", "paused"), [(1151, False), (1152, True), (5000, True)])
def test_the_pause_begins_with_the_last_failure(count: int, paused: bool) -> None:  # noqa: FBT001 - a table
    """One failure less and there is no pause; more do not make it deeper. It has no end."""
    found = standings(Spent(failures_in_a_row={NAME: count}), NOW)
    assert found[0].left == max(0, MOST_FAILURES - count)
    assert waits_until(found) == (Wait("paused", None) if paused else None)


def test_the_limit_that_lasts_longest_forbids_the_click() -> None:
    """Of several limits that are used up the one that frees up last counts, in any order, and a pause before all."""
    soon = Standing("failed_checks", (NAME,), 0, 5, NOW + SECOND)
    late = Standing("same_names", (NAME,), 0, 5, NOW + timedelta(hours=34))
    open_ = Standing("orders", (), 1, 300, None)
    pause = Standing("paused", (NAME,), 0, 1152, None)
    assert waits_until([open_]) is None
    assert waits_until([open_, soon, late]) == Wait("same_names", NOW + timedelta(hours=34))
    assert waits_until([late, pause, soon]) == Wait("paused", None)


@pytest.mark.parametrize(
    ("standing", "concerned"),
    [
        (Standing("orders", (), 0, 300, NOW), True),
        (Standing("certificates", ("shop.example",), 0, 50, NOW), True),
        (Standing("certificates", ("op.example",), 0, 50, NOW), False),
        (Standing("certificates", ("mail.shop.example",), 0, 50, NOW), False),
        (Standing("same_names", (NAME, OTHER), 0, 5, NOW), True),
        (Standing("same_names", (NAME,), 0, 5, NOW), False),
        (Standing("same_names", (NAME, OTHER, "mail.shop.example"), 0, 5, NOW), False),
        (Standing("failed_checks", (OTHER,), 0, 5, NOW), True),
        (Standing("failed_checks", ("mail.shop.example",), 0, 5, NOW), False),
        (Standing("paused", (NAME,), 0, 1152, None), True),
        (Standing("paused", ("example",), 0, 1152, None), False),
    ],
)
def test_an_order_meets_only_limits_of_its_own_names(standing: Standing, concerned: bool) -> None:  # noqa: FBT001 - a table
    """Limits of the account hold for every order, those of a domain for all below it, others for the names alone."""
    assert concerning([standing], (OTHER, NAME)) == ((standing,) if concerned else ())


@given(st.dictionaries(st.sampled_from([NAME, OTHER]), HISTORIES), st.dictionaries(st.just(NAME), st.integers(0, 2000)))
def test_a_click_waits_exactly_while_something_is_used_up(
    failed: dict[str, list[datetime]], rows: dict[str, int]
) -> None:
    """The limit that forbids a try is the first of the standings, and there is none if that has something left."""
    found = standings(Spent(failed_checks=failed, failures_in_a_row=rows), NOW)
    wait = waits_until(found)
    worst = found[0] if found and found[0].left == 0 else None
    assert wait == (Wait(worst.limit, worst.free_at) if worst else None)
    assert wait is None or wait.until is None or wait.until > NOW
    assert all(0 <= standing.left < standing.capacity for standing in found)
