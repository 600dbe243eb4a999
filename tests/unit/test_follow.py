"""The follower: who asked sees how far AutoSSL has come and what came of it; nobody else is told anything."""

import json
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autossl_doctor.collect.certificates import read_certificate
from autossl_doctor.entry import follow as entry
from autossl_doctor.entry.follow import asked_to_stop, drain, last_refresh, wake_up_call, watch
from autossl_doctor.entry.following.follower import Follower
from autossl_doctor.entry.following.jobs import Refreshes
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known
from autossl_doctor.model.plain import moment
from autossl_doctor.model.served import Served
from autossl_doctor.store.layout import LIVE
from tests.lab import hosts
from tests.lab.hosts import Account, Certificate, Host, Site, check
from tests.unit.followed_host import (
    CHECK,
    DONE,
    ISSUED,
    ORDER,
    OTHER,
    OWNER,
    SITE,
    SUCCESS,
    TEST,
    Ended,
    FollowedHost,
    WrittenRun,
)
from tests.unit.store_places import ME, folder, inbox, listing

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
MINUTE = 60.0
ADDRESS = "192.0.2.10"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[FollowedHost]:
    """Two accounts with one website each; the first one's certificate has expired."""
    sites = (
        Site(SITE, Account("alice"), certificate=Certificate(days_left=-2), checks={"*": check.no_address()}),
        Site("quiet.example", Account("bob")),
    )
    root = hosts.build(Host(now=NOW, sites=sites, proc=True), tmp_path / "root")
    followed = FollowedHost(root, tmp_path / "state", NOW)
    yield followed
    followed.state.close()


def served(host: FollowedHost, fingerprint: str = "") -> Served:
    """The record of a visit that was shown the installed certificate, or another one."""
    found = read_certificate(HostPaths(host.root), SITE)
    assert isinstance(found, Known)
    assert found.value is not None
    shown = fingerprint or found.value.fingerprint
    return Served(SITE, ADDRESS, host.clock.now, "served", shown, "valid", NOW + timedelta(days=80), "R11")


def clicked(host: FollowedHost) -> WrittenRun:
    """The account has clicked, and its run has begun."""
    host.click()
    host.look(woken=True)
    host.clock.pass_by(timedelta(seconds=2))
    return WrittenRun(host)


def test_a_click_is_queued_at_once(host: FollowedHost) -> None:
    """The page sees that it was heard before AutoSSL does anything."""
    host.click()
    host.look(woken=True)
    assert host.live() == {
        "schema": 1,
        "site": SITE,
        "step": "queued",
        "since": moment(NOW),
        "ended": None,
        "main": None,
    }
    assert listing(inbox(host.place, ME)) == set()


def test_every_step_is_published_with_the_time_of_its_line(host: FollowedHost) -> None:
    """At the next look after the line was written, which is half a second later."""
    run = clicked(host)
    seen = []
    for lines in ((), CHECK, TEST, ORDER, ISSUED, SUCCESS):
        host.clock.pass_by(timedelta(seconds=10))
        run.write(lines)
        at = moment(host.clock.now)
        host.look()
        live = host.live()
        assert live is not None
        assert (live["ended"], live["main"]) == (None, None)
        seen.append((live["step"], live["since"] == at))
    assert seen == [
        ("check", False),  # since the run began
        ("check", False),
        ("domain_test", True),
        ("order", True),
        ("issued", True),
        ("issued", False),
    ]


def test_a_renewal_ends_with_what_visitors_get(host: FollowedHost) -> None:
    """The prober looks, the account is judged again, and only then is it said that it is over."""
    run = clicked(host)
    run.write((*CHECK, *TEST, *ORDER, *ISSUED, *SUCCESS, *DONE))
    host.look()
    assert host.step() == "visitors"
    assert host.prober.asked == [[(SITE, ADDRESS)]]
    host.look()
    assert host.refreshed == []
    host.prober.answer = (served(host),)
    host.look()
    host.look()
    live = host.live()
    assert host.prober.remembered == [served(host)] or len(host.prober.remembered) == 1
    assert host.refreshed[:1] == ["alice"]
    assert live is not None
    assert live["ended"] is not None
    assert live["step"] == "visitors"
    assert live["main"] == host.report()["sites"][0]["main"]
    assert host.report()["generated_at"] <= live["ended"]


