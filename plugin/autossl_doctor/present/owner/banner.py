"""The first sentence of the page: are visitors fine, is there something to do, and by when."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from autossl_doctor.actions.verbs import RETRY
from autossl_doctor.model.finding import Finding
from autossl_doctor.present.owner.desk import Desk
from autossl_doctor.present.owner.lead import NOTHING, Lead
from autossl_doctor.present.owner.ranking import LOUD, TONES, Site, needs_owner, standing


class Banner(NamedTuple):
    """What is said about all websites together; `tone` is the worst of them, `lead` what can be done at once."""

    tone: str
    label: Markup
    visitors: Markup
    needs: Markup
    lead: Lead = NOTHING


def banner(desk: Desk, sites: tuple[Site, ...], lead: Lead) -> Banner:
    """Write the banner; `sites` are in the order of the page and at least one."""
    states = {standing(site, desk.view.findings[site["site"]], desk.view.now) for site in sites}
    tone = next(tone for tone in TONES if tone in states)
    needs = _needs(desk, sites)
    if lead.button is not None and lead.button.verb == RETRY and lead.is_after_steps:
        needs = desk.joined((needs, desk.say("needs_then_press")))
    return Banner(tone, desk.say("severity", tone), _visitors(desk, sites, tone), needs, lead)


def _visitors(desk: Desk, sites: tuple[Site, ...], tone: str) -> Markup:
    total = len(sites)
    for state in ("warned", "unknown"):
        troubled = [site for site in sites if site["visitors"] == state]
        if len(troubled) == 1:
            return desk.say(f"banner_{state}_site", site=desk.domain(troubled[0]["site"]))
        if troubled:
            return desk.say(f"banner_{state}_sites", count=len(troubled), total=total)
    # Safe with trouble ahead is safe for now.
    state = "held" if tone in LOUD else "safe"
    if total == 1:
        return desk.say(f"banner_{state}_site", site=desk.domain(sites[0]["site"]))
    return desk.say(f"banner_{state}_sites", count=total)


def _needs(desk: Desk, sites: tuple[Site, ...]) -> Markup:
    if desk.progress is not None:
        if desk.progress.late:
            return desk.say("asked_late")
        return desk.say("asked" if desk.progress.step == "queued" else "running")
    findings = [(site, desk.view.findings[site["site"]]) for site in sites]
    yours = [(site, finding) for site, found in findings if (finding := needs_owner(found)) is not None]
    if yours:
        return _needs_you(desk, yours, only=len(sites) == 1)
    others = {finding.who for _, found in findings for finding in found if finding.severity in LOUD}
    others |= {finding.who for finding in desk.view.server_findings if finding.severity in LOUD}
    if "host" in others:
        own_try = any(found[0].who == "host" and _can_try(desk, found, at_first=True) for _, found in findings)
        return desk.say("needs_try_or_host" if own_try else "needs_host")
    if "ca" in others:
        return desk.say("needs_ca")
    if any(site["renewal"] == "unknown" for site in sites):
        return desk.say("needs_looking")
    warned = [found for site, found in findings if site["visitors"] == "warned"]
    if any(_can_try(desk, found) for found in warned):
        return desk.say("needs_a_try")
    if warned:
        return desk.say("needs_patience")
    return desk.say("needs_nobody")


def _can_try(desk: Desk, found: tuple[Finding, ...], *, at_first: bool = False) -> bool:
    """Tell whether the owner can start a check, if asked for `at_first`, before anything else."""
    steps = desk.told(found[0]).steps
    return not desk.view.refused.get(RETRY, "else") and any(
        step.do == RETRY for step in (steps[:1] if at_first else steps)
    )


def _needs_you(desk: Desk, yours: list[tuple[Site, Finding]], *, only: bool) -> Markup:
    """Say by when the owner has to act; where visitors are warned or a date is past, that is now."""
    now = desk.view.now
    later = sorted(
        finding.act_by
        for site, finding in yours
        if site["visitors"] != "warned" and finding.act_by is not None and finding.act_by > now
    )
    if only:
        return desk.say("needs_only_you_by", at=later[0]) if later else desk.say("needs_only_you_now")
    urgent = len(yours) - len(later)
    if not urgent:
        return desk.say("needs_you_by", count=len(later), at=later[0])
    parts = [desk.say("needs_you_now", count=urgent)]
    if later:
        parts.append(desk.say("needs_more_by", count=len(later), at=later[0]))
    return desk.joined(parts)
