"""Looking at websites without being asked: portion after portion, and whoever has asked goes first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from autossl_doctor.entry.following.jobs import Log, Refreshes
from autossl_doctor.entry.following.timing import Timing
from autossl_doctor.entry.following.visits import Prober
from autossl_doctor.model.served import Served
from autossl_doctor.store.state import State
from autossl_doctor.store.visits import Due, read_visits

PORTION = 500
"""So many websites are asked about at once."""


class _Portion(NamedTuple):
    websites: Sequence[Due]
    identity: str
    asked_at: datetime


class Rounds:
    """Works through the list that each judgement of the whole server leaves, and has judged again what has changed."""

    def __init__(
        self,
        state: State,
        prober: Prober,
        refreshes: Refreshes,
        timing: Timing,
        clock: Callable[[], datetime],
        log: Log,
    ) -> None:
        self._state = state
        self._prober = prober
        self._refreshes = refreshes
        self._timing = timing
        self._clock = clock
        self._log = log
        self._judged = refreshes.server_judged
        self._list_made_at = self._until = clock()
        self._rest: deque[Due] = deque()
        self._portion: _Portion | None = None
        self._looked_at: dict[str, datetime] = {}
        self._changed: set[str] = set()

    @property
    def busy(self) -> bool:
        """Tell whether a portion is under way or waits."""
        return self._portion is not None or bool(self._rest)

    def look(self, *, wait: bool) -> None:
        """Go on as far as possible; with `wait` no new portion is begun."""
        if self._judged != self._refreshes.server_judged:
            self._judged = self._refreshes.server_judged
            self._begin()
            if not self.busy:
                self._end()
        if self._portion is not None:
            self._go_on(self._portion)
        elif self._rest and self._clock() >= self._until:
            self._rest.clear()
            self._end()
        elif self._rest and not wait and not self._refreshes.busy_with_server:
            self._ask()

    def give_way(self) -> bool:
        """Let somebody else ask the prober: the portion that is under way comes later. True if there was one."""
        portion, self._portion = self._portion, None
        if portion is not None:
            self._rest.extendleft(reversed(portion.websites))
        return portion is not None

    def _begin(self) -> None:
        """Take the new list in the place of what is left of the former one."""
        visits = read_visits(self._state)
        self._rest.clear()
        if visits is None:
            return
        self._rest.extend(visits.due)
        self._list_made_at = visits.made_at
        self._until = self._clock() + self._timing.round
        self._looked_at = {site: at for site, at in self._looked_at.items() if at >= visits.made_at}

    def _ask(self) -> None:
        portion: list[Due] = []
        while self._rest and len(portion) < PORTION:
            due = self._rest.popleft()
            # What was seen after the list was begun, its writer could not know.
            if due.site not in self._looked_at:
                portion.append(due)
        identity = self._prober.ask([(due.site, due.address) for due in portion]) if portion else ""
        if identity:
            self._portion = _Portion(portion, identity, self._clock())
        elif not self._rest:
            self._end()

    def _go_on(self, portion: _Portion) -> None:
        now = self._clock()
        seen = self._prober.answers(portion.identity)
        if seen is not None:
            self._prober.remember(seen, now)
            self._note(portion, seen)
        elif now - portion.asked_at >= self._timing.portion:
            self._log("the prober did not end its work in time")
        elif not self._prober.remind() and now - portion.asked_at >= self._timing.no_prober:
            self._log("the prober does not answer")
            self._rest.clear()
        else:
            return
        # Whatever came of it, it is not asked for again before the next list.
        self._looked_at.update((due.site, now) for due in portion.websites)
        self._portion = None
        if not self._rest:
            self._end()

    def _note(self, portion: _Portion, seen: Sequence[Served]) -> None:
        """Note whose websites show another certificate than the last judgement knew of."""
        shown = {served.site: served.fingerprint for served in seen if served.outcome == "served"}
        self._changed.update(due.account for due in portion.websites if shown.get(due.site, due.shown) != due.shown)

    def _end(self) -> None:
        changed, self._changed = self._changed, set()
        self._refreshes.want_later(sorted(changed))
