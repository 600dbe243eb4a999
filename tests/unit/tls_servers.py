"""Servers on this machine for the prober to visit: honest ones with a certificate, and ones that misbehave."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.1"
Behaviour = Callable[[socket.socket], None]


@dataclass
class Heard:
    """What a server heard: the names that visitors asked for, and all that they said after the handshake."""

    names: list[str | None] = field(default_factory=list)
    protocols: list[str | None] = field(default_factory=list)
    after: list[bytes] = field(default_factory=list)


@contextmanager
def serving(behave: Behaviour) -> Iterator[int]:
    """Serve connections, each in a thread of its own, and give the port."""
    listening = socket.create_server((HOST, 0), backlog=64)
    threads: list[threading.Thread] = []
    connections: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            behave(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                connections.append(connection)
                thread = threading.Thread(target=serve, args=(connection,), daemon=True)
                threads.append(thread)
                thread.start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        accepting.join()
        listening.close()
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()


def with_certificate(chain: bytes, key: bytes, directory: Path, heard: Heard | None = None) -> Behaviour:
    """Show this chain to everybody, and listen until the visitor leaves."""
    (directory / "chain.pem").write_bytes(chain)
    (directory / "key.pem").write_bytes(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "chain.pem", directory / "key.pem")
    context.set_alpn_protocols(["h2", "http/1.1"])
    heard = heard or Heard()
    context.sni_callback = lambda _connection, name, _context: heard.names.append(name)

    def show(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            heard.protocols.append(secured.selected_alpn_protocol())
            with suppress(OSError):
                heard.after.append(secured.recv(1024))

    return show


def saying(content: bytes) -> Behaviour:
    """Answer the visitor's first words with something else than TLS."""

    def say(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(content)
        connection.recv(4096)

    return say


def silent(connection: socket.socket) -> None:
    """Say nothing until the visitor leaves."""
    while connection.recv(4096):
        pass


def dripping(connection: socket.socket) -> None:
    """Begin a message of the right form, and send a byte of it whenever it is awaited, without an end in sight."""
    connection.recv(4096)
    connection.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
    connection.settimeout(0.01)
    while True:
        try:
            if not connection.recv(4096):
                return
        except TimeoutError:
            connection.sendall(b"\x03")


def resetting(connection: socket.socket) -> None:
    """Break the connection off as a firewall does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def leaving(connection: socket.socket) -> None:
    """Hear what the visitor wants, and leave."""
    connection.recv(4096)
