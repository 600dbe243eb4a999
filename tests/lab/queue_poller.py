"""The program that collects Sectigo's certificates later, and writes on in the old log (facts 1.1, 3)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.lab.chance import chance
from tests.lab.host_model import Host, Run
from tests.lab.issuers import CPANEL
from tests.lab.log_line import Line, RunClock
from tests.lab.runlog import LOGS, RunLog
from tests.lab.tree import Tree
from tests.lab.wording import DCV, short_date
from tests.lab.world import PendingOrder, World

FIRST_POLL = timedelta(minutes=5)


def poll(tree: Tree, host: Host, world: World, until: datetime) -> None:
    """Let the poller work up to a moment: orders that are due by then are installed or dropped."""
    for name, pending in list(world.queue.items()):
        after = pending.order.after
        if after is not None and pending.ordered_at + after <= until:
            del world.queue[name]
            _write(tree, host, pending, pending.ordered_at + after, _final_lines(pending, world))


def poll_the_waiting(tree: Tree, host: Host, world: World) -> None:
    """The last look at the orders that still wait at `now`."""
    for pending in world.queue.values():
        moment = last_poll(pending.ordered_at, host.now)
        if moment > pending.ordered_at:
            _write(tree, host, pending, moment, _waiting_lines(pending, moment))


def last_poll(ordered_at: datetime, now: datetime) -> datetime:
    """When an order was last polled: every 5 minutes on the first day, hourly on the second, then daily."""
    age = now - ordered_at
    day = timedelta(days=1)
    every = FIRST_POLL if age < day else timedelta(hours=1) if age < 2 * day else day
    return ordered_at + (age // every) * every


def _header_lines(pending: PendingOrder, moment: datetime) -> Iterator[Line]:
    website = pending.website
    yield Line(
        0,
        "out",
        f"The queue contains a request for a certificate for “{website.account.name}”’s website "
        f"“{website.servername}” (order item ID “{pending.order_item_id}”).",
    )
    before = max(pending.ordered_at, moment - FIRST_POLL)
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


def _final_lines(pending: PendingOrder, world: World) -> Iterator[Line]:
    website, order = pending.website, pending.order
    name, moment = website.servername, pending.ordered_at + (order.after or timedelta())
    yield from _header_lines(pending, moment)
    if order.stage == "dropped":
        text = order.text.replace("{name}", name).replace("{id}", pending.order_item_id)
        yield Line(1, order.type, text)
        return
    if order.stage == "not_installed":
        yield Line(1, order.type, order.text.replace("{name}", name))
        return
    world.install(website, names=pending.names, issuer=CPANEL, key_type=pending.key_type, at=moment)
    yield Line(1, "out", f"Installing “{name}”’s new certificate …")
    yield Line(2, "success", "Success!")


def _write(tree: Tree, host: Host, pending: PendingOrder, moment: datetime, lines: Iterator[Line]) -> None:
    """Append to the log of the run that sent the order, with the poller's own process id."""
    dice = chance(host.seed, "poll", pending.order_item_id, moment)
    clock = RunClock(moment, 0.3, dice)
    directory = f"{LOGS}/{pending.run_name}"
    with RunLog(
        tree.root / directory, Run(start=moment), dice.randrange(2_000, 4_000_000), clock, dice
    ) as log:
        for line in lines:
            log.write(line)
            clock.tick()
    for file in ("json", "txt"):
        tree.touch(f"{directory}/{file}", moment)
