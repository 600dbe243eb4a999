"""What visitors get, as the doctor remembers it: the file, and what it changes in a verdict."""

import json
import os
import stat
from collections.abc import Container
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autossl_doctor.collect.host import Wanted, read_host
from autossl_doctor.collect.served import GATHERED, NEW, SERVED, read_served
from autossl_doctor.diagnose.report import diagnose
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known, Unknown
from autossl_doctor.model.finding import STAGES
from autossl_doctor.model.report import SiteVerdict
from autossl_doctor.model.served import Served, from_file
from autossl_doctor.store.layout import SERVED_GATHERED, SERVED_NEW, STATE
from autossl_doctor.store.served import gathering, remember
from autossl_doctor.store.state import State
from tests.causes.situations import catalogue
from tests.lab import hosts
from tests.lab.hosts import Account, Host, Look, Site
from tests.unit.ordinary_user import as_ordinary_user
from tests.unit.store_places import state_in

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHOP = Served("shop.example", "192.0.2.10", NOW, "served", "ab" * 32, "valid", NOW + timedelta(days=30), "R11")
ACT_EARLIER = timedelta(hours=6)
"""The usual time from a try to the new certificate, and one interval of the schedule."""


def verdict(tmp_path: Path, *looks: Look) -> SiteVerdict:
    """What is said about a website after these looks from outside."""
    host = Host(now=NOW, sites=(Site("shop.example", Account("alice"), looks=looks),))
    return judged(hosts.build(host, tmp_path / "root"))


def judged(root: Path) -> SiteVerdict:
    """The verdict on the only website of a host."""
    report = diagnose(read_host(HostPaths(root), NOW, Wanted(), lambda: NOW), catalogue().causes)
    return report.sites[0]


def gaps(found: SiteVerdict) -> list[str]:
    """Why nobody could see what visitors get."""
    return [gap.why for gap in found.could_not_check if gap.fact == "served"]


# --- the file


def test_what_is_remembered_is_what_is_read(tmp_path: Path) -> None:
    """The store writes what the collector reads, at the same place, for root alone."""
    assert (f"{STATE}/{SERVED_NEW}", f"{STATE}/{SERVED_GATHERED}", f"{STATE}/served.json") == (NEW, GATHERED, SERVED)
    place, state = memory(tmp_path)
    remember([SHOP], NOW, state)
    for name in (SERVED_NEW, "served.json"):
        assert [file.name for file in place.iterdir()] == [name]
        assert stat.S_IMODE((place / name).stat().st_mode) == 0o600
        assert read_served(HostPaths(tmp_path), {"shop.example"}) == Known({"shop.example": (SHOP,)}, SERVED)
        assert read_served(HostPaths(tmp_path)) == Known({"shop.example": (SHOP,)}, SERVED)
        gather(tmp_path, state)
    assert read_served(HostPaths(tmp_path), {"bakery.example"}) == Known({}, SERVED)


def memory(directory: Path) -> tuple[Path, State]:
    """The doctor's directory on a host of a test's own."""
    place = directory / STATE[1:]
    place.mkdir(parents=True)
    return place, state_in(place)


def gather(directory: Path, state: State, sites: Container[str] | None = None) -> None:
    """What a judgement of the whole server does with what was seen."""
    with gathering(state) as keep:
        found = read_served(HostPaths(directory), sites)
        keep(found.value if isinstance(found, Known) else None)


def test_looks_are_added_to_those_before(tmp_path: Path) -> None:
    """A failed look stays beside the certificate seen before it; a website that is gone is forgotten."""
    place, state = memory(tmp_path)
    remember([SHOP, replace(SHOP, site="bakery.example")], NOW, state)
    gather(tmp_path, state)
    failed = Served("shop.example", "192.0.2.10", NOW + HOUR, "timeout")
    remember([failed], NOW + HOUR, state)
    gather(tmp_path, state, {"shop.example"})
    assert from_file((place / "served.json").read_bytes()) == {"shop.example": (failed, SHOP)}


def test_a_look_in_the_future_is_not_remembered(tmp_path: Path) -> None:
    """A prober with a wrong clock, or with bad intent, cannot make its word the youngest for ever."""
    place, state = memory(tmp_path)
    remember([replace(SHOP, at=NOW + timedelta(days=900))], NOW, state)
    assert (place / SERVED_NEW).read_bytes() == b""


@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b'{"schema":9}', b"\xff" * 50])
def test_a_torn_memory_begins_anew(content: bytes, tmp_path: Path) -> None:
    """The next judgement of the whole server replaces what cannot be read."""
    place, state = memory(tmp_path)
    (place / "served.json").write_bytes(content)
    gather(tmp_path, state)
    remember([SHOP], NOW, state)
    assert read_served(HostPaths(tmp_path)) == Known({"shop.example": (SHOP,)}, SERVED)


