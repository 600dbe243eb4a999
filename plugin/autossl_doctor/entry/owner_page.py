"""The page of an account in cPanel: who asks is settled first, then what is asked.

Runs as the account, started by the panel for each request. Everything that is missing or odd closes the page.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from autossl_doctor.entry.closed import closed, failed
from autossl_doctor.host.cgi import Request, answer, receive
from autossl_doctor.host.liveapi import LiveApi
from autossl_doctor.host.visitor import Visitor, visitor

FEATURE = "autossl_doctor"
HTML = "text/html; charset=utf-8"
METHODS = ("GET", "HEAD", "POST")


def main() -> None:
    """Answer one request."""
    request = receive()
    who = visitor(request.user) if request.token and request.socket and request.method in METHODS else None
    if who is None:
        closed("identity")
        return
    panel: LiveApi | None = None
    try:
        panel = LiveApi(request.socket)
        if panel.call("Features", "has_feature", name=FEATURE).status != 1:
            closed("feature")
        elif request.method == "POST":
            from autossl_doctor.entry.owner_action import act

            act(request, who, panel, language(panel))
        else:
            show(request, who, panel)
    except BrokenPipeError:
        # Nobody reads the answer any more; what is left of it must not be written at the end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except Exception as error:  # noqa: BLE001 - a visitor never sees a traceback, nor does the panel's log its values
        mark = os.urandom(4).hex()
        trace: Any = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else ""
        sys.stderr.write(f"autossl_doctor: page failed, id {mark}: {type(error).__name__} in {where}\n")
        failed(mark)
    finally:
        if panel is not None:
            panel.close()


def show(request: Request, who: Visitor, panel: LiveApi) -> None:
    """Show the page in the panel's own frame and language."""
    from autossl_doctor.entry.owner_view import gather
    from autossl_doctor.present.owner.page import render

    frame = panel.call("Chrome", "get_dom", page_title="AutoSSL Doctor")
    dom = frame.data if frame.status == 1 and isinstance(frame.data, dict) else {}
    header, footer = dom.get("header"), dom.get("footer")
    view = gather(request, who, panel, language(panel))
    block = render(view)
    if not isinstance(header, str) or not isinstance(footer, str):
        # Without the panel's frame the page is plain, and still all there.
        header = (
            f'<!DOCTYPE html><html lang="{view.language}"><meta charset="utf-8"><title>AutoSSL Doctor</title><main>'
        )
        footer = "</main></html>"
    body = f"{header}\n{block}\n{footer}".encode("utf-8", "replace")
    answer(b"" if request.method == "HEAD" else body, HTML)


def language(panel: LiveApi) -> str:
    """Give the language of ours that comes nearest to the panel's."""
    spoken = panel.call("Locale", "get_attributes")
    return _ours(spoken.data.get("locale") if spoken.status == 1 and isinstance(spoken.data, dict) else None)


def _ours(locale: object) -> str:
    """Choose from our own table; a locale may come from a cookie and is somebody's input."""
    return "ja" if locale == "ja" or (isinstance(locale, str) and locale.startswith("ja_")) else "en"
