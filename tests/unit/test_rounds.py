"""Routine looks: without anybody asking, the follower finds out what visitors get, and gives way to whoever asks."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autossl_doctor.collect.certificates import read_certificate
from autossl_doctor.entry.following.jobs import FEW_ACCOUNTS, Refreshes
from autossl_doctor.entry.following.rounds import PORTION, Rounds
from autossl_doctor.entry.following.timing import Timing
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known
from autossl_doctor.model.served import Served
from autossl_doctor.store.served import remember
from autossl_doctor.store.visits import Due, ToVisit, write_visits
from tests.lab import hosts
from tests.lab.hosts import Account, Host, Site
from tests.unit.followed_host import (
    CHECK,
    DONE,
    ISSUED,
    ORDER,
    SITE,
    SUCCESS,
    TEST,
    Clock,
    Ended,
    FakeProber,
    FollowedHost,
    WrittenRun,
)
from tests.unit.store_places import state_in

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
ADDRESS = "192.0.2.10"
QUIET = "quiet.example"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[FollowedHost]:
    """Two accounts with one website each; looks are remembered where the next judgement finds them."""
    sites = (Site(SITE, Account("alice")), Site(QUIET, Account("bob")))
    root = hosts.build(Host(now=NOW, sites=sites, proc=True), tmp_path / "root")
    (root / "var/lib").mkdir(parents=True)
    followed = FollowedHost(root, root / "var/lib/autossl-doctor", NOW)
    followed.prober.remember = lambda seen, now: remember(seen, now, followed.state)  # type: ignore[method-assign]
    yield followed
    followed.state.close()


def shown(host: FollowedHost, site: str, *, other: bool = False) -> Served:
    """A look that was shown the installed certificate, or another one."""
    found = read_certificate(HostPaths(host.root), site)
    assert isinstance(found, Known)
    assert found.value is not None
    fingerprint = "0" * 64 if other else found.value.fingerprint
    return Served(site, ADDRESS, host.clock.now, "served", fingerprint, "valid", NOW + timedelta(days=8), "R11")


def judged(host: FollowedHost) -> None:
    """The whole server is judged, as after a run over all accounts."""
    run = WrittenRun(host, "*")
    host.look()
    run.end()
    host.look()
    host.look()


def goes(host: FollowedHost) -> bool:
    """Whether the follower would go now."""
    return host.follower.is_idle


def causes(host: FollowedHost) -> list[str]:
    """What the first account's report says."""
    return [finding["cause"] for finding in host.report()["sites"][0]["findings"]]


def test_a_web_server_that_keeps_the_former_certificate_is_found_without_a_click(host: FollowedHost) -> None:
    """After the judgement of the server the prober looks, and who shows something new is judged again."""
    judged(host)
    (asked,) = host.prober.asked
    assert sorted(asked) == [(QUIET, ADDRESS), (SITE, ADDRESS)]
    host.prober.answer = (shown(host, SITE, other=True), shown(host, QUIET))
    for _ in range(4):
        host.look()
    assert host.refreshed == ["", "alice", "bob"]
    assert "renewed_not_served" in causes(host)
    assert not any(gap["fact"] == "served" for gap in host.report()["sites"][0]["could_not_check"])


def test_what_is_as_it_was_is_not_judged_again(host: FollowedHost) -> None:
    """And it is looked at again a day later; another certificate is looked at again after an hour."""
    judged(host)
    host.prober.answer = (shown(host, SITE, other=True), shown(host, QUIET))
    for _ in range(4):
        host.look()
    host.refreshed.clear()
    for hours, expected in ((0.5, []), (1, [SITE]), (24, [SITE, QUIET])):
        host.look(hours * 3600)
        host.prober.asked.clear()
        judged(host)
        assert [site for asked in host.prober.asked for site, _ in asked] == expected
        host.prober.answer = (shown(host, SITE, other=True), shown(host, QUIET))
        for _ in range(4):
            host.look()
    assert host.refreshed == ["", "", ""]
    host.look(3600)
    judged(host)
    host.prober.answer = (shown(host, SITE),)
    for _ in range(4):
        host.look()
    assert host.refreshed == ["", "", "", "", "alice"]
    assert "renewed_not_served" not in causes(host)


