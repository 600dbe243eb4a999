"""The prober's visits: real servers with every kind of certificate, and servers that do what they should not."""

import io
import socket
import ssl
import threading
import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from autossl_doctor.entry.probe import main
from autossl_doctor.model.served import LONGEST_ISSUER, Served
from autossl_doctor.probe.records import Request, read_answer, write_request
from autossl_doctor.probe.visits import AT_ONCE, Limits, Prober
from tests.lab.derived_keys import leaf_key, rsa_key
from tests.unit.tls_servers import (
    HOST,
    Behaviour,
    Heard,
    dripping,
    leaving,
    resetting,
    saying,
    serving,
    silent,
    with_certificate,
)

SITE = "shop.example"
NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
DAY = timedelta(days=1)
PATIENT = Limits(60, 60)
HASTY = Limits(60, 0.2)


def prober(port: int, limits: Limits = PATIENT) -> Prober:
    """A prober for this port whose clock stands still."""
    return Prober(port=port, limits=limits, clock=lambda: NOW)


def issued(
    *names: str,
    since: timedelta = -DAY,
    until: timedelta = 30 * DAY,
    organization: str = "A Bakery of Authorities",
    self_signed: bool = False,
) -> tuple[bytes, bytes]:
    """A certificate and its key, as text; `since` and `until` count from the present moment."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    issuer = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)])
    key = leaf_key("rsa-2048")
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if self_signed else issuer)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW + since)
        .not_valid_after(NOW + until)
        .add_extension(x509.SubjectAlternativeName(list(map(x509.DNSName, names))), critical=False)
    )
    leaf = builder.sign(rsa_key("intermediate", 2048), hashes.SHA256()).public_bytes(Encoding.PEM)
    return leaf, key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def fingerprint(pem: bytes) -> str:
    """The fingerprint of the first certificate in a text."""
    return sha256(ssl.PEM_cert_to_DER_cert(pem.decode())).hexdigest()


# --- certificates


@pytest.mark.parametrize(
    ("certificate", "validity"),
    [
        (issued(SITE), "valid"),
        (issued("*.example"), "valid"),
        (issued(SITE, since=-90 * DAY, until=-DAY), "expired"),
        (issued(SITE, since=-90 * DAY, until=timedelta(0)), "expired"),
        (issued(SITE, since=DAY), "not_yet"),
        (issued(SITE, self_signed=True), "self_signed"),
        (issued("host.server.example"), "wrong_name"),
        (issued("*.shop.example"), "wrong_name"),
    ],
)
def test_the_certificate_that_is_shown(certificate: tuple[bytes, bytes], validity: str, tmp_path: Path) -> None:
    """The record holds the fingerprint of what was shown, its end, and what a browser would say of it."""
    with serving(with_certificate(*certificate, tmp_path)) as port:
        served = prober(port).visit(SITE, HOST)
    leaf = x509.load_pem_x509_certificate(certificate[0])
    assert (served.site, served.address, served.at, served.outcome) == (SITE, HOST, NOW, "served")
    assert served.fingerprint == fingerprint(certificate[0])
    assert served.validity == validity
    assert served.not_after == leaf.not_valid_after_utc


def test_only_the_first_certificate_of_the_chain_counts(tmp_path: Path) -> None:
    """What another maker issues is known by its own certificate, and its issuer is named."""
    issuing = trustme.CA(organization_name="A Bakery of Authorities").issue_cert(SITE)
    chain = b"".join(part.bytes() for part in issuing.cert_chain_pems)
    with serving(with_certificate(chain, issuing.private_key_pem.bytes(), tmp_path)) as port:
        served = Prober(port=port, limits=PATIENT).visit(SITE, HOST)
    assert (served.outcome, served.validity) == ("served", "valid")
    assert served.fingerprint == fingerprint(issuing.cert_chain_pems[0].bytes())
    assert "A Bakery of Authorities" in served.issuer


def test_a_visitor_names_the_website_and_says_nothing_else(tmp_path: Path) -> None:
    """The server hears the name in its xn-- form, no wish for a protocol, and not a byte after the handshake."""
    heard = Heard()
    name = "xn--bckerei-5wa.example"
    with serving(with_certificate(*issued(name), tmp_path, heard)) as port:
        assert prober(port).visit(name, HOST).validity == "valid"
    assert heard == Heard([name], [None], [b""])


@pytest.mark.parametrize(
    ("organization", "shown"),
    [
        ("Honest \u202egnihtemos", "Honest \ufffdgnihtemos"),
        ("two\nlines\x1b[2J\x00", "two\ufffdlines\ufffd[2J\ufffd"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("認証局", "認証局"),
    ],
)
def test_a_strangers_words_stay_on_their_line(organization: str, shown: str, tmp_path: Path) -> None:
    """Signs that steer a terminal or turn a text around do not come through; the rest is for the page to dress."""
    with serving(with_certificate(*issued(SITE, organization=organization), tmp_path)) as port:
        served = prober(port).visit(SITE, HOST)
    assert served.issuer == shown
    assert len(served.issuer) <= LONGEST_ISSUER


def test_a_certificate_that_cannot_be_read_is_still_one_that_was_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its fingerprint is known, and nothing else is."""
    monkeypatch.setattr("autossl_doctor.probe.shown.read_der", lambda _: "odd version")
    certificate = issued(SITE)
    with serving(with_certificate(*certificate, tmp_path)) as port:
        served = prober(port).visit(SITE, HOST)
    assert served == Served(SITE, HOST, NOW, "served", fingerprint(certificate[0]), "unreadable")


