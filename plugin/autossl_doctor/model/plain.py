"""Findings and verdicts as plain data, without words: what reports on the disk hold (contract: F, S without `text`)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from autossl_doctor.model.finding import Argument, Finding
    from autossl_doctor.model.host import Certificate
    from autossl_doctor.model.report import SiteVerdict

Plain: TypeAlias = "dict[str, Any]"


def moment(value: datetime) -> str:
    """Write a point in time as UTC, in whole seconds, ending in Z."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc(at: str | None) -> str | None:
    """Give a time stamp of a log in the form of the contract; one without a zone is UTC. None if it is none."""
    try:
        read = datetime.fromisoformat(at) if at else None
    except ValueError:
        return None
    if read is None:
        return None
    try:
        return moment(read if read.tzinfo else read.replace(tzinfo=UTC))
    except OverflowError:
        return None


def argument(value: Argument) -> Any:
    """Write an argument: moments as UTC, durations as seconds, counts as integers, lists as lists, the rest as text."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    return list(value) if isinstance(value, tuple) else value


def finding(item: Finding) -> Plain:
    """Write one finding."""
    return {
        "cause": item.cause,
        "who": item.who,
        "severity": item.severity,
        "confidence": item.confidence,
        "domains": list(item.domains),
        "args": {name: argument(value) for name, value in item.args.items()},
        "act_by": moment(item.act_by) if item.act_by else None,
        "evidence": [{"source": seen.source, "at": utc(seen.at), "text": seen.text} for seen in item.evidence],
    }


def site(verdict: SiteVerdict) -> Plain:
    """Write the verdict on one website."""
    findings = [finding(found) for found in verdict.findings]
    return {
        "account": verdict.account,
        "site": verdict.site,
        "domains": list(verdict.domains),
        "visitors": verdict.visitors,
        "renewal": verdict.renewal,
        "uncovered": list(verdict.uncovered),
        "certificate": certificate(verdict.certificate),
        "main": findings[0],
        "findings": findings,
        "could_not_check": [{"fact": missing.fact, "why": missing.why} for missing in verdict.could_not_check],
    }


def certificate(item: Certificate | None) -> Plain | None:
    """Write what visitors may know of a certificate."""
    if item is None:
        return None
    return {
        "issuer": item.issuer,
        "not_before": moment(item.not_before),
        "not_after": moment(item.not_after),
        "key_type": item.key_type,
        "covers": list(item.covers),
    }
