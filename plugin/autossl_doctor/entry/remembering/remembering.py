"""The memory as a refresh uses it: whatever is the matter with it costs the reports nothing but what only it knows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

from autossl_doctor.actions.ledger import Standing
from autossl_doctor.causes.catalogue import load
from autossl_doctor.collect.host import AHEAD
from autossl_doctor.entry.remembering import of_server
from autossl_doctor.entry.remembering.limits import all_standings, wait_of
from autossl_doctor.entry.remembering.logs import Log, logs_to_read
from autossl_doctor.entry.remembering.looks import remember_look
from autossl_doctor.entry.remembering.own_past import own_past
from autossl_doctor.entry.remembering.passes import Pass, Passed
from autossl_doctor.entry.remembering.recalled import Recalled
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.people import Owner
from autossl_doctor.model.host import HostReading
from autossl_doctor.model.past import Step, Usual
from autossl_doctor.model.plain import moment
from autossl_doctor.present.history import usual_as_plain
from autossl_doctor.store.clicks import taking
from autossl_doctor.store.memory.acting import put_clicks
from autossl_doctor.store.memory.keeping import believed, check_now_and_then, forget_the_old
from autossl_doctor.store.memory.opening import (
    Memory,
    TooNewError,
    is_damage,
    open_memory,
    reading_alone,
    set_aside_unless_used,
)
from autossl_doctor.store.memory.reading import known_logs
from autossl_doctor.store.memory.recalling import last_run_over_all, names_ordered, past_of, usual_times, websites_of
from autossl_doctor.store.state import State

SCHEMA = 1
MOST_AT_ONCE = 8
"""So many new logs are read before the reports are written; where there are more, nobody waits for them."""
MOST_TOLD = 5
Answer = TypeVar("Answer")


class Remembering:
    """An open memory, or none. `troubles` tells in a few words what went wrong, for whoever called."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._memory: Memory | None = None
        self._usual: Mapping[Step, Usual] | None = None
        self._standings: tuple[Standing, ...] | None = None
        self._may_write = True
        self.troubles: list[str] = []
        self._memory = self._contained(lambda: open_memory(state))
        if self._memory is not None and self._memory.condition == "begun anew":
            self.troubles.append("state.db was damaged and is set aside; a new one is built from the logs")

    def close(self) -> None:
        """Let go of it."""
        if self._memory is not None:
            self._memory.close()
            self._memory = None

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
        if memory is None or not self._may_write:
            return nothing

        def read() -> Passed | None:
            with reading_alone(self._state) as alone:
                if alone:
                    reader = Pass(host, memory, owners, lambda: load().causes)
                    try:
                        return reader.go(now, stop, told)
                    finally:
                        self._tell_of(reader.passed_over)
            self.troubles.append("another refresh is reading the logs just now")
            return None

        return self._contained(read) or nothing

    def _tell_of(self, passed_over: Mapping[str, str]) -> None:
        for run, why in list(passed_over.items())[:MOST_TOLD]:
            self.troubles.append(f"the log of the run {run} makes no sense ({why}) and is passed over")

    def look(self, reading: HostReading, owners: Mapping[str, Owner]) -> None:
        """Write down what a look at the whole host showed, and forget what is too old."""
        memory = self._memory
        if memory is None or not self._may_write:
            return

        def write() -> None:
            now = int(reading.now.timestamp())
            check_now_and_then(memory, self._state, now)
            remember_look(memory, reading, owners)
            forget_the_old(memory, believed(memory, now))

        self._contained(write)

    def take_clicks(self) -> None:
        """Write down what accounts say that they did; while somebody else writes it waits for the next time."""
        memory = self._memory
        if memory is None or not self._may_write:
            return

        def write() -> None:
            with memory.if_free(), taking(self._state) as clicks:
                if clicks:
                    with memory.whole() as connection:
                        put_clicks(connection, clicks)

        self._contained(write)

    def recalled(self, now: datetime) -> Recalled:
        """Give what a judgement takes from the memory."""
        memory = self._memory
        if memory is None:
            return Recalled()
        last = self._contained(lambda: last_run_over_all(memory.connection, now + AHEAD))
        return Recalled(self.usual(), last)

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
                "usual": {step: usual_as_plain(each) for step, each in self.usual().items()},
                "sites": told,
            }

        return self._contained(recall)

    def of_server(self, host: HostPaths, now: datetime) -> dict[str, Any] | None:
        """Tell what is remembered of the server as a whole: its schedule, the CA's limits, what is usual."""
        memory = self._memory
        if memory is None:
            return None

        def recall() -> dict[str, Any]:
            if self._standings is None:
                self._standings = all_standings(memory.connection, now)
            return of_server.as_plain(of_server.truth(host, memory.connection, now), self._standings, self.usual())

        return self._contained(recall)

    def _contained(self, task: Callable[[], Answer]) -> Answer | None:
        """Do something with the memory. A broken one is set aside; the next pass begins a new one.

        Where it cannot be written nothing more is tried: nobody waits for a lock or a full disk again and again.
        """
        try:
            return task()
        except TooNewError:
            self.troubles.append("state.db was written by a newer version and is left alone")
        except (json.JSONDecodeError, UnicodeDecodeError):
            self._is_damaged("it holds what nobody wrote")
        except sqlite3.Error as error:
            if is_damage(error):
                self._is_damaged(str(error))
            else:
                self._may_write = False
                self.troubles.append(f"state.db: {error}")
        except OSError as error:
            self._may_write = False
            self.troubles.append(f"state.db: {error.strerror or error}")
        except Exception as error:  # noqa: BLE001 - the memory must never cost anybody the reports
            self.troubles.append(f"state.db: {type(error).__name__}: {error}")
        return None

    def _is_damaged(self, why: str) -> None:
        self.close()
        aside = False
        with suppress(OSError):
            aside = set_aside_unless_used(self._state)
        then = (
            "set aside; the next refresh builds a new one from the logs" if aside else "still in use by another program"
        )
        self.troubles.append(f"state.db is damaged ({why}) and is {then}")
