"""What decides about an account's buttons: its report, and what the panel answers at this moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from autossl_doctor.actions.decide import Situation, standing
from autossl_doctor.actions.ledger import LIMITS, PAUSED, Wait
from autossl_doctor.actions.standing import digest, is_switched_off, limit_until, names_to_exclude
from autossl_doctor.actions.verbs import EXCLUDE, FEATURES, INCLUDE, LOOK, VERBS
from autossl_doctor.entry.owner_state import OwnerState, Texts
from autossl_doctor.host.liveapi import LiveApi
from autossl_doctor.host.visitor import Visitor
from autossl_doctor.model.finding import Finding
from autossl_doctor.model.moment import parse_moment
from autossl_doctor.present.owner.view import Click, Live

FRESH = timedelta(minutes=15)
"""A report that is younger tells whether a check is running; for an older one the panel is asked."""
LONGEST_STEP = timedelta(minutes=15)
"""A step that lasts longer may be one that nobody follows any more: then the report or the panel is asked."""


def missing_features(panel: LiveApi) -> frozenset[str]:
    """Ask which of the panel's features that the buttons need this account lacks."""
    needed = dict.fromkeys(feature for features in FEATURES.values() for feature in features)
    return frozenset(name for name in needed if panel.call("Features", "has_feature", name=name).status != 1)


def excluded_names(panel: LiveApi) -> tuple[str, ...] | None:
    """Ask which names the account has excluded from AutoSSL; None if the panel does not say."""
    reply = panel.call("SSL", "get_autossl_excluded_domains")
    if reply.status != 1 or not isinstance(reply.data, list):
        return None
    names = (row.get("excluded_domain") for row in reply.data if isinstance(row, dict))
    return tuple(name for name in names if isinstance(name, str))


def refused_verbs(who: Visitor, state: OwnerState, lacking: frozenset[str]) -> dict[str, str]:
    """Say for each button why it cannot work at all; empty where it can."""
    return {verb: standing(_standing(who, state, verb, lacking), verb) for verb in VERBS}


def _standing(who: Visitor, state: OwnerState, verb: str, lacking: frozenset[str]) -> Situation:
    return Situation(
        now=state.now,
        has_report=not state.trouble,
        demo=who.demo,
        suspended=who.suspended,
        lacks=next((feature for feature in FEATURES.get(verb, ()) if feature in lacking), ""),
        autossl_off=is_switched_off(state.server_findings),
    )


def situation(who: Visitor, state: OwnerState, verb: str, site: str, panel: LiveApi, texts: Texts) -> Situation:
    """Gather everything that decides about one click."""
    lacking = frozenset(
        feature for feature in FEATURES.get(verb, ()) if panel.call("Features", "has_feature", name=feature).status != 1
    )
    found = state.findings.get(site, ())
    verdict = next((item for item in state.sites if item["site"] == site), None)
    live, click = state.live, state.click
    return _standing(who, state, verb, lacking)._replace(
        has_site=verdict is not None or (verb == LOOK and not site),
        running=_is_running(state, panel),
        started=click.at if click else None,
        finished=_finished(live, click),
        limit_until=limit_until((*state.server_findings, *found)),
        ledger=ledger_of(state, site),
        failing=verdict is not None and verdict["renewal"] == "failing",
        finding=digest(found[0]) if found else "",
        finding_before=state.before if click and click.site == site else "",
        choices=_choices(verb, site, found, panel, texts),
    )


def ledger_of(state: OwnerState, site: str) -> Wait | None:
    """Tell which limit of the CA this server saw being used up for a website; None where it saw none."""
    wait = state.memory.get(site, {}).get("wait")
    if not isinstance(wait, dict) or wait.get("limit") not in LIMITS:
        return None
    until = parse_moment(str(wait.get("until"))) if wait.get("until") else None
    if until is None and wait["limit"] != PAUSED:
        return None
    return Wait(wait["limit"], until) if until is None or until > state.now else None


def _is_running(state: OwnerState, panel: LiveApi) -> bool:
    live = state.live
    if live is not None and live.step != "queued" and live.ended is None and state.now - live.since < LONGEST_STEP:
        return True
    if state.generated_at is not None and state.now - state.generated_at < FRESH:
        return any(site["renewal"] == "running" for site in state.sites)
    return panel.call("SSL", "is_autossl_check_in_progress").data in (1, "1")


def _finished(live: Live | None, click: Click | None) -> datetime | None:
    if live is None or live.ended is None:
        return None
    return live.ended if click is None or live.ended >= click.at else None


def _choices(verb: str, site: str, found: tuple[Finding, ...], panel: LiveApi, texts: Texts) -> frozenset[str]:
    if verb == INCLUDE:
        return frozenset(excluded_names(panel) or ())
    if verb == EXCLUDE:
        return frozenset(
            name for finding in found if offers(texts, finding, EXCLUDE) for name in names_to_exclude(site, finding)
        )
    return frozenset()


def offers(texts: Texts, finding: Finding, verb: str) -> bool:
    """Tell whether the owner's steps of a finding have the button `verb`."""
    return any(step.get("do") == verb for step in texts[finding.cause]["en"]["owner"]["steps"])
