"""The lab's AutoSSL decides as the facts say: states, impediments, orders, recorded problems."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from tests.lab import hosts
from tests.lab.hosts import Account, Certificate, Changed, Extra, Host, ProblemRow, Run, Site, check, order
from tests.lab.reading import newest, problems, records, rows, run_directories, sentences

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALICE = Account("alice")
SHOP = "shop.example"
TOTAL = "Impediment: TOTAL_DCV_FAILURE: Every domain failed DCV."
SECURED = "Impediment: SECURED_DOMAIN_DCV_FAILURE: One or more currently-secured domains failed DCV."
UNSECURED = "Impediment: NO_UNSECURED_DOMAIN_PASSED_DCV: Every unsecured domain failed DCV."


def run_of(root: Path, host: Host) -> list[str]:
    """What the only run of a host says, two hours before its present moment unless it has runs of its own."""
    whole = host if host.runs is not None else hosts.Host(**(vars(host) | {"runs": (Run(start=NOW - 2 * HOUR),)}))
    return newest(hosts.build(whole, root))


def shop(**changes: object) -> Site:
    """Alice's website."""
    return Site(SHOP, ALICE, **changes)  # type: ignore[arg-type]


def certificate_of(root: Path) -> x509.Certificate:
    """The certificate that stands on Alice's website at the end."""
    folder = root / "var/cpanel/ssl/apache_tls" / SHOP
    return x509.load_pem_x509_certificate((folder / "certificates").read_bytes())


@pytest.mark.parametrize(
    ("certificate", "status"),
    [
        (None, "Defective"),
        (hosts.self_signed(), "Defective"),
        (Certificate(days_left=-1), "Defective"),
        (Certificate(days_left=2.9), "Defective"),
        (Certificate(days_left=2.9, key_type="ecdsa-prime256v1"), "Defective"),
        (Certificate(days_left=20, key_type="ecdsa-prime256v1"), "Default Key Type Mismatch"),
        (Certificate(days_left=3.1), "Ready for Renewal"),
        (Certificate(days_left=28.8), "Ready for Renewal"),
        (Certificate(days_left=28.8, covers=("@",)), "Ready for Renewal"),
        (Certificate(days_left=29.1, covers=("@",)), "Incomplete"),
        (Certificate(days_left=29.1), "OK"),
    ],
)
def test_the_state_that_hits_first_counts(tmp_path: Path, certificate: Certificate | None, status: str) -> None:
    """Defect, key type, renewal window, missing name: in this order, and OK only without any of them."""
    said = run_of(tmp_path, Host(now=NOW, sites=(shop(certificate=certificate),)))
    assert f"TLS Status: {status}" in said


@pytest.mark.parametrize(
    ("site", "impediment"),
    [
        (shop(certificate=Certificate(days_left=9), checks={"*": check.no_address()}), TOTAL),
        (shop(certificate=Certificate(days_left=9), checks={"webdisk.": check.no_address()}), SECURED),
        (shop(certificate=Certificate(days_left=9), checks={"@": check.caa_forbidden()}), SECURED),
        (shop(certificate=Certificate(covers=("@",)), checks={"*": check.no_address(), "@": check.ok()}), UNSECURED),
        (shop(certificate=Certificate(days_left=9), checks={"mail.": check.remote_error("400 …")}), SECURED),
    ],
)
def test_a_failing_name_holds_the_renewal_back(tmp_path: Path, site: Site, impediment: str) -> None:
    """The impediment is the one that the facts name, and nothing is ordered."""
    said = run_of(tmp_path, Host(now=NOW, sites=(site,)))
    assert impediment in said
    assert "AutoSSL will request a new certificate." not in said


def test_a_defective_certificate_is_replaced_with_fewer_names(tmp_path: Path) -> None:
    """Less than three days before its end the certificate is renewed without the name that fails."""
    site = shop(certificate=Certificate(days_left=2), checks={"webdisk.": check.no_address()})
    said = run_of(tmp_path, Host(now=NOW, sites=(site,)))
    assert said[-2:] == ["Success!", "The system has completed “alice”’s AutoSSL check."]
    names = certificate_of(tmp_path).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert f"webdisk.{SHOP}" not in names.get_values_for_type(x509.DNSName)
    assert SHOP in names.get_values_for_type(x509.DNSName)


