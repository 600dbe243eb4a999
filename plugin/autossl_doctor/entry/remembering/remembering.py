"""The memory as a refresh uses it: whatever is the matter with it costs the reports nothing but what only it knows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from autossl_doctor.actions.ledger import Standing
from autossl_doctor.causes.catalogue import load
from autossl_doctor.entry.remembering.limits import all_standings, wait_of
from autossl_doctor.entry.remembering.logs import Log, logs_to_read
from autossl_doctor.entry.remembering.looks import remember_look
from autossl_doctor.entry.remembering.own_past import own_past
from autossl_doctor.entry.remembering.passes import Pass, Passed
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.people import Owner
from autossl_doctor.model.host import HostReading
from autossl_doctor.model.past import Step, Usual
from autossl_doctor.model.plain import moment
from autossl_doctor.store.memory.keeping import forget_the_old
from autossl_doctor.store.memory.opening import Memory, TooNewError, is_damage, open_memory, set_aside
from autossl_doctor.store.memory.reading import known_logs
from autossl_doctor.store.memory.recalling import names_ordered, past_of, usual_times, websites_of
from autossl_doctor.store.state import State

SCHEMA = 1
MOST_AT_ONCE = 8
"""So many new logs are read before the reports are written; where there are more, nobody waits for them."""
Answer = TypeVar("Answer")


class Remembering:
    """An open memory, or none. `troubles` tells in a few words what went wrong, for whoever called."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._memory: Memory | None = None
        self._usual: Mapping[Step, Usual] | None = None
        self._standings: tuple[Standing, ...] | None = None
        self.troubles: list[str] = []
        self._memory = self._contained(lambda: open_memory(state))
        if self._memory is not None and self._memory.condition == "begun anew":
            self.troubles.append("state.db was damaged and is set aside; a new one is built from the logs")

    def close(self) -> None:
        """Let go of it."""
        if self._memory is not None:
            self._memory.close()

    def behind(self, host: HostPaths, now: datetime) -> int:
        """Count the logs that have not been read yet."""
        memory = self._memory
        if memory is None:
            return 0
        return self._contained(lambda: sum(1 for _ in logs_to_read(host, known_logs(memory.connection), now))) or 0

    def catch_up(
        self,
        host: HostPaths,
        owners: Mapping[str, Owner],
        now: datetime,
        stop: Callable[[], bool] = lambda: False,
        told: Callable[[Log], None] = lambda _: None,
    ) -> Passed:
        """Read the logs that have not been read yet, oldest first, until `stop` says so."""
        memory = self._memory
        nothing = Passed(0, 0, whole=False)
        if memory is None:
            return nothing
        return self._contained(lambda: Pass(host, memory, owners, lambda: load().causes).go(now, stop, told)) or nothing

    def look(self, reading: HostReading, owners: Mapping[str, Owner]) -> None:
        """Write down what a look at the whole host showed, and forget what is too old."""
        memory = self._memory
        if memory is not None:
            self._contained(lambda: remember_look(memory, reading, owners))
            self._contained(lambda: forget_the_old(memory, int(reading.now.timestamp())))

    def usual(self) -> Mapping[Step, Usual]:
        """Tell how long things usually take on this server."""
        memory = self._memory
        if self._usual is None and memory is not None:
            self._usual = self._contained(lambda: usual_times(memory.connection))
        return self._usual or {}

    def of_account(self, owner: Owner, sites: Mapping[str, Sequence[str]], now: datetime) -> dict[str, Any] | None:
        """Tell what is remembered of an account's websites, as its page reads it; None where nothing can be told.

        `sites` holds the names of each website that the account has now, by which limits of the CA are told. Nothing is
        told of others: they may be another account's today, or may have been a former owner's of the account's name.
        """
        memory = self._memory
        if memory is None:
            return None

        def recall() -> dict[str, Any]:
            if self._standings is None:
                found = all_standings(memory.connection, now)
                self._standings = tuple(standing for standing in found if not standing.left)
            standings = self._standings
            told = []
            for number, account, name in websites_of(memory.connection, owner.uid, owner.startdate):
                if name in sites:
                    # What was asked for are more names than visitors type: those of the panel's services, too.
                    names = names_ordered(memory.connection, number) if standings else ()
                    past = past_of(memory.connection, number, account, name)
                    told.append(own_past(past, wait_of(standings, names or sites[name]), now))
            return {
                "schema": SCHEMA,
                "account": owner.account,
                "uid": owner.uid,
                "startdate": owner.startdate,
                "written_at": moment(now),
                "sites": told,
            }

        return self._contained(recall)

    def _contained(self, task: Callable[[], Answer]) -> Answer | None:
        """Do something with the memory. A broken one is set aside, and a new one is begun next time.

        What is stored may be damaged in ways that only show where it is used, and no report waits for it.
        """
        try:
            return task()
        except TooNewError:
            self.troubles.append("state.db was written by a newer version and is left alone")
        except Exception as error:  # noqa: BLE001 - whatever it is, the reports are whole without the memory
            self.troubles.append(f"state.db: {error}" if str(error) else f"state.db: {type(error).__name__}")
            if isinstance(error, sqlite3.Error) and is_damage(error):
                self.close()
                self._memory = None
                set_aside(self._state)
        return None
