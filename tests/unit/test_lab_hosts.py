"""The lab's trees are what a server leaves on its disk: paths, modes, links, databases, certificates."""

import json
import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.lab import hosts
from tests.lab.derived_keys import leaf_key, rsa_key, rsa_primes
from tests.lab.hosts import Account, Certificate, Cron, Host, ProblemRow, Run, Site, check
from tests.lab.reading import newest, problems, records, rows, run_directories
from tests.lab.website_model import KeyType

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHOP = Site("shop.example", Account("alice"))
BROKEN = Site(
    "shop.example",
    Account("alice"),
    certificate=Certificate(days_left=12),
    checks={"webdisk.": check.no_address()},
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree of the demonstration's host."""
    return hosts.build(hosts.demo_host(NOW), tmp_path_factory.mktemp("demo"))


def mode(path: Path) -> int:
    """The permission bits of a file."""
    return stat.S_IMODE(path.lstat().st_mode)


def tree_of(root: Path) -> Iterator[tuple[str, int, bytes, float]]:
    """Everything below a root that two equal trees must share."""
    for path in sorted(root.rglob("*")):
        content = b""
        if path.is_symlink():
            content = str(path.readlink()).encode()
        elif path.is_file():
            content = path.read_bytes()
        yield str(path.relative_to(root)), path.lstat().st_mode, content, path.lstat().st_mtime


def test_equal_hosts_give_equal_trees(demo: Path, tmp_path: Path) -> None:
    """A second build of the same host has the same files, modes, contents and times."""
    again = hosts.build(hosts.demo_host(NOW), tmp_path)
    assert list(tree_of(again)) == list(tree_of(demo))


def test_a_seed_changes_tokens_only(tmp_path: Path) -> None:
    """Another seed gives other process numbers and tokens, and the same sentences about the same names."""
    first, second = (
        newest(hosts.build(Host(now=NOW, sites=(BROKEN,), seed=seed), tmp_path / str(seed))) for seed in (1, 2)
    )
    assert [text.split("/.well-known")[0] for text in first if "Certificate expiry" not in text] == [
        text.split("/.well-known")[0] for text in second if "Certificate expiry" not in text
    ]


def test_a_root_with_files_is_refused(tmp_path: Path) -> None:
    """Two hosts never mix in one tree."""
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError):
        hosts.build(Host(now=NOW), tmp_path)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("var/cpanel/logs/autossl/*", 0o700),
        ("var/cpanel/logs/autossl/*/json", 0o600),
        ("var/cpanel/logs/autossl/*/txt", 0o600),
        ("var/cpanel/autossl.json", 0o600),
        ("var/cpanel/autossl_problems.sqlite", 0o600),
        ("var/cpanel/ssl/apache_tls", 0o711),
        ("var/cpanel/ssl/apache_tls/*/certificates", 0o644),
        ("var/cpanel/ssl/apache_tls/*/combined", 0o640),
        ("var/cpanel/ssl/autossl/excludes", 0o711),
        ("var/cpanel/ssl/autossl/excludes/*.json", 0o640),
        ("var/cpanel/userdata/*", 0o750),
        ("var/cpanel/userdata/*/*", 0o640),
        ("var/cpanel/users/*", 0o640),
        ("etc/userdomains", 0o640),
        ("etc/trueuserdomains", 0o640),
        ("etc/trueuserowners", 0o644),
        ("etc/domainips", 0o644),
        ("etc/cron.d/cpanel_autossl", 0o644),
        ("usr/local/cpanel/bin/autossl_check", 0o755),
    ],
)
def test_modes_are_those_of_the_facts(demo: Path, pattern: str, expected: int) -> None:
    """Each kind of file has the mode that the facts give it, whatever the umask."""
    found = list(demo.glob(pattern))
    assert found
    assert {mode(path) for path in found} == {expected}


