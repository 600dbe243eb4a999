"""How often an account may have itself judged."""

from datetime import UTC, datetime, timedelta

from autossl_doctor.entry.following.budget import Budget

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
WINDOW = timedelta(minutes=2)


def test_the_first_ones_begin_at_once_and_the_next_waits() -> None:
    """A few judgements are free, the one after them waits until the oldest is out of the window."""
    budget = Budget(3, WINDOW)
    seconds = [timedelta(seconds=number) for number in range(4)]
    assert [budget.take("alice", NOW + each) for each in seconds] == [
        *(NOW + each for each in seconds[:3]),
        NOW + WINDOW,
    ]


def test_accounts_do_not_pay_for_each_other() -> None:
    """What one account has used up is there for another."""
    budget = Budget(1, WINDOW)
    assert budget.take("alice", NOW) == NOW
    assert budget.take("bob", NOW) == NOW
    assert budget.take("alice", NOW) == NOW + WINDOW


def test_the_window_moves_on() -> None:
    """After a quiet time everything is free again."""
    budget = Budget(1, WINDOW)
    budget.take("alice", NOW)
    assert budget.take("alice", NOW + WINDOW) == NOW + WINDOW
