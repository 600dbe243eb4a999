"""One card per website, and one per finding about the whole server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup

from autossl_doctor.actions.verbs import STARTS_A_CHECK
from autossl_doctor.model.finding import Finding
from autossl_doctor.present.owner.buttons import ShownStep, steps
from autossl_doctor.present.owner.bygone import ShownPast, shown_past
from autossl_doctor.present.owner.coverage import Coverage, ShownCertificate, at, certificate, coverage
from autossl_doctor.present.owner.desk import Desk
from autossl_doctor.present.owner.ink import clean
from autossl_doctor.present.owner.progress import ended_lately
from autossl_doctor.present.owner.ranking import LOUD, Site, standing, worst
from autossl_doctor.present.owner.support import LONGEST, Secretary, short
from autossl_doctor.present.owner.track import Track, track

EVIDENCE = 8
SERVED_UNTIL = "served_until"


class Told(NamedTuple):
    """A finding in words; the first of a website has its steps and dates, the others only what they mean."""

    severity: str
    label: Markup
    title: Markup
    what: Markup
    why: Markup
    who: Markup | None
    act_by: Markup | None
    steps: tuple[ShownStep, ...]
    confidence: Markup | None

    @property
    def is_plain(self) -> bool:
        """Tell whether the steps are no list of things to do: sentences without anything to press."""
        pressed = any(step.button or step.reason for step in self.steps)
        return not pressed and (len(self.steps) == 1 or self.who is None)


class Seen(NamedTuple):
    """A line of a log, as it stands there."""

    at: str
    source: str
    text: str


class Card(NamedTuple):
    """Everything that the page says about one website."""

    site: str
    name: Markup
    state: str
    label: Markup
    visitors: Markup
    summary: Markup
    main: Told
    others: tuple[Told, ...]
    result: Markup | None
    track: Track | None
    certificate: ShownCertificate | None
    coverage: Coverage
    log: tuple[Seen, ...]
    gaps: tuple[Markup, ...]
    message: str
    past: ShownPast | None = None


class Line(NamedTuple):
    """A website in one line."""

    site: str
    name: Markup
    state: str
    label: Markup
    said: Markup
    until: Markup | None = None


def card(desk: Desk, secretary: Secretary, site: Site, *, primary: bool) -> Card:
    """Write the card of a website; `primary` allows it the page's one button that stands out."""
    findings = desk.view.findings[site["site"]]
    state = standing(site, findings, desk.view.now)
    seen = visitors(desk, site)
    # What nobody has to do anything about is told as it is; else the first finding bears the state of its website.
    tone = state if findings[0].severity in LOUD and state in LOUD else ""
    first = told(desk, findings[0], site, primary=primary, tone=tone)
    others = tuple(told(desk, finding, site, primary=False) for finding in findings[1:])
    return Card(
        clean(site["site"]),
        desk.name(site["site"]),
        state,
        desk.say("severity", state),
        seen,
        seen if state == "ok" else first.title,
        first,
        others,
        _result(desk, site, findings),
        track(desk, site, findings[0]),
        certificate(desk, site["certificate"]) if site["certificate"] else None,
        coverage(desk, site),
        _log(findings),
        _gaps(desk, site),
        secretary.message(site, findings),
        shown_past(desk, site["site"]),
    )


def line(desk: Desk, site: Site) -> Line:
    """Write a website in one line: fine, or told about above."""
    findings = desk.view.findings[site["site"]]
    state = standing(site, findings, desk.view.now)
    head = clean(site["site"]), desk.name(site["site"]), state, desk.say("severity", state)
    if state == "ok" or state in LOUD:
        return Line(*head, visitors(desk, site))
    return Line(*head, desk.ink.markup(desk.told(findings[0]).title), _until(desk, site))


def told(desk: Desk, finding: Finding, site: Site | None, *, primary: bool, tone: str = "") -> Told:
    """Put a finding into words; the buttons of its steps are about `site`."""
    said = desk.told(finding)
    ink = desk.ink
    acts = finding.who != "nobody"
    tone = tone or finding.severity
    shown = steps(desk, site, finding, said.steps, primary=primary)
    # Whoever is named first must act, unless a button comes before that.
    tries = finding.who == "host" and bool(shown) and shown[0].button and shown[0].button.verb in STARTS_A_CHECK
    return Told(
        tone,
        desk.say("severity", tone),
        ink.markup(said.title),
        ink.markup(said.what),
        ink.markup(said.why),
        (desk.say("who_after_a_try") if tries else desk.say("who", finding.who)) if acts else None,
        _act_by(desk, finding, tone) if acts else None,
        shown,
        desk.say("confidence", finding.confidence) if finding.confidence != "certain" else None,
    )


def visitors(desk: Desk, site: Site) -> Markup:
    """Say what visitors see, and since when or until when."""
    held = site["certificate"]
    end = at(held["not_after"]) if held else None
    if site["visitors"] == "warned":
        # Where another certificate is served than the installed one, a finding knows when that one ended.
        served = (finding.args.get(SERVED_UNTIL) for finding in desk.view.findings[site["site"]])
        since = next((day for day in (*served, end) if isinstance(day, datetime)), None)
        if since is not None and since <= desk.view.now:
            return desk.say("visitors_warned_since", at=since)
    if end is not None and site["visitors"] == "safe" and end > desk.view.now:
        return desk.say("visitors_safe_until", at=end)
    return desk.say("visitors", site["visitors"])


def _until(desk: Desk, site: Site) -> Markup:
    held = site["certificate"]
    if not held:
        return desk.say("certificate_none")
    end = at(held["not_after"])
    return desk.say("certificate_ended" if end <= desk.view.now else "certificate_until", at=end)


def _act_by(desk: Desk, finding: Finding, tone: str) -> Markup | None:
    if finding.act_by is None:
        return desk.say("act_now") if tone == "critical" else None
    return desk.moment(finding.act_by) if finding.act_by > desk.view.now else desk.say("act_now")


def _result(desk: Desk, site: Site, findings: tuple[Finding, ...]) -> Markup | None:
    """Say how the check ended that the account asked for here; None if it did not ask lately."""
    if not ended_lately(desk.view, site["site"]):
        return None
    held = site["certificate"]
    fine = site["renewal"] == "idle" and site["visitors"] == "safe" and worst(findings) not in LOUD
    if not held or not fine or any(desk.stage(finding) for finding in findings):
        return desk.say("ended_else")
    unseen = any(gap["fact"] == "served" for gap in site["could_not_check"])
    return desk.say("ended_not_seen" if unseen else "ended_fine", at=at(held["not_after"]))


def _log(findings: tuple[Finding, ...]) -> tuple[Seen, ...]:
    seen = dict.fromkeys(item for finding in findings for item in finding.evidence)
    return tuple(
        Seen(clean(item.at or ""), clean(short(item.source)), clean(item.text[:LONGEST]))
        for item in list(seen)[:EVIDENCE]
    )


def _gaps(desk: Desk, site: Mapping[str, Any]) -> tuple[Markup, ...]:
    """Say what could not be looked at, and why, without paths."""
    lines: dict[Markup, None] = {}
    for gap in site["could_not_check"]:
        reason = str(gap["why"]).partition(":")[0]
        fact, why = desk.words.say("facts", gap["fact"]), desk.words.say("gap", reason.replace(" ", "_"))
        lines[desk.say("not_checked_line", fact=fact, why=why)] = None
    return tuple(lines)