def test_links_dangle_and_say_what_the_facts_say(demo: Path) -> None:
    """Provider, user, process and time zone are told by the targets of links, not by files."""
    assert str((demo / "etc/localtime").readlink()) == "/usr/share/zoneinfo/Asia/Tokyo"
    for directory in run_directories(demo):
        assert str((directory / "provider").readlink()) == "LetsEncrypt"
        assert re.fullmatch(r"\d+\.\d+\.\d+", str((directory / "upid").readlink()))
        assert not (directory / "upid").exists()
        assert not (directory / "in_progress").is_symlink()
    users = [str((directory / "username").readlink()) for directory in run_directories(demo)]
    assert set(users) == {"*", "aoi", "midori", "hikari"}


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"])
def test_runs_begin_at_the_minutes_of_the_schedule(tmp_path: Path, zone: str) -> None:
    """Read back in the host's zone, every run of the last day begins at an hour and minute of the cron line."""
    root = hosts.build(Host(now=NOW, zone=zone, sites=(SHOP,)), tmp_path)
    minute, hours, *rest = (root / "etc/cron.d/cpanel_autossl").read_text(encoding="utf-8").split()
    assert rest == ["*", "*", "*", "root", "/usr/local/cpanel/bin/autossl_check", "--all"]
    names = [directory.name for directory in run_directories(root)]
    assert len(names) == 8
    for name in names:
        local = datetime.fromisoformat(name).astimezone(ZoneInfo(zone))
        assert local.minute == int(minute)
        assert local.hour in set(map(int, hours.split(",")))
        assert NOW - timedelta(days=1) < local <= NOW


def test_a_skipped_hour_is_made_good(tmp_path: Path) -> None:
    """Where clocks jump from two to three o'clock, the run of 2:17 begins at three."""
    now = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)
    root = hosts.build(Host(now=now, zone="America/New_York", sites=(SHOP,), run_count=3), tmp_path)
    names = [directory.name for directory in run_directories(root)]
    assert names == ["2026-03-08T04:17:00Z", "2026-03-08T07:00:00Z", "2026-03-08T09:17:00Z"]


def test_a_silent_schedule_and_a_run_count(tmp_path: Path) -> None:
    """The asked number of runs ends where the silence begins."""
    root = hosts.build(Host(now=NOW, sites=(SHOP,), run_count=3, silent_for=timedelta(days=2)), tmp_path)
    names = [directory.name for directory in run_directories(root)]
    assert names == ["2026-11-20T05:17:00Z", "2026-11-20T08:17:00Z", "2026-11-20T11:17:00Z"]


def test_two_runs_of_one_second_have_two_names(tmp_path: Path) -> None:
    """A run whose second is taken moves on by a second, as cPanel's does."""
    runs = (Run(start=NOW - HOUR), Run(start=NOW - HOUR, username="alice"))
    root = hosts.build(Host(now=NOW, sites=(SHOP,), runs=runs), tmp_path)
    names = [directory.name for directory in run_directories(root)]
    assert names == ["2026-11-22T11:30:00Z", "2026-11-22T11:30:01Z"]


def test_a_disabled_server_has_neither_schedule_nor_runs(tmp_path: Path) -> None:
    """Without a provider there is no job, no module and no log."""
    root = hosts.build(Host(now=NOW, provider=None, sites=(SHOP,)), tmp_path)
    assert json.loads((root / "var/cpanel/autossl.json").read_bytes())["provider"] is None
    assert not (root / "etc/cron.d/cpanel_autossl").exists()
    assert not (root / "var/cpanel/logs").exists()


def test_the_schedule_can_be_broken(tmp_path: Path) -> None:
    """A test can give the job's file another text or mode, leave it out, and take the command away."""
    missing = hosts.build(Host(now=NOW, cron=Cron.MISSING, autossl_check_mode=None), tmp_path / "missing")
    assert not (missing / "etc/cron.d/cpanel_autossl").exists()
    assert not (missing / "usr/local/cpanel/bin/autossl_check").exists()
    odd = hosts.build(Host(now=NOW, cron="# nothing\n", cron_mode=0o666), tmp_path / "odd")
    assert (odd / "etc/cron.d/cpanel_autossl").read_text(encoding="utf-8") == "# nothing\n"
    assert mode(odd / "etc/cron.d/cpanel_autossl") == 0o666