def test_a_former_certificate_is_looked_at_again_for_a_while(host: FollowedHost) -> None:
    """The web server takes up the new one a few seconds after the installation."""
    run = clicked(host)
    run.write((*CHECK, *TEST, *ORDER, *ISSUED, *SUCCESS, *DONE))
    host.look()
    host.prober.answer = (served(host, "0" * 64),)
    for _ in range(3):
        host.look(1)
    assert len(host.prober.asked) > 1
    assert host.step() == "visitors"
    assert host.refreshed == []
    host.prober.answer = (served(host),)
    for _ in range(3):
        host.look(1)
    assert host.live()["ended"]  # type: ignore[index]


def test_a_prober_that_does_not_answer_is_not_waited_for_long(host: FollowedHost) -> None:
    """The account is judged without it, and it is noted that nobody looked."""
    run = clicked(host)
    run.write((*CHECK, *TEST, *ORDER, *ISSUED, *SUCCESS, *DONE))
    host.look()
    host.look(8)
    host.look()
    assert host.live()["ended"]  # type: ignore[index]
    assert [(seen.site, seen.outcome) for seen in host.prober.remembered] == [(SITE, "error")]


def test_a_failure_ends_with_the_new_reason(host: FollowedHost) -> None:
    """Nothing was installed, so nobody asks the prober."""
    run = clicked(host)
    failure = f"Local HTTP DCV error ({SITE}): “{SITE}” does not resolve to any IP addresses on the internet."
    run.write((*CHECK, TEST[0]))
    run.write([(3, failure)], "warn")
    run.write((*ORDER[:2], (2, "Impediment: TOTAL_DCV_FAILURE: Every domain failed DCV."), *DONE))
    host.look()
    host.look()
    live = host.live()
    assert live is not None
    assert (live["step"], live["main"]["cause"]) == ("domain_test", "dns_no_address")
    assert "text" not in live["main"]
    assert host.prober.asked == []


def test_a_run_that_dies_ends_the_wait(host: FollowedHost) -> None:
    """The process is gone and said nothing of the account's end."""
    run = clicked(host)
    run.write(CHECK)
    host.look()
    run.end()
    for _ in range(3):
        host.look()
    assert host.live()["ended"]  # type: ignore[index]
    assert "alice" in host.refreshed


def test_a_run_that_was_over_before_anybody_looked_is_found(host: FollowedHost) -> None:
    """The follower may need a second to start, and a run over one account may be shorter."""
    host.click()
    host.clock.pass_by(timedelta(seconds=1))
    run = WrittenRun(host)
    run.write((*CHECK, *DONE))
    run.end()
    host.look(woken=True)
    host.look()
    assert host.live()["ended"]  # type: ignore[index]


def test_a_run_over_all_accounts_counts_when_it_comes_to_the_account(host: FollowedHost) -> None:
    """Until then the click is queued; and it ends when AutoSSL is done with the account, not with the run."""
    host.click()
    host.look(woken=True)
    run = WrittenRun(host, "*")
    run.write([(1, "Analyzing “bob”’s domains …")])
    host.look()
    assert host.step() == "queued"
    run.write(CHECK)
    host.look()
    assert host.step() == "check"
    run.write(DONE)
    host.look()
    host.look()
    assert host.live()["ended"]  # type: ignore[index]
    assert host.refreshed == ["alice"]
    run.end()
    host.look()
    host.look()
    assert host.refreshed == ["alice", ""]


def test_what_a_run_had_done_before_the_click_does_not_count(host: FollowedHost) -> None:
    """The account is already behind it; the click waits for the run that it has started."""
    run = WrittenRun(host, "*")
    run.write((*CHECK, *DONE))
    host.clock.pass_by(timedelta(seconds=5))
    host.click()
    host.look(woken=True)
    host.look()
    assert host.step() == "queued"
    own = WrittenRun(host)
    own.write(CHECK)
    host.look()
    assert host.step() == "check"


def test_who_did_not_ask_is_told_nothing(host: FollowedHost) -> None:
    """A run over all accounts writes no progress; its end brings new reports."""
    run = WrittenRun(host, "*")
    run.write((*CHECK, *DONE, (1, "Analyzing “bob”’s domains …")))
    for _ in range(3):
        host.look()
    assert all(LIVE not in listing(path) for path in (host.place / "reports").iterdir())
    run.end()
    host.look()
    assert host.refreshed == [""]


def test_a_run_over_one_account_that_nobody_asked_for_renews_its_report(host: FollowedHost) -> None:
    """The administrator started it, or the panel did."""
    run = WrittenRun(host)
    host.look()
    run.write((*CHECK, *DONE))
    run.end()
    host.look()
    host.look()
    assert host.refreshed == ["alice"]
    assert host.live() is None


