"""What a page is given by the panel (CGI), and the form of its answer (conventions, section 5)."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn

BODY_CAP = 64 * 1024
FIELD_CAP = 200
QUERY_CAP = 1024
"""The longest address that the page redirects to, a website's name of 253 signs in it, fits."""
TOKEN_DIGITS = 10
_PREFIX = "/cpsess"
FORM = "application/x-www-form-urlencoded"
SAFE_HEADERS = (
    "Cache-Control: no-store",
    "X-Content-Type-Options: nosniff",
    "X-Frame-Options: SAMEORIGIN",
    "Referrer-Policy: no-referrer",
)


class Request:
    """One request, as far as a page may know it; passwords and cookies are not among it.

    A plain class: `typing` and its named tuples would cost the progress endpoint a third of what it may.
    """

    __slots__ = ("accept", "content_type", "length", "method", "query", "socket", "token", "user")

    def __init__(
        self,
        *,
        method: str,
        user: str,
        token: str,
        socket: str,
        query: str = "",
        accept: str = "",
        content_type: str = "",
        length: int = -1,
    ) -> None:
        self.method = method
        self.user = user
        self.token = token
        self.socket = socket
        self.query = query
        self.accept = accept
        self.content_type = content_type
        self.length = length


def receive() -> Request:
    """Take what a page needs from the environment and forget the rest, which holds the visitor's secrets.

    What is absent is empty, and opens nothing.
    """
    given = os.environ
    length = given.get("CONTENT_LENGTH", "")
    request = Request(
        method=given.get("REQUEST_METHOD", ""),
        user=given.get("REMOTE_USER", ""),
        token=_token(given.get("cp_security_token", "")),
        socket=given.get("CPANEL_CONNECT_SOCKET", ""),
        query=given.get("QUERY_STRING", "")[:QUERY_CAP],
        accept=given.get("HTTP_ACCEPT", "")[:FIELD_CAP],
        content_type=given.get("CONTENT_TYPE", "").partition(";")[0].strip().lower(),
        length=int(length) if length.isascii() and length.isdecimal() and len(length) < TOKEN_DIGITS else -1,
    )
    os.environ.clear()
    os.umask(0o077)
    os.chdir("/")
    return request


def _token(value: str) -> str:
    digits = value[len(_PREFIX) :]
    good = value.startswith(_PREFIX) and len(digits) == TOKEN_DIGITS and digits.isascii() and digits.isdecimal()
    return value if good else ""


def read_form(request: Request) -> Mapping[str, list[str]] | None:
    """Read the fields of a posted form; None if there is none of the right kind and size."""
    from urllib.parse import parse_qs  # noqa: PLC0415 - the progress endpoint has no form

    if request.content_type != FORM or not 0 < request.length <= BODY_CAP:
        return None
    body = sys.stdin.buffer.read(request.length)
    if len(body) != request.length:
        return None
    try:
        return parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=FIELD_CAP, errors="strict")
    except ValueError:
        return None


def answer(body: bytes, content_type: str, status: str = "200 OK", headers: tuple[str, ...] = ()) -> None:
    """Write a whole answer."""
    lines = (f"Status: {status}", f"Content-Type: {content_type}", *SAFE_HEADERS, *headers)
    if any(sign in line for line in lines for sign in "\r\n\0"):
        raise ValueError("a line end in a header")
    out = sys.stdout.buffer
    out.write("\r\n".join((*lines, "", "")).encode("ascii"))
    out.write(body)
    out.flush()


def leave() -> NoReturn:
    """End the process here and now: nothing is left to tidy up, and tidying up costs as much as a third of the work."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