def test_a_live_run_is_alive_in_the_trees_own_proc(tmp_path: Path) -> None:
    """The process, its start and the boot time of /proc are those of the link `upid`; the log ends at `now`."""
    run = Run(start=NOW - timedelta(seconds=5), alive=True, in_progress=True)
    root = hosts.build(Host(now=NOW, sites=(SHOP,), runs=(run,), proc=True), tmp_path)
    directory = run_directories(root)[0]
    pid, ticks, boot = str((directory / "upid").readlink()).split(".")
    fields = (root / "proc" / pid / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    assert fields[22 - 3] == ticks
    assert f"btime {boot}\n" in (root / "proc/stat").read_text(encoding="utf-8")
    assert str((directory / "in_progress").readlink()) == "1"
    assert str((root / "var/cpanel/autossl_check.pid").readlink()) == f"Cpanel::PIDFile__PID__{pid}"
    assert not newest(root)[-1].startswith("The system has completed")


def test_a_run_that_reaches_the_present_is_alive(tmp_path: Path) -> None:
    """Nobody writes into the future: a run that is not through by `now` is still running."""
    root = hosts.build(Host(now=NOW, sites=(SHOP,), runs=(Run(start=NOW - 2 * HOUR, pace=900),)), tmp_path)
    times = [record["timestamp"] for record in records(run_directories(root)[0])]
    assert times[-1] <= "2026-11-22T12:30:00Z"
    assert (root / "var/cpanel/autossl_check.pid").is_symlink()


def test_runs_die_where_they_are_told(tmp_path: Path) -> None:
    """A run can stop after some accounts or lines, and its last record can be torn."""
    sites = tuple(Site(f"{name}.example", Account(name)) for name in "abc")
    accounts = Run(start=NOW - 3 * HOUR, after_accounts=2)
    lines = Run(start=NOW - 2 * HOUR, after_lines=5, torn=True)
    root = hosts.build(Host(now=NOW, sites=sites, runs=(accounts, lines), proc=True), tmp_path)
    first, second = run_directories(root)
    assert [record["contents"] for record in records(first)][-1] == "The system has completed “b”’s AutoSSL check."
    data = (second / "json").read_bytes()
    assert data.count(b"\n") == 4
    with pytest.raises(json.JSONDecodeError):
        json.loads(data.rpartition(b"\n")[2])
    assert [path.name for path in (root / "proc").iterdir()] == ["stat"]


def test_files_of_a_run_can_be_left_out(tmp_path: Path) -> None:
    """A run can have `txt` only, no `upid`, and a name that is no time."""
    run = Run(start=NOW - HOUR, files="txt", upid=False, name=".purge.2026-11-22T11:30:00Z")
    root = hosts.build(Host(now=NOW, sites=(SHOP,), runs=(run,)), tmp_path)
    assert {path.name for path in run_directories(root)[0].iterdir()} == {"txt", "provider", "username"}
    assert run_directories(root)[0].name.startswith(".purge.")


def test_foreign_bytes_reach_the_log_as_they_are(tmp_path: Path) -> None:
    """Content that is no UTF-8 stands in the log byte for byte, and readable in the database."""
    site = Site("shop.example", Account("alice"), certificate=None, checks={"*": check.content(b"caf\xe9 <html>")})
    root = hosts.build(Host(now=NOW, sites=(site,), run_count=1), tmp_path)
    assert b"caf\xe9 <html>" in (run_directories(root)[0] / "json").read_bytes()
    assert "caf\ufffd <html>" in problems(root)["shop.example"]


@pytest.mark.parametrize("journal", ["delete", "wal", "wal-pending"])
def test_the_problems_database(tmp_path: Path, journal: str) -> None:
    """The table is that of the facts; rows may still wait in the side file, and else no side file is there."""
    host = Host(now=NOW, sites=(BROKEN,), run_count=1, problems_journal=journal)  # type: ignore[arg-type]
    database = hosts.build(host, tmp_path) / "var/cpanel/autossl_problems.sqlite"
    names = [column[1] for column in rows(database, "PRAGMA table_info(problems)")]
    assert names == ["domain", "username", "log", "time", "problem"]
    side_files = [Path(f"{database}-wal"), Path(f"{database}-shm")]
    assert [path.exists() for path in side_files] == [journal == "wal-pending"] * 2
    found = rows(database, "SELECT domain, username, log = time FROM problems")
    assert found == ([] if journal == "wal-pending" else [("webdisk.shop.example", "alice", 1)])
    if journal == "wal-pending":
        assert b"webdisk.shop.example" in side_files[0].read_bytes()
        assert mode(side_files[0]) == 0o600


def test_rows_older_than_the_runs_stay(tmp_path: Path) -> None:
    """A stale row keeps its own time."""
    row = ProblemRow(domain="gone.example", username="alice", problem="HTTP DCV: x", time=NOW - timedelta(days=9))
    root = hosts.build(Host(now=NOW, sites=(SHOP,), problems=(row,)), tmp_path)
    found = rows(root / "var/cpanel/autossl_problems.sqlite", "SELECT domain, time FROM problems")
    assert found == [("gone.example", "2026-11-13T12:30:00Z")]


def test_domains_of_every_kind(tmp_path: Path) -> None:
    """Main, addon, sub and parked domains stand in the lists with their type, parent and folder."""
    alice = Account("alice", owner="reseller", key_type="rsa-4096", feature_override=True, suspended=True)
    sites = (
        Site("shop.example", alice, parked=("shop.test",), excluded=("mail.",)),
        Site("blog.example", alice, kind="addon"),
        Site("dev.shop.example", alice, kind="sub", service_names=()),
    )
    root = hosts.build(Host(now=NOW, sites=sites), tmp_path)
    ips = "192.0.2.10:80==192.0.2.10:443====1==ea-php83"
    assert (root / "etc/userdatadomains").read_text(encoding="utf-8").splitlines() == [
        f"blog.example: alice==reseller==addon==blog.example.shop.example==/home/alice/blog.example=={ips}",
        f"blog.example.shop.example: alice==reseller==sub==shop.example==/home/alice/blog.example=={ips}",
        f"dev.shop.example: alice==reseller==sub==shop.example==/home/alice/dev.shop.example=={ips}",
        f"shop.example: alice==reseller==main==shop.example==/home/alice/public_html=={ips}",
        f"shop.test: alice==reseller==parked==shop.example==/home/alice/public_html=={ips}",
    ]
    listed = json.loads((root / "etc/userdatadomains.json").read_bytes())
    assert listed["shop.test"][:4] == ["alice", "reseller", "parked", "shop.example"]
    assert (root / "etc/userdomains").read_text(encoding="utf-8").startswith("*: nobody\nblog.example: alice\n")
    userdata = root / "var/cpanel/userdata/alice"
    assert yaml.safe_load((userdata / "main").read_bytes()) == {
        "main_domain": "shop.example",
        "addon_domains": {"blog.example": "blog.example.shop.example"},
        "parked_domains": ["shop.test"],
        "sub_domains": ["blog.example.shop.example", "dev.shop.example"],
    }
    vhost = yaml.safe_load((userdata / "blog.example.shop.example").read_bytes())
    assert vhost["serveralias"] == "blog.example www.blog.example www.blog.example.shop.example"
    assert (userdata / "shop.example_SSL").exists()
    excludes = json.loads((root / "var/cpanel/ssl/autossl/excludes/alice.json").read_bytes())
    assert excludes == {"excluded_domains": ["mail.shop.example"]}
    users = (root / "var/cpanel/users/alice").read_text(encoding="utf-8").splitlines()
    for line in ("SUSPENDED=1", "FEATURE-AUTOSSL=1", "SSL_DEFAULT_KEY_TYPE=rsa-4096", "OWNER=reseller"):
        assert line in users
    assert (root / "var/cpanel/suspended/alice").exists()


def test_an_account_needs_exactly_one_main_website(tmp_path: Path) -> None:
    """A description that cannot be a cPanel account is refused."""
    lonely = Site("blog.example", Account("alice"), kind="addon")
    with pytest.raises(ValueError, match="one main website"):
        hosts.build(Host(now=NOW, sites=(lonely,)), tmp_path)


@pytest.mark.parametrize("key_type", ["rsa-2048", "rsa-4096", "ecdsa-prime256v1", "ecdsa-secp384r1"])
def test_certificates_are_real(tmp_path: Path, key_type: KeyType) -> None:
    """Leaf and issuer parse and verify, names and times are as told, and the key of `combined` fits the leaf."""
    site = Site("shop.example", Account("alice"), certificate=Certificate(days_left=61.5, key_type=key_type))
    root = hosts.build(Host(now=NOW, sites=(site,), server_key_type=key_type), tmp_path)
    folder = root / "var/cpanel/ssl/apache_tls/shop.example"
    leaf, issuer = x509.load_pem_x509_certificates((folder / "certificates").read_bytes())
    leaf.verify_directly_issued_by(issuer)
    issuer.verify_directly_issued_by(x509.load_pem_x509_certificate(hosts.root_pem().encode()))
    assert leaf.issuer.rfc4514_string() == "CN=R11,O=Let's Encrypt,C=US"
    assert leaf.not_valid_after_utc == NOW + timedelta(days=61.5)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc == timedelta(days=90)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName)[:3] == ["shop.example", "www.shop.example", "mail.shop.example"]
    combined = (folder / "combined").read_bytes()
    assert combined.startswith(hosts.CANARY.encode())
    assert combined.endswith((folder / "certificates").read_bytes())
    key = load_pem_private_key(combined, password=None)
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    assert key.public_key() == leaf.public_key()


