"""Dates as AutoSSL's sentences name them, in both clocks."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.model.said_moment import said_moment

EVENING = datetime(2026, 11, 22, 20, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "November 22, 2026 8:01:12 PM",
        "November 22, 2026 8:01:12\u202fPM UTC",
        "Nov 22, 2026 at 8:01:12 PM",
        "Nov 22, 2026, 8:01:12 p.m.",
        "November 22, 2026 20:01:12",
        "22 November 2026 20:01:12 UTC",
        "22 Nov 2026, 20:01:12",
        "2026-11-22T20:01:12Z",
        "2026-11-22 20:01:12.5",
        "2026/11/22 20:01:12",
        "11/22/26, 8:01:12 PM",
        "11/22/2026 20:01:12",
    ],
)
def test_both_clocks_are_read(text: str) -> None:
    """The same moment in every form."""
    assert said_moment(text) == EVENING


def test_midnight_and_noon() -> None:
    """The twelve of the short clock is not its twelfth hour after."""
    assert said_moment("Dec 20, 2026 at 12:00:00 AM UTC") == datetime(2026, 12, 20, tzinfo=UTC)
    assert said_moment("Dec 20, 2026 at 12:00 PM") == datetime(2026, 12, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-11-22", "31/31/26, 8:01 PM", "25:61", "22. marraskuuta 2026 klo 20:01"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    """Nothing is guessed."""
    assert said_moment(text) is None


@given(st.text(max_size=100) | st.from_regex(r"[\d/:, APM-]{0,40}", fullmatch=True))
def test_no_text_raises(text: str) -> None:
    """Any text gives a moment or none."""
    moment = said_moment(text)
    assert moment is None or moment.tzinfo is UTC
