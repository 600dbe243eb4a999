"""The new certificate is installed, but visitors still get another one."""

from __future__ import annotations

from datetime import timedelta

from autossl_doctor.model.evidence import SiteEvidence
from autossl_doctor.model.finding import Answer, Argument, Evidence, Match, NoMatch, Renewal
from autossl_doctor.model.served import Served

JUST = timedelta(minutes=10)
"""The panel lets the web server read its settings anew a while after an installation."""
LAST_PART_OF_LIFETIME = 10


def judge(evidence: SiteEvidence) -> Answer:
    """Match where the installed certificate is good and a look that is younger than it was shown another one."""
    certificate, other = evidence.certificate, evidence.other_served
    if certificate is None or other is None or certificate.installed_at is None or not evidence.is_valid():
        return NoMatch()
    safe = evidence.visitors_are_safe()
    args: dict[str, Argument] = {
        "site": evidence.website.name,
        "address": other.address,
        "not_after": certificate.not_after,
        "state": "safe" if safe else "warned",
    }
    if other.not_after is not None:
        args["served_until"] = other.not_after
    match = Match(args, (evidence.website.name,), "certain", (_seen(other),), explains=_explains(evidence))
    if other.at - certificate.installed_at < JUST:
        args["state"] = "just_installed"
        return match._replace(who="nobody", severity="notice", confidence="possible")
    soon = other.not_after is None or other.not_after - evidence.host.now < certificate.lifetime / LAST_PART_OF_LIFETIME
    return match._replace(severity="warning") if safe and not soon else match


def _explains(evidence: SiteEvidence) -> Renewal | None:
    """Tell the state of the renewal where the log has told it: the certificate in use says nothing about it."""
    if evidence.failed or evidence.stopped:
        return None
    if evidence.installed:
        return "idle"
    if evidence.unexplained:
        return None
    if evidence.has("status.renewal", "status.incomplete", "status.key_mismatch", "window.entered", "unseen"):
        return "due"
    return "idle" if evidence.has("status.ok") else None


def _seen(other: Served) -> Evidence:
    words = [f"{other.address}:443", other.validity, other.issuer, f"sha256 {other.fingerprint}"]
    at = other.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Evidence("/var/lib/autossl-doctor/served.json", at, ", ".join(filter(None, words)))
