"""The installed certificate itself is unusable: its file, its key, its chain, or revoked."""

from __future__ import annotations

import re

from autossl_doctor.model.evidence import SiteEvidence, as_evidence
from autossl_doctor.model.fact import Unknown
from autossl_doctor.model.finding import Answer, Argument, Confidence, Evidence, Match, NoMatch, Renewal
from autossl_doctor.model.log import LogFact

DEFECT, BAD_CHAIN, DAMAGED = "website.defect", "website.bad_chain", "certificate.damaged"
PROBLEMS = {
    "MISSING_CERTIFICATE": "missing",
    "EMPTY_CERTIFICATE": "empty",
    "INVALID_CERTIFICATE": "corrupt",
    "WEAK_KEY": "weak",
    "WEAK_SIGNATURE": "weak",
    "OCSP_REVOKED": "revoked",
    "CA_CERTIFICATE_ALMOST_EXPIRED": "chain_ends",
}
VERIFY = "OPENSSL_VERIFY"
BY_NAME = {"CERT_REVOKED": "revoked", "CERT_NOT_YET_VALID": "not_yet", "HOSTNAME_MISMATCH": "other_name"}
ORDINARY = frozenset((("0", "CERT_HAS_EXPIRED"), ("0", "DEPTH_ZERO_SELF_SIGNED_CERT")))
"""Ended, or the panel's placeholder: states of a certificate that is not broken."""
_TRIPLE = re.compile(r"\b(\d{1,2}):\d{1,4}:([A-Z][A-Z0-9_]{3,80})")


def judge(evidence: SiteEvidence) -> Answer:
    """Match on the defects that AutoSSL names, or on a file that cannot be one; a new certificate ends it."""
    if evidence.installed:
        return NoMatch()
    found = [(problem, fact) for fact in evidence.facts(DEFECT) for problem in _problems(fact)]
    found += [("corrupt", fact) for fact in evidence.facts(BAD_CHAIN)]
    damaged = evidence.has(DAMAGED) and isinstance(evidence.certificate_fact, Unknown)
    if not found and not damaged:
        return NoMatch()
    seen = tuple(dict.fromkeys(as_evidence(fact) for _, fact in found))
    confidence: Confidence = evidence.confidence if found else "likely"
    problem = found[0][0] if found else "corrupt"
    args: dict[str, Argument] = {"site": evidence.website.name} if evidence.website.name else {}
    if isinstance(evidence.certificate_fact, Unknown) and damaged:
        unread = evidence.certificate_fact
        if not found and "empty" in unread.detail:
            problem = "empty"
        args["file"] = unread.source
        seen = (*seen, Evidence(unread.source, None, unread.detail))
    args["problem"] = problem
    code = next((_code(fact) for _, fact in found if _code(fact)), "")
    if code:
        args["code"] = code
    explains: Renewal = "failing" if evidence.failed else "due"
    return Match(args, evidence.website.names, confidence, seen, explains=explains)


def _code(fact: LogFact) -> str:
    named = fact.fields.get("code", "")
    triple = next((each for each in _TRIPLE.finditer(fact.text) if each.groups() not in ORDINARY), None)
    return triple.group(0) if triple and named == VERIFY else named


def _problems(fact: LogFact) -> list[str]:
    named = fact.fields.get("code", "")
    if named != VERIFY:
        # A code that nobody here knows is no reason to call the certificate broken.
        return [PROBLEMS[named]] if named in PROBLEMS else []
    triples = _TRIPLE.findall(fact.text)
    if not triples:
        return ["chain"]
    return [BY_NAME.get(name, "chain") for depth, name in triples if (depth, name) not in ORDINARY]
