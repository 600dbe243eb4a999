r"""The panel's LiveAPI: how a page asks the panel, as the account, over the Unix socket that it was given.

Requests are `<length>\n<payload>`; replies carry no length and end with `</cpanelresult>`, a text that may also stand
inside the JSON. So a reply is whole when that tag is at its end and what stands before it is JSON (conventions, 6).
"""

from __future__ import annotations

# `socket` and `json` cost the progress endpoint more than all of its own work; this is the part of it that is needed.
import _socket
import time

from autossl_doctor.model.json_text import read_json, write_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SIZE_CAP = 20 * 1024 * 1024
TIME_CAP = 20.0
ANSWER_CAP = 8.0
CHUNK = 65536
TAIL = 64
FAREWELL = 1.0
ENABLE = b'<cpaneljson enable="1">'
SHUTDOWN = b'<cpanelxml shutdown="1" />'
BEGIN, END = b"<cpanelresult>", b"</cpanelresult>"


class Reply:
    """What the panel answered: `status` is 1, 0 or None (no such thing, or no answer), `errors` its own words."""

    __slots__ = ("data", "errors", "status")

    def __init__(self, status: int | None = None, data: Any = None, errors: tuple[str, ...] = ()) -> None:
        self.status = status
        self.data = data
        self.errors = errors


class LiveApi:
    """One conversation with the panel. Whatever goes wrong on the way is a reply without a status."""

    def __init__(self, path: str, *, time_cap: float = TIME_CAP, size_cap: int = SIZE_CAP) -> None:
        self._end = self._deadline = time.monotonic() + time_cap
        self._size_cap = size_cap
        self._trouble = ""
        self._socket = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
        try:
            self._settle()
            self._socket.connect(path)
            self._exchange(ENABLE)
        except (OSError, ValueError, RecursionError) as error:
            self._trouble = _words(error)

    def call(self, module: str, function: str, **arguments: str) -> Reply:
        """Ask one UAPI function; booleans are 1 and 0, success is `status == 1` and nothing else."""
        if self._trouble:
            return Reply(errors=(self._trouble,))
        asked = {"reqtype": "exec", "module": module, "func": function, "apiversion": "uapi", "args": arguments}
        payload = b"<cpanelaction>" + write_json(asked).encode() + b"</cpanelaction>"
        try:
            answered = self._exchange(payload)
        except (OSError, ValueError, RecursionError) as error:
            # The rest of a broken reply would be taken for the next one.
            self._trouble = _words(error)
            return Reply(errors=(self._trouble,))
        return _reply(answered)

    def close(self) -> None:
        """Say goodbye, as the panel expects of every page."""
        try:
            if not self._trouble:
                self._deadline = min(self._end, time.monotonic() + FAREWELL)
                self._send(SHUTDOWN)
                while self._receive():
                    pass
        except OSError:
            pass
        self._socket.close()

    def _settle(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the panel did not answer in time")
        self._socket.settimeout(left)

    def _send(self, payload: bytes) -> None:
        self._settle()
        self._socket.sendall(b"%d\n%b" % (len(payload), payload))

    def _receive(self) -> bytes:
        self._settle()
        return self._socket.recv(CHUNK)

    def _exchange(self, payload: bytes) -> Any:
        """Send a request and read its whole reply."""
        # A broken answer must not use up the time of those after it.
        self._deadline = min(self._end, time.monotonic() + ANSWER_CAP)
        self._send(payload)
        received = bytearray()
        while True:
            chunk = self._receive()
            if not chunk:
                raise ConnectionError("the panel hung up in the middle of an answer")
            received += chunk
            if len(received) > self._size_cap:
                raise ValueError("the panel's answer is too large")
            if received[-TAIL:].rstrip().endswith(END):
                start = received.find(BEGIN)
                body = received[start + len(BEGIN) : received.rindex(END)] if start >= 0 else b""
                if body.lstrip().startswith(b"<error>"):
                    body = body.partition(b"</error>")[2]
                try:
                    return read_json(body.decode("utf-8", "surrogatepass"))
                except ValueError:
                    continue  # the tag stood inside a text: the reply goes on


def _reply(answered: Any) -> Reply:
    if isinstance(answered, dict) and isinstance(answered.get("cpanelresult"), dict):
        answered = answered["cpanelresult"]
    result = answered.get("result") if isinstance(answered, dict) else None
    if not isinstance(result, dict):
        return Reply(errors=("the panel's answer holds no result",))
    status = result.get("status")
    errors = result.get("errors")
    said = errors if isinstance(errors, list) else [errors] if errors else []
    # True is not 1: what is not exactly the documented answer opens nothing.
    known = int(status) if type(status) is int or status in ("0", "1") else None
    return Reply(known, result.get("data"), tuple(str(words)[:500] for words in said[:5]))


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
