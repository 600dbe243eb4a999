"""What a script answered: header lines, a blank line and a body, judged more strictly than a server would."""

import re
from http import HTTPStatus

from tests.lab.cpsrvd.response import Response

_LARGEST_HEAD = 64 * 1024
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_STATUS = re.compile(r"([2-5][0-9]{2})(?: [ -~]*)?")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_NOT_THE_SCRIPTS = ("connection", "transfer-encoding", "keep-alive", "upgrade", "trailer")
_CORS = "access-control-"


class BadAnswerError(Exception):
    """The output of a script is no CGI answer; the words are for the error log."""


def parse(output: bytes) -> Response:
    """The answer that a script's output means."""
    blank = _BLANK_LINE.search(output[: _LARGEST_HEAD + 4])
    if blank is None:
        raise BadAnswerError("no blank line after the header lines")
    head, body = output[: blank.start()], output[blank.end() :]
    headers = [_header(line.removesuffix(b"\r")) for line in head.split(b"\n")]
    status = _one(headers, "status")
    location = _one(headers, "location")
    _check_body(headers, body, needed=location is None and status is None)
    kept = tuple((name, value) for name, value in headers if name.lower() not in {"status", "content-length"})
    return Response(_code(status, location), kept, body)


def _header(line: bytes) -> tuple[str, str]:
    name, colon, value = line.decode("latin-1").partition(":")
    value = value.strip(" \t")
    if not colon or not _NAME.fullmatch(name):
        raise BadAnswerError("a line that is no header")
    if any(ord(letter) < ord(" ") and letter != "\t" for letter in value) or "\x7f" in value:
        raise BadAnswerError(f"a control character in the header {name}")
    if name.lower() in _NOT_THE_SCRIPTS or name.lower().startswith(_CORS):
        raise BadAnswerError(f"the header {name} is not for a script to send")
    return name, value


def _one(headers: list[tuple[str, str]], wanted: str) -> str | None:
    """The value of a header that may stand once at most."""
    values = [value for name, value in headers if name.lower() == wanted]
    if len(values) > 1:
        raise BadAnswerError(f"the header {wanted} stands {len(values)} times")
    return values[0] if values else None


def _check_body(headers: list[tuple[str, str]], body: bytes, *, needed: bool) -> None:
    """A body needs a type, and a length that is said has to be true."""
    content_type, length = _one(headers, "content-type"), _one(headers, "content-length")
    if not content_type and (body or needed):
        raise BadAnswerError("no Content-Type")
    if length is not None and length != str(len(body)):
        raise BadAnswerError(f"Content-Length is {length}, the body has {len(body)} bytes")


def _code(status: str | None, location: str | None) -> int:
    if status is None:
        return HTTPStatus.OK if location is None else HTTPStatus.FOUND
    matched = _STATUS.fullmatch(status)
    if matched is None:
        raise BadAnswerError("a Status that is none")
    return int(matched[1])