def test_the_memory_is_capped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the cap the websites that were looked at longest ago are forgotten."""
    place, state = memory(tmp_path)
    looks = [replace(SHOP, site=f"site-{age}.example", at=NOW - age * HOUR) for age in range(4)]
    for name, cap in (("MOST_SITES", 2), ("CAP", 500)):
        remember(looks, NOW, state)
        with monkeypatch.context() as patched:
            patched.setattr(f"autossl_doctor.store.served.{name}", cap)
            gather(tmp_path, state)
            remember(looks, NOW, state)
            assert not (place / SERVED_NEW).exists() or not (place / SERVED_NEW).stat().st_size or name != "CAP"
        known = from_file((place / "served.json").read_bytes())
        assert known is not None
        assert sorted(known) == ["site-0.example", "site-1.example"][: len(known)]
        assert known


def test_what_is_seen_while_others_gather_is_not_lost(tmp_path: Path) -> None:
    """Neither what comes in between nor what a gatherer left who did not come to the end; a late one harms nobody."""
    _, state = memory(tmp_path)
    seen = [replace(SHOP, site=f"site-{number}.example") for number in range(4)]
    remember(seen[:1], NOW, state)
    with gathering(state):
        remember(seen[1:2], NOW, state)
    with gathering(state) as slow:
        before = read_served(HostPaths(tmp_path))
        assert isinstance(before, Known)
        remember(seen[2:3], NOW, state)
        gather(tmp_path, state)
        gather(tmp_path, state)
        remember(seen[3:], NOW, state)
        slow(before.value)
    found = read_served(HostPaths(tmp_path))
    assert isinstance(found, Known)
    assert sorted(found.value) == [look.site for look in seen]


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"{", "damaged"), (b" " * (64 * 1024 * 1024 + 1), "too_large"), (None, "is_a_link"), ("", "missing")],
)
def test_a_memory_that_cannot_be_read_gives_its_reason(tmp_path: Path, content: bytes | str | None, why: str) -> None:
    """A damaged file is no sign that nobody looked."""
    file = tmp_path / SERVED[1:]
    file.parent.mkdir(parents=True)
    if content is None:
        file.symlink_to("elsewhere")
    elif isinstance(content, bytes):
        file.write_bytes(content)
    assert read_served(HostPaths(tmp_path), ()) == Unknown(why, SERVED)  # type: ignore[arg-type]


def test_an_account_may_not_read_it(tmp_path: Path) -> None:
    """On a live server only root knows what was seen of everybody's websites."""
    tmp_path.chmod(0o755)
    file = tmp_path / SERVED[1:]
    file.parent.mkdir(parents=True)
    file.write_bytes(b"{}")
    file.chmod(0)
    host = HostPaths(tmp_path)
    assert as_ordinary_user(lambda: read_served(host, ())) == Unknown("permission_denied", SERVED)


# --- the verdict


def test_without_a_look_nothing_is_missing(tmp_path: Path) -> None:
    """A server without the prober is judged by its files, as before."""
    found = verdict(tmp_path)
    assert (found.visitors, found.main.cause, gaps(found)) == ("safe", "healthy", [])


@pytest.mark.parametrize(
    ("look", "visitors"),
    [
        (Look(shown="valid"), "safe"),
        (Look(shown="expired", days_left=-3), "warned"),
        (Look(shown="not_yet"), "warned"),
        (Look(shown="self_signed"), "warned"),
        (Look(shown="wrong_name"), "warned"),
        (Look(shown="unreadable"), "unknown"),
        (Look(shown="valid", days_left=-0.01), "warned"),
        (Look(same=True, shown="wrong_name"), "safe"),
        (Look(ago=timedelta(days=29), shown="expired", days_left=-3), "safe"),
    ],
)
def test_visitors_are_judged_by_what_they_are_shown(look: Look, visitors: str, tmp_path: Path) -> None:
    """A look that is younger than the installation counts; the installed certificate itself is judged by its file."""
    assert verdict(tmp_path, look).visitors == visitors


@pytest.mark.parametrize("outcome", ["refused", "timeout", "reset", "tls_error", "not_allowed", "error"])
def test_a_look_that_failed_is_said(outcome: str, tmp_path: Path) -> None:
    """Visitors are judged by the installed certificate, and the report says what could not be seen, and why."""
    found = verdict(tmp_path, Look(outcome=outcome))
    assert (found.visitors, found.main.cause) == ("safe", "healthy")
    assert gaps(found) == [f"{outcome.replace('_', ' ')}: 192.0.2.10:443"]


@pytest.mark.parametrize("outcome", ["served", "refused"])
def test_a_look_from_before_the_installation_is_history(outcome: str, tmp_path: Path) -> None:
    """What came of looking at the former certificate is of no interest; nobody has looked at the present one."""
    assert gaps(verdict(tmp_path, Look(ago=timedelta(days=29), outcome=outcome))) == ["not looked: 192.0.2.10:443"]


