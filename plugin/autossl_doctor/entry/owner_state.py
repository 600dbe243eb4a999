"""What is known about an account when its page is opened or a button is clicked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from autossl_doctor.actions.verbs import VERBS
from autossl_doctor.host.visitor import Visitor
from autossl_doctor.model.finding import Finding
from autossl_doctor.model.moment import parse_moment
from autossl_doctor.model.plain_finding import finding_from
from autossl_doctor.present.owner.view import Click, Live
from autossl_doctor.store.live import load_live
from autossl_doctor.store.note import read_note
from autossl_doctor.store.own import Trouble, load, load_memory

Plain = Mapping[str, Any]
Texts = Mapping[str, Plain]
_FIELDS = frozenset(("site", "domains", "visitors", "renewal", "uncovered", "certificate", "could_not_check"))


class OwnerState(NamedTuple):
    """The account's own report and what its page did last; `trouble` says why there is no report."""

    now: datetime
    trouble: str = ""
    generated_at: datetime | None = None
    server_findings: tuple[Finding, ...] = ()
    sites: tuple[Plain, ...] = ()
    findings: Mapping[str, tuple[Finding, ...]] = {}
    click: Click | None = None
    before: str = ""
    live: Live | None = None
    memory: Mapping[str, Plain] = {}
    usual: Mapping[str, Any] = {}


def read_state(who: Visitor, texts: Texts, now: datetime) -> OwnerState:
    """Read the account's report, the note of its last click and how far a check has come."""
    click, before = _click(read_note(who.uid))
    state = OwnerState(now, click=click, before=before, live=_live(load_live(who.uid, who.startdate)))
    loaded = load(who.uid, who.account, who.startdate)
    if isinstance(loaded, Trouble):
        # Another's report is as good as none, and nobody needs to know that there was one.
        return state._replace(trouble="no_report" if loaded.why == "foreign" else loaded.why)
    report = loaded.report
    try:
        findings = {
            site["site"]: tuple(_finding(found, texts) for found in site["findings"]) for site in report["sites"]
        }
        server = tuple(_finding(found, texts) for found in report["server_findings"])
        generated_at = parse_moment(report["generated_at"])
    except (KeyError, TypeError, ValueError):
        return state._replace(trouble="damaged")
    if generated_at is None or not all(findings.values()) or not all(_is_website(site) for site in report["sites"]):
        return state._replace(trouble="damaged")
    memory = load_memory(who.uid, who.account, who.startdate)
    return state._replace(
        generated_at=generated_at,
        server_findings=server,
        sites=tuple(report["sites"]),
        findings=findings,
        memory=memory.sites,
        usual=memory.usual,
    )


def _is_website(site: Plain) -> bool:
    return isinstance(site["site"], str) and site.keys() >= _FIELDS


def _finding(data: Plain, texts: Texts) -> Finding:
    return finding_from(data, texts[data["cause"]]["args"])


def _click(note: Plain | None) -> tuple[Click | None, str]:
    if note is None:
        return None, ""
    at = parse_moment(str(note.get("at")))
    verb, site = note.get("verb"), note.get("site")
    if at is None or verb not in VERBS or not isinstance(site, str):
        return None, ""
    return Click(verb, site, at), str(note.get("before", ""))


def _live(content: bytes | None) -> Live | None:
    try:
        data = json.loads(content or b"null")
        since = parse_moment(data["since"])
        ended = parse_moment(data["ended"]) if data["ended"] else None
        odd = not isinstance(data["site"], str) or not isinstance(data["step"], str) or (data["ended"] and not ended)
        return Live(data["site"], data["step"], since, ended) if since and not odd else None
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
