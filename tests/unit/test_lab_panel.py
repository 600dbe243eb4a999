"""The lab's panel, piece by piece: what accounts may ask for, and what a check of it leaves on the disk."""

import json
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from tests.lab import hosts, reading
from tests.lab.cpsrvd.calls import Call, Result
from tests.lab.host_model import Host
from tests.lab.panel import functions
from tests.lab.panel.live_run import Manner, check, present, upid_of
from tests.lab.panel.live_world import Change, LiveWorld
from tests.lab.panel.plan import living
from tests.lab.panel.present_state import present_accounts, read_settings
from tests.lab.panel.uapi_command import envelope
from tests.lab.schedule import times_before
from tests.lab.world import World

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
EXPIRED = hosts.Site(
    "shop.example", hosts.Account("alice"), service_names=("mail.",), certificate=hosts.Certificate(days_left=-0.5)
)
FAILING = replace(EXPIRED, checks={"*": hosts.check.no_address()})
OTHER = hosts.Site("bakery.example", hosts.Account("bob"))


@dataclass
class Panel:
    """A panel without processes: what is queued is only remembered."""

    root: Path
    host: Host
    world: World
    started: list[str] = field(default_factory=list)

    def start(self, user: str) -> None:
        """Remember it."""
        self.started.append(user)

    def ask(self, function: str, **args: str) -> Result:
        """Call a function as alice."""
        return functions.answer(Call("alice", 2001, "SSL", function, args), self)


def built(directory: Path, *sites: hosts.Site, now: datetime = NOW, **host: object) -> Panel:
    """A panel over a fresh tree."""
    described = replace(Host(now=now, sites=sites), **host)  # type: ignore[arg-type]
    return Panel(directory / "root", described, hosts.build_world(described, directory / "root"))


def run_check(panel: Panel, **manner: object) -> list[Change]:
    """Let a check of alice happen at once, in this process; what it changed."""
    changes: list[Change] = []
    world = LiveWorld(panel.world, panel.host, panel.root, changes.append)
    accounts = {key: value for key, value in present_accounts(panel.host, panel.root).items() if key.name == "alice"}
    check(panel.host, accounts, world, "alice", Manner(pace=0, **manner), panel.root)  # type: ignore[arg-type]
    return changes


def test_a_check_leaves_a_run_of_this_process(tmp_path: Path) -> None:
    """The run has its documented entries, names its live process, and takes its PID file away at its end."""
    panel = built(tmp_path, OTHER, FAILING)
    run_check(panel)
    newest = reading.run_directories(panel.root)[-1]
    assert {entry.name for entry in newest.iterdir()} == {"json", "txt", "provider", "username", "upid"}
    assert (newest / "username").readlink() == Path("alice")
    assert str((newest / "upid").readlink()) == upid_of(os.getpid())
    assert newest.stat().st_mode & 0o777 == 0o700
    assert not (panel.root / "var/cpanel/autossl_check_alice.pid").is_symlink()
    assert "The system has completed “alice”’s AutoSSL check." in reading.sentences(newest)


def test_a_check_that_succeeds_installs_the_certificate(tmp_path: Path) -> None:
    """After “Success!” the new certificate, its key and the virtual host are on the disk."""
    panel = built(tmp_path, EXPIRED, now=present(), runs=())
    (change,) = [change for change in run_check(panel) if change.installed]
    folder = panel.root / "var/cpanel/ssl/apache_tls/shop.example"
    leaf = x509.load_pem_x509_certificates((folder / "certificates").read_bytes())[0]
    assert change.installed is not None
    assert leaf.not_valid_after_utc == change.installed.not_after > present() + timedelta(days=89)
    assert "PRIVATE KEY" in (folder / "combined").read_text(encoding="utf-8")
    assert (folder / "combined").stat().st_mode & 0o777 == 0o640
    assert (panel.root / "var/cpanel/userdata/alice/shop.example_SSL").exists()


def test_a_check_that_fails_records_its_reasons(tmp_path: Path) -> None:
    """The problems database has the new reasons; when the owner has put it right, the next check clears them."""
    panel = built(tmp_path, FAILING, now=present(), runs=())
    run_check(panel)
    found = panel.ask("get_autossl_problems").data
    assert isinstance(found, list)
    assert {row["domain"] for row in found} == {"shop.example", "www.shop.example", "mail.shop.example"}
    panel.host = replace(panel.host, sites=(EXPIRED,))
    run_check(panel)
    assert panel.ask("get_autossl_problems").data == []


def test_a_check_reads_what_accounts_have_changed(tmp_path: Path) -> None:
    """Names that were switched off and the key type that was chosen count for the next check."""
    panel = built(tmp_path, EXPIRED, now=present(), runs=())
    assert panel.ask("add_autossl_excluded_domains", domains="mail.shop.example").status == 1
    assert panel.ask("set_default_key_type", type="ecdsa-prime256v1").status == 1
    assert panel.started == ["alice"]
    (change,) = [change for change in run_check(panel) if change.installed]
    assert change.installed is not None
    assert change.installed.covers == ("shop.example", "www.shop.example")
    assert change.installed.key_type == "ecdsa-prime256v1"
    assert "User-excluded domain: 1 (mail.shop.example)" in reading.newest(panel.root)


