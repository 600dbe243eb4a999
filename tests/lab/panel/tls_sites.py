"""What visitors of the websites get: each handshake reads the certificate that stands on the disk at that moment."""

import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.lab.certificates import certificate_pem, combined_pem
from tests.lab.host_model import Host
from tests.lab.issuers import SELF_SIGNED
from tests.lab.panel.asking import PLACE
from tests.lab.website_files import TLS
from tests.lab.websites import Installed, websites_of

STALE = PLACE / "stale"
"""A website with a file in here goes on serving that one, as a web server does that was not told to reload."""
_PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nOK\n"
_PATIENCE = 10


class WebServer:
    """The web server of the stand-in: all websites on one address, told apart by name."""

    def __init__(self, host: Host, root: Path) -> None:
        self._address = host.nat.local if host.nat is not None else host.address
        self._certificates = root / TLS
        self._stale = STALE
        self._sites: Mapping[str, str] = {
            name: website.servername
            for websites in websites_of(host.sites).values()
            for website in websites
            for name in website.names
        }
        self._default = root / PLACE.relative_to("/") / "default.pem"
        self._default.write_text(_default_certificate(), encoding="utf-8")

    def serve_forever(self, ready: Callable[[], None]) -> None:
        """Serve ports 80 and 443 until the process ends."""
        servers = [self._listen(80, self._answer_plainly), self._listen(443, self._answer_over_tls)]
        for server in servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        ready()
        threading.Event().wait()

    def _listen(self, port: int, answer: Callable[[socket.socket], None]) -> socketserver.TCPServer:
        class Visitor(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    self.request.settimeout(_PATIENCE)
                    answer(self.request)

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        socketserver.ThreadingTCPServer.daemon_threads = True
        return socketserver.ThreadingTCPServer((self._address, port), Visitor)

    @staticmethod
    def _answer_plainly(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(_PAGE)

    def _answer_over_tls(self, connection: socket.socket) -> None:
        context = _context(self._default)
        context.sni_callback = self._choose
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(65_536)
            secured.sendall(_PAGE)

    def _choose(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        """Take the certificate of the website that has the name; an unknown name gets the default one."""
        servername = self._sites.get(name or "")
        if servername is None:
            return
        for file in (self._stale / servername, self._certificates / servername / "combined"):
            with contextlib.suppress(OSError, ssl.SSLError):
                connection.context = _context(file)
                return


def _context(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def _default_certificate() -> str:
    """What a web server shows to those who ask for none of its websites."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    installed = Installed(
        issuer=SELF_SIGNED,
        covers=("server.lab.example",),
        not_before=start,
        not_after=start + timedelta(days=3650),
        key_type="rsa-2048",
    )
    return combined_pem("rsa-2048", certificate_pem("server.lab.example", installed))
