"""The kinds of facts by which causes are woken, and the messages of trouble that no cause accounts for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from autossl_doctor.model.evidence import Failure
from autossl_doctor.model.host import Certificate
from autossl_doctor.model.log import UNRECOGNISED, AccountReading, LogFact, WebsiteReading

LONGEST_SECTIGO = timedelta(days=100)
TROUBLE = frozenset(("error", "warn", "failure"))
SKIPPED = frozenset(("account.suspended", "account.no_feature"))
_INSTALLED = frozenset(("install.done", "install.done_before_92", "install.notice"))
_FAILED = frozenset(
    (
        "impediment.total",
        "impediment.secured",
        "impediment.unsecured",
        "install.failed",
        "order.abandoned",
        "order.ended",
    )
)
_UNEXPLAINED = frozenset(
    (UNRECOGNISED, "install.failed", "order.abandoned", "order.ended", "impediment.full", "notice.not_renewed")
)
_ORDERED = frozenset(("order.placed", "order.waiting", "order.queued", "order.not_checked", "notice.pending"))


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
            if fact.kind != UNRECOGNISED:
                yield fact.kind


def failure_kinds(failures: Iterable[Failure]) -> Iterator[str]:
    """Give the kinds that failed names bring along."""
    for failure in failures:
        yield "failure"
        yield f"failure:{failure.kind}" if failure.claimed else "unclaimed"


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
                if not order or reading is None or order == reading.name or pasted:
                    found.append(fact)
    if failing:
        # A message that only repeats that a renewal failed says no more than the reasons do.
        found = [fact for fact in found if fact.kind != "notice.not_renewed"]
    return tuple(found)


def has_failed(kinds: set[str], failures: Sequence[Failure]) -> bool:
    """Tell whether the last run tried to renew and something failed."""
    if "installed" in kinds:
        # Installed without a name that visitors type: for that name it failed all the same.
        return any(not failure.service for failure in failures)
    return bool(kinds & _FAILED) or bool(failures) or ("unexplained" in kinds and "status.ok" not in kinds)


def is_recognised(certificate: Certificate) -> bool:
    """Tell whether AutoSSL takes a certificate for its own, or for a placeholder (facts, section 7.4)."""
    if certificate.self_signed or "Let's Encrypt" in certificate.issuer:
        return True
    return "cPanel, Inc." in certificate.issuer and certificate.lifetime <= LONGEST_SECTIGO
