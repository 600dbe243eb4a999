"""One line of a run's log before it has a time, and the clock that gives it one."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal, NamedTuple

LineType = Literal["out", "success", "warn", "error"]


class Line(NamedTuple):
    """A message of AutoSSL: how deep it stands, of which kind it is, and what it says (facts 1.2)."""

    indent: int
    type: LineType
    contents: object
    """A string, except for the odd contents that a reader must bear."""
    ends_account: bool = False
    """Whether the account is finished with this line; decides where a run "dies after N accounts"."""


class RunClock:
    """The time inside a run: it starts with the run and moves on with each line, never back."""

    def __init__(self, start: datetime, pace: float, dice: Random) -> None:
        self._start = start
        self._elapsed = 0.0
        self._pace = pace
        self._dice = dice
        self._second = -1
        self._stamp = ""

    @property
    def moment(self) -> datetime:
        """The present moment of the run, in whole seconds."""
        return self._start + timedelta(seconds=int(self._elapsed))

    @property
    def stamp(self) -> str:
        """The present moment as a record writes it."""
        if int(self._elapsed) != self._second:
            self._second = int(self._elapsed)
            self._stamp = iso(self.moment)
        return self._stamp

    def tick(self) -> None:
        """Let the time of one line pass: between half and one and a half times the pace."""
        self._elapsed += self._pace * (0.5 + self._dice.random())


def iso(moment: datetime) -> str:
    """A moment in the form of run names, records and databases: `2026-11-20T02:17:05Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
