"""How far a check has come: the page's light endpoint, asked every two seconds while something runs."""

from __future__ import annotations

from autossl_doctor.host.cgi import answer, receive
from autossl_doctor.host.liveapi import LiveApi
from autossl_doctor.host.visitor import visitor
from autossl_doctor.store.live import load_live

FEATURE = "autossl_doctor"
JSON = "application/json; charset=utf-8"
NOTHING = b'{"schema":1,"step":null}'


def main() -> None:
    """Answer one request with the account's own `live.json`, word for word."""
    request = receive()
    who = visitor(request.user) if request.token and request.socket and request.method in ("GET", "HEAD") else None
    if who is None or not _is_allowed(request.socket):
        answer(b'{"schema":1,"answer":"refused"}', JSON, "403 Forbidden")
        return
    live = load_live(who.uid, who.startdate) or NOTHING
    answer(b"" if request.method == "HEAD" else live, JSON)


def _is_allowed(socket: str) -> bool:
    panel = None
    try:
        panel = LiveApi(socket)
        return panel.call("Features", "has_feature", name=FEATURE).status == 1
    except Exception:  # noqa: BLE001 - whatever breaks closes the endpoint, without a traceback
        return False
    finally:
        if panel is not None:
            panel.close()
