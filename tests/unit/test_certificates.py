"""The installed certificates: what stands in the first one of a file, and the file that is never opened."""

import base64
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import example, given
from hypothesis import strategies as st

from autossl_doctor.collect.certificates import DIRECTORY, parse_certificate, read_certificate
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.host import Certificate as FoundCertificate
from tests.lab import hosts
from tests.lab.derived_keys import leaf_key, rsa_key
from tests.lab.hosts import Account, Certificate, Host, Site
from tests.lab.website_model import KeyType
from tests.unit.ordinary_user import as_ordinary_user

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
PATH = f"{DIRECTORY}/shop.example/certificates"
COMMON_NAME = NameOID.COMMON_NAME
Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def pem(der: bytes) -> bytes:
    """A certificate in its armour."""
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"


def certificate(
    names: tuple[str, ...] = ("shop.example", "*.shop.example"),
    *,
    issuer: tuple[tuple[x509.ObjectIdentifier, str], ...] = ((COMMON_NAME, "R11"),),
    subject: str = "shop.example",
    key: Key | None = None,
) -> bytes:
    """A certificate of the given issuer; without names it has only its common name."""
    signer = rsa_key("intermediate", 2048)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(COMMON_NAME, subject)] if subject else []))
        .issuer_name(x509.Name([x509.NameAttribute(oid, value) for oid, value in issuer]))
        .public_key((key or leaf_key("ecdsa-prime256v1")).public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + timedelta(days=60))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False
        )
    return builder.sign(signer, hashes.SHA256()).public_bytes(Encoding.DER)


def parsed(content: bytes) -> FoundCertificate:
    """A certificate that must be readable."""
    found = parse_certificate(content, PATH)
    assert isinstance(found, Known)
    assert found.value is not None
    return found.value


def put(root: Path, content: bytes, name: str = "certificates") -> Path:
    """One file of the website's certificate folder."""
    file = root / DIRECTORY[1:] / "shop.example" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def read(root: Path, website: str = "shop.example") -> Fact[FoundCertificate | None]:
    """The certificate of a website of this host."""
    return read_certificate(HostPaths(root), website)


# --- what a certificate says


@pytest.mark.parametrize("key_type", ["rsa-2048", "rsa-4096", "ecdsa-prime256v1", "ecdsa-secp384r1"])
def test_the_certificate_of_a_built_host(tmp_path: Path, key_type: KeyType) -> None:
    """Issuer, names, times and key type are those of the website's own certificate, not of its issuer's."""
    given = Certificate(key_type=key_type, covers=("@", "www."), days_left=12.5)
    host = Host(now=NOW, sites=(Site("shop.example", Account("alice"), certificate=given),), runs=())
    root = hosts.build(host, tmp_path / "root")
    first, _, _ = (root / PATH[1:]).read_text("ascii").partition("-----END")
    der = base64.b64decode(first.removeprefix("-----BEGIN CERTIFICATE-----"))
    assert read(root) == Known(
        FoundCertificate(
            issuer="Let's Encrypt, R11",
            not_before=NOW + timedelta(days=12.5 - 90),
            not_after=NOW + timedelta(days=12.5),
            key_type=key_type,
            covers=("shop.example", "www.shop.example"),
            issuer_organization="Let's Encrypt",
            fingerprint=sha256(der).hexdigest(),
            installed_at=NOW + timedelta(days=12.5 - 90, hours=1),
        ),
        PATH,
    )


@pytest.mark.parametrize("seconds", [-(2**33), 0])
def test_a_file_of_an_impossible_time_has_no_moment_of_installation(tmp_path: Path, seconds: int) -> None:
    """A file that claims to be older than any server tells nothing of its age."""
    os.utime(put(tmp_path, pem(DER)), (seconds, seconds))
    found = read(tmp_path)
    assert isinstance(found, Known)
    assert found.value is not None
    assert found.value.installed_at is None


