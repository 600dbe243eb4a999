"""How often an account may have itself judged: its own records must not keep root busy."""

from __future__ import annotations

from datetime import datetime, timedelta

MOST = 4
WINDOW = timedelta(minutes=2)
"""Nobody who clicks and waits for the end of his check comes near this."""


class Budget:
    """Gives each account a few judgements at once and then one now and then."""

    def __init__(self, most: int = MOST, window: timedelta = WINDOW) -> None:
        self._most = most
        self._window = window
        self._taken: dict[str, list[datetime]] = {}

    def take(self, account: str, now: datetime) -> datetime:
        """Take one judgement and tell from when on it may begin."""
        taken = [at for at in self._taken.get(account, []) if now - at < self._window]
        at = now if len(taken) < self._most else taken[-self._most] + self._window
        self._taken[account] = [*taken, at]
        return at
