"""What a browser would say of the certificate that a server has shown. Runs in the prober only, never as root."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from autossl_doctor.host.leaf import read_der
from autossl_doctor.model.host import Certificate
from autossl_doctor.model.served import LONGEST_ISSUER, Served, Validity

_UNPRINTABLE = "\ufffd"


def shown(leaf: bytes, site: str, address: str, at: datetime) -> Served:
    """Make the record of a visit that ended with a certificate."""
    certificate = read_der(leaf)
    if isinstance(certificate, str):
        return Served(site, address, at, "served", sha256(leaf).hexdigest(), "unreadable")
    return Served(
        site,
        address,
        at,
        "served",
        certificate.fingerprint,
        _validity(certificate, site, at),
        certificate.not_after,
        _printable(certificate.issuer),
    )


def _validity(certificate: Certificate, site: str, at: datetime) -> Validity:
    if at >= certificate.not_after:
        return "expired"
    if at < certificate.not_before:
        return "not_yet"
    if certificate.self_signed:
        return "self_signed"
    return "valid" if certificate.covers_name(site) else "wrong_name"


def _printable(text: str) -> str:
    """Keep a stranger's words on one line, in their order and short."""
    return "".join(sign if sign.isprintable() else _UNPRINTABLE for sign in text[:LONGEST_ISSUER])
