"""The installed certificates: the first one of `apache_tls/<website>/certificates` (facts, section 8).

`combined`, which holds the private key, is never opened.
"""

from __future__ import annotations

from datetime import UTC, datetime

from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.host import Certificate
from autossl_doctor.model.moment import EARLIEST, LATEST

DIRECTORY = "/var/cpanel/ssl/apache_tls"
_CAP = 512 * 1024
_BEGIN = b"-----BEGIN CERTIFICATE-----"
_END = b"-----END CERTIFICATE-----"


def read_certificate(host: HostPaths, website: str) -> Fact[Certificate | None]:
    """Read the certificate of one website; Known(None) where the panel has none for it."""
    if "/" in website or website in ("", ".", ".."):
        return Unknown("damaged", f"{DIRECTORY}/{website}")
    path = f"{DIRECTORY}/{website}/certificates"
    content = host.read_bytes(path, _CAP)
    if isinstance(content, Unknown):
        if content.why != "missing":
            return content
        base = host.facts(DIRECTORY)
        if isinstance(base, Unknown):
            return Unknown(base.why, DIRECTORY)
        if host.exists(f"{DIRECTORY}/{website}/combined"):
            return Unknown("missing", path, "only the file with the private key is there, which is not read")
        return Known(None, path)
    return parse_certificate(content.value, path, _installed_at(host, path))


def parse_certificate(content: bytes, source: str, installed_at: datetime | None = None) -> Fact[Certificate | None]:
    """Read the first certificate of a PEM text."""
    from autossl_doctor.host.leaf import read_pem  # noqa: PLC0415 - logs and pasted texts need no cryptography

    start = content.find(_BEGIN)
    end = content.find(_END, start)
    if start < 0 or end < 0:
        return Unknown("damaged", source, "no certificate in it" if content.strip() else "the file is empty")
    read = read_pem(content[start : end + len(_END)], installed_at)
    return Unknown("damaged", source, read) if isinstance(read, str) else Known(read, source)


def _installed_at(host: HostPaths, path: str) -> datetime | None:
    """Tell when the file was written; the panel writes it anew with each installation."""
    facts = host.facts(path)
    changed = facts.value.changed if isinstance(facts, Known) else 0.0
    if not EARLIEST.timestamp() < changed < LATEST.timestamp():
        return None
    return datetime.fromtimestamp(changed, UTC)
