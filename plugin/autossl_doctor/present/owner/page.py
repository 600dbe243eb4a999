"""The owner's page: everything between the panel's header and its footer."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from autossl_doctor.present.owner.banner import banner
from autossl_doctor.present.owner.buttons import Button, plain_button
from autossl_doctor.present.owner.cards import Told, card, line, told
from autossl_doctor.present.owner.desk import Desk
from autossl_doctor.present.owner.lead import NOTHING, in_front, is_followed, taken
from autossl_doctor.present.owner.messages import message
from autossl_doctor.present.owner.ranking import LOUD, Site, is_loud, standing, urgency
from autossl_doctor.present.owner.support import Secretary
from autossl_doctor.present.owner.templates import PAGE, environment
from autossl_doctor.present.owner.view import OwnerView

OPEN = 3
"""So many cards are shown whole; further ones are folded."""
MANY = 12
"""So many websites in trouble have a card; further ones are listed, and each can be opened on a page of its own."""
FEW = 12
"""Up to so many quiet websites have a whole card that can be unfolded; more are listed."""
OLD = 26 * 3600
"""A report that is older (seconds) has missed a day: whoever should renew it has stopped."""
ALIKE = {"foreign": "no_report", "too_large": "damaged"}
"""Reasons for a missing report that mean the same to its owner."""


def render(view: OwnerView) -> str:
    """Write the page of an account as HTML."""
    desk = Desk(view)
    return (
        environment()
        .get_template(PAGE)
        .render(
            desk=desk,
            say=desk.say,
            view=view,
            message=message(desk),
            look=_look(desk),
            busy=desk.is_busy,
            generated=view.generated_at and view.generated_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            **(_trouble(desk) if view.trouble else _report(desk)),
        )
    )


def _look(desk: Desk) -> Button | None:
    """Offer a fresh look; where nothing has been looked at yet, there is nothing to name in the request."""
    sites = desk.view.sites
    return plain_button(desk, "look", min(site["site"] for site in sites)) if sites else None


def _trouble(desk: Desk) -> dict[str, Any]:
    """Say why there is no report, and who can change that."""
    reason = ALIKE.get(desk.view.trouble, desk.view.trouble)
    said = {part: desk.say(f"trouble_{part}", reason) for part in ("title", "what", "who")}
    return {"trouble": said, "support": Secretary(desk).trouble(reason), "banner": None}


def _report(desk: Desk) -> dict[str, Any]:
    """Sort the websites into what is shown whole, what is folded and what is listed."""
    view = desk.view
    sites = tuple(sorted(view.sites, key=lambda site: urgency(site, view.findings[site["site"]], view.now)))
    server = {finding.cause for finding in view.server_findings}
    only = len(sites) == 1
    whole: list[Site] = []
    affected: list[Site] = []
    quiet: list[Site] = []
    for site in sites:
        findings = view.findings[site["site"]]
        if only or is_followed(desk, site["site"]):
            whole.append(site)
        elif site["site"] == view.chosen:
            whole.insert(0, site)
        elif findings[0].cause in server and not findings[0].evidence:
            affected.append(site)
        else:
            (whole if is_loud(site, findings) else quiet).append(site)
    whole, further = whole[:MANY], whole[MANY:]
    secretary = Secretary(desk)
    servers = _servers(desk, secretary, sites)
    free = not any(step.button and step.button.primary for item, _ in servers for step in item.steps)
    # While a check that was asked for does not begin, nobody is urged to ask again.
    free = free and not (desk.progress is not None and desk.progress.late)
    cards, lead, front = [], NOTHING, in_front(desk, sites)
    for site in whole:
        item = card(desk, secretary, site, primary=free)
        free = free and not any(step.button and step.button.primary for step in item.main.steps)
        if site["site"] == front:
            item, lead = taken(item, view.findings[front][0])
        cards.append(item)
    return {
        "trouble": None,
        "banner": banner(desk, sites, lead) if sites else None,
        "total": len(sites),
        "servers": servers,
        "cards_whole": cards[:OPEN],
        "cards_folded": cards[OPEN:],
        "further": {"cards": [], "lines": [line(desk, site) for site in further]},
        "further_count": len(further),
        "affected": _rows(desk, secretary, affected, told_above=True),
        "quiet": _rows(desk, secretary, quiet),
        "affected_count": len(affected),
        "quiet_count": len(quiet),
        "has_filter": len(sites) > FEW,
        "old": _is_old(desk),
    }


def _rows(desk: Desk, secretary: Secretary, sites: list[Site], *, told_above: bool = False) -> dict[str, Any]:
    """Give a few websites as cards to unfold, many as a list."""
    if len(sites) > FEW:
        return {"cards": [], "lines": [line(desk, site) for site in sites]}
    cards = [card(desk, secretary, site, primary=False) for site in sites]
    return {"cards": [item._replace(summary=item.visitors) for item in cards] if told_above else cards, "lines": []}


def _servers(desk: Desk, secretary: Secretary, sites: tuple[Site, ...]) -> list[tuple[Told, str]]:
    """Give what concerns the whole server, once, with its message; with one website its own card says it."""
    main = desk.view.findings[sites[0]["site"]][0].cause if len(sites) == 1 else ""
    shown = [finding for finding in desk.view.server_findings if finding.severity in LOUD and finding.cause != main]
    worst = sites[0] if sites else None
    calm = worst is not None and standing(worst, desk.view.findings[worst["site"]], desk.view.now) != "critical"
    tone = "warning" if calm else ""
    urge = desk.progress is None or not desk.progress.late
    return [
        (told(desk, finding, worst, primary=urge and not number, tone=tone), secretary.server(finding))
        for number, finding in enumerate(shown)
    ]


def _is_old(desk: Desk) -> str:
    generated = desk.view.generated_at
    if generated is None or (desk.view.now - generated).total_seconds() < OLD:
        return ""
    return desk.say("report_old", age=desk.ink.show(desk.view.now - generated, "duration", desk.view.language, ""))
