"""Reports as JSON: the contract that other programs read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autossl_doctor.explain.words import Reader, Words, Writer
from autossl_doctor.model import plain
from autossl_doctor.model.cause import Cause
from autossl_doctor.model.finding import Finding
from autossl_doctor.model.log import Unrecognised
from autossl_doctor.model.report import Report, SiteVerdict

SCHEMA = 1


def finding(item: Finding, writer: Writer) -> dict[str, Any]:
    """Write one finding with its words."""
    return plain.finding(item) | {"text": words(writer.words(item))}


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
        "generated_at": plain.moment(item.generated_at),
        "host": dict(item.host),
        "server_findings": [finding(found, writer) for found in item.server_findings],
        "sites": [site(verdict, writer) for verdict in item.sites],
        "unrecognised": _unrecognised(item.unrecognised),
    }


def site(verdict: SiteVerdict, writer: Writer) -> dict[str, Any]:
    """Write the verdict on one website."""
    findings = [finding(found, writer) for found in verdict.findings]
    return plain.site(verdict) | {"main": findings[0], "findings": findings}


def _unrecognised(item: Unrecognised) -> dict[str, Any]:
    return {"lines": item.lines, "samples": list(item.samples)}


def explanation(
    findings: Sequence[Finding],
    recognised: int,
    unrecognised: Unrecognised,
    outside: Sequence[str],
    writer: Writer,
) -> dict[str, Any]:
    """Write the answer of `explain`."""
    return {
        "schema": SCHEMA,
        "findings": [finding(item, writer) for item in findings],
        "recognised": recognised,
        "unrecognised": list(unrecognised.samples),
        "outside": list(outside),
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
