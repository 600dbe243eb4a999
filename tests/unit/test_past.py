"""What spells and changes tell: since when there is trouble, the last days at a glance, what is usual."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.model.past import DAYS_SHOWN, FEWEST, Change, Spell, days, trouble, usual

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
FINDING = {"cause": "dns_no_address", "domains": ["mail.shop.example", "shop.example"]}


def spell(began: float, last: float, cause: str = "", times: int = 1) -> Spell:
    """What runs said from so many hours ago until so many hours ago; without a cause all was well."""
    findings = (FINDING,) if cause else ()
    return Spell(NOW - began * HOUR, NOW - last * HOUR, times, bool(cause), cause or "healthy", findings)


def change(after: float, by: float, name: str = "address") -> Change:
    """Something that changed between two looks so many hours ago."""
    return Change(name, "192.0.2.1", "192.0.2.2", NOW - after * HOUR, NOW - by * HOUR)


@st.composite
def _pasts(draw: st.DrawFn) -> list[Spell]:
    """Spells in the order of time, as the memory holds them."""
    gaps = draw(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=12))
    at, found = sum(gap + length for gap, length in gaps), []
    for gap, length in gaps:
        began, at = at - gap, at - gap - length
        cause = draw(st.sampled_from(["", "dns_no_address", "ca_rate_limited"]))
        found.append(spell(began, at, cause, draw(st.integers(1, 9))))
    return found


def test_there_is_no_trouble_where_the_last_run_found_none() -> None:
    """Whatever was before."""
    assert trouble([], []) is None
    assert trouble([spell(9, 6, "dns_no_address"), spell(3, 0)], []) is None


def test_trouble_began_with_its_first_run_and_cause() -> None:
    """A later cause, such as a limit that the tries used up, does not hide the first one."""
    found = trouble([spell(20, 12), spell(9, 6, "dns_no_address", 2), spell(3, 0, "ca_rate_limited", 3)], [])
    assert found is not None
    assert (found.since, found.last_good, found.attempts) == (NOW - 9 * HOUR, NOW - 12 * HOUR, 5)
    assert (found.first_cause, found.cause) == ("dns_no_address", "ca_rate_limited")
    assert found.first_name == "mail.shop.example"


def test_a_website_that_never_was_well_has_no_last_good_run() -> None:
    """And nothing that changed in between."""
    found = trouble([spell(9, 0, "dns_no_address", 4)], [change(10, 9)])
    assert found is not None
    assert (found.last_good, found.changes) == (None, ())


def test_changes_count_between_the_last_good_and_the_first_bad_run() -> None:
    """What changed long before or afterwards explains nothing."""
    before, between, seen_later, after = change(30, 21), change(12, 10), change(11, 8), change(8, 7)
    found = trouble([spell(20, 12), spell(9, 0, "dns_no_address")], [before, between, seen_later, after])
    assert found is not None
    assert found.changes == (between, seen_later)


@given(_pasts())
def test_trouble_agrees_with_its_spells(spells: list[Spell]) -> None:
    """It is there where the last spell is bad, began after the last good one, and counts each run once."""
    found = trouble(spells, [])
    assert (found is not None) == bool(spells and spells[-1].stuck)
    if found is None:
        return
    assert found.last_good is None or found.last_good <= found.since
    assert 1 <= found.attempts <= sum(each.times for each in spells)
    assert found.cause == spells[-1].cause
    assert any(each.began == found.since and each.cause == found.first_cause for each in spells)


@given(_pasts())
def test_another_good_run_ends_trouble_and_another_bad_one_goes_on(spells: list[Spell]) -> None:
    """One attempt more, and the same beginning."""
    assert trouble([*spells, spell(0, 0)], []) is None
    before, after = trouble(spells, []), trouble([*spells, spell(0, 0, "dns_no_address")], [])
    assert after is not None
    assert after.attempts == 1 + (before.attempts if before else 0)
    assert before is None or after.since == before.since


def test_days_are_told_oldest_first_and_today_last() -> None:
    """A day without any run is not known; a day with both is one with trouble."""
    told = days([spell(24 * 4 - 1, 24 * 3 + 1), spell(24 + 2, 24 + 1, "dns_no_address"), spell(24, 0)], NOW)
    assert len(told) == DAYS_SHOWN
    assert told[-5:] == ".o.xo"
    assert set(told[:-5]) == {"."}
    assert days([spell(3, 2), spell(1, 0, "dns_no_address")], NOW)[-1] == "x"


@given(_pasts(), st.integers(1, 40))
def test_days_are_as_many_signs_and_never_better_with_more_trouble(spells: list[Spell], count: int) -> None:
    """Each sign is one of three; a bad spell more can only make days worse."""
    told = days(spells, NOW, count)
    assert len(told) == count
    assert set(told) <= set("ox.")
    worse = days([*spells, spell(24 * 3, 0, "dns_no_address")], NOW, count)
    assert all(now in (was, "x") for was, now in zip(told, worse, strict=True))
    assert worse[-3:].strip("x") == ""


@given(st.lists(st.integers(0, 10**7), max_size=60))
def test_what_is_usual_lies_between_the_extremes(seconds: list[int]) -> None:
    """Half and 95 of a hundred, in order; from too few nothing is said."""
    found = usual(seconds)
    assert (found is None) == (len(seconds) < FEWEST)
    if found is None:
        return
    half, most = int(found.half.total_seconds()), int(found.most.total_seconds())
    assert min(seconds) <= half <= most <= max(seconds)
    assert 2 * sum(each <= half for each in seconds) >= len(seconds)
    assert 100 * sum(each <= most for each in seconds) >= 95 * len(seconds)
    assert found.counted == len(seconds)


@given(st.lists(st.integers(0, 10**6), min_size=FEWEST, max_size=40), st.integers(0, 10**6))
def test_longer_times_are_not_usually_shorter(seconds: list[int], more: int) -> None:
    """What is usual grows with what was seen, and does not hang on its order."""
    found, longer = usual(seconds), usual([each + more for each in seconds])
    assert found is not None
    assert longer is not None
    assert longer.half - found.half == longer.most - found.most == timedelta(seconds=more)
    assert usual(seconds[::-1]) == found
