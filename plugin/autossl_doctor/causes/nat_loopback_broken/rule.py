"""The server stands behind NAT and does not reach its own public address."""

from __future__ import annotations

from autossl_doctor.model.evidence import HostEvidence, as_evidence
from autossl_doctor.model.finding import Answer, Argument, Confidence, Match, NoMatch

BROKEN, UNTESTED = "nat.broken", "nat.untested"
UNANSWERED = ("dns.unregistered", "dns.failing", "caa.lookup")
FEWEST, PART = 2, 1_000_000
"""With the fault proven, two accounts are enough, however many others were not tested."""


def judge_server(host: HostEvidence) -> Answer:
    """Match on AutoSSL's own test at the beginning of the last run; a test that failed to run is only a sign.

    Where no account's names could be looked up at all, this is the reason.
    """
    facts = host.said(BROKEN) or host.said(UNTESTED)
    if not facts:
        return NoMatch()
    broken = facts[0].kind == BROKEN
    confidence: Confidence = "likely" if host.pasted else "certain"
    args: dict[str, Argument] = {"tested": "broken" if broken else "unknown"}
    if facts[0].fields.get("ip"):
        args["public_ip"] = facts[0].fields["ip"]
    seen = tuple(as_evidence(fact) for fact in facts[:5])
    everywhere = broken and host.nobody_resolves(UNANSWERED, FEWEST, PART)
    spreads = frozenset(UNANSWERED) if everywhere else frozenset[str]()
    return Match(args, (), confidence if broken else "possible", seen, spreads=spreads)
