"""The installed certificates: the first one of `apache_tls/<website>/certificates` (facts, section 8).

`combined`, which holds the private key, is never opened.
"""

from __future__ import annotations

import warnings
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID

from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.host import Certificate

DIRECTORY = "/var/cpanel/ssl/apache_tls"
EARLIEST, LATEST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
_CAP = 512 * 1024
_BEGIN = b"-----BEGIN CERTIFICATE-----"
_END = b"-----END CERTIFICATE-----"
_CURVES = {"secp256r1": "ecdsa-prime256v1", "secp384r1": "ecdsa-secp384r1"}


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
    return parse_certificate(content.value, path)


def parse_certificate(content: bytes, source: str) -> Fact[Certificate | None]:
    """Read the first certificate of a PEM text."""
    start = content.find(_BEGIN)
    end = content.find(_END, start)
    if start < 0 or end < 0:
        return Unknown("damaged", source, "no certificate in it" if content.strip() else "the file is empty")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            leaf = x509.load_pem_x509_certificate(content[start : end + len(_END)])
            certificate = Certificate(
                issuer=_issuer(leaf),
                not_before=_in_range(leaf.not_valid_before_utc),
                not_after=_in_range(leaf.not_valid_after_utc),
                key_type=_key_type(leaf),
                covers=_names(leaf),
                self_signed=leaf.issuer == leaf.subject,
                issuer_organization=_first(leaf.issuer, NameOID.ORGANIZATION_NAME),
            )
    except (
        ValueError,
        TypeError,
        UnsupportedAlgorithm,
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    ) as error:
        return Unknown("damaged", source, str(error)[:200])
    return Known(certificate, source)


def _in_range(moment: datetime) -> datetime:
    """Keep a date where one can count with it: "no end" is written as the year 9999."""
    return min(max(moment, EARLIEST), LATEST)


def _first(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    return next((str(attribute.value) for attribute in name.get_attributes_for_oid(oid)), "")


def _issuer(leaf: x509.Certificate) -> str:
    parts = (_first(leaf.issuer, NameOID.ORGANIZATION_NAME), _first(leaf.issuer, NameOID.COMMON_NAME))
    return ", ".join(part for part in parts if part) or leaf.issuer.rfc4514_string()


def _names(leaf: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return tuple(name.lower() for name in extension.value.get_values_for_type(x509.DNSName))
    except x509.ExtensionNotFound:
        common = _first(leaf.subject, NameOID.COMMON_NAME).lower()
        return (common,) if common else ()


def _key_type(leaf: x509.Certificate) -> str:
    """Name the key in the words of the panel's setting, such as `rsa-2048` or `ecdsa-prime256v1`."""
    key = leaf.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"rsa-{key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _CURVES.get(key.curve.name, f"ecdsa-{key.curve.name}")
    return type(key).__name__.removesuffix("PublicKey").lower()
