"""The LiveAPI on the wire: framed requests in, tagged answers out, and the ways in which an answer may go wrong."""

import json
import re
import socket
import threading
import time
from collections.abc import Iterator

from tests.lab.cpsrvd.settings import Misbehaviour, Settings

PROLOG = b'<?xml version="1.0" ?>\n'
ENABLE = '<cpaneljson enable="1">'
SHUTDOWN = '<cpanelxml shutdown="1" />'
_ACTION = re.compile(r"<cpanelaction>(\{.*\})</cpanelaction>", re.DOTALL)
_LENGTH = re.compile(rb"[1-9][0-9]{0,6}")
_LARGEST_REQUEST = 1024 * 1024
_PIECE = 64 * 1024
_ODD = (1, 3, 5, 7, 11, 13)
_BETWEEN_PIECES = 0.0005
_IN_ODD_PIECES = 1024
"""How many bytes are sent in tiny pieces before the rest follows in larger ones."""


class WireError(Exception):
    """The page does not speak the protocol; the connection ends."""


class Reader:
    """Takes framed requests from a connection: a decimal length, a line break, that many bytes."""

    def __init__(self, connection: socket.socket) -> None:
        """Begin at the start of a connection."""
        self._connection = connection
        self._held = b""

    def request(self) -> str | None:
        """The next request, or None where the page has closed the connection between two of them."""
        while b"\n" not in self._held:
            if len(self._held) > len(str(_LARGEST_REQUEST)):
                raise WireError("a request without a length")
            if not self._more():
                if self._held:
                    raise WireError("the connection ended inside a length")
                return None
        line, _, self._held = self._held.partition(b"\n")
        if not _LENGTH.fullmatch(line) or int(line) > _LARGEST_REQUEST:
            raise WireError("a length that is none, or too large")
        while len(self._held) < int(line):
            if not self._more():
                raise WireError("the connection ended inside a request")
        content, self._held = self._held[: int(line)], self._held[int(line) :]
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise WireError("a request that is no UTF-8") from None

    def nothing_waits(self) -> bool:
        """Whether the page has sent nothing beyond the requests that were taken."""
        if self._held:
            return False
        try:
            return not self._connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True

    def _more(self) -> bool:
        piece = self._connection.recv(_PIECE)
        self._held += piece
        return bool(piece)


def action(request: str) -> dict[str, object]:
    """What a `<cpanelaction>` asks for."""
    matched = _ACTION.fullmatch(request)
    if matched is None:
        raise WireError("a request that is none of the known ones")
    try:
        asked = json.loads(matched[1])
    except ValueError:
        raise WireError("an action that is no JSON") from None
    if not isinstance(asked, dict):
        raise WireError("an action that is no object")
    return asked


def answer(payload: dict[str, object], mode: Misbehaviour, settings: Settings) -> bytes:
    """The bytes of one answer, with what the misbehaviour changes in them."""
    if mode is Misbehaviour.END_TAG_INSIDE:
        payload = {**payload, "note": "</cpanelresult>", "note_too": '"}</cpanelresult>\n'}
    if mode is Misbehaviour.VERY_LARGE:
        payload = {**payload, "padding": "x" * settings.very_large}
    content = b"surely no JSON {" if mode is Misbehaviour.NOT_JSON else json.dumps(payload).encode()
    before = (
        b"<error>Something went \xe2\x80\x9cwrong\xe2\x80\x9d.</error>" if mode is Misbehaviour.ERROR_BEFORE else b""
    )
    after = b"\n" if mode is Misbehaviour.NEWLINE_AFTER else b""
    return PROLOG + before + b"<cpanelresult>" + content + b"</cpanelresult>" + after


def send(
    connection: socket.socket, content: bytes, mode: Misbehaviour, settings: Settings, stop: threading.Event
) -> bool:
    """Send an answer as the misbehaviour wants it; answers whether the connection goes on."""
    if mode is Misbehaviour.CLOSED:
        return False
    if mode is Misbehaviour.SILENT:
        stop.wait()
        return False
    if mode is Misbehaviour.SLOW and stop.wait(settings.slow_seconds):
        return False
    if mode is Misbehaviour.TRUNCATED:
        connection.sendall(content[: len(content) // 2])
        return False
    if mode is Misbehaviour.NEVER_ENDING:
        _send_without_end(connection, stop)
        return False
    if mode is Misbehaviour.ODD_CHUNKS:
        for piece in _odd_pieces(content):
            connection.sendall(piece)
            if len(piece) < _PIECE // 2:
                time.sleep(_BETWEEN_PIECES)
        return True
    connection.sendall(content)
    return True


def _odd_pieces(content: bytes) -> Iterator[bytes]:
    place = number = 0
    while place < len(content):
        length = _ODD[number % len(_ODD)] if place < _IN_ODD_PIECES else _PIECE - 1
        yield content[place : place + length]
        place, number = place + length, number + 1


def _send_without_end(connection: socket.socket, stop: threading.Event) -> None:
    connection.sendall(PROLOG + b'<cpanelresult>{"padding": "')
    while not stop.is_set():
        connection.sendall(b"x" * _PIECE)