@pytest.mark.parametrize(
    ("seconds", "same", "cause"),
    [
        (-1, False, "healthy"),
        (0, False, "healthy"),
        (1, False, "renewed_not_served"),
        (-1, True, "healthy"),
        (0, True, "healthy"),
    ],
)
def test_a_look_in_the_second_of_the_installation(seconds: int, same: bool, cause: str, tmp_path: Path) -> None:  # noqa: FBT001 - a row of the table
    """Records know whole seconds: in the same one, only the installed certificate itself proves that it came later."""
    look = Look(ago=HOUR - timedelta(seconds=seconds), same=same)
    root = hosts.build(Host(now=NOW, sites=(Site("shop.example", Account("alice"), looks=(look,)),)), tmp_path / "r")
    installed = (NOW - HOUR).timestamp() + 0.5
    os.utime(root / "var/cpanel/ssl/apache_tls/shop.example/certificates", (installed, installed))
    found = judged(root)
    assert found.main.cause == cause
    assert bool(gaps(found)) is (seconds < 0 or (seconds == 0 and not same))


def test_an_unreadable_certificate_is_said(tmp_path: Path) -> None:
    """What was shown and cannot be read is named as that."""
    assert gaps(verdict(tmp_path, Look(shown="unreadable"))) == ["unreadable: 192.0.2.10:443"]


def test_a_damaged_memory_is_said(tmp_path: Path) -> None:
    """A file that cannot be read concerns every website."""
    root = hosts.build(Host(now=NOW, sites=(Site("shop.example", Account("alice"), looks=(Look(),)),)), tmp_path / "r")
    (root / SERVED[1:]).write_bytes(b"torn")
    found = judged(root)
    assert (found.visitors, gaps(found)) == ("safe", [f"damaged: {SERVED}"])


def test_act_by_follows_what_visitors_get(tmp_path: Path) -> None:
    """Somebody must act before the certificate that is shown ends; if it has, it is too late for a date."""
    found = verdict(tmp_path, Look(shown="valid", days_left=20))
    assert found.main.act_by == NOW + timedelta(days=20) - ACT_EARLIER
    assert verdict(tmp_path / "2", Look(shown="expired", days_left=-1)).main.act_by is None


def test_a_website_without_a_certificate_is_warned_whatever_was_shown(tmp_path: Path) -> None:
    """Without an installation there is nothing that a look could be younger than."""
    site = Site("shop.example", Account("alice"), certificate=None, looks=(Look(shown="valid"),))
    assert judged(hosts.build(Host(now=NOW, sites=(site,), runs=()), tmp_path / "root")).visitors == "warned"


def test_the_finding_names_what_was_seen(tmp_path: Path) -> None:
    """The evidence is the record: where, when, which certificate."""
    seen = verdict(tmp_path, Look(shown="self_signed", issuer="host.server.example")).main.evidence[0]
    assert seen.source == SERVED
    assert seen.at is not None
    assert datetime.fromisoformat(seen.at) == NOW - HOUR
    assert seen.text.startswith("192.0.2.10:443, self_signed, host.server.example, sha256 ")


def test_records_of_a_stranger_do_no_harm(tmp_path: Path) -> None:
    """A saved host may bring any file along; what has not its form is not there."""
    root = hosts.build(Host(now=NOW, sites=(Site("shop.example", Account("alice"), looks=(Look(),)),)), tmp_path / "r")
    file = root / SERVED[1:]
    record = json.loads(file.read_bytes())["served"][0]
    hostile = [record | {"issuer": "\u202e"}, record | {"site": {}}, [[]], None, record | {"x": 1}]
    file.write_text(json.dumps({"schema": 1, "served": hostile}))
    assert judged(root).main.cause == "healthy"


# --- where a cause holds a renewal back


@pytest.mark.parametrize("cause", catalogue().causes, ids=lambda cause: cause.id)
def test_a_stage_is_a_step_of_a_renewal(cause: object) -> None:
    """A cause holds a renewal back at one of the six steps, or at none."""
    assert getattr(cause, "stage", None) in ("", *STAGES)


def test_every_cause_that_holds_a_renewal_back_says_where() -> None:
    """What blocks, delays or fails a renewal has a stage; what is fine, or says nothing of the cause, has none."""
    without = {cause.id for cause in catalogue().causes if not cause.stage}
    held = {cause.id for cause in catalogue().causes if cause.explains in ("waiting", "blocked", "failing")}
    assert without & held == {"service_names_not_pointed", "unknown_problem"}
    assert {cause.id for cause in catalogue().causes} - held - without == {"renewed_not_served", "run_deferred"}
