"""AutoSSL itself broke down: an internal error, a damaged database or file, an installation that failed."""

from __future__ import annotations

import re

from autossl_doctor.model.evidence import HostEvidence, SiteEvidence, as_evidence
from autossl_doctor.model.finding import Answer, Argument, Confidence, Evidence, Match, NoMatch, Renewal

INSTALL = ("install.failed",)
INTERNAL = "server.internal"
ACCOUNT = ("account.unreadable", "account.trouble")
_EXCEPTION = re.compile(r"\(XID:? ([0-9a-z]{6})\)")
WORDS = 300


def judge_server(host: HostEvidence) -> Answer:
    """Match where the last run broke down before it came to any account, or an error met every account."""
    facts = host.said(INTERNAL)
    spread = host.spread.get(INTERNAL)
    # A pasted text may end before any name was tested.
    several = host.tested > 1 or (host.pasted and spread is not None and spread.accounts > 1)
    everywhere = spread is not None and several and spread.accounts >= host.tested
    if not facts and spread is not None and everywhere:
        facts = (spread.first,)
    if not facts or (not host.reached_nobody and spread is not None and not everywhere):
        return NoMatch()
    confidence: Confidence = "likely" if host.pasted else "certain"
    match = Match(_args(facts[0].text, "run"), (), confidence, tuple(as_evidence(fact) for fact in facts[:5]))
    if host.reached_nobody and not host.pasted:
        return match._replace(explains="blocked", severity="critical")
    return match._replace(spreads=frozenset((INTERNAL,)))


def judge(evidence: SiteEvidence) -> Answer:
    """Match on the words about the website or its names, and on those about its account where nothing else tells."""
    if evidence.stopped:
        return NoMatch()
    names: tuple[str, ...] = ()
    what = "install"
    seen = _seen(evidence, INSTALL)
    if not seen:
        what = "internal"
        failures = [failure for failure in evidence.failures if failure.kind == INTERNAL]
        names = tuple(failure.name for failure in failures if failure.name)
        seen = _seen(evidence, (INTERNAL,)) + [each for failure in failures for each in failure.evidence]
    if not seen and not evidence.has("status.ok", "installed"):
        what, seen = "account", _seen(evidence, ACCOUNT)
    if not seen:
        return NoMatch()
    args = _args(seen[0].text, what)
    if evidence.website.name:
        args["site"] = evidence.website.name
    explains: Renewal = "failing" if evidence.failed else "blocked"
    domains = names or evidence.website.names
    return Match(args, domains, evidence.confidence, tuple(seen[:5]), explains=explains)


def _seen(evidence: SiteEvidence, kinds: tuple[str, ...]) -> list[Evidence]:
    return [as_evidence(fact) for kind in kinds for fact in evidence.facts(kind)]


def _args(text: str, what: str) -> dict[str, Argument]:
    args: dict[str, Argument] = {"what": what, "words": text[:WORDS]}
    found = _EXCEPTION.search(text)
    if found:
        args["exception"] = found.group(1)
    return args
