"""How long the follower waits for what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Timing:
    """All pauses and limits of the follower, so that tests can have others."""

    tick: timedelta = timedelta(seconds=0.5)
    """Between two looks at the logs while somebody waits for what they say."""
    quiet_tick: timedelta = timedelta(seconds=5)
    """Between two looks while nobody waits."""
    awake: timedelta = timedelta(seconds=60)
    """How long the follower stays at least once it was woken."""
    after_asking: timedelta = timedelta(minutes=5)
    """How long it stays after somebody asked: the next question comes sooner than a program starts."""
    queued: timedelta = timedelta(minutes=30)
    """How long a click waits for its run to appear; after ten minutes the page says what may hold it up."""
    shown: timedelta = timedelta(minutes=10)
    """How long the end of a check is shown as such."""
    visit: timedelta = timedelta(seconds=8)
    """How long the prober is waited for, and asked again while the web server still has the former certificate."""
    visit_again: timedelta = timedelta(seconds=1)
    look: timedelta = timedelta(seconds=30)
    """An account is not judged again sooner because it asks."""
    refresh: timedelta = timedelta(hours=1)
    """A report on the whole server may be so old."""