def test_nobody_is_looked_at_while_the_reports_are_young(host: FollowedHost) -> None:
    """A follower that only came to hear a click has no list of its own."""
    host.look(woken=True)
    host.look()
    assert host.prober.asked == []


def test_a_click_goes_first(host: FollowedHost) -> None:
    """It takes the prober away from the routine, which begins again with what it had not ended."""
    judged(host)
    (routine,) = host.prober.asked
    host.click("look")
    host.look(woken=True)
    host.look()
    assert host.prober.asked == [routine, [(SITE, ADDRESS)]]
    reminded = host.prober.reminded
    host.look(2)
    assert host.prober.reminded == reminded + 1
    host.prober.answer = (shown(host, SITE),)
    host.look()
    host.prober.answer = None
    host.look()
    assert host.prober.asked == [routine, [(SITE, ADDRESS)], routine]
    assert host.refreshed == ["", "alice"]


def test_a_click_does_not_wait_for_a_routine_judgement(host: FollowedHost) -> None:
    """Nor does the end of a routine judgement end the wait of somebody who asked meanwhile."""
    judged(host)
    host.click()
    host.look(woken=True)
    run = WrittenRun(host)
    host.clock.pass_by(timedelta(seconds=5))
    run.write((*CHECK, *TEST, *ORDER, *ISSUED, *SUCCESS, *DONE))
    host.look()
    assert host.step() == "visitors"
    assert host.prober.asked[-1] == [(SITE, ADDRESS)]
    host.prober.answer = (shown(host, SITE),)
    host.look()
    host.look()
    assert host.live()["ended"]  # type: ignore[index]


def test_the_follower_stays_for_the_list_and_then_goes(host: FollowedHost) -> None:
    """Not longer than the prober's own limit, and not at all for one that does not answer."""
    judged(host)
    host.look(120)
    assert not goes(host)
    host.look(240)
    host.look()
    assert goes(host)
    assert host.said == ["the prober did not end its work in time"]
    host.prober.works = False
    host.look(3600)
    judged(host)
    host.look(30)
    host.look(60)
    assert goes(host)
    assert host.said[1:] == ["the prober does not answer"]


# --- many websites


class Many:
    """A server with many websites, each of an account of its own, and a refresh that takes a while."""

    def __init__(self, directory: Path, websites: int) -> None:
        self.clock, self.prober = Clock(NOW), FakeProber()
        self.state = state_in(directory / "state")
        self.started: list[str] = []
        self.running: dict[str, int | None] = {}
        timing = Timing()
        self.refreshes = Refreshes(self._start, self._log, self.clock, timing.judge_again)
        self.said: list[str] = []
        self.rounds = Rounds(self.state, self.prober, self.refreshes, timing, self.clock, self._log)
        self.due = tuple(
            Due(f"site-{number}.example", f"user{number}", ADDRESS, NOW, "aa" * 32, new=True)
            for number in range(websites)
        )

    def _start(self, account: str) -> Ended:
        self.started.append(account)
        if not account:
            write_visits(self.state, ToVisit(self.clock.now, 0, len(self.due), self.due))
        return Ended(0)

    def _log(self, message: str) -> None:
        self.said.append(message)

    def look(self, seconds: float = 1) -> None:
        """Let time pass, then go on."""
        self.clock.pass_by(timedelta(seconds=seconds))
        self.refreshes.look()
        self.rounds.look(wait=False)

    def answer(self, fingerprint: str = "aa" * 32) -> None:
        """The prober was shown the same by all whom it was asked to visit."""
        self.prober.answer = [
            Served(site, address, self.clock.now, "served", fingerprint, "valid", NOW, "R11")
            for site, address in self.prober.asked[-1]
        ]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Callable[[int], Many]]:
    """Begin a round on a server with so many websites."""
    begun: list[Many] = []

    def begin(websites: int) -> Many:
        many = Many(tmp_path, websites)
        begun.append(many)
        many.refreshes.want("")
        many.look()
        many.look()
        return many

    yield begin
    for many in begun:
        many.state.close()


