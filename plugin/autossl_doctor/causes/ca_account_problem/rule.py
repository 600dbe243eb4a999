"""The server's account at the CA cannot be used."""

from __future__ import annotations

from autossl_doctor.model.evidence import HostEvidence, SiteEvidence, as_evidence
from autossl_doctor.model.finding import Answer, Argument, Match, NoMatch

KIND = "server.ca_account"
REASONS = (
    ("terms", ("userActionRequired", "terms_of_service", "terms of service", "agreement")),
    ("gone", ("accountDoesNotExist",)),
    ("closed", ("deactivated", "revoked", "is not valid")),
    ("details", ("invalidContact", "externalAccountRequired")),
)


def judge_server(host: HostEvidence) -> Answer:
    """Match on the CA's answers in the last run over all accounts; all websites that failed for it tell it."""
    facts = list(host.said(KIND))
    if not facts and KIND in host.spread:
        facts = [host.spread[KIND].first]
    if not facts:
        return NoMatch()
    seen = tuple(as_evidence(fact) for fact in facts[:5])
    match = Match(
        {"reason": _reason(facts[0].text)}, (), "likely" if host.pasted else "certain", seen, spreads=frozenset((KIND,))
    )
    return match._replace(explains="blocked") if host.reached_nobody else match


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
    return next((reason for reason, words in REASONS if any(word in text for word in words)), "unusable")
