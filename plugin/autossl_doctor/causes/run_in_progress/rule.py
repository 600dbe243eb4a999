"""A check that covers the account is running now."""

from __future__ import annotations

from autossl_doctor.model.evidence import HostEvidence, SiteEvidence, as_evidence
from autossl_doctor.model.finding import Answer, Argument, Evidence, Match, NoMatch


def judge(evidence: SiteEvidence) -> Answer:
    """Match while a live run has not finished with the account."""
    run = evidence.live
    if run is None:
        return NoMatch()
    args: dict[str, Argument] = {"site": evidence.website.name, "started": run.started}
    usual = evidence.host.usual.get("run" if run.username == "*" else "check")
    if usual is not None:
        args["usual"] = usual.half
    seen = Evidence(f"/var/cpanel/logs/autossl/{run.name}", run.last_at or None, "")
    return Match(args, evidence.website.names, "possible" if run.guessed else "certain", (seen,))


def judge_server(host: HostEvidence) -> Answer:
    """Match where a pasted text says that a check is running: a second one was refused, or the panel has begun one."""
    said = tuple(as_evidence(fact) for fact in host.facts if fact.kind == "run.running")
    return Match(confidence="likely", evidence=said) if said and host.pasted else NoMatch()
