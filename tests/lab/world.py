"""What the runs change as they go: installed certificates, recorded problems, orders at the CA."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.lab.host_model import ProblemRow
from tests.lab.issuers import Issuer
from tests.lab.order_outcomes import Order
from tests.lab.run_model import Run
from tests.lab.website_model import KeyType
from tests.lab.websites import Installed, Website


@dataclass(frozen=True, kw_only=True)
class PendingOrder:
    """An order that waits at the CA; only Sectigo lets orders wait (facts 3)."""

    website: Website
    order: Order
    order_item_id: str
    ordered_at: datetime
    names: tuple[str, ...]
    key_type: KeyType
    run: Run
    """The run whose log, in the directory `run_name`, the poller goes on writing."""
    run_name: str


class World:
    """The state of the server between runs, so that each run sees what the former one left."""

    def __init__(self, now: datetime, *, remember: bool = True) -> None:
        """Make an untouched world; one that does not remember stays small whatever happens in it."""
        self.now = now
        self.problems: dict[str, ProblemRow] = {}
        self.queue: dict[str, PendingOrder] = {}
        self.polled: dict[str, datetime] = {}
        """When the poller last wrote to the log of a run."""
        self._installed: dict[str, Installed | None] = {}
        self._remember = remember

    def installed(self, website: Website) -> Installed | None:
        """The certificate that stands on the website now."""
        if website.servername in self._installed:
            return self._installed[website.servername]
        return website.installed_at_first(self.now)

    def install(
        self, website: Website, *, names: tuple[str, ...], issuer: Issuer, key_type: KeyType, at: datetime
    ) -> None:
        """Put a fresh certificate of 90 days in place; CAs date it an hour back."""
        if self._remember:
            start = at.replace(second=0) - timedelta(hours=1)
            self._installed[website.servername] = Installed(
                issuer=issuer,
                covers=names,
                not_before=start,
                not_after=start + timedelta(days=90),
                key_type=key_type,
            )

    def put(self, servername: str, installed: Installed | None) -> None:
        """Let this certificate stand on a website, wherever it comes from."""
        self._installed[servername] = installed

    def record(self, website: Website, failures: Mapping[str, str], at: datetime) -> None:
        """Write the failing names of a processed website; the rows of its other names vanish (facts 4)."""
        if not self._remember:
            return
        for name in website.names:
            self.problems.pop(name, None)
        for name, problem in failures.items():
            self.problems[name] = ProblemRow(domain=name, username=website.account.name, problem=problem, time=at)

    def let_wait(self, pending: PendingOrder) -> None:
        """Let an order wait at the CA until the poller comes."""
        if self._remember:
            self.queue[pending.website.servername] = pending
