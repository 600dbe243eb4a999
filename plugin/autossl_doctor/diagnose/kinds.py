"""The kinds of facts by which causes are woken, and the messages of trouble that no cause accounts for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from autossl_doctor.model.evidence import Failure
from autossl_doctor.model.host import Certificate
from autossl_doctor.model.log import UNRECOGNISED, AccountReading, LogFact, WebsiteReading

LONGEST_SECTIGO = timedelta(days=100)
SERVER = "server."
"""How the kinds of trouble begin that lies on the server and shows where a website was at work."""
TROUBLE = frozenset(("error", "warn", "failure"))
SKIPPED = frozenset(("account.suspended", "account.no_feature", "account.unreadable"))
_INSTALLED = frozenset(("install.done", "install.done_before_92", "install.notice"))
_ORDER_TROUBLE = frozenset(
    (
        "order.busy",
        "order.canceled",
        "order.forgotten",
        "order.not_ready",
        "order.not_valid",
        "order.orders_limit",
        "order.rate_limited",
        "order.refused",
        "order.rejected",
        "order.revoked",
        "order.strained",
        "order.unrecognized",
    )
)
"""How orders end without a certificate, in words that causes know."""
_FAILED = (
    frozenset(
        (
            "impediment.total",
            "impediment.secured",
            "impediment.unsecured",
            "install.failed",
            "notice.coverage",
            "notice.reduction",
            "order.abandoned",
            "order.ended",
        )
    )
    | _ORDER_TROUBLE
)
NOT_RENEWED = "notice.not_renewed"
_SIDE = ("status.", "expiry.", "website.", "key.")
"""How the kinds begin that tell the state of a website and not what became of its renewal."""
_UNEXPLAINED = frozenset((UNRECOGNISED, "order.ended", NOT_RENEWED))
_ORDERED = frozenset(
    ("order.placed", "order.waiting", "order.queued", "order.not_checked", "order.polled", "notice.pending")
)


def log_kinds(reading: WebsiteReading | None, said: AccountReading | None) -> Iterator[str]:
    """Give the kinds of what the log says about a website and its account."""
    if reading is not None:
        if reading.status:
            yield f"status.{reading.status}"
        for fact in reading.facts:
            yield fact.kind
            if fact.kind in _INSTALLED:
                yield "installed"
            elif fact.kind in _ORDERED:
                yield "ordered"
    if said is not None:
        for fact in said.facts:
            # A website that was in order asked for nothing: what became of its account's orders is not about it.
            asked = reading is None or reading.status != "ok" or fact.kind not in _ORDER_TROUBLE
            if fact.kind != UNRECOGNISED and asked:
                yield fact.kind


def failure_kinds(failures: Iterable[Failure]) -> Iterator[str]:
    """Give the kinds that failed names bring along."""
    for failure in failures:
        yield "failure"
        yield f"failure:{failure.kind}" if failure.claimed else "unclaimed"
        for kind in failure.also:
            yield f"also:{kind}"


def find_unexplained(
    reading: WebsiteReading | None, said: AccountReading | None, kinds: set[str], *, pasted: bool, failing: bool
) -> tuple[LogFact, ...]:
    """Collect messages of trouble about the website, and those about its account that it may be the reason of."""
    found = [fact for fact in reading.facts if fact.kind in _UNEXPLAINED] if reading else []
    if said is not None and said.facts:
        concerned = pasted or not kinds & {"status.ok", "installed"}
        for fact in said.facts:
            if fact.kind == UNRECOGNISED and concerned:
                order = fact.fields.get("order")
                if not order or reading is None or reading.name in order.split() or pasted:
                    found.append(fact)
    if failing or any(kind != NOT_RENEWED and not kind.startswith(_SIDE) for kind in kinds):
        # A message that only repeats that a renewal failed says no more than the reasons do.
        found = [fact for fact in found if fact.kind != NOT_RENEWED]
    return tuple(found)


def tells_of_failure(kinds: frozenset[str]) -> bool:
    """Tell whether the last run tried to renew and something else than a name failed."""
    if "status.ok" not in kinds and ("unexplained" in kinds or any(kind.startswith(SERVER) for kind in kinds)):
        return True
    return not kinds.isdisjoint(_FAILED)


def is_recognised(certificate: Certificate) -> bool:
    """Tell whether AutoSSL takes a certificate for its own, or for a placeholder (facts, section 7.4)."""
    if certificate.self_signed or "Let's Encrypt" in certificate.issuer:
        return True
    return "cPanel, Inc." in certificate.issuer and certificate.lifetime <= LONGEST_SECTIGO
