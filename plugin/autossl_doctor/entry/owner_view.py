"""Gathers what the owner's page shows."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qs

from autossl_doctor.actions.forms import sign
from autossl_doctor.actions.standing import limit_until
from autossl_doctor.actions.verbs import VERBS
from autossl_doctor.causes.texts import Texts
from autossl_doctor.entry.owner_notices import NOTICES, WARNINGS
from autossl_doctor.entry.owner_situation import excluded_names, ledger_of, missing_features, refused_verbs
from autossl_doctor.entry.owner_state import OwnerState, read_state
from autossl_doctor.host.cgi import Request
from autossl_doctor.host.clock import now
from autossl_doctor.host.liveapi import LiveApi
from autossl_doctor.host.visitor import Visitor
from autossl_doctor.host.zone import local_zone
from autossl_doctor.present.owner.view import OwnerView
from autossl_doctor.store.own import Trouble, load_form_key


def gather(request: Request, who: Visitor, panel: LiveApi, language: str) -> OwnerView:
    """Put everything together for one visit; nothing is changed by looking."""
    texts = Texts()
    state = read_state(who, texts, now())
    lacking = missing_features(panel)
    key = load_form_key(who.uid)
    secret = b"" if isinstance(key, Trouble) else key.encode()
    given = _given(request.query)
    notice, insisted = _notice(given, state)
    site = insisted[1] if insisted else ""
    return OwnerView(
        account=who.account,
        language=language,
        zone=local_zone(),
        now=state.now,
        trouble=state.trouble,
        generated_at=state.generated_at,
        server_findings=state.server_findings,
        sites=state.sites,
        findings=state.findings,
        texts=texts,
        refused=refused_verbs(who, state, lacking) if secret else dict.fromkeys(VERBS, "no_report"),
        forms={verb: sign(secret, who.account, request.token, verb) for verb in VERBS},
        excluded=None if "autossl" in lacking else excluded_names(panel),
        live=state.live,
        click=state.click,
        notice=notice,
        notice_until=_until(notice, state, site),
        anyway=insisted if notice in WARNINGS else None,
        chosen=given.get("show", "") if given.get("show") in state.findings else "",
        memory=state.memory,
        usual=state.usual,
    )


def _until(notice: str, state: OwnerState, site: str) -> datetime | None:
    """Give the end of the limit that a message is about: the CA's own word, or this server's count."""
    if notice == "ledger_limit":
        wait = ledger_of(state, site)
        return wait.until if wait is not None else None
    return limit_until((*state.server_findings, *state.findings.get(site, ())))


def _given(query: str) -> dict[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(query, max_num_fields=5).items()}
    except ValueError:
        return {}


def _notice(given: dict[str, str], state: OwnerState) -> tuple[str, tuple[str, str] | None]:
    """Take the message of a click from the address: one of ours, about a button and website of this account."""
    notice, verb, site = (given.get(name, "") for name in ("notice", "verb", "site"))
    if notice not in NOTICES:
        return "", None
    return notice, (verb, site) if verb in VERBS and site in state.findings else None
