"""The certificate's key type differs from the account's default, so AutoSSL wants to replace it."""

from __future__ import annotations

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Argument, Match, NoMatch


def judge(evidence: SiteEvidence) -> Answer:
    """Match until a new certificate has been installed."""
    if evidence.installed:
        return NoMatch()
    args: dict[str, Argument] = {"site": evidence.website.name}
    for name, kind in (("wanted", "key.wanted"), ("present", "key.present")):
        labels = [fact.fields["label"] for fact in evidence.facts(kind)]
        if labels:
            args[name] = labels[0]
    if evidence.not_after is not None:
        args["not_after"] = evidence.not_after
    return Match(args, evidence.website.names, evidence.confidence, evidence.seen("key.wanted", "key.present"))