def test_a_renewal_changes_the_world(tmp_path: Path) -> None:
    """The run that succeeds leaves a certificate of 90 days, and the next run finds nothing to do."""
    site = shop(certificate=Certificate(days_left=28.8))
    root = hosts.build(Host(now=NOW, sites=(site,), run_count=3), tmp_path)
    first, second, third = map(sentences, run_directories(root))
    assert "Success!" not in first
    assert "TLS Status: OK" in first
    assert "TLS Status: Ready for Renewal" in second
    assert "Success!" in second
    assert "TLS Status: OK" in third
    assert certificate_of(root).not_valid_after_utc > NOW + timedelta(days=89)


def test_the_new_certificate_has_the_wanted_key_type(tmp_path: Path) -> None:
    """After the account chose another key type, the next run replaces the certificate."""
    site = Site(SHOP, Account("alice", key_type="ecdsa-secp384r1"))
    said = run_of(tmp_path, Host(now=NOW, sites=(site,)))
    at = said.index("TLS Status: Default Key Type Mismatch")
    expected = ["Default Key Type: ECDSA, P-384 (secp384r1)", "Certificate’s Key Type: RSA, 2,048-bit"]
    assert said[at + 1 : at + 3] == expected
    assert certificate_of(tmp_path).public_key().key_size == 384  # type: ignore[union-attr]


def test_external_certificates_are_left_alone_unless_allowed(tmp_path: Path) -> None:
    """A bought certificate that expired is replaced only where the admin allowed it."""
    site = shop(certificate=Certificate(issuer=hosts.COMMERCIAL, days_left=-2, lifetime_days=199))
    careful = run_of(tmp_path / "careful", Host(now=NOW, sites=(site,)))
    assert any(text.startswith("Impediment: CERTIFICATE_IS_EXTERNALLY_SIGNED") for text in careful)
    assert "This user’s SSL coverage is already optimal." in careful
    bold = run_of(tmp_path / "bold", Host(now=NOW, sites=(site,), clobber_external=True))
    assert "Replacing an externally-signed certificate …" in bold
    assert "Success!" in bold


def test_accounts_that_autossl_skips_have_one_line(tmp_path: Path) -> None:
    """Suspended accounts and those without the feature get their single line and no end line."""
    sites = (
        Site("one.example", Account("one", suspended=True)),
        Site("two.example", Account("two", feature_list="basic")),
        Site("three.example", Account("three", feature_override=False)),
        Site("four.example", Account("four", feature_list="basic", feature_override=True)),
    )
    said = run_of(tmp_path, Host(now=NOW, sites=sites))
    for name, words in {"one": "is suspended", "two": "does not possess", "three": "does not possess"}.items():
        mentions = [text for text in said if f"“{name}”" in text]
        assert len(mentions) == 1
        assert words in mentions[0]
    assert "The system has completed “four”’s AutoSSL check." in said


def test_names_that_autossl_drops_are_never_recorded(tmp_path: Path) -> None:
    """Unmanaged and CAA-forbidden names get no HTTP test and no row."""
    checks = {"mail.": check.unmanaged(parent=SHOP), "www.": check.caa_forbidden(via=SHOP)}
    site = shop(certificate=Certificate(days_left=9), service_names=("mail.",), checks=checks)
    said = run_of(tmp_path, Host(now=NOW, sites=(site,)))
    assert "Verifying 3 domains’ management status …" in said
    assert "Performing HTTP DCV (Domain Control Validation) on 1 domain …" in said
    assert "“Let’s Encrypt™” is authorized to issue certificates for 2 of this user’s 3 domains." in said
    assert problems(tmp_path) == {}


def test_nothing_is_tested_where_every_name_was_dropped(tmp_path: Path) -> None:
    """An account whose names are all unmanaged ends in phase 1."""
    site = shop(certificate=Certificate(days_left=9), checks={"*": check.unmanaged()})
    said = run_of(tmp_path, Host(now=NOW, sites=(site,)))
    assert said[-2:] == [
        "AutoSSL cannot increase “alice”’s SSL coverage.",
        "The system has completed “alice”’s AutoSSL check.",
    ]