def test_exclusions_are_one_list_per_account(tmp_path: Path) -> None:
    """Adding, removing and setting change the file that AutoSSL reads; setting nothing clears it."""
    panel = built(tmp_path, EXPIRED)
    file = panel.root / "var/cpanel/ssl/autossl/excludes/alice.json"
    panel.ask("add_autossl_excluded_domains", domains="mail.shop.example,www.shop.example")
    panel.ask("remove_autossl_excluded_domains", domains="www.shop.example")
    assert json.loads(file.read_text(encoding="utf-8")) == {"excluded_domains": ["mail.shop.example"]}
    assert panel.ask("get_autossl_excluded_domains").data == [{"excluded_domain": "mail.shop.example"}]
    panel.ask("set_autossl_excluded_domains", domains="")
    assert panel.ask("get_autossl_excluded_domains").data == []
    assert file.stat().st_mode & 0o777 == 0o640


def test_an_excluded_name_has_no_recorded_problem(tmp_path: Path) -> None:
    """The row of a name vanishes when it is switched off."""
    panel = built(tmp_path, FAILING)
    panel.ask("add_autossl_excluded_domains", domains="mail.shop.example")
    with closing(sqlite3.connect(panel.root / "var/cpanel/autossl_problems.sqlite")) as connection:
        names = {name for (name,) in connection.execute("SELECT domain FROM problems")}
    assert names == {"shop.example", "www.shop.example"}


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("add_autossl_excluded_domains", {"domains": "mail.bakery.example"}),
        ("add_autossl_excluded_domains", {"domains": ""}),
        ("set_default_key_type", {"type": "rsa-1024"}),
        ("set_default_key_type", {}),
        ("get_autossl_pending_queue", {}),
    ],
)
def test_what_is_wrong_is_refused(tmp_path: Path, function: str, args: dict[str, str]) -> None:
    """Foreign names, unknown key types and functions that are gone answer with status 0 and a reason."""
    panel = built(tmp_path, EXPIRED, OTHER)
    result = panel.ask(function, **args)
    assert (result.status, result.data, bool(result.errors)) == (0, None, True)
    assert panel.started == []


def test_without_the_feature_nothing_is_to_be_had(tmp_path: Path) -> None:
    """An account whose list switches AutoSSL off starts nothing."""
    panel = built(tmp_path, replace(EXPIRED, account=hosts.Account("alice", feature_list="basic")))
    assert panel.ask("start_autossl_check").status == 0
    assert panel.started == []


def test_a_queued_check_is_not_in_progress(tmp_path: Path) -> None:
    """Only the newest run of the account or of all accounts counts, and only while its process lives."""
    panel = built(tmp_path, EXPIRED, OTHER)
    assert panel.ask("start_autossl_check") == Result()
    assert panel.ask("is_autossl_check_in_progress").data == 0
    run_check(panel)
    assert panel.ask("is_autossl_check_in_progress").data == 1


def test_installed_hosts_tell_what_visitors_should_get(tmp_path: Path) -> None:
    """The entry has the names, the dates and the provider of the certificate."""
    panel = built(tmp_path, OTHER, replace(EXPIRED, certificate=hosts.Certificate(days_left=61)))
    answer = panel.ask("installed_hosts").data
    assert isinstance(answer, list)
    (entry,) = answer
    assert entry["servername"] == "shop.example"
    assert entry["certificate"]["not_after"] == int((NOW + timedelta(days=61)).timestamp())
    assert entry["certificate"]["auto_ssl_provider"] == "LetsEncrypt"


def test_the_command_answers_in_the_documented_envelope() -> None:
    """Success has null errors, failure null data, as the documentation shows them."""
    call = Call("alice", 2001, "SSL", "start_autossl_check")
    inside: dict[str, object] = {
        "data": None,
        "errors": None,
        "messages": None,
        "metadata": {},
        "status": 1,
        "warnings": None,
    }
    expected = {"apiversion": 3, "func": "start_autossl_check", "module": "SSL", "result": inside}
    assert envelope(call, Result()) == expected
    assert envelope(call, Result(errors=("no",), status=0))["result"] == inside | {"errors": ["no"], "status": 0}


def test_settings_keep_their_other_lines(tmp_path: Path) -> None:
    """Choosing a key type changes one line of the users file."""
    panel = built(tmp_path, EXPIRED)
    before = read_settings(panel.root, "alice")
    panel.ask("set_default_key_type", type="rsa-4096")
    assert read_settings(panel.root, "alice") == before | {"SSL_DEFAULT_KEY_TYPE": "rsa-4096"}


@pytest.mark.parametrize("minute", range(0, 180, 7))
def test_a_living_host_has_no_run_without_a_process(minute: int) -> None:
    """Runs at work become real ones, and no scheduled run is cut short by the present or begins within minutes."""
    now = NOW + timedelta(minutes=minute)
    alive = hosts.Run(start=now - timedelta(seconds=20), username="alice", alive=True)
    host, at_work = living(Host(now=now, sites=(EXPIRED,), proc=True, extra_runs=(alive,)))
    assert at_work == ("alice",)
    assert (host.proc, host.extra_runs) == (False, ())
    near = next(times_before(host, now + timedelta(minutes=10)))
    assert near < now - timedelta(minutes=10)
