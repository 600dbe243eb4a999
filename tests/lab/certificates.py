"""Real X.509 certificates for lab websites (facts 8).

Made with `cryptography` itself: trustme can give its authorities neither a common name (R11, by which people
know Let's Encrypt's) nor fixed keys and serial numbers, without which two builds of one host would differ.
Every authority signs with RSA, whose signatures hold no chance.
"""

from datetime import UTC, datetime
from functools import cache
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.lab.derived_keys import leaf_key, rsa_key
from tests.lab.issuers import SELF_SIGNED, Issuer
from tests.lab.website_model import KeyType
from tests.lab.websites import Installed

CANARY = "CANARY-PRIVATE-KEY"
"""Stands beside every private key of the lab, so that a test can prove that none is ever shown."""
_ROOT = Issuer("Internet Security Research Group", "ISRG Root X1")
_LONG_AGO, _FAR_AWAY = datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)


def certificate_pem(servername: str, installed: Installed) -> str:
    """The file `certificates` of a website: the leaf, then its issuer's own certificate."""
    if installed.issuer == SELF_SIGNED:
        return _leaf(servername, installed)
    return _leaf(servername, installed) + intermediate_pem(installed.issuer)


def combined_pem(key_type: KeyType, certificates: str) -> str:
    """The file `combined`: a line with the canary, the (worthless) private key, and the certificates."""
    return f"{CANARY}\n{_key_pem(key_type)}{certificates}"


@cache
def root_pem() -> str:
    """The root that every lab authority stands under, for those who want to verify a chain."""
    return _pem(_authority(_ROOT, _ROOT, rsa_key("root", 2048)))


@cache
def intermediate_pem(issuer: Issuer) -> str:
    """The certificate of an authority that signs websites."""
    return _pem(_authority(issuer, _ROOT, rsa_key("intermediate", 2048)))


@cache
def _key_pem(key_type: KeyType) -> str:
    key = leaf_key(key_type)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


@cache
def _name(issuer: Issuer) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, issuer.country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, issuer.organization),
            x509.NameAttribute(NameOID.COMMON_NAME, issuer.common_name),
        ]
    )


def _authority(issuer: Issuer, parent: Issuer, key: rsa.RSAPrivateKey) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(issuer))
        .issuer_name(_name(parent))
        .public_key(key.public_key())
        .serial_number(_serial(issuer.text))
        .not_valid_before(_LONG_AGO)
        .not_valid_after(_FAR_AWAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(rsa_key("root", 2048), hashes.SHA256())


def _leaf(servername: str, installed: Installed) -> str:
    """A certificate of a website; its common name is the ServerName, or its first name without that."""
    common = servername if servername in installed.covers else installed.covers[0]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])
    own = installed.issuer == SELF_SIGNED
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if own else _name(installed.issuer))
        .public_key(leaf_key(installed.key_type).public_key())
        .serial_number(_serial(f"{installed.issuer.text} {common} {installed.not_after}"))
        .not_valid_before(installed.not_before)
        .not_valid_after(installed.not_after)
        .add_extension(x509.SubjectAlternativeName(list(map(x509.DNSName, installed.covers))), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    if not own:
        builder = builder.add_extension(_authority_key(), critical=False)
    signer = leaf_key(installed.key_type) if own else rsa_key("intermediate", 2048)
    if not isinstance(signer, rsa.RSAPrivateKey):
        raise TypeError("a self-signed certificate of the lab needs an RSA key: other signatures hold chance")
    return _pem(builder.sign(signer, hashes.SHA256()))


@cache
def _authority_key() -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(rsa_key("intermediate", 2048).public_key())


def _serial(text: str) -> int:
    """A serial number that depends on the certificate only; positive, and at most 20 bytes."""
    return int.from_bytes(sha256(text.encode()).digest()[:16]) >> 1 | 1
