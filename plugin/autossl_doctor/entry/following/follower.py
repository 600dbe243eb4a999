"""What the follower does at each look: hear questions, read on in the logs, say how far AutoSSL has come, judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from autossl_doctor.collect.runs.catalogue import ALL_USERS
from autossl_doctor.collect.runs.progress import Step
from autossl_doctor.collect.settings import AUTOSSL, CONFIG
from autossl_doctor.entry.following.accounts import Accounts
from autossl_doctor.entry.following.asked import Asked, LiveStep
from autossl_doctor.entry.following.budget import Budget
from autossl_doctor.entry.following.jobs import Job, Log, Refreshes
from autossl_doctor.entry.following.rounds import Rounds
from autossl_doctor.entry.following.runs import WatchedRuns
from autossl_doctor.entry.following.timing import Timing
from autossl_doctor.entry.following.visits import Prober, Visits
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.people import Owner, account_of, find_owner, find_owners
from autossl_doctor.model.fact import Known
from autossl_doctor.store.clicks import Clicks
from autossl_doctor.store.inbox import Inboxes, Said
from autossl_doctor.store.reports import Reports
from autossl_doctor.store.state import State

CRON = "/etc/cron.d/cpanel_autossl"
LOOK = "look"
JUNK_IS_TOLD = timedelta(minutes=1)
"""An account that leaves junk again and again is worth a line now and then."""
Anything = TypeVar("Anything")
_SHOWN: dict[Step, LiveStep] = {
    "check": "check",
    "domain_test": "domain_test",
    "order": "order",
    "issued": "issued",
    "installed": "issued",
}


class Around(NamedTuple):
    """What the follower works with; tests hand in parts of their own."""

    host: HostPaths
    state: State
    clock: Callable[[], datetime]
    prober: Prober
    start_refresh: Callable[[str], Job]
    log: Log
    timing: Timing = Timing()
    find_owner: Callable[[str], Owner | None] = find_owner
    account_of: Callable[[int], str] = account_of
    find_owners: Callable[[], Mapping[str, Owner]] = find_owners


class Follower:
    """Knows who waits for what. `look` is called again and again; nothing in it waits."""

    def __init__(self, around: Around) -> None:
        self._around = around
        self._timing = around.timing
        self._reports = Reports(around.state)
        self._inboxes = Inboxes(around.state)
        self._clicks = Clicks(around.state)
        self._runs = WatchedRuns(around.host)
        self._refreshes = Refreshes(around.start_refresh, around.log, around.clock, around.timing.judge_again)
        self._rounds = Rounds(around.state, around.prober, self._refreshes, around.timing, around.clock, around.log)
        self._accounts = Accounts(
            around.host, self._reports, self._inboxes, self._refreshes, around.find_owners, around.log
        )
        self._visits = Visits(around.host, around.prober, around.timing, around.clock, self._rounds.give_way)
        self._asked: dict[int, Asked] = {}
        self._looked_at: dict[str, datetime] = {}
        self._due: dict[str, tuple[datetime, str]] = {}
        self._budget = Budget()
        self._later: dict[str, datetime] = {}
        self._junk_told: dict[int, datetime] = {}
        self._woken_at = self._asked_at = around.clock()
        self._has_asked = False
        self._resume()

    # --- what the loop asks

    def look(self, *, woken: bool = False, read: bool = False) -> None:
        """Do everything that can be done now; `read` is to look into the inboxes as well."""
        if woken:
            self._woken_at = self._around.clock()
        if woken or read:
            self._take_questions()
            self._contained("accounts", Accounts.look, self._accounts)
        waiting = [asked for asked in self._asked.values() if asked.phase == "waiting"]
        for run in self._runs.look(waiting):
            self._run_has_ended(run.username)
        for asked in waiting:
            if not self._contained(asked.owner.account, self._go_on, asked):
                del self._asked[asked.owner.uid]
        self._look_again()
        self._visit()
        self._judge_in_time()
        self._judge()
        self._rounds.look(wait=self._visits.busy)
        self._forget()

    @property
    def is_idle(self) -> bool:
        """Tell whether nobody needs the follower any more."""
        now = self._around.clock()
        if self._runs.alive or self._refreshes.busy or self._visits.busy or self._rounds.busy or self._due:
            return False
        if any(asked.phase != "ended" for asked in self._asked.values()):
            return False
        if self._has_asked and now - self._asked_at < self._timing.after_asking:
            return False
        return now - self._woken_at >= self._timing.awake

    @property
    def pause(self) -> timedelta:
        """Tell how long the next look may wait."""
        if self._runs.behind:
            return timedelta(0)
        somebody = any(asked.phase != "ended" for asked in self._asked.values())
        return self._timing.tick if somebody or self._refreshes.busy or self._due else self._timing.quiet_tick

    def leave(self) -> None:
        """Take away what has ended; who still waits is found again by the next follower."""
        for uid, asked in list(self._asked.items()):
            if asked.phase == "ended":
                self._reports.remove_live(uid)

    # --- the beginning

    def refresh_if_old(self, last: datetime | None) -> None:
        """Have the whole server judged if something has happened since that was done last."""
        now = self._around.clock()
        self._runs.look(())
        newest = self._runs.newest
        moments = [newest.started] if newest is not None else []
        for path in (AUTOSSL, CONFIG, CRON):
            facts = self._around.host.facts(path)
            if isinstance(facts, Known):
                moments.append(datetime.fromtimestamp(facts.value.changed, now.tzinfo))
        # A judgement of the future was made while the clock was ahead.
        young = last is not None and timedelta(0) <= now - last < self._timing.refresh
        if last is None or not young or any(moment > last for moment in moments):
            self._refreshes.want("")

    def _resume(self) -> None:
        """Find those who waited when the former follower went away."""
        now = self._around.clock()
        for uid, live in self._reports.lives():
            owner = self._owner(uid)
            if owner is None or live.moment is None:
                self._reports.remove_live(uid)
                continue
            asked = Asked(owner, live.site, live.moment, live.moment, live.step, resumed=True)
            if live.ended:
                asked.phase, asked.ended = "ended", now
            else:
                self._has_asked, self._asked_at = True, now
            self._asked[uid] = asked

    # --- questions

    def _take_questions(self) -> None:
        now = self._around.clock()
        for uid, taken in self._inboxes.take_all():
            if taken.refused and now - self._junk_told.get(uid, now - JUNK_IS_TOLD) >= JUNK_IS_TOLD:
                self._junk_told[uid] = now
                self._around.log(f"{taken.refused} entries in the inbox of user {uid} were thrown away")
            self._contained(f"user {uid}", self._keep, taken.said)
            # The newest of each kind says it all.
            newest = {said.verb == LOOK: said for said in taken.said}
            for said in newest.values():
                self._contained(f"user {uid}", self._hear, said)

    def _keep(self, said: Sequence[Said]) -> None:
        """Keep for the memory what was done."""
        owner = self._owner(said[0].uid) if said else None
        if owner is not None and not owner.shared:
            self._clicks.keep(owner, said, self._around.clock())

    def _hear(self, said: Said) -> None:
        owner = self._owner(said.uid)
        if owner is None or owner.shared:
            return
        now = self._around.clock()
        former = self._asked.get(said.uid)
        if said.verb != LOOK and former is not None and former.ended is not None and said.at <= former.ended:
            return  # about a check whose end has been told
        self._has_asked, self._asked_at = True, now
        if said.verb == LOOK:
            self._want_look(owner.account, said.site)
            return
        # When it was said is the account's own word; a run cannot be waited for since long ago.
        at = max(min(said.at, now), now - self._timing.queued)
        asked = self._asked[said.uid] = Asked(owner, said.site, at, at)
        self._publish(asked)

    def _want_look(self, account: str, site: str) -> None:
        """Have an account judged again, but not too often; with a website, it is visited before."""
        now = self._around.clock()
        last = self._looked_at.get(account)
        self._due[account] = (now if last is None else max(now, last + self._timing.look), site)

    def _look_again(self) -> None:
        now = self._around.clock()
        for account, (at, site) in list(self._due.items()):
            if now >= at:
                del self._due[account]
                self._looked_at[account] = now
                self._contained(account, self._begin_look, (account, site, now))

    def _begin_look(self, wanted: tuple[str, str, datetime]) -> None:
        account, site, now = wanted
        owner = self._around.find_owner(account)
        if owner is None or (owner.uid in self._asked and self._asked[owner.uid].phase != "ended"):
            return  # gone, or judged at the end of what is under way
        if site and owner.uid not in self._asked:
            self._asked[owner.uid] = Asked(owner, site, now, now, "visitors", "visiting", quiet=True)
            self._visits.want(owner, site)
        else:
            self._refreshes.want(account)

    # --- on the way

    def _go_on(self, asked: Asked) -> None:
        standing = self._runs.standing(asked)
        if standing is None:
            if asked.resumed and asked.step != "queued":
                # Its run went away with the former follower.
                self._end_of_run(asked)
            return
        step = _SHOWN[standing.step]
        if step != asked.step:
            asked.step, asked.since = step, standing.since
            self._publish(asked)
        if not standing.over:
            return
        if standing.step == "installed":
            asked.step, asked.since, asked.phase = "visitors", self._around.clock(), "visiting"
            self._publish(asked)
            self._visits.want(asked.owner, asked.site)
        else:
            self._end_of_run(asked)

    def _end_of_run(self, asked: Asked) -> None:
        asked.phase = "judging"
        account = asked.owner.account
        if account not in self._later:
            self._later[account] = self._budget.take(account, self._around.clock())

    def _judge_in_time(self) -> None:
        now = self._around.clock()
        for account, at in list(self._later.items()):
            if now >= at:
                del self._later[account]
                self._refreshes.want(account)

    def _run_has_ended(self, username: str) -> None:
        if username == ALL_USERS:
            self._refreshes.want("")
        elif username:
            self._want_look(username, "")

    def _visit(self) -> None:
        uid = self._visits.look()
        if uid is not None and uid in self._asked:
            self._end_of_run(self._asked[uid])

    def _judge(self) -> None:
        account = self._refreshes.look()
        if not account:
            return
        for asked in list(self._asked.values()):
            if asked.phase == "judging" and asked.owner.account == account:
                self._contained(account, self._end, asked)

    def _end(self, asked: Asked) -> None:
        asked.phase, asked.ended = "ended", self._around.clock()
        if asked.quiet:
            del self._asked[asked.owner.uid]
            return
        report = self._reports.read(asked.owner)
        sites = report["sites"] if report else []
        main = next((site["main"] for site in sites if site["site"] == asked.site), None)
        self._reports.write_live(asked.owner, asked.live(main))

    def _forget(self) -> None:
        now = self._around.clock()
        for uid, asked in list(self._asked.items()):
            ended = asked.ended is not None and now - asked.ended >= self._timing.shown
            lost = asked.phase == "waiting" and asked.step == "queued" and now - asked.at >= self._timing.queued
            if ended or lost:
                del self._asked[uid]
                self._reports.remove_live(uid)

    # --- small things

    def _publish(self, asked: Asked) -> None:
        if not asked.quiet:
            self._reports.write_live(asked.owner, asked.live())

    def _owner(self, uid: int) -> Owner | None:
        account = self._around.account_of(uid)
        owner = self._around.find_owner(account) if account else None
        return owner if owner is not None and owner.uid == uid else None

    def _contained(self, whom: str, task: Callable[[Anything], None], about: Anything) -> bool:
        """Do something for one account; its trouble is none of the others'."""
        try:
            task(about)
        except Exception as error:  # noqa: BLE001 - one account's trouble must not end the work for the others
            self._around.log(f"{whom}: {type(error).__name__}")
            return False
        return True
