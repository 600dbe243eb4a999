"""Only names of services fail, because they have no address or lead elsewhere; visitors of the site are fine."""

from __future__ import annotations

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Argument, Match, NoMatch, Renewal


def judge(evidence: SiteEvidence) -> Answer:
    """Match for the service names whose failure no visitor's name shares; nine of them are one finding."""
    names = tuple(failure.name for failure in evidence.failures if failure.unpointed)
    if not names:
        return NoMatch()
    args: dict[str, Argument] = {"site": evidence.website.name, "names": names, "count": len(names)}
    if evidence.website.address:
        args["server_ip"] = evidence.website.address
    seen = tuple(item for failure in evidence.failures if failure.unpointed for item in failure.evidence)
    # It explains nothing where visitors are warned, or where the present certificate would lose a name: then something
    # else is wrong as well.
    loses = evidence.has("impediment.secured") and any(
        name.secured is not False for name in evidence.failures if name.unpointed
    )
    explains: Renewal | None = "unknown" if evidence.is_valid() is False or loses else None
    return Match(args, names, evidence.confidence, seen, explains=explains)
