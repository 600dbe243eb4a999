"""AutoSSL is switched off on the whole server."""

from __future__ import annotations

from autossl_doctor.model.evidence import HostEvidence, as_evidence
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Answer, CannotTell, Evidence, Match, NoMatch

SAID = "run.disabled"


def judge_server(host: HostEvidence) -> Answer:
    """Match where the settings name no provider, or AutoSSL itself says that it is switched off."""
    said = tuple(as_evidence(fact) for fact in host.facts if fact.kind == SAID)
    if isinstance(host.provider, Known):
        if host.provider.value:
            return NoMatch()
        return Match(evidence=(Evidence(host.provider.source, None, '"provider": null'), *said))
    if said:
        return Match(confidence="likely", evidence=said)
    return NoMatch() if host.pasted else CannotTell(("settings",))
