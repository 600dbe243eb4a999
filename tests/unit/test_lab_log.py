"""The lab's logs say only what AutoSSL says, at the depth and in the order in which AutoSSL says it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.lab import hosts
from tests.lab.hosts import Account, Certificate, Host, Run, Site, check, order, stories
from tests.lab.reading import records, run_directories, sentences
from tests.lab.wording import expiry

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)

# The beginning of each sentence of the catalogue that a run may write: depth, kinds, words. {} stands for anything.
TEMPLATES = """
0 out AutoSSL’s configured provider is “{}”.
0 out Looking for potential NAT (Network Address Translation) problems …
1 out This server does not use NAT.
1 success {} ({}): OK
1 error {} ({}): Loopback NAT on this IP address appears to be defective.
0 out AutoSSL will verify {} users’ TLS status and DCV (Domain Control Validation) at a time.
0 out Analyzing {} user
1 out “{}” is suspended.
1 out “{}” does not possess the required feature (“autossl”).
1 out Analyzing “{}”’s domains …
2 out Analyzing “{}” (website) …
3 out Number of domains: {}
3 out Number of secured domains: {}
3 warn Provider’s per-certificate domain count limit: {}
3 warn “{}” cannot secure all of “{}”’s domains. Remove domains from
3 out User-excluded domain
3 out Provider-excluded domain
3 error TLS Status: Defective
3 out TLS Status: Default Key Type Mismatch
3 out TLS Status: Ready for Renewal
3 out TLS Status: Incomplete
3 success TLS Status: OK
4 out Default Key Type: {}
4 out Certificate’s Key Type: {}
3 out|warn|error Certificate expiry: {} UTC ({} day
3 error Defect: {}: {}
3 out Impediment: CERTIFICATE_IS_EXTERNALLY_SIGNED: The certificate is neither
3 out Impediment: COMPLETELY_EXCLUDED: All domains
3 out Impediment: CERTIFICATE_HAS_MAX_DOMAINS: The provider
2 success This user’s SSL coverage is already optimal.
2 out Attempting to ensure the existence of necessary CAA records …
3 out No CAA records were created.
2 out Verifying {}’ management status …
2 out Verifying {}’s management status …
3 out “{}” is managed.
3 error “{}” is unmanaged. Verify
3 out All of this user’s {} are managed.
3 out AutoSSL can confirm management status for only {} of this user’s {}
3 out AutoSSL cannot confirm management status for any of this user’s {}
2 out Verifying “{}”’s authorization on {} via DNS CAA records …
3 out CA authorized: “{}”
3 error CA forbidden: “{}”
3 warn DNS query error ({}/CAA): {}
3 out “{}” is authorized to issue certificates for {} of this user’s {}
3 out DNS CAA records forbid “{}” from issuing certificates for any of this user’s {}
2 out AutoSSL cannot increase “{}”’s SSL coverage.
2 out Performing HTTP DCV (Domain Control Validation) on {} domain
2 out No domains need HTTP DCV (Domain Control Validation).
3 out Local HTTP DCV OK: {}
3 warn Local HTTP DCV error ({}): {}
3 out Redirection #{} ({}): {} → {}
3 out AutoSSL provider’s redirect limit: {}
2 out Verifying local authority for {} domain
3 out Local authority confirmed: “{}”
3 out No local authority: “{}”
3 error Failed to determine local authority for “{}”: {}
2 out Enqueueing {} domain{} zone{} for local DNS DCV …
2 out No local DNS DCV is necessary.
0 out Publishing DNS changes for local DNS DCV ({} zone
0 out Querying DNS to confirm DCV changes …
0 out Processing “{}”’s local DCV results …
1 out Local DNS DCV OK: {}
1 error Local DNS DCV error ({}): {}
1 out Analyzing “{}”’s DCV results …
2 warn Replacing an externally-signed certificate …
2 out Issuer: {}
2 success “{}” HTTP DCV OK: {}
2 success “{}” DNS DCV OK: {}
2 warn “{}” HTTP DCV error ({}): {}
2 error “{}” DNS DCV error ({}): {}
2 error “{}” general error ({}): {}
2 warn Domains omitted because of the per-certificate domain limit: {}
2 error Impediment: TOTAL_DCV_FAILURE: Every domain failed DCV.
2 error Impediment: SECURED_DOMAIN_DCV_FAILURE: One or more
2 error Impediment: NO_UNSECURED_DOMAIN_PASSED_DCV: Every unsecured
2 out AutoSSL will request a new certificate.
1 out The system will attempt to renew the SSL certificate
1 out Certificate #{}: “{}”
2 out Creating certificate order …
2 out Reusing certificate order from DCV (Domain Control Validation) …
2 warn|error AutoSSL failed to create a new certificate order because
2 warn An ACME order failed finalization (status: {})!
2 warn “{}” indicated an ACME error: {}
2 out Installing “{}”’s new certificate …
3 success Success!
3 error The system failed to install an SSL certificate onto the website “{}”
1 success The system has completed “{}”’s AutoSSL check.
0 error AutoSSL cannot proceed at this time. Its next run will continue
0 error This system does not have an AutoSSL provider whose module name is “{}”.
0 error The “{}” provider is obsolete
0 out Emptying Let’s Encrypt’s DCV (Domain Control Validation) cache …
0 out AutoSSL has deleted the expired log for the provider “{}” from {} (UTC).
2 success The cPanel Store received “{}”’s certificate order.
2 out The “{}” provider’s AutoSSL queue already contains a certificate request for
0 out The queue contains a request for a certificate for “{}”’s website “{}” (order item ID
1 out The request’s start time is {} UTC, and its last poll time is {} UTC.
1 out The CA (Certificate Authority) received the request but has not yet performed
1 out Installing “{}”’s new certificate …
2 success Success!
1 error “{}” reports that the certificate authority rejected the request
1 error The request for a certificate for the website “{}” has taken more than
"""


def pattern(words: str) -> str:
    """Words with {} as a regular expression."""
    return ".+?".join(map(re.escape, words.split("{}")))


PATTERNS = [
    (int(depth), set(kinds.split("|")), re.compile(pattern(words), re.DOTALL))
    for depth, kinds, words in (line.split(" ", 2) for line in TEMPLATES.strip().splitlines())
]

OUTCOMES = {
    "elsewhere": check.elsewhere("198.51.100.9"),
    "silent": check.elsewhere("198.51.100.9", error="Timed out while waiting for socket"),
    "parked": check.elsewhere("198.51.100.9", body="<title>For sale</title>"),
    "refused": check.fetch_error("Could not connect to '{name}:80': Connection refused"),
    "wrong": check.content(b"caf\xe9"),
    "away": check.redirected("https://other.example/"),
    "loop": check.too_many_redirects(),
    "private": check.private_ip(),
    "loopback": check.loopback_ip(),
    "quota": check.tempfile_error(),
    "denied": check.mkdir_error(),
    "rootless": check.no_document_root(),
    "lapsed": check.not_registered(),
    "old": check.no_address_old(),
    "caa": check.caa_forbidden(via="caa.example", alias="cdn.example"),
    "servfail": check.caa_lookup_error(),
    "authority": check.authority_error(),
    "dnsonly": check.dns_only_ok(),
    "unseen": check.dns_record_not_seen(),
    "zone": check.zone_not_modified(),
    "remote": check.remote_error("400 urn:ietf:params:acme:error:connection (…) (Timeout)", dns="403 (…)"),
    "limited": check.remote_general_error(),
}
ORDERS = {
    "acme": order.acme_error(),
    "finalize": order.finalize_failed(),
    "install": order.install_failed("This certificate has been revoked."),
}
CERTIFICATES = {
    "none": None,
    "selfsigned": hosts.self_signed(),
    "soon": Certificate(days_left=2.5),
    "weak": Certificate(defects=("WEAK_KEY: The certificate’s key is too weak.",)),
    "gone": Certificate(file="missing"),
    "blank": Certificate(file="empty"),
    "corrupt": Certificate(file="corrupt"),
    "bought": Certificate(issuer=hosts.COMMERCIAL, days_left=-2, lifetime_days=199),
}


def site(name: str, **changes: object) -> Site:
    """A website that is due for renewal, changed as said."""
    return Site(f"{name}.example", Account(name), **({"certificate": Certificate(days_left=10)} | changes))  # type: ignore[arg-type]


def many_troubles() -> tuple[Site, ...]:
    """A website for every story, outcome, order and state of a certificate that the lab knows."""
    told = [story(f"story{n}.example", f"story{n}") for n, story in enumerate(stories.STORIES.values())]
    told += [site(f"check{name}", checks={"*": outcome}) for name, outcome in OUTCOMES.items()]
    told += [site(f"order{name}", order=outcome) for name, outcome in ORDERS.items()]
    told += [site(f"cert{name}", certificate=certificate) for name, certificate in CERTIFICATES.items()]
    told.append(site("crowded", aliases=tuple(f"a{number}." for number in range(120))))
    wild = site("wild", service_names=("*.",), excluded=("@", "www."), checks={"*.": check.dns_only_ok()})
    told += [wild, site("foreign", provider_excluded=("mail.",))]
    told.append(site("partly", checks={"mail.": check.unmanaged(parent="partly.example")}))
    return tuple(told)


def sectigo_sites() -> tuple[Site, ...]:
    """A website for each thing that can happen to an order that waits."""
    certificate = Certificate(issuer=hosts.CPANEL, days_left=10)
    ends = {
        "done": order.issued(),
        "waits": order.pending(),
        "rejected": order.rejected(),
        "given": order.abandoned(timedelta(hours=30)),
    }
    sites = [site(name, certificate=certificate, order=end) for name, end in ends.items()]
    moved = check.redirected("https://other.example/")
    return (*sites, site("moved", certificate=certificate, checks={"*": moved}))


HOSTS = {
    "plain": Host(now=NOW, sites=many_troubles(), run_count=3, pace=0.05, clobber_external=True),
    "batches": Host(
        now=NOW,
        sites=many_troubles(),
        runs=(Run(start=NOW - timedelta(hours=1), batch=7, pace=0.05, interleaved=True, housekeeping=True),),
        nat=hosts.Nat(public="203.0.113.5", local="10.0.0.5", works=False),
    ),
    "limit": Host(
        now=NOW,
        sites=(site("first", order=order.orders_limit_reached()), site("second")),
        nat=hosts.Nat(public="203.0.113.5", local="10.0.0.5"),
    ),
    "sectigo": Host(now=NOW, sites=sectigo_sites(), version="11.110.0.9", provider="cPanel", run_count=3),
    "obsolete": Host(now=NOW, sites=sectigo_sites(), provider="cPanel"),
    "uninstalled": Host(now=NOW, sites=(site("first"),), provider_installed=False),
    "demo": hosts.demo_host(NOW),
}


@pytest.fixture(scope="module", params=HOSTS)
def root(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree of each host in turn."""
    return hosts.build(HOSTS[request.param], tmp_path_factory.mktemp(request.param))


def test_every_line_is_a_sentence_of_the_catalogue(root: Path) -> None:
    """Words, kind and depth of each record belong to one of AutoSSL's own sentences."""
    strange = [
        record
        for directory in run_directories(root)
        for record in records(directory)
        if not any(
            record["indent"] == depth and record["type"] in kinds and words.match(record["contents"])
            for depth, kinds, words in PATTERNS
        )
    ]
    assert strange == []


def test_records_have_the_six_keys_and_nothing_else(root: Path) -> None:
    """Each record has the keys that the facts name, in an order that changes from record to record."""
    orders = set()
    for record in all_records(root):
        assert set(record) == {"timestamp", "type", "indent", "contents", "pid", "partial"}
        assert record["partial"] == 0
        orders.add(tuple(record))
    assert len(orders) > 1 or len(list(all_records(root))) < 20


def test_depth_never_jumps_by_two(root: Path) -> None:
    """A line stands at most one level deeper than the line before it, and never deeper than four."""
    for directory in run_directories(root):
        before = 0
        for record in records(directory):
            assert 0 <= record["indent"] <= min(before + 1, 4)
            before = record["indent"]


def test_time_never_goes_back_and_never_passes_now(root: Path) -> None:
    """The times of a run begin with its name, do not decrease, and end before the host's present moment."""
    for directory in run_directories(root):
        times = [record["timestamp"] for record in records(directory)]
        assert times == sorted(times)
        assert times[0] == directory.name
        assert times[-1] <= "2026-11-22T12:30:00Z"


def test_text_is_raw_utf8(root: Path) -> None:
    """Typographic characters stand as they are, without escapes, and one record is one line."""
    for directory in run_directories(root):
        data = (directory / "json").read_bytes()
        assert b"\\u" not in data
        assert data.endswith(b"}\n")


def test_txt_says_the_same(root: Path) -> None:
    """`txt` holds the same lines: the time, then a tab for each level or a blank, then the text."""
    for directory in run_directories(root):
        expected = [
            f"[{record['timestamp']}]{chr(9) * record['indent'] or ' '}{record['contents']}"
            for record in records(directory)
        ]
        text = (directory / "txt").read_text(encoding="utf-8", errors="surrogateescape")
        assert text.split("\n") == [*expected, ""]


def test_an_account_that_was_begun_is_completed(root: Path) -> None:
    """In a run that ended by itself, each account that was analyzed has exactly one end line."""
    for directory in run_directories(root):
        said = sentences(directory)
        begun = [match[1] for text in said if (match := re.fullmatch("Analyzing “(.+)”’s domains …", text))]
        ended = [match[1] for text in said if (match := re.match("The system has completed “(.+)”’s", text))]
        stopped = any(text.startswith("AutoSSL cannot proceed") for text in said)
        if not stopped and directory.name != "2026-11-22T12:29:35Z":
            assert sorted(begun) == sorted(ended)


def all_records(root: Path) -> Iterator[dict[str, object]]:
    """The records of all runs of a host."""
    for directory in run_directories(root):
        yield from records(directory)


def test_every_sentence_of_the_list_is_used(tmp_path: Path) -> None:
    """The list above names no sentence that the lab never writes, so that it stays a true description."""
    seen = set()
    for name, host in HOSTS.items():
        for record in all_records(hosts.build(host, tmp_path / name)):
            seen |= {
                words.pattern
                for depth, kinds, words in PATTERNS
                if record["indent"] == depth and record["type"] in kinds and words.match(str(record["contents"]))
            }
    assert {words.pattern for _, _, words in PATTERNS} - seen == set()


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (NOW + timedelta(days=19.04), "12/11/26, 1:27 PM UTC (19.04 days from now)"),
        (NOW + timedelta(days=30), "12/22/26, 12:30 PM UTC (30 days from now)"),
        (NOW + timedelta(days=1), "11/23/26, 12:30 PM UTC (1 day from now)"),
        (NOW - timedelta(days=0.95), "11/21/26, 1:42 PM UTC (0.95 days ago)"),
        (NOW + timedelta(hours=11.5), "11/23/26, 12:00 AM UTC (0.48 days from now)"),
        (NOW - timedelta(days=1234.5), "7/7/23, 12:30 AM UTC (1,234.5 days ago)"),
    ],
)
def test_an_expiry_is_written_as_the_locale_does(end: datetime, words: str) -> None:
    """Short dates in UTC on a twelve-hour clock, grouped numbers, no trailing zeros, one day or many days."""
    assert expiry(end, NOW) == f"Certificate expiry: {words}"


def test_legacy_wording_has_no_modern_sentence(tmp_path: Path) -> None:
    """A run of version 72 or earlier says the same things in its own words."""
    run = Run(start=NOW - timedelta(hours=1), wording="legacy", pace=0.05)
    root = hosts.build(Host(now=NOW, sites=many_troubles(), runs=(run,)), tmp_path)
    said = sentences(run_directories(root)[0])
    assert said[0] == "This system has AutoSSL set to use “Let’s Encrypt™”."
    assert "Checking websites for “story0” …" in said
    assert not any(text.startswith(("TLS Status", "Local HTTP DCV", "Analyzing")) for text in said)
