"""The chosen provider is missing, obsolete or broken."""

from __future__ import annotations

import re

from autossl_doctor.model.evidence import HostEvidence, as_evidence
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import Answer, Argument, Confidence, Evidence, Match, NoMatch

REASONS = {"provider.obsolete": "obsolete", "provider.missing": "missing", "provider.broken": "broken"}
SECTIGO = "cPanel"
WITHOUT_SECTIGO = 118
_VERSION = re.compile(r"(?:11\.)?(\d+)\.")


def judge_server(host: HostEvidence) -> Answer:
    """Match on the last run's words, or where the settings name the provider that this version no longer has.

    What a run said counts no more once another provider is chosen, or a younger run has looked at websites. Where runs
    stay away and the module is in neither of its places, it is what keeps them from beginning.
    """
    chosen = host.provider.value if isinstance(host.provider, Known) else None
    if chosen == "":
        return NoMatch()
    removed = chosen == SECTIGO and _version(host) >= WITHOUT_SECTIGO
    said = () if host.reached_since else host.said(*REASONS)
    ran = host.newest[0].provider if host.newest else ""
    if said and ran and chosen is not None and ran != chosen:
        said = ()
    gone = isinstance(host.module, Known) and not host.module.value and _is_overdue(host)
    if not said and not removed and not gone:
        return NoMatch()
    reason = REASONS[said[0].kind] if said else "obsolete" if removed else "missing"
    args: dict[str, Argument] = {"reason": reason}
    named = said[0].fields.get("provider") or said[0].fields.get("file", "") if said else chosen
    if named:
        args["provider"] = named
    seen = tuple(as_evidence(fact) for fact in said[:5])
    if removed or gone:
        seen = (*seen, Evidence(host.provider.source, None, f'"provider": "{chosen}"'))
    confidence: Confidence = "likely" if not said or host.pasted else "certain"
    return Match(args, (), confidence, seen)


def _is_overdue(host: HostEvidence) -> bool:
    return isinstance(host.schedule, Known) and host.schedule.value.overdue_since is not None


def _version(host: HostEvidence) -> int:
    found = _VERSION.match(host.version.value) if isinstance(host.version, Known) else None
    return int(found.group(1)) if found else 0
