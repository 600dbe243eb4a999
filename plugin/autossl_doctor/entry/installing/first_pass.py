"""The first look at the whole server, so that every page has something to show at once."""

from __future__ import annotations

from datetime import timedelta

from autossl_doctor.entry.installing.around import StepError
from autossl_doctor.entry.refresh import refresh
from autossl_doctor.host.clock import now
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known
from autossl_doctor.store.layout import SERVER, STATE
from autossl_doctor.store.state import State

OLD = timedelta(hours=3)


def is_young(host: HostPaths, server: str = f"{STATE}/{SERVER}") -> bool:
    """Tell whether the whole server was judged of late."""
    facts = host.facts(server)
    return isinstance(facts, Known) and abs(now().timestamp() - facts.value.changed) < OLD.total_seconds()


def look_at_server(*, changed: bool) -> int | None:
    """Judge the server where that was not done of late; give how many reports there are, None where none is needed.

    A server without accounts has none. The many logs of former days are read later, by the follower.
    """
    host = HostPaths()
    if not changed and is_young(host):
        return None
    try:
        state = State()
        try:
            done = refresh(host, state, now)
        finally:
            state.close()
    except OSError as error:
        raise StepError("no_pass", said=error.strerror or str(error)) from None
    return done.written