def test_a_run_between_two_looks_is_noticed(host: FollowedHost) -> None:
    """While nobody waits they are seconds apart, and a run over few accounts is shorter; each counts once."""
    host.look()
    run = WrittenRun(host, "*")
    run.write((*CHECK, *DONE))
    run.end()
    for _ in range(3):
        host.look(5)
    assert host.refreshed == [""]


def test_the_end_is_shown_for_a_while(host: FollowedHost) -> None:
    """Then the page goes back to its report."""
    clicked(host).write((*CHECK, *DONE))
    host.look()
    host.look()
    host.look(9 * MINUTE)
    assert host.live()
    host.look(MINUTE)
    assert host.live() is None


def test_a_click_without_a_run_is_forgotten_in_the_end(host: FollowedHost) -> None:
    """After half an hour; the page has long named the server's task queue."""
    host.click()
    host.look(woken=True)
    host.look(29 * MINUTE)
    assert host.step() == "queued"
    host.look(MINUTE)
    assert host.live() is None


def test_a_record_from_the_future_or_from_long_ago_is_believed_within_bounds(host: FollowedHost) -> None:
    """When it was said is the account's own word."""
    for at in ("2999-01-01T00:00:00Z", "1980-01-01T00:00:00Z"):
        record = {"schema": 1, "verb": "retry", "site": SITE, "names": [], "at": at}
        (inbox(host.place, ME) / "a.json").write_text(json.dumps(record))
        (inbox(host.place, ME) / "a.json").chmod(0o600)
        host.look(woken=True)
    assert host.live() is None
    host.click()
    host.look(woken=True)
    assert host.step() == "queued"


def test_a_second_click_takes_the_place_of_the_first(host: FollowedHost) -> None:
    """The page shows what was asked for last."""
    clicked(host).write(CHECK)
    host.look()
    host.click(site="other.shop.example")
    host.look(woken=True)
    assert host.live()["site"] == "other.shop.example"  # type: ignore[index]


# --- looks


def test_a_look_judges_again_without_progress(host: FollowedHost) -> None:
    """The prober looks too; the page shows the new report."""
    host.click("look")
    host.prober.answer = (served(host),)
    host.look(woken=True)
    for _ in range(3):
        host.look()
    assert (host.live(), host.refreshed, len(host.prober.asked)) == (None, ["alice"], 1)


def test_looks_are_not_made_more_often_than_twice_a_minute(host: FollowedHost) -> None:
    """Twenty of them are one now and one later."""
    for _ in range(20):
        host.click("look", "")
    host.look(woken=True)
    for _ in range(10):
        host.click("look", "")
        host.look(1, woken=True)
    assert host.refreshed == ["alice"]
    host.look(30)
    host.look()
    assert host.refreshed == ["alice", "alice"]


