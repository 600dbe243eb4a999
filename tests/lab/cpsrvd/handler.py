"""One connection of a browser: reads requests strictly, writes answers whole."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Protocol

from tests.lab.cpsrvd.request import Request
from tests.lab.cpsrvd.response import Response, guarded, refused
from tests.lab.cpsrvd.settings import Settings

_HOST = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")
_LENGTH = re.compile(r"[0-9]{1,15}")
_METHODS = ("GET", "HEAD", "POST")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MOST_DISCARDED = 64 * 1024 * 1024
_PIECE = 64 * 1024


class Server(Protocol):
    """What a connection needs from the server."""

    settings: Settings

    def answer(self, request: Request) -> Response:
        """Answer a request that is well formed."""

    def visited(self, request: Request, status: int) -> None:
        """Note a request that was answered."""


@dataclass(frozen=True)
class _Malformed:
    status: HTTPStatus
    text: str


def handler(server: Server) -> Callable[..., BaseHTTPRequestHandler]:
    """The class of connections that belong to this server."""

    class Connection(_Connection):
        cpsrvd = server

    return Connection


class _Connection(BaseHTTPRequestHandler):
    cpsrvd: Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def _serve(self) -> None:
        """Read the body within its limit, ask the server, and write the answer."""
        request = Request(
            self.command,
            self.requestline.split()[1],
            tuple((name, str(value)) for name, value in self.headers.items()),
            client=(str(self.client_address[0]), int(self.client_address[1])),
            server=self._own_address(),
            protocol=self.request_version,
        )
        trouble = self._malformed(request)
        if trouble is not None:
            self.close_connection = True
            self._write(request, refused(trouble.status, trouble.text))
            self._discard(request)
            return
        length = int(request.header("content-length") or "0")
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True
            return
        request = replace(request, body=body)
        self._write(request, self.cpsrvd.answer(request))

    do_GET = do_HEAD = do_POST = _serve  # noqa: N815 - the names that the standard library looks for
    do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_TRACE = do_CONNECT = _serve  # noqa: N815 - refused as other methods

    def _malformed(self, request: Request) -> _Malformed | None:
        """Why a request is refused before anybody looks at what it asks for."""
        if request.method not in _METHODS:
            return _Malformed(HTTPStatus.METHOD_NOT_ALLOWED, "Only GET, HEAD and POST are understood.")
        if any(_FORBIDDEN.search(name + value) for name, value in request.headers):
            return _Malformed(HTTPStatus.BAD_REQUEST, "A header holds a control character.")
        if not _HOST.fullmatch(request.header("host") or ""):
            return _Malformed(HTTPStatus.BAD_REQUEST, "The name of the host is missing, or no name.")
        names = [name.lower() for name, _ in request.headers]
        if "transfer-encoding" in names:
            return _Malformed(HTTPStatus.LENGTH_REQUIRED, "A body needs its length.")
        length = request.header("content-length")
        if "content-length" in names and (length is None or not _LENGTH.fullmatch(length)):
            return _Malformed(HTTPStatus.BAD_REQUEST, "The length of the body is no number.")
        if length is None and request.method == "POST":
            return _Malformed(HTTPStatus.LENGTH_REQUIRED, "A body needs its length.")
        if int(length or "0") > self.cpsrvd.settings.largest_body:
            return _Malformed(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large.")
        return None

    def _write(self, request: Request, response: Response) -> None:
        whole = guarded(response, self.cpsrvd.settings.content_security_policy)
        self.cpsrvd.visited(request, whole.status)
        self.send_response_only(whole.status)
        self.send_header("Date", self.date_time_string())
        for name, value in whole.headers:
            self.send_header(name, value)
        if whole.status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
            self.send_header("Content-Length", str(len(whole.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if request.method != "HEAD":
            self.wfile.write(whole.body)
        self.wfile.flush()

    def _discard(self, request: Request) -> None:
        """Read a refused body and forget it, so that its sender gets to read the answer."""
        if request.header("expect"):
            return
        length = request.header("content-length") or ""
        left = min(int(length), _MOST_DISCARDED) if _LENGTH.fullmatch(length) else 0
        while left > 0:
            piece = self.rfile.read1(min(left, _PIECE))
            if not piece:
                return
            left -= len(piece)

    def _own_address(self) -> tuple[str, int]:
        address = self.connection.getsockname()
        return str(address[0]), int(address[1])

    def handle_expect_100(self) -> bool:
        """Let a client send its body only if the body would be taken."""
        length = self.headers.get("content-length", "")
        if _LENGTH.fullmatch(length) and int(length) <= self.cpsrvd.settings.largest_body:
            return super().handle_expect_100()
        return True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what the standard library finds wrong with the same fixed pages, without repeating the request."""
        del message, explain
        response = guarded(refused(HTTPStatus(code), "The request is not understood."), None)
        self.close_connection = True
        self.send_response_only(code)
        self.send_header("Date", self.date_time_string())
        for name, value in response.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Nothing goes to the terminal; the server keeps its own logs."""