def test_problems_have_the_form_of_the_database(tmp_path: Path) -> None:
    """DNS stands before HTTP, the CA's own words replace both, and the text is that of the log."""
    checks = {
        "mail.": check.no_address(),
        "www.": check.dns_record_not_seen(check.http_status(403)),
        "webdisk.": check.not_registered(),
    }
    site = shop(certificate=Certificate(days_left=9), checks=checks)
    said = run_of(tmp_path, Host(now=NOW, sites=(site,)))
    found = problems(tmp_path)
    assert found[f"mail.{SHOP}"] == (
        f"DNS DCV: No local authority: “mail.{SHOP}”; "
        f"HTTP DCV: “mail.{SHOP}” does not resolve to any IP addresses on the internet."
    )
    dns, _, http = found[f"www.{SHOP}"].partition("; HTTP DCV: ")
    assert f"Local DNS DCV error (www.{SHOP}): {dns.removeprefix('DNS DCV: ')}" in said
    assert f"Local HTTP DCV error (www.{SHOP}): {http}" in said
    assert found[f"webdisk.{SHOP}"].endswith(f"HTTP DCV: “webdisk.{SHOP}” is not a registered internet domain.")
    assert set(found) == {f"mail.{SHOP}", f"www.{SHOP}", f"webdisk.{SHOP}"}


def test_the_ca_replaces_the_local_reasons(tmp_path: Path) -> None:
    """Where the CA's own checks failed, their words stand alone, joined by a blank."""
    remote = check.remote_error("400 connection (a)", dns="403 unauthorized (b)")
    site = shop(certificate=Certificate(days_left=9), checks={"@": remote})
    said = run_of(tmp_path, Host(now=NOW, sites=(site,)))
    assert f"“Let’s Encrypt™” HTTP DCV error ({SHOP}): 400 connection (a)" in said
    assert problems(tmp_path) == {SHOP: "MASTER DCV: 400 connection (a) 403 unauthorized (b)"}


def test_rows_go_when_their_name_passes_and_stay_when_nobody_looks(tmp_path: Path) -> None:
    """A row of a processed website vanishes; that of a suspended account's stays as it was."""
    old = NOW - timedelta(days=9)
    stale = [
        ProblemRow(domain=name, username=user, problem="HTTP DCV: old", time=old)
        for name, user in ((f"mail.{SHOP}", "alice"), ("mail.closed.example", "closed"))
    ]
    closed = Site("closed.example", Account("closed", suspended=True))
    sites = (shop(certificate=Certificate(days_left=9)), closed)
    run_of(tmp_path, Host(now=NOW, sites=sites, problems=tuple(stale)))
    assert problems(tmp_path) == {"mail.closed.example": "HTTP DCV: old"}


def test_redirects_follow_the_provider(tmp_path: Path) -> None:
    """Let's Encrypt follows ten redirects, Sectigo none."""
    site = shop(
        certificate=Certificate(days_left=9),
        checks={"@": check.too_many_redirects(11), "www.": check.redirected("https://www.example/")},
    )
    said = run_of(tmp_path / "le", Host(now=NOW, sites=(site,)))
    assert f"Local HTTP DCV error ({SHOP}): Excess DCV HTTP redirection" in said
    assert sum(text.startswith(f"Redirection #11 ({SHOP})") for text in said) == 1
    sectigo = Host(now=NOW, sites=(site,), provider="cPanel", version="11.110.0.9")
    said = run_of(tmp_path / "sectigo", sectigo)
    assert f"Local HTTP DCV error (www.{SHOP}): “Sectigo” forbids DCV HTTP redirections." in said


def test_an_orders_limit_stops_the_run(tmp_path: Path) -> None:
    """Accounts behind the limit are not processed, and the run says that it goes on next time."""
    first = Site("a.example", Account("a"), certificate=Certificate(days_left=9), order=order.orders_limit_reached())
    second = Site("b.example", Account("b"), certificate=Certificate(days_left=9))
    said = run_of(tmp_path, Host(now=NOW, sites=(first, second)))
    assert said[-1].startswith("AutoSSL cannot proceed at this time.")
    assert "Processing “b”’s local DCV results …" not in said


def test_phases_repeat_with_batches(tmp_path: Path) -> None:
    """With batches phase 1 comes back after phase 2, and each batch has its own count."""
    sites = tuple(
        Site(f"{name}.example", Account(name), certificate=Certificate(days_left=9)) for name in ("a", "b", "c")
    )
    run = Run(start=NOW - HOUR, batch=2, pace=0.1)
    said = run_of(tmp_path, Host(now=NOW, sites=sites, runs=(run,)))
    assert "AutoSSL will verify 2 users’ TLS status and DCV (Domain Control Validation) at a time." in said
    assert said.index("Processing “a”’s local DCV results …") < said.index("Analyzing “c”’s domains …")
    assert [text for text in said if text.startswith("Analyzing ") and "user" in text] == [
        "Analyzing 2 users …",
        "Analyzing 1 user …",
    ]