def test_a_self_signed_certificate_is_signed_by_itself(tmp_path: Path) -> None:
    """The stop-gap certificate names itself as its issuer and stands alone in its file."""
    site = Site("shop.example", Account("alice"), certificate=hosts.self_signed())
    root = hosts.build(Host(now=NOW, sites=(site,), runs=()), tmp_path)
    data = (root / "var/cpanel/ssl/apache_tls/shop.example/certificates").read_bytes()
    (leaf,) = x509.load_pem_x509_certificates(data)
    leaf.verify_directly_issued_by(leaf)


def test_a_website_without_certificate_has_no_folder(tmp_path: Path) -> None:
    """Nothing of SSL stands on the disk before the first certificate."""
    site = Site("shop.example", Account("alice"), certificate=None)
    root = hosts.build(Host(now=NOW, sites=(site,), runs=()), tmp_path)
    assert list((root / "var/cpanel/ssl/apache_tls").iterdir()) == []
    assert not (root / "var/cpanel/userdata/alice/shop.example_SSL").exists()


@pytest.mark.parametrize(("purpose", "bits"), [("leaf", 2048), ("intermediate", 2048), ("root", 2048), ("leaf", 4096)])
def test_the_labs_keys_are_rsa_keys(purpose: str, bits: int) -> None:
    """The written distances lead to primes, and their product is as long as wanted."""
    for prime in rsa_primes(purpose, bits):
        assert all(pow(base, prime - 1, prime) == 1 for base in (2, 3, 5))
    assert rsa_key(purpose, bits).key_size == bits
    assert leaf_key("rsa-2048") is rsa_key("leaf", 2048)