def test_the_report_is_the_new_one_before_the_end_is_said(host: FollowedHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that fetches itself again at the end shows the new state."""
    clicked(host).write((*CHECK, *DONE))
    order: list[str] = []
    rename = os.rename

    def noting(source: str, target: str, **more: Any) -> None:
        order.append(target)
        rename(source, target, **more)

    monkeypatch.setattr(os, "rename", noting)
    host.look()
    host.look()
    assert host.live()["ended"]  # type: ignore[index]
    assert order.index("report.json") < len(order) - 1 - order[::-1].index("live.json")


# --- trouble


def test_the_trouble_of_one_account_is_none_of_the_others(host: FollowedHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line names the account and the kind of trouble, without any content."""
    monkeypatch.setattr(Follower, "_hear", _broken)
    host.click()
    host.look(woken=True)
    assert host.said == [f"user {ME}: ValueError"]


def _broken(*_: object) -> None:
    raise ValueError("secret.example")


def test_a_judgement_that_fails_ends_the_wait_all_the_same(host: FollowedHost) -> None:
    """The page goes back to the report there is."""
    clicked(host).write((*CHECK, *DONE))
    host.owners.pop("alice")
    host.look()
    host.owners["alice"] = OWNER
    host.look()
    host.look()
    assert host.live()["ended"]  # type: ignore[index]
    assert any("no new report on alice" in said for said in host.said)


def test_an_account_that_is_gone_or_shares_its_group_is_not_heard(host: FollowedHost) -> None:
    """Its records are removed and nothing is written."""
    host.click()
    host.owners["alice"] = OWNER._replace(shared=True)
    host.look(woken=True)
    host.click()
    del host.owners["alice"]
    host.look(woken=True)
    assert host.live() is None
    assert listing(inbox(host.place, ME)) == set()


def test_a_new_follower_goes_on_where_the_former_one_was(host: FollowedHost) -> None:
    """Killed in the middle: the step goes on from where it was, and the end is not missed."""
    run = clicked(host)
    run.write((*CHECK, *TEST))
    host.look()
    host.follower = host.new_follower()
    run.write(ORDER)
    host.look()
    assert host.step() == "order"
    run.write(DONE)
    host.look()
    host.look()
    assert host.live()["ended"]  # type: ignore[index]


def test_a_run_that_ended_while_nobody_followed_is_judged(host: FollowedHost) -> None:
    """The page does not wait for it for ever."""
    run = clicked(host)
    run.write(CHECK)
    host.look(60)
    run.write(DONE)
    run.end()
    host.clock.pass_by(timedelta(minutes=2))
    host.follower = host.new_follower()
    host.look()
    host.look()
    assert host.live()["ended"]  # type: ignore[index]


# --- coming and going


def goes(host: FollowedHost) -> bool:
    """Whether the follower would go now."""
    return host.follower.is_idle


def test_the_follower_goes_when_nobody_needs_it(host: FollowedHost) -> None:
    """A minute after it was woken; five minutes after somebody asked; not while a run is alive."""
    host.look(59)
    assert not goes(host)
    host.look(1)
    assert goes(host)
    run = clicked(host)
    assert not goes(host)
    run.write((*CHECK, *DONE))
    host.look()
    host.look()
    host.look(6 * MINUTE)
    assert not goes(host)
    run.end()
    host.look()
    host.look()
    assert goes(host)
    host.follower.leave()
    assert host.live() is None


def test_it_looks_less_often_while_nobody_waits(host: FollowedHost) -> None:
    """Twice a second for who asked, else every five seconds."""
    host.look()
    assert host.follower.pause == timedelta(seconds=5)
    host.click()
    host.look(woken=True)
    assert host.follower.pause == timedelta(seconds=0.5)


@pytest.mark.parametrize(
    ("age", "change", "wanted"),
    [(None, "", [""]), (10, "", []), (60, "", [""]), (10, "run", [""]), (10, "var/cpanel/autossl.json", [""])],
    ids=["never", "young", "old", "a newer run", "a newer setting"],
)
def test_at_the_beginning_all_accounts_are_judged_if_something_is_new(
    host: FollowedHost, age: int | None, change: str, wanted: list[str]
) -> None:
    """Else the reports are left as they are."""
    host.clock.pass_by(timedelta(hours=2))
    if change == "run":
        WrittenRun(host).end()
    elif change:
        stamp = host.clock.now.timestamp()
        os.utime(host.root / change, (stamp, stamp))
    host.follower.refresh_if_old(None if age is None else host.clock.now - timedelta(minutes=age))
    host.look(0)
    host.look(0)
    assert host.refreshed == wanted


def test_the_last_refresh_is_that_of_the_server_s_report(host: FollowedHost) -> None:
    """Its file says when."""
    assert last_refresh(host.state) is not None
    (host.place / "server.json").unlink()
    assert last_refresh(host.state) is None


# --- the loop


def test_one_byte_in_the_fifo_wakes(host: FollowedHost, tmp_path: Path) -> None:
    """The loop hears the click, and ends when it is told to."""
    os.mkfifo(tmp_path / "wake")
    looks: list[bool] = []
    opened: list[int] = []
    original = host.follower.look

    def look(*, woken: bool = False, read: bool = False) -> None:
        original(woken=woken, read=read)
        looks.append(woken)
        if len(looks) == 1:
            host.click()
            os.write(opened[0], b"anything")
        else:
            os.kill(os.getpid(), signal.SIGTERM)

    host.follower.look = look  # type: ignore[method-assign]
    with asked_to_stop() as stop, wake_up_call(str(tmp_path)) as fifo:
        assert fifo is not None
        opened.append(fifo)
        watch(host.follower, fifo, stop)
        assert not drain(fifo)
    assert looks == [True, True]
    assert host.step() == "queued"


def test_without_a_fifo_the_inboxes_are_looked_into_all_the_same(
    host: FollowedHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A click is heard later then, and nobody keeps the follower awake for that."""
    looks: list[tuple[bool, bool]] = []

    def look(*, woken: bool = False, read: bool = False) -> None:
        looks.append((woken, read))
        host.clock.pass_by(timedelta(seconds=40))

    host.follower.look = look  # type: ignore[method-assign]
    monkeypatch.setattr(entry, "BETWEEN_WAKES", timedelta(0))
    monkeypatch.setattr(type(host.follower), "pause", timedelta(0))
    with asked_to_stop() as stop, wake_up_call(str(tmp_path)) as fifo:
        assert fifo is None
        watch(host.follower, fifo, stop)
    assert looks == [(True, True), (False, True)]


@pytest.mark.parametrize("kind", ["file", "link", "directory"])
def test_what_is_no_fifo_wakes_nobody(tmp_path: Path, kind: str) -> None:
    """It is neither read nor followed."""
    if kind == "file":
        (tmp_path / "wake").write_text("")
    elif kind == "link":
        os.mkfifo(tmp_path / "other")
        (tmp_path / "wake").symlink_to(tmp_path / "other")
    else:
        (tmp_path / "wake").mkdir()
    with wake_up_call(str(tmp_path)) as fifo:
        assert fifo is None


# --- jobs


class Going:
    """A program that ends when a test says so."""

    def __init__(self) -> None:
        self.status: int | None = None

    def poll(self) -> int | None:
        """Give its exit status once it has ended."""
        return self.status


def test_reports_are_written_one_account_at_a_time_and_the_server_beside_them() -> None:
    """Never two refreshes of the server at once; a wish that comes meanwhile is fulfilled afterwards."""
    started: list[tuple[str, Going]] = []

    def start(account: str) -> Going:
        started.append((account, Going()))
        return started[-1][1]

    said: list[str] = []
    jobs = Refreshes(start, said.append, lambda: NOW, timedelta(minutes=5))
    for account in ("alice", "bob", "alice", "", ""):
        jobs.want(account)
    assert jobs.look() == ""
    jobs.want("")
    assert jobs.look() == ""
    assert [account for account, _ in started] == ["", "alice"]
    started[0][1].status = started[1][1].status = 0
    assert jobs.look() == "alice"
    assert [account for account, _ in started[2:]] == ["", "bob"]
    started[2][1].status, started[3][1].status = 70, -9
    assert jobs.look() == "bob"
    assert not jobs.busy
    assert said == [
        "no new report on the server: the program ended with 70",
        "no new report on bob: the program ended with -9",
    ]


def test_a_program_that_cannot_be_started_has_ended() -> None:
    """Whoever waits for it does not wait for ever."""

    def start(_: str) -> Ended:
        raise OSError(12, "Cannot allocate memory")

    said: list[str] = []
    jobs = Refreshes(start, said.append, lambda: NOW, timedelta(minutes=5))
    jobs.want("alice")
    assert jobs.look() == "alice"
    assert said == ["no new report on alice: Cannot allocate memory"]
    assert not jobs.busy


def test_others_accounts_do_not_appear_in_a_report(host: FollowedHost) -> None:
    """Each report names its own account and websites only."""
    for owner, other in ((OWNER, OTHER), (OTHER, OWNER)):
        text = (folder(host.place, owner.uid) / "report.json").read_text()
        assert f'"{owner.account}"' in text
        assert other.account not in text


def test_accounts_that_are_gone_leave_nothing_and_new_ones_are_judged(host: FollowedHost) -> None:
    """A hook wakes the follower, which compares the panel's accounts with the reports, and only if they changed."""
    host.look(woken=True)
    host.refreshed.clear()
    users = host.root / "var/cpanel/users"
    gone = host.owners.pop("bob")
    host.look(woken=True)
    assert folder(host.place, gone.uid).exists()  # the directory has not changed: nobody has looked
    os.utime(users, (1, 1))
    host.look(woken=True)
    assert not folder(host.place, gone.uid).exists()
    assert not inbox(host.place, gone.uid).exists()
    assert folder(host.place, ME).exists()
    # The same name and number since another day is another account.
    host.owners["bob"] = gone._replace(startdate=1_790_000_000)
    os.utime(users, (2, 2))
    host.look(woken=True)
    host.look()
    assert host.refreshed == ["bob"]
    host.owners["alice"] = OWNER._replace(startdate=1_790_000_001)
    os.utime(users, (3, 3))
    host.look(woken=True)
    host.look()
    assert host.refreshed == ["bob", "alice"]


def test_a_list_of_accounts_that_cannot_be_read_costs_nobody_anything(host: FollowedHost) -> None:
    """No account at all is no reason to drop every report."""
    host.owners.clear()
    os.utime(host.root / "var/cpanel/users", (1, 1))
    host.look(woken=True)
    assert folder(host.place, ME).exists()
