"""Which certificate visitors got when the prober last looked: root's own memory of it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.served import Served, from_file, from_lines, merged

SERVED = "/var/lib/autossl-doctor/served.json"
NEW = "/var/lib/autossl-doctor/served-new.jsonl"
GATHERED = "/var/lib/autossl-doctor/served-gathered.jsonl"
_CAP = 64 * 1024 * 1024


def read_served(host: HostPaths, websites: Container[str] | None = None) -> Fact[Mapping[str, tuple[Served, ...]]]:
    """Give the visits to these websites, or to all; nothing is there where nobody has ever looked from outside."""
    # The store moves what is new from the first of these files to the second, and then into the third. Read in this
    # order, nothing is missed.
    new = [look for path in (NEW, GATHERED) for look in _lines(host, path, websites)]
    content = host.read_bytes(SERVED, _CAP)
    if isinstance(content, Unknown):
        return Known(merged({}, new), SERVED) if new and content.why == "missing" else content
    found = from_file(content.value, websites)
    return Unknown("damaged", SERVED) if found is None else Known(merged(found, new), SERVED)


def _lines(host: HostPaths, path: str, websites: Container[str] | None) -> Iterator[Served]:
    content = host.read_bytes(path, _CAP)
    return from_lines(content.value, websites) if isinstance(content, Known) else iter(())
