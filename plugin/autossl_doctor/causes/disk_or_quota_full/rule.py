"""The check file could not be written: the account's quota is used up, or the disk of the server is full."""

from __future__ import annotations

from collections.abc import Sequence

from autossl_doctor.model.evidence import Failure, HostEvidence, as_evidence
from autossl_doctor.model.finding import Answer, Argument, Confidence, Match, NoMatch

DISK, INSTALL = "file.no_space", "install.failed"
FULL = ("No space left on device", "ENOSPC")
SEVERAL = 2
"""One account alone may sit on a disk of its own."""


def refine(match: Match, failures: Sequence[Failure]) -> Match:
    """Say whose space is used up: a full disk is nothing that the owner of one website can clear."""
    if failures[0].kind != DISK:
        return match._replace(args={**match.args, "full": "quota"})
    return match._replace(args={**match.args, "full": "disk"}, who="host")


def judge_server(host: HostEvidence) -> Answer:
    """Match where the disk was full for more than one account of the newest run: for check files or certificates."""
    found = {kind: host.spread[kind] for kind in (DISK, INSTALL) if kind in host.spread}
    if INSTALL in found and not any(words in found[INSTALL].first.text for words in FULL):
        del found[INSTALL]
    accounts = max((spread.accounts for spread in found.values()), default=0)
    if accounts < SEVERAL:
        return NoMatch()
    seen = tuple(as_evidence(spread.first) for spread in found.values())
    args: dict[str, Argument] = {"full": "disk" if DISK in found else "certificates", "accounts": accounts}
    confidence: Confidence = "likely" if host.pasted else "certain"
    return Match(args, (), confidence, seen, who="host", explains="failing", spreads=frozenset(found))
