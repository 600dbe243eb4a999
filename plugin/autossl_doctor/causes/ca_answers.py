"""What a CA answered about a website: names that it did not accept, and orders that it did not carry out."""

from __future__ import annotations

from autossl_doctor.model.evidence import Failure, SiteEvidence, as_evidence
from autossl_doctor.model.finding import Argument, Evidence


def not_accepted(evidence: SiteEvidence, kind: str) -> tuple[Failure, ...]:
    """Give the names of which the CA said this, also where another reason lies deeper."""
    return tuple(failure for failure in evidence.failures if failure.kind == kind or kind in failure.also)


def answers(evidence: SiteEvidence, *kinds: str) -> tuple[Evidence, ...]:
    """Give the CA's words about the website's orders; a website that was in order asked for nothing."""
    asked = evidence.reading is None or evidence.reading.status != "ok" or evidence.host.pasted
    return tuple(as_evidence(fact) for kind in kinds for fact in evidence.facts(kind)) if asked else ()


def ordered_names(evidence: SiteEvidence) -> tuple[str, ...]:
    """Give the names that passed every check, and whose certificate was ordered."""
    failed = {failure.name for failure in evidence.failures}
    return tuple(name for name in evidence.website.names if name not in failed)


def about(evidence: SiteEvidence) -> dict[str, Argument]:
    """Give the arguments that every cause of this kind has: the website, and the end of its certificate."""
    args: dict[str, Argument] = {"site": evidence.website.name} if evidence.website.name else {}
    if evidence.not_after is not None:
        args["not_after"] = evidence.not_after
    return args
