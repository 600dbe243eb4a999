"""Reading an X.509 certificate: one from this machine's files, and one that a server has shown."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID

from autossl_doctor.model.host import Certificate
from autossl_doctor.model.moment import EARLIEST, LATEST

_CURVES = {"secp256r1": "ecdsa-prime256v1", "secp384r1": "ecdsa-secp384r1"}
_BROKEN = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


def read_pem(content: bytes, installed_at: datetime | None = None) -> Certificate | str:
    """Read one certificate in the form of text, or say what is wrong with it."""
    return _read(x509.load_pem_x509_certificate, content, installed_at)


def read_der(content: bytes) -> Certificate | str:
    """Read one certificate in the form in which servers send it, or say what is wrong with it."""
    return _read(x509.load_der_x509_certificate, content, None)


def _read(
    load: Callable[[bytes], x509.Certificate], content: bytes, installed_at: datetime | None
) -> Certificate | str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            leaf = load(content)
            return Certificate(
                issuer=_issuer(leaf),
                not_before=_in_range(leaf.not_valid_before_utc),
                not_after=_in_range(leaf.not_valid_after_utc),
                key_type=_key_type(leaf),
                covers=_names(leaf),
                self_signed=leaf.issuer == leaf.subject,
                issuer_organization=_first(leaf.issuer, NameOID.ORGANIZATION_NAME),
                fingerprint=leaf.fingerprint(SHA256()).hex(),
                installed_at=installed_at,
            )
    except _BROKEN as error:
        return str(error)[:200] or type(error).__name__


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
