"""What is true of the server and its websites at one look: what may change and explain a failure later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from autossl_doctor.host.people import Owner
from autossl_doctor.model.fact import Fact, Known
from autossl_doctor.model.host import Certificate, HostReading, Website
from autossl_doctor.model.plain import certificate as as_plain
from autossl_doctor.store.memory import writing
from autossl_doctor.store.memory.opening import Memory

SERVER = 0
LONGEST = 2000
"""Of a longer list of names only the beginning tells whether it changed."""


def remember_look(memory: Memory, reading: HostReading, owners: Mapping[str, Owner]) -> None:
    """Write down what a look at the whole host shows; accounts that are gone are forgotten."""
    at = int(reading.now.timestamp())
    sites = reading.websites.value if isinstance(reading.websites, Known) else ()
    with memory.whole() as connection:
        numbers = writing.put_accounts(connection, owners.values())
        websites = writing.Websites(connection)
        seen: dict[int, Mapping[str, str]] = {SERVER: dict(_of_server(reading))}
        certificates = []
        for site in sites:
            if site.account not in numbers:
                continue
            website = websites.number(numbers[site.account], site.name)
            fact = reading.certificates.get(site.name)
            certificate = fact.value if isinstance(fact, Known) else None
            seen[website] = dict(_of_website(reading, site, certificate))
            if certificate is not None and certificate.fingerprint:
                certificates.append(_row(website, certificate, at))
        writing.see_values(connection, seen, at)
        writing.see_certificates(connection, certificates)


def _of_server(reading: HostReading) -> Iterator[tuple[str, str]]:
    known: dict[str, Fact[str]] = {"panel_version": reading.settings.version, "provider": reading.settings.provider}
    for name, fact in known.items():
        if isinstance(fact, Known):
            yield name, fact.value


def _of_website(reading: HostReading, site: Website, certificate: Certificate | None) -> Iterator[tuple[str, str]]:
    if site.address:
        yield "address", site.address
    yield "names", " ".join(sorted(site.names))[:LONGEST]
    if certificate is not None:
        yield "issuer", certificate.issuer_organization or certificate.issuer
        yield "key_type", certificate.key_type
    account = reading.accounts.get(site.account)
    if account is not None and isinstance(account.key_type, Known):
        yield "wanted_key_type", account.key_type.value


def _row(website: int, certificate: Certificate, at: int) -> writing.CertificateRow:
    return writing.CertificateRow(
        website,
        certificate.fingerprint,
        int(certificate.not_before.timestamp()),
        int(certificate.not_after.timestamp()),
        msgspec.json.encode(as_plain(certificate)).decode(),
        at,
        at,
    )