def test_a_self_signed_certificate_says_so(tmp_path: Path) -> None:
    """The stop-gap of a new website names itself as its issuer."""
    host = Host(now=NOW, sites=(Site("shop.example", Account("alice"), certificate=hosts.self_signed()),), runs=())
    found = read(hosts.build(host, tmp_path / "root"))
    assert isinstance(found, Known)
    assert found.value is not None
    assert found.value.self_signed
    assert found.value.issuer == "shop.example"


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (ec.derive_private_key(7, ec.SECP256R1()), "ecdsa-prime256v1"),
        (ec.derive_private_key(7, ec.SECP384R1()), "ecdsa-secp384r1"),
        (ec.derive_private_key(7, ec.SECP521R1()), "ecdsa-secp521r1"),
        (ed25519.Ed25519PrivateKey.from_private_bytes(b"7" * 32), "ed25519"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_keys_are_named_as_in_the_panels_settings(key: Key, name: str) -> None:
    """The kinds that the panel knows have its names, others their own."""
    assert parsed(pem(certificate(key=key))).key_type == name


@pytest.mark.parametrize(
    ("issuer", "text"),
    [
        (((NameOID.ORGANIZATION_NAME, "Let's Encrypt"), (COMMON_NAME, "R11")), "Let's Encrypt, R11"),
        (((COMMON_NAME, "R11"),), "R11"),
        (((NameOID.ORGANIZATION_NAME, "GlobalSign nv-sa"),), "GlobalSign nv-sa"),
        (((NameOID.COUNTRY_NAME, "US"),), "C=US"),
        ((), ""),
    ],
)
def test_an_issuer_is_named_by_what_it_has(issuer: tuple[tuple[x509.ObjectIdentifier, str], ...], text: str) -> None:
    """Organization and common name, or one of them, or whatever there is."""
    assert parsed(pem(certificate(issuer=issuer))).issuer == text


def test_without_alternative_names_the_common_name_counts() -> None:
    """An old certificate covers its common name, and one without any name nothing."""
    assert parsed(pem(certificate((), subject="Shop.Example"))).covers == ("shop.example",)
    assert parsed(pem(certificate((), subject=""))).covers == ()


def test_names_are_compared_without_their_case() -> None:
    """Names are given in lower case, in their order."""
    assert parsed(pem(certificate(("WWW.Shop.example", "shop.example")))).covers == ("www.shop.example", "shop.example")


@pytest.mark.parametrize(
    ("name", "covered"),
    [
        ("shop.example", True),
        ("www.shop.example", True),
        ("*.shop.example", True),
        ("a.www.shop.example", False),
        ("shop.example.evil.example", False),
        ("xshop.example", False),
        ("example", False),
        ("", False),
    ],
)
def test_a_wildcard_stands_for_one_label(name: str, *, covered: bool) -> None:
    """`*.shop.example` covers www.shop.example, not shop.example itself and nothing deeper."""
    found = parsed(pem(certificate()))
    assert found.covers_name(name) is covered
    if name == "shop.example":
        assert not parsed(pem(certificate(("*.shop.example",)))).covers_name(name)


def test_the_lifetime_is_from_begin_to_end() -> None:
    """A certificate knows for how long it was issued."""
    assert parsed(pem(certificate())).lifetime == timedelta(days=90)


def test_only_the_first_certificate_counts() -> None:
    """The chain behind the leaf, and words before it, change nothing."""
    own, other = pem(certificate()), pem(certificate(("other.example",)))
    assert parsed(own + other) == parsed(own) == parsed(b"subject=shop.example\r\n" + own + b"garbage")
    assert parsed(own.replace(b"\n", b"\r\n")) == parsed(own)


# --- what is no certificate


DER = certificate()
VERSION_3, ALTERNATIVE_NAME, CONSTRAINTS = (bytes.fromhex(code) for code in ("a003020102", "0603551d11", "0603551d13"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n \n",
        b"no certificate",
        b"-----BEGIN CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        b"-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nthis is none\n-----END CERTIFICATE-----\n",
        pem(b"\x30\x03\x02\x01\x05"),
        pem(DER[:-20]),
        pem(DER)[:300],
        pem(DER).replace(b"A", b"\0"),
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        pem(DER.replace(VERSION_3, VERSION_3[:-1] + b"\x09")),
        pytest.param(pem(DER.replace(ALTERNATIVE_NAME, CONSTRAINTS))),
        pem(DER.replace(b"\x82\x0cshop.example", b"\xa3\x0cshop.example")),
    ],
    ids=[
        "empty",
        "blank",
        "text",
        "no end",
        "nothing between",
        "the wrong way round",
        "no base64",
        "another structure",
        "shortened",
        "cut off",
        "zeroes",
        "a key",
        "a version that is none",
        "an extension twice",
        "a name of a strange kind",
    ],
)
def test_a_damaged_file_is_unknown_and_named(content: bytes) -> None:
    """What is no certificate gives Unknown with the file's name; it is not taken for none."""
    found = parse_certificate(content, PATH)
    assert isinstance(found, Unknown)
    assert (found.why, found.source) == ("damaged", PATH)


@pytest.mark.parametrize("state", ["empty", "corrupt"])
def test_the_damaged_certificate_of_a_built_host(tmp_path: Path, state: str) -> None:
    """An empty and a corrupt file of a built host are damaged."""
    given = Certificate(file=state)  # type: ignore[arg-type]
    host = Host(now=NOW, sites=(Site("shop.example", Account("alice"), certificate=given),), runs=())
    found = read(hosts.build(host, tmp_path / "root"))
    assert isinstance(found, Unknown)
    assert (found.why, found.source) == ("damaged", PATH)


# --- which file is read


def test_a_website_without_a_folder_has_no_certificate(tmp_path: Path) -> None:
    """None is known where the store can be looked at, and only there."""
    (tmp_path / DIRECTORY[1:]).mkdir(parents=True)
    assert read(tmp_path) == Known(None, PATH)
    assert read(tmp_path / "var") == Unknown("missing", DIRECTORY)


def make_fifo(path: Path) -> None:
    """A FIFO, which whoever opens it waits for."""
    path.unlink()
    os.mkfifo(path)


def make_private(path: Path) -> None:
    """A file that nobody but root can open."""
    path.chmod(0)


def make_link(path: Path) -> None:
    """A link to a FIFO."""
    make_fifo(path)
    path.rename(path.with_name("fifo"))
    path.symlink_to("fifo")


@pytest.mark.parametrize("spoil", [make_fifo, make_private, make_link])
def test_the_file_with_the_key_is_never_opened(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    """Where only `combined` is there, the answer is Unknown at once, whatever stands in it or stands there."""
    tmp_path.chmod(0o755)
    spoil(put(tmp_path, hosts.CANARY.encode(), "combined"))
    host = HostPaths(tmp_path)
    found = as_ordinary_user(lambda: read_certificate(host, "shop.example"))
    assert isinstance(found, Unknown)
    assert (found.why, found.source) == ("missing", PATH)
    assert hosts.CANARY not in str(found)
    put(tmp_path, pem(DER))
    assert isinstance(as_ordinary_user(lambda: read_certificate(host, "shop.example")), Known)


def test_what_cannot_be_read_gives_its_reason(tmp_path: Path) -> None:
    """A link, a private file and a file without end are no missing ones."""
    tmp_path.chmod(0o755)
    file = put(tmp_path, b"x" * 600_000)
    assert read(tmp_path) == Unknown("too_large", PATH)
    file.chmod(0)
    host = HostPaths(tmp_path)
    assert as_ordinary_user(lambda: read_certificate(host, "shop.example")) == Unknown("permission_denied", PATH)
    file.rename(file.with_name("other"))
    file.symlink_to("other")
    assert read(tmp_path) == Unknown("is_a_link", PATH)


@pytest.mark.parametrize("website", ["", ".", "..", "a/b", "../../etc"])
def test_a_name_that_is_no_folder_is_unknown(tmp_path: Path, website: str) -> None:
    """A website's name leads into the store and nowhere else."""
    (tmp_path / DIRECTORY[1:]).mkdir(parents=True)
    assert isinstance(read(tmp_path, website), Unknown)


# --- any content


def changed(change: tuple[int, bytes]) -> bytes:
    """The certificate with some bytes at one place replaced."""
    place, content = change
    return pem(DER[:place] + content + DER[place + len(content) :])


@given(
    content=st.one_of(
        st.binary(max_size=100),
        st.binary(max_size=100).map(pem),
        st.tuples(st.integers(0, len(DER)), st.binary(max_size=3)).map(changed),
    )
)
@example(content=pem(DER.replace(VERSION_3, VERSION_3[:-1] + b"\x09")))
def test_no_content_raises(content: bytes) -> None:
    """Whatever the file holds, there is a certificate or a reason."""
    assert parse_certificate(content, PATH).source == PATH


def test_a_certificate_of_another_maker_is_read() -> None:
    """What trustme issues is read like any other: names, issuer, key; the first of the chain counts."""
    authority = trustme.CA(organization_name="A Bakery of Authorities")
    issued = authority.issue_cert("shop.example", "*.shop.example")
    chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems) + authority.cert_pem.bytes()
    read = parse_certificate(chain, "certificates")
    assert isinstance(read, Known)
    assert read.value is not None
    assert read.value.covers == ("shop.example", "*.shop.example")
    assert read.value.issuer_organization == "A Bakery of Authorities"
    assert not read.value.self_signed
    assert read.value.covers_name("www.shop.example")
