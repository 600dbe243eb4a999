"""Asking the prober whether visitors already get a new certificate, one question at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from autossl_doctor.collect.accounts import read_websites
from autossl_doctor.collect.certificates import read_certificate
from autossl_doctor.entry.following.timing import Timing
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.people import Owner
from autossl_doctor.model.fact import Known
from autossl_doctor.model.host import Website
from autossl_doctor.model.served import Served
from autossl_doctor.probe import asking
from autossl_doctor.store.served import remember
from autossl_doctor.store.state import State


class Prober(Protocol):
    """What the follower needs of the prober."""

    def ask(self, visits: Iterable[tuple[str, str]]) -> str:
        """Ask for visits (name and address); give the id of the question, "" if it cannot be asked."""

    def answers(self, identity: str) -> Sequence[Served] | None:
        """Give what was seen; None until the answer is whole."""

    def remind(self) -> bool:
        """Ask once more as long as nothing is answered; True once the prober is at work."""

    def remember(self, seen: Sequence[Served], now: datetime) -> None:
        """Keep what was seen for the next judgement."""


class RealProber:
    """The prober's own unit, which systemd starts when its request changes."""

    def __init__(self, state: State) -> None:
        self._state = state

    def ask(self, visits: Iterable[tuple[str, str]]) -> str:
        """Leave the request."""
        return asking.ask(visits)

    def answers(self, identity: str) -> Sequence[Served] | None:
        """Look whether the answer is there."""
        return asking.answers(identity)

    def remind(self) -> bool:
        """Leave the request once more."""
        return asking.remind()

    def remember(self, seen: Sequence[Served], now: datetime) -> None:
        """Write what was seen where the next judgement finds it."""
        remember(seen, now, self._state)


class _Visit(NamedTuple):
    uid: int
    website: Website
    identity: str
    until: datetime
    remind_at: datetime
    again_at: datetime | None = None


class Visits:
    """Lets one website after the other be visited; `give_way` lets the prober's routine work wait for it."""

    def __init__(
        self,
        host: HostPaths,
        prober: Prober,
        timing: Timing,
        clock: Callable[[], datetime],
        give_way: Callable[[], bool],
    ) -> None:
        self._host = host
        self._prober = prober
        self._timing = timing
        self._clock = clock
        self._give_way = give_way
        self._waiting: dict[int, tuple[str, str]] = {}
        self._now: _Visit | None = None

    def want(self, owner: Owner, site: str) -> None:
        """Have a website visited for its account."""
        self._waiting[owner.uid] = (owner.account, site)

    @property
    def busy(self) -> bool:
        """Tell whether a visit is under way or waits."""
        return bool(self._waiting or self._now)

    def look(self) -> int | None:
        """Go on with the visits; give the account whose visit is over, None if none is."""
        if self._now is None and self._waiting:
            uid, (account, site) = next(iter(self._waiting.items()))
            del self._waiting[uid]
            if not self._begin(uid, account, site):
                return uid
        if self._now is None:
            return None
        visit = self._now
        if not self._is_over(visit):
            return None
        self._now = None
        return visit.uid

    def _begin(self, uid: int, account: str, site: str) -> bool:
        websites = read_websites(self._host)
        known = websites.value if isinstance(websites, Known) else ()
        # A record may name anything: only the account's own website is visited for it.
        website = next((website for website in known if (website.account, website.name) == (account, site)), None)
        if website is None:
            return False
        patience = self._timing.visit + (self._timing.give_way if self._give_way() else timedelta(0))
        now = self._clock()
        identity = self._prober.ask([(website.name, website.address)])
        if not identity:
            self._nobody_looked(website, now)
            return False
        self._now = _Visit(uid, website, identity, now + patience, now + self._timing.visit_again)
        return True

    def _is_over(self, visit: _Visit) -> bool:
        now = self._clock()
        if visit.again_at is not None:
            if now < visit.again_at:
                return False
            identity = self._prober.ask([(visit.website.name, visit.website.address)])
            self._now = visit._replace(identity=identity, again_at=None, remind_at=now + self._timing.visit_again)
            return not identity
        seen = self._prober.answers(visit.identity)
        if seen is None:
            if now >= visit.remind_at:
                self._prober.remind()
                self._now = visit._replace(remind_at=now + self._timing.visit_again)
            if now >= visit.until:
                self._nobody_looked(visit.website, now)
            return now >= visit.until
        self._prober.remember(seen, now)
        if now + self._timing.visit_again >= visit.until or not self._shows_another(visit.website.name, seen):
            return True
        self._now = visit._replace(again_at=now + self._timing.visit_again)
        return False

    def _nobody_looked(self, website: Website, now: datetime) -> None:
        """Note that the prober did not answer: silence must not read as "visitors get it"."""
        self._prober.remember([Served(website.name, website.address, now, "error")], now)

    def _shows_another(self, site: str, seen: Sequence[Served]) -> bool:
        """Tell whether the web server still has another certificate than the installed one."""
        installed = read_certificate(self._host, site)
        certificate = installed.value if isinstance(installed, Known) else None
        shown = {served.fingerprint for served in seen if served.fingerprint}
        return certificate is not None and bool(shown) and shown != {certificate.fingerprint}