def test_one_portion_follows_the_other(server: Callable[[int], Many]) -> None:
    """Never two at once; each website once."""
    many = server(2 * PORTION + 7)
    for portion in range(1, 4):
        for _ in range(3):
            many.look()
        assert len(many.prober.asked) == portion
        many.answer()
        many.look()
        many.prober.answer = None
        many.look()
    assert [len(asked) for asked in many.prober.asked] == [PORTION, PORTION, 7]
    assert len({visit for asked in many.prober.asked for visit in asked}) == 2 * PORTION + 7
    assert not many.rounds.busy
    assert len(many.prober.remembered) == 2 * PORTION + 7


@pytest.mark.parametrize("websites", [FEW_ACCOUNTS, FEW_ACCOUNTS + 1])
def test_few_accounts_are_judged_one_by_one_and_many_together(server: Callable[[int], Many], websites: int) -> None:
    """Many: by one judgement of the server, a while after the last one."""
    many = server(websites)
    many.answer()
    for _ in range(FEW_ACCOUNTS + 4):
        many.look()
    if websites <= FEW_ACCOUNTS:
        assert many.started == ["", *sorted(due.account for due in many.due)]
        assert not many.refreshes.busy
        return
    assert many.started == [""]
    assert many.refreshes.busy
    many.look(300)
    assert many.started == ["", ""]


def test_who_was_looked_at_while_the_list_was_made_is_not_looked_at_again(server: Callable[[int], Many]) -> None:
    """The one who made it could not know."""
    many = server(20)
    many.refreshes.want("")
    many.refreshes.look()
    many.answer()
    many.look()
    many.look()
    assert len(many.prober.asked) == 1
    assert not many.rounds.busy


def test_a_round_ends_when_its_time_is_over(server: Callable[[int], Many]) -> None:
    """What is left is listed anew; what was found until then is judged."""
    many = server(3 * PORTION)
    many.answer()
    many.look(601)
    many.prober.answer = None
    many.look()
    many.look()
    assert not many.rounds.busy
    assert len(many.prober.asked) == 1
    assert many.started == ["", ""]


def test_a_failed_look_is_no_news(server: Callable[[int], Many]) -> None:
    """Nobody is judged again for it."""
    many = server(5)
    many.prober.answer = [Served(*visit, many.clock.now, "timeout") for visit in many.prober.asked[0]]
    for _ in range(3):
        many.look()
    assert many.started == [""]
    assert not many.refreshes.busy


def test_a_long_judgement_is_followed_by_a_long_rest() -> None:
    """Of the server's time the doctor takes a small part, however many websites there are."""
    clock = Clock(NOW)
    ended: list[int | None] = [None]

    class Job:
        def poll(self) -> int | None:
            return ended[0]

    started: list[str] = []

    def start(account: str) -> Job:
        started.append(account)
        return Job()

    jobs = Refreshes(start, started.append, clock, timedelta(minutes=5))
    jobs.want("")
    jobs.look()
    clock.pass_by(timedelta(minutes=2))
    ended[0] = 0
    jobs.look()
    jobs.want_later(f"user{number}" for number in range(50))
    clock.pass_by(timedelta(minutes=19))
    jobs.look()
    assert started == [""]
    clock.pass_by(timedelta(minutes=1))
    jobs.look()
    assert started == ["", ""]


def test_who_asks_again_waits_for_the_next_judgement() -> None:
    """The one under way may have read the host too early; and who waits comes before the routine."""
    status: list[int | None] = [None]

    class Job:
        def poll(self) -> int | None:
            return status[0]

    started: list[str] = []

    def start(account: str) -> Job:
        started.append(account)
        return Job()

    jobs = Refreshes(start, started.append, Clock(NOW), timedelta(minutes=5))
    jobs.want_later(["alice", "bob", "carol"])
    jobs.look()
    jobs.want("alice")
    jobs.want("carol")
    status[0] = 0
    assert jobs.look() == ""
    assert [jobs.look() for _ in range(3)] == ["alice", "carol", "bob"]
    assert started == ["alice", "alice", "carol", "bob"]
    assert not jobs.busy
