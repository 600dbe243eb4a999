"""How the doctor itself is doing: its reports, its follower, its prober and its units."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from autossl_doctor.collect.served import read_served
from autossl_doctor.entry.installing.listed import INSTALLED
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.people import Owner
from autossl_doctor.model.fact import Known
from autossl_doctor.model.moment import parse_moment
from autossl_doctor.model.plain import moment
from autossl_doctor.model.served import Served, looks_since
from autossl_doctor.store.layout import (
    CLICKS,
    INBOX,
    ODD,
    REPORTS,
    RUN,
    SERVED,
    SERVED_GATHERED,
    SERVED_NEW,
    SERVER,
    TO_VISIT,
    WAKE,
)
from autossl_doctor.store.memory.opening import KEPT
from autossl_doctor.store.reports import CLOSED, OPEN, Reports
from autossl_doctor.store.state import State, names_in
from autossl_doctor.store.visits import read_visits

SCHEMA = 1
UNIT_DIRECTORY = "/etc/systemd/system"
UNITS = tuple(
    f"autossl-doctor-{name}"
    for name in (
        "follow.service",
        "follow.path",
        "follow.timer",
        "follow.socket",
        "probe.service",
        "probe.path",
        "repair.service",
    )
)
OLD = timedelta(hours=3)
"""The follower's timer comes every hour; a report this old tells that it does not."""
LIST = INSTALLED.rpartition("/")[2]
_KNOWN = frozenset((REPORTS, INBOX, ODD, SERVER, SERVED, SERVED_NEW, SERVED_GATHERED, TO_VISIT, CLICKS, LIST, *KEPT))


@dataclass(frozen=True, slots=True)
class Status:
    """What was found. Moments are None where nothing of the kind was found."""

    reports: int
    oldest: datetime | None
    newest: datetime | None
    refreshed: datetime | None
    woken: datetime | None
    visited: datetime | None
    looked_at: int | None
    """How many websites the prober has looked at since their installation; None while nobody has counted them."""
    not_looked_at: int | None
    units: Mapping[str, bool]
    findings: tuple[tuple[str, tuple[str, ...]], ...]
    """What is not as it should be: an id, and the accounts, files or units that it is about."""


def read_status(state: State, host: HostPaths, owners: Iterable[Owner], now: datetime, run: str = RUN) -> Status:
    """Look at everything that the doctor keeps; root only, for nobody else may see it."""
    by_uid = {owner.uid: owner for owner in owners}
    written: list[datetime] = []
    damaged, foreign, open_ones = [], [], []
    for uid, head, mode in Reports(state).heads():
        owner = by_uid.get(uid)
        at = parse_moment(head.written_at) if head is not None else None
        if head is None or at is None:
            damaged.append(str(uid))
            continue
        written.append(at)
        if owner is None or (head.account, head.startdate) != (owner.account, owner.startdate):
            foreign.append(head.account)
        elif mode != (CLOSED if owner.shared else OPEN):
            open_ones.append(head.account)
    refreshed = _changed(SERVER, state.top)
    served = read_served(host)
    looks = served.value if isinstance(served, Known) else {}
    looked_at, not_looked_at = _counted(state, looks)
    units = {unit: host.exists(f"{UNIT_DIRECTORY}/{unit}") for unit in UNITS}
    fifo = _changed(WAKE, run, kind=stat.S_ISFIFO)
    findings = {
        "not_refreshed": (SERVER,) if refreshed is None else (),
        "old": (moment(refreshed),) if refreshed is not None and now - refreshed > OLD else (),
        "damaged": tuple(damaged),
        "foreign": tuple(sorted(foreign)),
        "wrong_mode": tuple(sorted(open_ones)),
        "shared_group": tuple(sorted(owner.account for owner in by_uid.values() if owner.shared)),
        "odd": _odd(state),
        "no_units": tuple(unit for unit, there in units.items() if not there),
        "no_fifo": (f"{run}/{WAKE}",) if fifo is None else (),
    }
    return Status(
        reports=len(written),
        oldest=min(written, default=None),
        newest=max(written, default=None),
        refreshed=refreshed,
        woken=fifo,
        visited=max((records[0].at for records in looks.values()), default=None),
        looked_at=looked_at,
        not_looked_at=not_looked_at,
        units=units,
        findings=tuple((name, about) for name, about in findings.items() if about),
    )


def as_plain(status: Status) -> dict[str, Any]:
    """Give the status as the JSON of the command line."""

    def written(at: datetime | None) -> str | None:
        return moment(at) if at is not None else None

    return {
        "schema": SCHEMA,
        "reports": {"count": status.reports, "oldest": written(status.oldest), "newest": written(status.newest)},
        "follow": {"refreshed": written(status.refreshed), "woken": written(status.woken)},
        "probe": {
            "visited": written(status.visited),
            "looked_at": status.looked_at,
            "not_looked_at": status.not_looked_at,
        },
        "units": dict(status.units),
        "findings": [{"id": name, "about": list(about)} for name, about in status.findings],
    }


def _changed(name: str, place: int | str, kind: Any = stat.S_ISREG) -> datetime | None:
    """Tell when a file of this kind was written last; None where there is none."""
    with suppress(OSError):
        if isinstance(place, int):
            found = os.stat(name, dir_fd=place, follow_symlinks=False)
        else:
            found = os.lstat(f"{place}/{name}")
        if kind(found.st_mode):
            return datetime.fromtimestamp(int(found.st_mtime), UTC)
    return None


def _counted(state: State, looks: Mapping[str, Sequence[Served]]) -> tuple[int | None, int | None]:
    """Count from the last judgement of the whole server, and from what was looked at after it."""
    visits = read_visits(state)
    if visits is None:
        return None, None
    meanwhile = sum(
        bool(looks_since(looks.get(due.site, ()), due.address, due.fingerprint, due.installed_at))
        for due in visits.due
        if due.new
    )
    return visits.looked_at + meanwhile, visits.not_looked_at - meanwhile


def _odd(state: State) -> tuple[str, ...]:
    """List what has no business in the doctor's directory, and what was moved aside."""
    strange = [name for name in names_in(state.top) if name not in _KNOWN]
    for place in (REPORTS, INBOX):
        with state.directory(place) as directory:
            strange += [f"{place}/{name}" for name in names_in(directory) if not name.isdecimal()]
    if ODD in names_in(state.top):
        with state.directory(ODD, mode=0o700) as odd:
            strange += [f"{ODD}/{name}" for name in names_in(odd)]
    return tuple(sorted(strange + state.oddities))
