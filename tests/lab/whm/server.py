"""The WHM service of cpsrvd's stand-in, on a listening socket that is handed in; made and used like `Cpsrvd`.

Scripts run only for a registered application (see `gate`), as root unless its record says otherwise, and without a
LiveAPI socket. What was registered since the start counts from the next start on.
"""

import json
import socket
import threading
import traceback
from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from pathlib import Path

from tests.lab.commands.appconfig_record import DOCUMENT_ROOT, registered
from tests.lab.commands.whm_call import WhmCall
from tests.lab.commands.whm_functions import answer
from tests.lab.cpsrvd import documents, identity, process, sessions
from tests.lab.cpsrvd.documents import Place, Script
from tests.lab.cpsrvd.environment import environment
from tests.lab.cpsrvd.front_door import remember_locale
from tests.lab.cpsrvd.handler import handler
from tests.lab.cpsrvd.logs import Logs
from tests.lab.cpsrvd.page_run import judged, reaching
from tests.lab.cpsrvd.request import Request, form_fields
from tests.lab.cpsrvd.response import Response, page, refused
from tests.lab.cpsrvd.server import Listener
from tests.lab.cpsrvd.settings import Settings
from tests.lab.whm.door import COOKIE, WhmDoor
from tests.lab.whm.gate import Gate, switches
from tests.lab.whm.visitor import WhmVisitor, run_as

_WHOLE = Place(DOCUMENT_ROOT, "/", live=False)
_API = "/json-api/"
_NOT_FOUND = "There is nothing here."
_FORBIDDEN = "You may not use this."


class Whm:
    """The WHM service: login for root and resellers, pages of registered applications, WHM API 1."""

    def __init__(
        self,
        listening_socket: socket.socket,
        *,
        root: Path = Path("/"),
        users: Mapping[str, str] | None = None,
        settings: Settings | None = None,
    ) -> None:
        """Read the host below `root`; `users` are passwords by name, root's among them."""
        self.settings = settings or Settings()
        """May be replaced between two requests."""
        self.logs = Logs(root)
        self._root = root
        self._door = WhmDoor(root, users or {})
        self._closing = threading.Event()
        self._applications = tuple(registered(root, without_privileges=True).values())
        self._listener = Listener(listening_socket, handler(self))

    def restart(self) -> None:
        """Log everybody out, and learn which applications are registered."""
        self._door.sessions.end_all()
        self._applications = tuple(registered(self._root, without_privileges=True).values())

    def serve_forever(self) -> None:
        """Answer requests until `close` is called from another thread."""
        self._listener.serve_forever(poll_interval=0.02)

    def close(self) -> None:
        """Take no more requests and kill the scripts that run; the listening socket stays."""
        self._closing.set()
        self._listener.shutdown()

    def answer(self, request: Request) -> Response:
        """Answer one well-formed request."""
        settings = self.settings
        try:
            response = self._own_page(request, settings) or self._behind_the_door(request, settings)
        except Exception:  # noqa: BLE001 - a fault of the stand-in itself: told in the log, not to the visitor
            self.logs.stderr(traceback.format_exc().encode())
            response = refused(HTTPStatus.INTERNAL_SERVER_ERROR, "The server failed.")
        return remember_locale(request, response)

    def visited(self, request: Request, status: int) -> None:
        """Write the line of the access log."""
        session = self._door.sessions.find(request.cookies().get(COOKIE, ""))
        line = f"{request.method} {request.path} {request.protocol}"
        self.logs.visit(request.client[0], session.user if session else "", line, status)

    def _own_page(self, request: Request, settings: Settings) -> Response | None:
        if not documents.is_plain(request.path):
            return refused(HTTPStatus.BAD_REQUEST, "This address is not understood.")
        parts = sessions.split_token(request.path)
        if (parts[1] if parts else request.path) in {"/logout/", "/logout"}:
            return self._door.logout(request)
        if request.path == "/":
            return self._door.form(request, HTTPStatus.OK, None)
        if request.path in {"/login/", "/login"}:
            return self._door.login(request, settings)
        return None

    def _behind_the_door(self, request: Request, settings: Settings) -> Response:
        visitor = self._door.admit(request, settings)
        if isinstance(visitor, Response):
            return visitor
        gate = Gate(self._applications, switches(self._root))
        if visitor.path == "/":
            return _menu(gate, visitor)
        if visitor.path.startswith(_API):
            return self._api(request, visitor)
        document = documents.find(self._root, visitor.path, settings.trusted_uid, _WHOLE)
        if isinstance(document, documents.Refusal):
            if document.status is HTTPStatus.FORBIDDEN:
                self.logs.trouble(document.why)
            return refused(document.status, _NOT_FOUND)
        if isinstance(document, Script):
            return self._script(request, visitor, document, gate.user_of(document.url, visitor))
        if not gate.shows(visitor.path, visitor):
            return refused(HTTPStatus.FORBIDDEN, _FORBIDDEN)
        if request.method == "POST":
            return refused(HTTPStatus.METHOD_NOT_ALLOWED, "This file can only be read.")
        return Response(HTTPStatus.OK, (("Content-Type", document.content_type),), document.content)

    def _script(self, request: Request, visitor: WhmVisitor, script: Script, user: str | None) -> Response:
        account = None if user is None else run_as(self._root, user, visitor)
        if account is None:
            self.logs.trouble(f"{script.url}: not for {visitor.name}, or not registered")
            return refused(HTTPStatus.FORBIDDEN, _FORBIDDEN)
        settings = self.settings
        variables = environment(
            request,
            script,
            account,
            document_root=str(self._root / DOCUMENT_ROOT),
            token=visitor.token,
            password_canary=settings.password_canary,
            socket=None,
            visitor=visitor.name,
        )
        ended = process.run(
            script.file,
            body=reaching(request.body, settings.body),
            variables=variables,
            become=identity.become(account),
            directory=settings.working_directory or script.file.parent,
            settings=settings,
            closing=self._closing,
        )
        return judged(ended, script.url, self.logs)

    def _api(self, request: Request, visitor: WhmVisitor) -> Response:
        """A function of WHM API 1, with HTTP 200 also where it fails; other versions of the API are not imitated."""
        fields = {**request.fields(), **form_fields(request.body.decode("utf-8", "replace"))}
        if fields.pop("api.version", "") != "1":
            return refused(HTTPStatus.BAD_REQUEST, "The stand-in knows version 1 of the API only.")
        call = WhmCall(self._root, visitor.name, visitor.path.removeprefix(_API), fields, visitor.privileges)
        content = json.dumps(answer(call)).encode()
        return Response(HTTPStatus.OK, (("Content-Type", "application/json"),), content)


def _menu(gate: Gate, visitor: WhmVisitor) -> Response:
    """WHM's first page: the applications that have an entry and that the visitor may use."""
    entries = "".join(
        f'<li><a href="{escape(visitor.token)}/cgi/{escape(application.settings["entryurl"])}">'
        f"{escape(application.settings['displayname'])}</a></li>"
        for application in gate.open_to(visitor)
        if "displayname" in application.settings
    )
    return page(
        HTTPStatus.OK,
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>WHM</title>'
        "</head><body><h1>WHM</h1><p>This is not WHM. It is an imitation for tests and demonstrations.</p>"
        f"<h2>Plugins</h2><ul>{entries}</ul></body></html>\n",
    )
