"""What nobody could look at: for the whole host, and for each website."""

from __future__ import annotations

from collections.abc import Sequence

from autossl_doctor.diagnose.judge import Judgement
from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.fact import Known, Unknown
from autossl_doctor.model.host import HostReading
from autossl_doctor.model.report import CouldNotCheck

Missing = tuple[CouldNotCheck, ...]
HTTPS = 443


class Gaps:
    """Collects the gaps; websites that lack the same things share one list."""

    def __init__(self, reading: HostReading, crashed: Sequence[str], *, queue_counts: bool) -> None:
        self.general = () if reading.pasted else _general(reading, queue_counts=queue_counts)
        self.general += tuple(CouldNotCheck("rule", text) for text in crashed)
        self._looks = isinstance(reading.served, Known)
        self._shared: dict[tuple[str, ...], Missing] = {}

    def of(self, evidence: SiteEvidence, judgement: Judgement) -> Missing:
        """List what could not be looked at for one website, then what could not be for all."""
        certificate, account = evidence.certificate_fact, evidence.account
        missing: list[str] = []
        if isinstance(certificate, Unknown) and not evidence.host.pasted:
            missing += "certificate", certificate.why, certificate.source, certificate.detail
        if account is not None and isinstance(account.suspended, Unknown):
            missing += "account", account.suspended.why, account.suspended.source, account.suspended.detail
        if account is not None and isinstance(account.excluded, Unknown):
            missing += "excluded_domains", account.excluded.why, account.excluded.source, account.excluded.detail
        if self._looks and (unseen := _unseen(evidence)):
            missing += "served", unseen, f"{evidence.website.address}:{HTTPS}", ""
        for name in judgement.missing:
            missing += name, "missing", "", ""
        for text in judgement.crashed:
            missing += "rule", "read_error", "", text
        if not missing:
            return self.general
        key = tuple(missing)
        shared = self._shared.get(key)
        if shared is None:
            own = [_gap(key[place : place + 4]) for place in range(0, len(key), 4)]
            shared = self._shared[key] = (*own, *self.general)
        return shared


def _unseen(evidence: SiteEvidence) -> str:
    """Say why nobody could see what visitors get of the installed certificate; "" where it was seen."""
    visit, served = evidence.visit, evidence.served
    if visit is None:
        return "not_looked" if evidence.certificate is not None else ""
    if visit.outcome != "served":
        return visit.outcome
    return "unreadable" if served is not None and served.validity == "unreadable" else ""


def _gap(parts: tuple[str, ...]) -> CouldNotCheck:
    name, why, source, detail = parts
    return CouldNotCheck(name, ": ".join(part for part in (why.replace("_", " "), source, detail) if part))


def _general(reading: HostReading, *, queue_counts: bool) -> Missing:
    """List the sources that nobody could look at and that concern every website."""
    sources: list[tuple[str, object]] = [
        ("runs", reading.runs),
        ("schedule", reading.schedule),
        ("settings", reading.settings.provider),
        ("problems", reading.problems),
        ("orders", reading.orders),
    ]
    missing = [CouldNotCheck(name, str(fact)) for name, fact in sources if isinstance(fact, Unknown)]
    if isinstance(reading.schedule, Known) and not reading.now_given:
        missing.append(CouldNotCheck("schedule", "not given: the moment of judgement (--now)"))
    elif isinstance(reading.schedule, Known) and reading.schedule.value.unsure:
        missing.append(CouldNotCheck("schedule", reading.schedule.value.unsure))
    if isinstance(reading.served, Unknown) and reading.served.why not in ("missing", "not_given"):
        missing.append(CouldNotCheck("served", str(reading.served)))
    if isinstance(reading.orders, Known) and reading.orders.value and not queue_counts:
        missing.append(CouldNotCheck("orders", f"left over: {reading.orders.source}"))
    return tuple(missing)
