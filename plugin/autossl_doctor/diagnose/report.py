"""The whole way from one host's readings to its report."""

from __future__ import annotations

from collections.abc import Iterable

from autossl_doctor.diagnose.assemble import Assembler, host_evidence
from autossl_doctor.diagnose.judge import Found, Judge
from autossl_doctor.diagnose.urgency import sort_key
from autossl_doctor.diagnose.verdict import site_verdict
from autossl_doctor.model.cause import Cause
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.finding import Finding
from autossl_doctor.model.host import HostReading
from autossl_doctor.model.report import CouldNotCheck, Report


def diagnose(reading: HostReading, causes: Iterable[Cause]) -> Report:
    """Judge a host: what concerns the server once, then every website."""
    judge = Judge(causes)
    host = host_evidence(reading)
    server = judge.server(host)
    stopping: Found = [pair for pair in server.found if pair[0].stops]
    assembler = Assembler(reading, host, judge.depth, stopped=bool(stopping))
    general = _general(reading, queue_counts=assembler.queue_counts())
    general += tuple(CouldNotCheck("rule", text) for text in server.crashed)
    sites = tuple(site_verdict(evidence, judge, stopping, general) for evidence in assembler.sites())
    findings = [
        Finding(
            cause.id,
            match.who or cause.who,
            match.severity or cause.severity,
            match.confidence,
            match.domains,
            match.args,
            match.act_by,
            match.evidence,
        )
        for cause, match in server.found
    ]
    return Report(
        generated_at=reading.now,
        zone=reading.zone,
        host=reading.description,
        server_findings=tuple(sorted(findings, key=sort_key)),
        sites=sites,
        unrecognised=reading.unrecognised,
        could_not_check=general if isinstance(reading.websites, Known) else (*general, _missing("websites", reading)),
    )


def _missing(name: str, reading: HostReading) -> CouldNotCheck:
    return CouldNotCheck(name, str(reading.websites))


def _general(reading: HostReading, *, queue_counts: bool) -> tuple[CouldNotCheck, ...]:
    """List the sources that nobody could look at and that concern every website."""
    if reading.pasted:
        return ()
    sources: dict[str, Fact[object]] = {
        "runs": reading.runs,
        "schedule": reading.schedule,
        "settings": reading.settings.provider,
        "problems": reading.problems,
        "orders": reading.orders,
    }
    missing = [CouldNotCheck(name, str(fact)) for name, fact in sources.items() if isinstance(fact, Unknown)]
    if isinstance(reading.schedule, Known) and not reading.now_given:
        missing.append(CouldNotCheck("schedule", "not given: the moment of judgement (--now)"))
    if isinstance(reading.orders, Known) and reading.orders.value and not queue_counts:
        missing.append(CouldNotCheck("orders", f"left over: {reading.orders.source}"))
    return tuple(missing)
