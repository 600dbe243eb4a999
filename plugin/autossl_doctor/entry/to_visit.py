"""Chooses the websites that the prober is to look at next. Nothing here reads or writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from autossl_doctor.model.fact import Known
from autossl_doctor.model.host import Certificate, HostReading, Website
from autossl_doctor.model.served import Served, is_address, is_site, looks_since
from autossl_doctor.store.visits import Due, ToVisit

MOST = 5000
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
"""Neither a look that failed nor another certificate than the installed one is a reason to look more often."""
JUST = timedelta(minutes=10)
"""Another certificate so soon after the installation says little: the web server may not have read its settings yet."""
AHEAD = timedelta(minutes=10)


class _Ranked(NamedTuple):
    """A website that is due, behind those whose `rank` and `order` are smaller."""

    rank: int
    order: float
    due: Due


def to_visit(reading: HostReading, most: int = MOST) -> ToVisit:
    """Choose who is due, the most urgent first.

    Those that nobody has looked at since the installation, newest installation first; those that showed another
    certificate than the installed one; then those that were looked at longest ago.
    """
    all_looks = reading.served.value if isinstance(reading.served, Known) else {}
    websites = reading.websites.value if isinstance(reading.websites, Known) else ()
    counts = [0, 0]
    ranked: list[_Ranked] = []
    for site, certificate, installed_at in _installed(reading, websites):
        possible = [look for look in all_looks.get(site.name, ()) if look.at <= reading.now + AHEAD]
        looks = looks_since(possible, site.address, certificate.fingerprint, installed_at)
        counts[bool(looks)] += 1
        if is_site(site.name) and is_address(site.address):
            due = Due(site.name, site.account, site.address, installed_at, certificate.fingerprint)
            found = _ranked(due, looks, reading.now)
            if found is not None:
                ranked.append(found)
    ranked.sort(key=lambda item: item[:2])
    return ToVisit(reading.now, counts[True], counts[False], tuple(item.due for item in ranked[:most]))


def _installed(reading: HostReading, websites: Sequence[Website]) -> Iterator[tuple[Website, Certificate, datetime]]:
    for site in websites:
        fact = reading.certificates.get(site.name)
        certificate = fact.value if isinstance(fact, Known) else None
        if certificate is not None and certificate.installed_at is not None:
            yield site, certificate, certificate.installed_at


def _ranked(due: Due, looks: Sequence[Served], now: datetime) -> _Ranked | None:
    """Give a website its place; None where it was looked at not long ago."""
    if not looks:
        return _Ranked(0, -due.installed_at.timestamp(), replace(due, new=True))
    last = looks[0].at
    shown = next((look.fingerprint for look in looks if look.outcome == "served"), "")
    again = replace(due, shown=shown)
    if shown and shown != due.fingerprint:
        early = last < due.installed_at + JUST <= now
        return _Ranked(1, last.timestamp(), again) if early or now - last >= HOUR else None
    failed = looks[0].outcome != "served"
    return _Ranked(2, last.timestamp(), again) if now - last >= (HOUR if failed else DAY) else None
