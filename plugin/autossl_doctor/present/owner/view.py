"""Everything that the owner's page needs to know; the entry gathers it, the page puts it into words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from autossl_doctor.model.finding import Finding


class Click(NamedTuple):
    """The last thing that the account started from this page."""

    verb: str
    site: str
    at: datetime


class Live(NamedTuple):
    """How far the run that a click asked for has come; `ended` is None while it lasts."""

    site: str
    step: str
    since: datetime
    ended: datetime | None


class OwnerView(NamedTuple):
    """One visit of one account: its report, what it may do now, and what it did last."""

    account: str
    language: str
    zone: str
    now: datetime
    trouble: str
    generated_at: datetime | None
    server_findings: tuple[Finding, ...]
    sites: tuple[Mapping[str, Any], ...]
    findings: Mapping[str, tuple[Finding, ...]]
    texts: Mapping[str, Mapping[str, Any]]
    refused: Mapping[str, str]
    forms: Mapping[str, str]
    excluded: tuple[str, ...] | None
    live: Live | None
    click: Click | None
    notice: str
    notice_until: datetime | None
    anyway: tuple[str, str] | None
    chosen: str = ""
    memory: Mapping[str, Mapping[str, Any]] = {}
    """What is remembered of each website, as its file says it; a damaged part of it is as good as none."""
    usual: Mapping[str, Any] = {}
    """How long things usually take on this server, by step: `half` of the times and `most` of them, in seconds."""