def test_an_order_at_sectigo_waits_in_the_queue(tmp_path: Path) -> None:
    """The order is sent once, later runs find it in the queue, and the poller writes on in the first log."""
    old = Certificate(issuer=hosts.CPANEL, days_left=10)
    site = shop(certificate=old, order=order.pending())
    host = Host(now=NOW, sites=(site,), provider="cPanel", version="11.110.0.9", run_count=2)
    root = hosts.build(host, tmp_path)
    first, second = run_directories(root)
    assert f"The cPanel Store received “{SHOP}”’s certificate order." in sentences(first)
    assert any("queue already contains a certificate request" in text for text in sentences(second))
    assert sentences(first)[-1].startswith("The CA (Certificate Authority) received the request")
    pids = [record["pid"] for record in records(first)]
    assert pids[0] != pids[-1]
    database = root / "var/cpanel/autossl_queue_cpanel.sqlite"
    found = rows(database, "SELECT domain_set_name, username, request_time, last_poll_time FROM requests")
    ordered = next(record["timestamp"] for record in records(first) if "certificate order" in record["contents"])
    assert found[0][:3] == (SHOP, "alice", ordered)
    assert ordered < found[0][3] <= "2026-11-22T12:30:00Z"


def test_a_delivered_order_leaves_the_queue(tmp_path: Path) -> None:
    """An hour after the order the poller installs the certificate, and the row is gone."""
    site = shop(certificate=Certificate(issuer=hosts.CPANEL, days_left=10))
    host = Host(now=NOW, sites=(site,), provider="cPanel", version="11.110.0.9", run_count=1)
    root = hosts.build(host, tmp_path)
    assert newest(root)[-1] == "Success!"
    assert rows(root / "var/cpanel/autossl_queue_cpanel.sqlite", "SELECT * FROM requests") == []
    names = certificate_of(root).issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert [name.value for name in names] == ["cPanel, Inc. Certification Authority"]


def test_a_website_is_unknown_to_earlier_runs(tmp_path: Path) -> None:
    """A website added between two runs appears in the second only."""
    new = Site("new.example", Account("new"), certificate=None, age=2 * HOUR)
    root = hosts.build(Host(now=NOW, sites=(shop(), new), run_count=2), tmp_path)
    first, second = map(sentences, run_directories(root))
    assert "Analyzing 1 user …" in first
    assert "Analyzing “new.example” (website) …" in second


def test_a_change_between_runs_shows(tmp_path: Path) -> None:
    """A name whose DNS was put right between two runs fails in the first and passes in the second."""
    repaired = Changed(NOW - 2 * HOUR, before=check.no_address(), after=check.ok())
    site = shop(certificate=Certificate(days_left=9), checks={"mail.": repaired})
    root = hosts.build(Host(now=NOW, sites=(site,), run_count=2), tmp_path)
    first, second = map(sentences, run_directories(root))
    assert SECURED in first
    assert "Success!" in second
    assert problems(root) == {}


def test_extra_records_stand_where_they_are_told(tmp_path: Path) -> None:
    """Odd contents, foreign lines and lines with a time of their own come behind the line that they name."""
    extra = (
        *hosts.ODD_CONTENTS,
        Extra(contents="hello", type="warn", indent=1, after="Analyzing “alice”", at=NOW - timedelta(days=3)),
    )
    run = Run(start=NOW - HOUR, extra=extra)
    root = hosts.build(Host(now=NOW, sites=(shop(),), runs=(run,)), tmp_path)
    found = list(records(run_directories(root)[0]))
    assert [record["contents"] for record in found[-3:]] == [None, {"error": "odd"}, ["odd", 1]]
    at = next(number for number, record in enumerate(found) if record["contents"] == "hello")
    assert found[at - 1]["contents"] == "Analyzing “alice”’s domains …"
    assert found[at]["timestamp"] == "2026-11-19T12:30:00Z"


def test_an_extra_record_without_its_place_is_refused(tmp_path: Path) -> None:
    """A test that names a line which the run never writes learns it at once."""
    run = Run(start=NOW - HOUR, extra=(Extra(contents="lost", after="no such line"),))
    with pytest.raises(ValueError, match="lost"):
        hosts.build(Host(now=NOW, sites=(shop(),), runs=(run,)), tmp_path)
