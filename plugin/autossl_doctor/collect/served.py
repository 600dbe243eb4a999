"""Which certificate visitors got when the prober last looked: root's own memory of it."""

from __future__ import annotations

from collections.abc import Container, Mapping

from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.served import Served, from_file

SERVED = "/var/lib/autossl-doctor/served.json"
_CAP = 64 * 1024 * 1024


def read_served(host: HostPaths, websites: Container[str]) -> Fact[Mapping[str, tuple[Served, ...]]]:
    """Give the visits to these websites; the file is missing where nobody has ever looked from outside."""
    content = host.read_bytes(SERVED, _CAP)
    if isinstance(content, Unknown):
        return content
    found = from_file(content.value, websites)
    return Unknown("damaged", SERVED) if found is None else Known(found, SERVED)
