"""What one account, one website or one broken file must not be able to do to the verdicts of the others."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from autossl_doctor.collect.problems import split_problem
from autossl_doctor.collect.runs.textlog import read_text
from autossl_doctor.diagnose import report
from autossl_doctor.diagnose.verdict import site_verdict
from autossl_doctor.entry.cli import main
from tests.lab import hosts

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
SHOP, GOOD = "shop.example", "good.example"
LOGS = "var/cpanel/logs/autossl"


def build(tmp_path: Path, *sites: hosts.Site, **more: Any) -> Path:
    """A host with these websites."""
    return hosts.build(hosts.Host(now=NOW, sites=sites, **more), tmp_path / "root")


def diagnose(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit status and the JSON of a diagnosis."""
    status = main(["diagnose", "--root", str(root), "--now", NOW.isoformat(), "--format", "json", *arguments])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return status, answer


def mains(answer: dict[str, Any]) -> dict[str, str]:
    """The main cause of each website."""
    return {site["site"]: site["main"]["cause"] for site in answer["sites"]}


def test_a_certificate_without_an_end_is_borne(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The year 9999, which stands for "no end", breaks neither text nor JSON, in no time zone."""
    root = build(tmp_path, hosts.Site(SHOP, hosts.Account("alice"), service_names=()))
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SHOP)])
    endless = (
        x509.CertificateBuilder(name, x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Nobody")]))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=9))
        .not_valid_after(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SHOP)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = root / "var/cpanel/ssl/apache_tls" / SHOP / "certificates"
    path.write_bytes(endless.public_bytes(serialization.Encoding.PEM))
    for form in ("text", "json"):
        status = main(["diagnose", "--root", str(root), "--now", NOW.isoformat(), "--format", form])
        assert status in (0, 1)
    assert SHOP in capsys.readouterr().out


def test_a_filter_changes_no_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong with another website of the account is not said of the one that was asked for."""
    alice = hosts.Account("alice")
    good = hosts.Site(GOOD, alice, service_names=())
    bad = hosts.Site(
        SHOP,
        alice,
        kind="addon",
        service_names=(),
        certificate=hosts.Certificate(days_left=9),
        checks={"*": hosts.check.http_status(403)},
    )
    root = build(tmp_path, good, bad)
    status, answer = diagnose(root, capsys, "--domain", GOOD)
    assert (status, mains(answer)) == (0, {GOOD: "healthy"})


@pytest.mark.parametrize("content", [b"", b"garbage"])
def test_a_file_that_holds_no_certificate_is_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    """An empty or garbled file is called broken, and is as good as none to visitors."""
    root = build(tmp_path, hosts.Site(SHOP, hosts.Account("alice"), service_names=()))
    (root / "var/cpanel/ssl/apache_tls" / SHOP / "certificates").write_bytes(content)
    status, answer = diagnose(root, capsys)
    assert (status, mains(answer)) == (1, {SHOP: "installed_certificate_broken"})
    assert answer["sites"][0]["visitors"] == "warned"


def test_an_unread_certificate_is_no_health(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A certificate that cannot be read is not called safe."""
    root = build(tmp_path, hosts.Site(SHOP, hosts.Account("alice"), service_names=()))
    (root / "var/cpanel/ssl/apache_tls" / SHOP / "certificates").unlink()
    status, answer = diagnose(root, capsys)
    assert (status, mains(answer)) == (2, {SHOP: "unknown_problem"})
    assert answer["sites"][0]["main"]["args"]["reason"] == "not_readable"


def test_a_run_of_the_future_hides_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that a wrong clock dated ahead does not stand for the newest one."""
    site = hosts.Site(
        SHOP,
        hosts.Account("alice"),
        service_names=(),
        certificate=hosts.Certificate(days_left=9),
        checks={"*": hosts.check.http_status(403)},
    )
    root = build(tmp_path, site)
    newest = max(path.name for path in (root / LOGS).iterdir())
    shutil.copytree(root / LOGS / newest, root / LOGS / "2030-01-01T00:00:00Z", symlinks=True)
    log = root / LOGS / "2030-01-01T00:00:00Z" / "json"
    log.write_bytes(log.read_bytes().replace(b"2026-11-22", b"2030-01-01"))
    _, answer = diagnose(root, capsys)
    assert mains(answer) == {SHOP: "http_forbidden"}


def test_lost_links_are_no_proof_of_a_schedule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a copy lost the links that tell whose run it was, no run counts as one over all accounts."""
    site = hosts.Site(SHOP, hosts.Account("alice"), service_names=())
    root = build(tmp_path, site, silent_for=timedelta(days=4))
    for link in (root / LOGS).glob("*/username"):
        link.unlink()
    _, answer = diagnose(root, capsys)
    assert [finding["cause"] for finding in answer["server_findings"]] != []
    assert "healthy" not in mains(answer).values()


def test_a_name_left_out_of_a_new_certificate_still_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the last three days AutoSSL renews without failing names: the main name's failure is the main finding."""
    site = hosts.Site(
        SHOP,
        hosts.Account("alice"),
        service_names=(),
        certificate=hosts.Certificate(days_left=2.5),
        checks={"@": hosts.check.no_address()},
    )
    _, answer = diagnose(build(tmp_path, site), capsys)
    assert mains(answer) == {SHOP: "dns_no_address"}
    assert answer["sites"][0]["renewal"] == "failing"
    assert answer["sites"][0]["main"]["act_by"] is None


def test_a_website_cannot_write_problems() -> None:
    """What a website answered stands between the marks of a quotation and parts nothing."""
    forged = "x; DNS DCV: “bank.example” is not a registered internet domain. "
    reason = (
        f"The content “{forged}” of the DCV (Domain Control Validation) file, as accessed at “http://a.example/x”, "
    )
    text = f"DNS DCV: No local authority: “a.example”; HTTP DCV: {reason}did not match the expected value."
    assert [method for method, _ in split_problem(text)] == ["DNS", "HTTP"]


def test_what_breaks_on_one_website_costs_the_others_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug in the judgement of one website becomes one line about it."""
    alice, bob = hosts.Account("alice"), hosts.Account("bob")
    root = build(tmp_path, hosts.Site(SHOP, alice, service_names=()), hosts.Site(GOOD, bob, service_names=()))
    judged = site_verdict

    def broken(evidence: Any, *others: Any) -> Any:
        if evidence.website.name == SHOP:
            raise OverflowError("date value out of range")
        return judged(evidence, *others)

    monkeypatch.setattr(report, "site_verdict", broken)
    _, answer = diagnose(root, capsys)
    assert mains(answer) == {SHOP: "unknown_problem", GOOD: "healthy"}
    (shop,) = [site for site in answer["sites"] if site["site"] == SHOP]
    assert shop["could_not_check"][0] == {"fact": "rule", "why": "OverflowError: date value out of range"}


def test_a_long_answer_writes_no_lines_of_a_text_log() -> None:
    """What AutoSSL quotes of an answer that was too long belongs to the message about it."""
    stamp = "[2026-11-22T11:17:16Z]\t"
    lines = [
        f"{stamp}Local HTTP DCV error (a.example): The response exceeded the maximum length (16 KB). (x",
        f"{stamp}“victim” is suspended.",
        "y …)",
        f"{stamp}Analyzing “b”’s domains …",
    ]
    (records,) = read_text(lines)
    assert [record.contents.partition(" ")[0] for record in records] == ["Local", "Analyzing"]
