"""Run as an account by the installer's self test: loads what its page loads, its report and its template.

python3 -I -m autossl_doctor.entry.installing.page_check
"""

from __future__ import annotations

import os
import sys

from autossl_doctor.causes.texts import Texts
from autossl_doctor.entry import owner_action, owner_page, owner_progress, owner_view
from autossl_doctor.entry.owner_state import read_state
from autossl_doctor.host.clock import now
from autossl_doctor.host.people import account_of
from autossl_doctor.host.visitor import visitor
from autossl_doctor.host.zone import local_zone
from autossl_doctor.present.owner.page import render
from autossl_doctor.present.owner.view import OwnerView

PARTS = (owner_action, owner_page, owner_progress, owner_view)
LANGUAGES = ("en", "ja")


def check() -> str:
    """Give "good", or what is wrong."""
    if os.geteuid() == 0:
        return "this is for accounts"
    who = visitor(account_of(os.geteuid()))
    if who is None:
        return "the panel does not know this account"
    texts = Texts()
    state = read_state(who, texts, now())
    if state.trouble:
        return f"the report cannot be loaded: {state.trouble}"
    for language in LANGUAGES:
        view = OwnerView(
            account=who.account,
            language=language,
            zone=local_zone(),
            now=state.now,
            trouble="",
            generated_at=state.generated_at,
            server_findings=state.server_findings,
            sites=state.sites,
            findings=state.findings,
            texts=texts,
            refused={},
            forms={},
            excluded=None,
            live=state.live,
            click=state.click,
            notice="",
            notice_until=None,
            anyway=None,
            memory=state.memory,
        )
        if not render(view).strip():
            return "the page is empty"
    return "good"


if __name__ == "__main__":
    sys.stdout.write(check() + "\n")
