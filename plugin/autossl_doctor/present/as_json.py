"""Reports as JSON: the contract that other programs read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from autossl_doctor.explain.words import Reader, Words, Writer
from autossl_doctor.model.cause import Cause
from autossl_doctor.model.finding import Argument, Finding
from autossl_doctor.model.host import Certificate
from autossl_doctor.model.log import Unrecognised
from autossl_doctor.model.report import Report, SiteVerdict

SCHEMA = 1


def moment(value: datetime) -> str:
    """Write a point in time as UTC, in whole seconds, ending in Z."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def argument(value: Argument) -> Any:
    """Write an argument: moments as UTC, durations as seconds, counts as integers, lists as lists, the rest as text."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    return list(value) if isinstance(value, tuple) else value


def finding(item: Finding, writer: Writer) -> dict[str, Any]:
    """Write one finding with its words."""
    return {
        "cause": item.cause,
        "who": item.who,
        "severity": item.severity,
        "confidence": item.confidence,
        "domains": list(item.domains),
        "args": {name: argument(value) for name, value in item.args.items()},
        "act_by": moment(item.act_by) if item.act_by else None,
        "evidence": [{"source": seen.source, "at": utc(seen.at), "text": seen.text} for seen in item.evidence],
        "text": words(writer.words(item)),
    }


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


def words(text: Words) -> dict[str, Any]:
    """Write the words of a finding."""
    return {
        "title": text.title,
        "what": text.what,
        "why": text.why,
        "steps": [{"say": step.say, "do": step.do} for step in text.steps],
        "send": dict(text.send),
    }


def report(item: Report, writer: Writer) -> dict[str, Any]:
    """Write the answer of `diagnose`."""
    return {
        "schema": SCHEMA,
        "generated_at": moment(item.generated_at),
        "host": dict(item.host),
        "server_findings": [finding(found, writer) for found in item.server_findings],
        "sites": [site(verdict, writer) for verdict in item.sites],
        "unrecognised": _unrecognised(item.unrecognised),
    }


def site(verdict: SiteVerdict, writer: Writer) -> dict[str, Any]:
    """Write the verdict on one website."""
    findings = [finding(found, writer) for found in verdict.findings]
    return {
        "account": verdict.account,
        "site": verdict.site,
        "domains": list(verdict.domains),
        "visitors": verdict.visitors,
        "renewal": verdict.renewal,
        "uncovered": list(verdict.uncovered),
        "certificate": _certificate(verdict.certificate),
        "main": findings[0],
        "findings": findings,
        "could_not_check": [{"fact": missing.fact, "why": missing.why} for missing in verdict.could_not_check],
    }


def _certificate(certificate: Certificate | None) -> dict[str, Any] | None:
    if certificate is None:
        return None
    return {
        "issuer": certificate.issuer,
        "not_before": moment(certificate.not_before),
        "not_after": moment(certificate.not_after),
        "key_type": certificate.key_type,
        "covers": list(certificate.covers),
    }


def _unrecognised(item: Unrecognised) -> dict[str, Any]:
    return {"lines": item.lines, "samples": list(item.samples)}


def explanation(
    findings: Sequence[Finding], recognised: int, unrecognised: Unrecognised, writer: Writer
) -> dict[str, Any]:
    """Write the answer of `explain`."""
    return {
        "schema": SCHEMA,
        "findings": [finding(item, writer) for item in findings],
        "recognised": recognised,
        "unrecognised": list(unrecognised.samples),
        "outside": [],
    }


def causes(items: Sequence[Cause], writers: Mapping[str, Mapping[Reader, Writer]]) -> list[dict[str, Any]]:
    """Write the answer of `causes`: placeholders stay as {name}, the admin's texts are complete.

    `writers` holds one for each language and reader.
    """
    answer = []
    for cause in items:
        languages: dict[str, dict[str, Any]] = {}
        for language, readers in writers.items():
            texts = {reader: words(writer.templates(cause.id)) for reader, writer in readers.items()}
            send = {**texts["admin"]["send"], **texts["owner"]["send"]}
            for text in texts.values():
                del text["send"]
            languages[language] = {"owner": texts["owner"], "admin": texts["admin"], "send": send}
        answer.append(
            {
                "id": cause.id,
                "who": cause.who,
                "severity": cause.severity,
                "actions": list(cause.actions),
                "args": {name: kind.removesuffix("?") for name, kind in cause.args.items()},
                "text": languages,
            }
        )
    return answer
