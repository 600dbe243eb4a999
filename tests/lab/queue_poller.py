"""The program that collects Sectigo's certificates later, and writes on in the old log (facts 1.1, 3)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from tests.lab.chance import chance
from tests.lab.host_model import Host
from tests.lab.issuers import CPANEL
from tests.lab.log_line import Line, RunClock
from tests.lab.runlog import LOGS, RunLog
from tests.lab.tree import Tree
from tests.lab.wording import DCV, short_date
from tests.lab.world import PendingOrder, World

FIRST_POLL = timedelta(minutes=5)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Poller:
    """The poller of one host; it works between the runs."""

    tree: Tree
    host: Host
    world: World

    def settle(self, until: datetime) -> None:
        """Install or drop the orders that are due by a moment, in the order in which they fall due."""
        due = [
            (pending.ordered_at + pending.order.after, pending)
            for pending in self.world.queue.values()
            if pending.order.after is not None and pending.ordered_at + pending.order.after <= until
        ]
        for moment, pending in sorted(due, key=itemgetter(0)):
            del self.world.queue[pending.website.servername]
            self._write(pending, moment, self._final_lines(pending, moment))

    def look_at_waiting(self) -> None:
        """The last look at the orders that still wait at `now`; no log is written on with an earlier time."""
        looks = [(last_poll(pending.ordered_at, self.host.now), pending) for pending in self.world.queue.values()]
        for moment, pending in sorted(looks, key=itemgetter(0)):
            if moment > self.world.polled.get(pending.run_name, pending.ordered_at):
                self._write(pending, moment, _waiting_lines(pending, moment))

    def _final_lines(self, pending: PendingOrder, moment: datetime) -> Iterator[Line]:
        name, order = pending.website.servername, pending.order
        yield from _header_lines(pending, moment)
        if order.stage != "installed":
            text = order.text.replace("{name}", name).replace("{id}", pending.order_item_id)
            yield Line(1, order.type, text)
            return
        key_type = pending.key_type
        self.world.install(pending.website, names=pending.names, issuer=CPANEL, key_type=key_type, at=moment)
        yield Line(1, "out", f"Installing “{name}”’s new certificate …")
        yield Line(2, "success", "Success!")

    def _write(self, pending: PendingOrder, moment: datetime, lines: Iterable[Line]) -> None:
        """Append to the log of the run that sent the order, with the poller's own process id."""
        dice = chance(self.host.seed, "poll", pending.order_item_id, moment)
        pid = dice.randrange(2_000, 4_000_000)
        directory = f"{LOGS}/{pending.run_name}"
        clock = RunClock(moment, 0, dice)
        with RunLog(self.tree.root / directory, pending.run, pid, clock, dice) as log:
            for line in lines:
                log.write(line)
        for file in ("json", "txt"):
            if (self.tree.root / directory / file).exists():
                self.tree.touch(f"{directory}/{file}", moment)
        self.world.polled[pending.run_name] = moment


def last_poll(ordered_at: datetime, moment: datetime) -> datetime:
    """When an order was last polled: every 5 minutes on the first day, hourly on the second, then daily."""
    age = max(moment - ordered_at, timedelta())
    later = timedelta(hours=1) if age < 2 * DAY else DAY
    every = FIRST_POLL if age < DAY else later
    return ordered_at + (age // every) * every


def _header_lines(pending: PendingOrder, moment: datetime) -> Iterator[Line]:
    website = pending.website
    yield Line(
        0,
        "out",
        f"The queue contains a request for a certificate for “{website.account.name}”’s website "
        f"“{website.servername}” (order item ID “{pending.order_item_id}”).",
    )
    before = last_poll(pending.ordered_at, moment - timedelta(seconds=1))
    yield Line(
        1,
        "out",
        f"The request’s start time is {short_date(pending.ordered_at)} UTC, and its last poll time is "
        f"{short_date(before)} UTC.",
    )


def _waiting_lines(pending: PendingOrder, moment: datetime) -> Iterator[Line]:
    yield from _header_lines(pending, moment)
    text = f"The CA (Certificate Authority) received the request but has not yet performed a {DCV} check."
    yield Line(1, "out", text)