def test_a_parser_that_panics_costs_one_visit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even what is no ordinary exception ends in a record."""

    class Panic(BaseException):
        """What a parser in another language raises when it meets its own mistake."""

    def panic(_: bytes) -> None:
        raise Panic

    monkeypatch.setattr("autossl_doctor.probe.shown.read_der", panic)
    with serving(with_certificate(*issued(SITE), tmp_path)) as port:
        assert prober(port).visit(SITE, HOST) == Served(SITE, HOST, NOW, "error")


# --- servers that misbehave


@pytest.mark.parametrize(
    ("behave", "limits", "outcome"),
    [
        (silent, HASTY, "timeout"),
        (dripping, HASTY, "timeout"),
        (resetting, PATIENT, "reset"),
        (leaving, PATIENT, "reset"),
        (saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), PATIENT, "tls_error"),
        (saying(b"\x15\x03\x03\x00\x02\x02\x28"), PATIENT, "tls_error"),
        (saying(b"\x16\x03\x03\xff\xff" + b"\x02\x00" * 40_000), PATIENT, "tls_error"),
        (saying(bytes(70_000)), PATIENT, "tls_error"),
    ],
    ids=[
        "silent",
        "a byte at a time",
        "reset",
        "leaves",
        "plain HTTP",
        "refuses the handshake",
        "a record too long",
        "zeros",
    ],
)
def test_a_server_without_a_certificate(behave: Behaviour, limits: Limits, outcome: str) -> None:
    """Whatever a server does instead of showing a certificate, the visit ends, and its record says how."""
    with serving(behave) as port:
        assert prober(port, limits).visit(SITE, HOST) == Served(SITE, HOST, NOW, outcome)  # type: ignore[arg-type]


def test_a_chain_without_end(tmp_path: Path) -> None:
    """A chain longer than any honest one is not taken in."""
    leaf, key = issued(SITE)
    with serving(with_certificate(leaf + issued("*.example")[0] * 200, key, tmp_path)) as port:
        assert prober(port).visit(SITE, HOST).outcome == "tls_error"


def test_protocols_that_browsers_have_given_up(tmp_path: Path) -> None:
    """A server that knows only TLS 1.0 shows visitors nothing."""
    leaf, key = issued(SITE)
    (tmp_path / "pair.pem").write_bytes(leaf + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "pair.pem")
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1

    def old(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True):
            pass

    with serving(old) as port:
        assert prober(port).visit(SITE, HOST).outcome == "tls_error"


def test_nobody_listens() -> None:
    """A closed port is a refusal."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    assert prober(port).visit(SITE, HOST).outcome == "refused"


def test_an_address_that_is_not_allowed_is_not_visited() -> None:
    """Without leave no connection is made, and leave is asked for before each one."""
    asked: list[str] = []

    def refuse(address: str) -> bool:
        asked.append(address)
        return False

    def visited(_: socket.socket) -> None:
        pytest.fail("a connection was made")

    with serving(visited) as port:
        careful = replace(prober(port), allowed=refuse)
        outcomes = [served.outcome for served in careful.visit_all([(SITE, HOST), ("www.shop.example", HOST)])]
    assert outcomes == ["not_allowed", "not_allowed"]
    assert asked == [HOST, HOST]


def test_private_addresses_of_others_are_not_allowed_by_default() -> None:
    """The prober as it runs on a server refuses by itself."""
    for address in ("10.255.254.253", "169.254.169.254", "999.1.1.1", "1:2", ":::"):
        assert Prober().visit(SITE, address).outcome == "not_allowed"


# --- many visits


def test_visits_are_made_a_few_at_once() -> None:
    """As many connections as are allowed stand open together, and never one more."""
    together = threading.Barrier(AT_ONCE)
    lock = threading.Lock()
    open_now, most = 0, 0

    def count(connection: socket.socket) -> None:
        nonlocal open_now, most
        connection.recv(4096)
        with lock:
            open_now += 1
            most = max(most, open_now)
        together.wait(60)
        with lock:
            open_now -= 1

    visits = [(f"site-{number}.example", HOST) for number in range(3 * AT_ONCE)]
    with serving(count) as port:
        records = list(prober(port).visit_all(visits))
    assert [(served.site, served.address) for served in records] == visits
    assert {served.outcome for served in records} == {"reset"}
    assert most == AT_ONCE


def test_what_is_not_reached_in_time_is_left_out() -> None:
    """When the time for the whole run is over, nothing is claimed about the rest."""
    assert list(prober(1).visit_all([(SITE, HOST)] * 20, longest=-1)) == []


# --- the program


def test_the_program_answers_a_request(tmp_path: Path) -> None:
    """A request on standard input becomes a record for each visit and a last line with its id."""
    asked = Request("0123456789abcdef" * 2, ((SITE, HOST), (SITE, "10.255.254.253")))
    answer = io.BytesIO()
    with serving(with_certificate(*issued(SITE), tmp_path)) as port:
        assert main(io.BytesIO(write_request(asked)), answer, prober(port)) == 0
    reply = read_answer(answer.getvalue(), asked.visits)
    assert (reply.done, reply.damaged) == (asked.id, 0)
    assert [served.outcome for served in reply.records] == ["served", "not_allowed"]


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100_000, b'{"schema":1,"id":"x","sites":[]}', bytes(5_000_000)])
def test_the_program_refuses_what_is_no_request(content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is visited and nothing is answered."""
    answer = io.BytesIO()
    assert main(io.BytesIO(content), answer) == 65
    assert answer.getvalue() == b""
    assert capsys.readouterr().err.count("\n") == 1