def test_the_canary_stands_only_where_keys_stand(tmp_path: Path) -> None:
    """The canary is in `combined` and in the queue's key column, and nowhere else."""
    sites = (Site("shop.example", Account("alice"), certificate=Certificate(issuer=hosts.CPANEL, days_left=9)),)
    host = Host(now=NOW, sites=sites, provider="cPanel", version="11.110.0.9", run_count=1, minute=29, hours=(21,))
    root = hosts.build(host, tmp_path)
    found = {path.name for path in root.rglob("*") if path.is_file() and hosts.CANARY.encode() in path.read_bytes()}
    assert found == {"combined", "autossl_queue_cpanel.sqlite"}


def test_single_files_can_be_replaced_or_removed(tmp_path: Path) -> None:
    """For damage that the description has no word for, a test gives or takes whole files."""
    files = {"var/cpanel/autossl.json": "{", "etc/userdatadomains": None}
    root = hosts.build(Host(now=NOW, sites=(SHOP,), files=files), tmp_path)
    assert (root / "var/cpanel/autossl.json").read_text(encoding="utf-8") == "{"
    assert not (root / "etc/userdatadomains").exists()


@pytest.mark.parametrize("hour", range(0, 24, 5))
def test_the_demo_works_at_any_hour(tmp_path: Path, hour: int) -> None:
    """Whenever the demo is built, its schedule is alive, one website is new and one was just renewed."""
    now = NOW.replace(hour=hour, minute=(hour * 7) % 60)
    root = hosts.build(hosts.demo_host(now), tmp_path)
    directories = run_directories(root)
    everybody = [path.name for path in directories if str((path / "username").readlink()) == "*"]
    assert timedelta(0) <= now - datetime.fromisoformat(everybody[-1]) <= 3 * HOUR
    said = [record["contents"] for directory in directories for record in records(directory)]
    assert not any("xn--y8jl1n.example" in str(text) for text in said)
    assert "Installing “midori-farm.example”’s new certificate …" in said
    assert "TLS Status: Default Key Type Mismatch" in said


def test_a_big_run_is_made_of_the_same_sentences(tmp_path: Path) -> None:
    """The benchmark's log is deterministic, complete, in batches, and holds every story of its mix."""
    crowd = hosts.Crowd(accounts=300, sites_per_account=4, mix=dict.fromkeys(hosts.MIX, 1.0))
    first, second = (hosts.write_run(tmp_path / name, crowd, start=NOW) for name in "ab")
    assert list(tree_of(first)) == list(tree_of(second))
    assert first.name == "2026-11-22T12:30:00Z"
    said = [record["contents"] for record in records(first)]
    assert "Analyzing “site0000300-4.example.site0000300.example” (website) …" in said
    assert "AutoSSL will verify 500 users’ TLS status and DCV (Domain Control Validation) at a time." in said
    for words in ("is suspended", "TOTAL_DCV", "SECURED_DOMAIN", "CA forbidden", "Success!", "rate limit"):
        assert any(words in text for text in said), words
    assert mode(first / "json") == 0o600
