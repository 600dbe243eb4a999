"""How long the follower waits for what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from autossl_doctor.probe.asking import LONGEST


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
    give_way: timedelta = timedelta(seconds=10)
    """How long the prober needs at most to leave its former work."""
    look: timedelta = timedelta(seconds=30)
    """An account is not judged again sooner because it asks."""
    refresh: timedelta = timedelta(hours=1)
    """A report on the whole server may be so old."""
    judge_again: timedelta = timedelta(minutes=5)
    """At least so long after a judgement of the whole server it is not judged again only because of routine looks."""
    no_prober: timedelta = timedelta(seconds=30)
    """Who has not begun to answer after this is not there."""
    portion: timedelta = LONGEST
    round: timedelta = timedelta(minutes=10)
    """How long the follower stays for routine looks; what is left then is listed anew by the next judgement."""
