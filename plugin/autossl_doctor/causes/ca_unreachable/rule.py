"""The server does not reach the CA or the store, or cannot look anything up in the DNS."""

from __future__ import annotations

from autossl_doctor.model.evidence import HostEvidence, SiteEvidence, as_evidence
from autossl_doctor.model.finding import Answer, Argument, Confidence, Match, NoMatch

KIND = "server.unreachable"
UNANSWERED = ("dns.unregistered", "dns.failing", "caa.lookup")
NAT = "nat.broken"
FEWEST, PART = 3, 4
"""A few domains may be given up at the same time; if every account is concerned, and a good part of all were asked
about, it is the server that gets no answers."""
REASONS = (
    ("dns", ("Could not resolve", "Name or service not known", "Temporary failure in name resolution")),
    ("tls", ("SSL connection failed", "SSL connect attempt failed", "certificate verify failed")),
)


def judge_server(host: HostEvidence) -> Answer:
    """Match on what AutoSSL said of its connections in the last run, or where no name at all could be looked up."""
    facts = list(host.said(KIND))
    if not facts and KIND in host.spread:
        facts = [host.spread[KIND].first]
    if facts:
        seen = tuple(as_evidence(fact) for fact in facts[:5])
        args: dict[str, Argument] = {"reason": _reason(facts[0].text)}
        confidence: Confidence = "likely" if host.pasted else "certain"
        match = Match(args, (), confidence, seen, spreads=frozenset((KIND,)))
        return match._replace(explains="blocked") if host.reached_nobody else match
    if host.said(NAT) or not host.nobody_resolves(UNANSWERED, FEWEST, PART):
        return NoMatch()
    spread = [host.spread[kind] for kind in UNANSWERED if kind in host.spread]
    seen = tuple(as_evidence(each.first) for each in spread)
    return Match({"reason": "dns"}, (), "likely", seen, spreads=frozenset(UNANSWERED))


def judge(evidence: SiteEvidence) -> Answer:
    """Match for a website whose last run, over its own account, met this where the server's last run did not."""
    names, seen = evidence.met(KIND)
    if not seen or not evidence.failed:
        return NoMatch()
    args: dict[str, Argument] = {"reason": _reason(seen[0].text)}
    if evidence.website.name:
        args["site"] = evidence.website.name
    if evidence.not_after is not None:
        args["not_after"] = evidence.not_after
    return Match(args, names or evidence.website.names, evidence.confidence, seen[:5])


def _reason(text: str) -> str:
    return next((reason for reason, words in REASONS if any(word in text for word in words)), "connection")
