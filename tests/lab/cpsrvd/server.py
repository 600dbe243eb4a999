"""cpsrvd's stand-in: the cPanel service on a listening socket that is handed in.

    with socket.create_server(("127.0.0.1", 0)) as listening:
        panel = Cpsrvd(listening, root=tree, users={"alice": "secret"})
        threading.Thread(target=panel.serve_forever).start()
        ...
        panel.close()

It is an imitation made from the public documentation for tests and demonstrations, and stricter than the real one
where that is not known: see docs/stand-in.md.
"""

import shutil
import socket
import socketserver
import tempfile
import threading
import traceback
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path

from tests.lab.cpsrvd import documents, sessions
from tests.lab.cpsrvd.calls import Call, Functions
from tests.lab.cpsrvd.front_door import FrontDoor, remember_locale
from tests.lab.cpsrvd.handler import handler
from tests.lab.cpsrvd.logs import Logs
from tests.lab.cpsrvd.page_run import Runner
from tests.lab.cpsrvd.request import Request
from tests.lab.cpsrvd.response import Response, found, refused
from tests.lab.cpsrvd.settings import DemoAccount, Settings

_NOT_FOUND = "There is nothing here."


class Listener(socketserver.ThreadingTCPServer):
    """Takes connections from a socket that somebody else has opened; closing it is theirs too."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, listening: socket.socket, connections: object) -> None:
        super().__init__(("", 0), connections, bind_and_activate=False)  # type: ignore[arg-type]
        self.socket.close()
        self.socket = listening
        self.server_address = listening.getsockname()

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle of an answer is no news."""


class Cpsrvd:
    """The cPanel service: login, pages below the theme, LiveAPI. Safe to use from several threads."""

    def __init__(
        self,
        listening_socket: socket.socket,
        *,
        root: Path = Path("/"),
        functions: Functions | None = None,
        users: Mapping[str, str] | None = None,
        demo_accounts: Iterable[DemoAccount] = (),
        settings: Settings | None = None,
    ) -> None:
        """Read the host below `root`; `users` are passwords by name, `functions` the UAPI beyond the built-in one."""
        self.settings = settings or Settings()
        """May be replaced between two requests."""
        self.logs = Logs(root)
        self._root = root
        self._door = FrontDoor(root, users or {}, demo_accounts)
        self._calls: list[Call] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._serving = False
        self._sockets = Path(tempfile.mkdtemp(prefix="cpsrvd-", dir=self.settings.socket_directory))
        self._sockets.chmod(0o711)
        self._runner = Runner(
            root, functions or {}, sockets=self._sockets, logs=self.logs, record=self._record, closing=self._closing
        )
        self._listener = Listener(listening_socket, handler(self))

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call that came over the LiveAPI so far, also the refused ones."""
        with self._lock:
            return tuple(self._calls)

    def forget_calls(self) -> None:
        """Begin the list of calls anew."""
        with self._lock:
            self._calls.clear()

    def end_sessions(self) -> None:
        """Log everybody out, as a start of the server does."""
        self._door.sessions.end_all()

    def serve_forever(self) -> None:
        """Answer requests until `close` is called from another thread."""
        with self._lock:
            if self._closing.is_set():
                return
            self._serving = True
        self._listener.serve_forever(poll_interval=0.02)

    def close(self) -> None:
        """Take no more requests, kill the scripts that run, and take the sockets away; the listening socket stays."""
        with self._lock:
            self._closing.set()
            serving = self._serving
        if serving:
            self._listener.shutdown()
        shutil.rmtree(self._sockets, ignore_errors=True)

    def answer(self, request: Request) -> Response:
        """Answer one well-formed request."""
        if self._closing.is_set():
            return refused(HTTPStatus.SERVICE_UNAVAILABLE, "The server is being closed.")
        settings = self.settings
        try:
            response = self._own_page(request, settings) or self._document(request, settings)
        except Exception:  # noqa: BLE001 - a fault of the stand-in itself: told in the log, not to the visitor
            self.logs.stderr(traceback.format_exc().encode())
            response = refused(HTTPStatus.INTERNAL_SERVER_ERROR, "The server failed.")
        return remember_locale(request, response)

    def visited(self, request: Request, status: int) -> None:
        """Write the line of the access log."""
        cookie = request.cookies().get(sessions.COOKIE, "")
        session = self._door.sessions.find(cookie)
        line = f"{request.method} {request.path} {request.protocol}"
        self.logs.visit(request.client[0], session.user if session else "", line, status)

    def _own_page(self, request: Request, settings: Settings) -> Response | None:
        """The pages that need no session, and the refusal of addresses that are none."""
        if not documents.is_plain(request.path):
            return refused(HTTPStatus.BAD_REQUEST, "This address is not understood.")
        parts = sessions.split_token(request.path)
        if (parts[1] if parts else request.path) in {"/logout/", "/logout"}:
            return self._door.logout(request, settings)
        if request.path == "/":
            return self._door.login_form(request, settings)
        if request.path in {"/login/", "/login"}:
            return self._door.login(request, settings)
        return None

    def _document(self, request: Request, settings: Settings) -> Response:
        """Everything behind the login."""
        visitor = self._door.admit(request, settings)
        if isinstance(visitor, Response):
            return visitor
        if visitor.path == "/":
            return found(visitor.token + settings.page)
        document = documents.find(self._root, visitor.path, settings.trusted_uid)
        if isinstance(document, documents.Refusal):
            if document.status is HTTPStatus.FORBIDDEN:
                self.logs.trouble(document.why)
            return refused(document.status, _NOT_FOUND)
        if isinstance(document, documents.Static):
            if request.method == "POST":
                return refused(HTTPStatus.METHOD_NOT_ALLOWED, "This file can only be read.")
            return Response(HTTPStatus.OK, (("Content-Type", document.content_type),), document.content)
        return self._runner.run(request, visitor, document, settings)

    def _record(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)
