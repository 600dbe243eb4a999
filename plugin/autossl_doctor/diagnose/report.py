"""The whole way from one host's readings to its report."""

from __future__ import annotations

from collections.abc import Iterable

from autossl_doctor.diagnose.assemble import Assembler, host_evidence
from autossl_doctor.diagnose.gaps import Gaps
from autossl_doctor.diagnose.judge import Judge
from autossl_doctor.diagnose.urgency import sort_key
from autossl_doctor.diagnose.verdict import FALLBACK, ServerWide, server_wide, site_verdict
from autossl_doctor.model.cause import Cause
from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Finding
from autossl_doctor.model.host import HostReading
from autossl_doctor.model.report import CouldNotCheck, Report, SiteVerdict


def diagnose(reading: HostReading, causes: Iterable[Cause], *, consume: bool = False) -> Report:
    """Judge a host: what concerns the server once, then every website.

    With `consume` the readings of runs are taken apart as they are judged, so that their memory serves the verdicts.
    """
    judge = Judge(causes)
    host = host_evidence(reading)
    server = judge.server(host)
    wide = server_wide(server.found)
    assembler = Assembler(reading, host, judge.depth, stopped=bool(wide.stopping), consume=consume)
    gaps = Gaps(reading, server.crashed, queue_counts=assembler.queue_counts())
    sites = tuple(_contained(evidence, judge, wide, gaps) for evidence in assembler.sites())
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
        could_not_check=gaps.general if isinstance(reading.websites, Known) else (*gaps.general, _unlisted(reading)),
    )


def _contained(evidence: SiteEvidence, judge: Judge, server: ServerWide, gaps: Gaps) -> SiteVerdict:
    """Judge one website; what breaks on its data costs the others nothing."""
    try:
        return site_verdict(evidence, judge, server, gaps)
    except Exception as error:  # noqa: BLE001 - see above
        website = evidence.website
        args = {"reason": "no_verdict", "site": website.name}
        unknown = Finding(FALLBACK, "host", "warning", "possible", website.names, args)
        broken = CouldNotCheck("rule", " ".join(f"{type(error).__name__}: {error}".split()))
        missing = (broken, *gaps.general)
        return SiteVerdict(
            website.account, website.name, website.names, "unknown", "unknown", (unknown,), could_not_check=missing
        )


def _unlisted(reading: HostReading) -> CouldNotCheck:
    return CouldNotCheck("websites", str(reading.websites))
