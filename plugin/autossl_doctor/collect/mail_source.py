"""The source of a mail, as programs save and show it: what its parts say, without how they travelled.

Only a text that begins with the headers of a mail is one: behind anything else, a website could write such headers.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from autossl_doctor.collect.encodings import decoded
from autossl_doctor.collect.markup import shown

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]?(?=\S|\n)")
_ENVELOPE = re.compile(
    r"^(?:MIME-Version|Content-Type|Content-Transfer-Encoding|Received|Message-I[Dd]):", re.MULTILINE
)
_BOUNDARY = re.compile(r"boundary=\"?([^\s\";]{1,70})\"?", re.IGNORECASE)
_SUBJECT = re.compile(r"^Subject: .*$", re.MULTILINE)
_FOLDED = re.compile(r"\n[ \t]+")
_QUOTED_PRINTABLE, _BASE64 = "quoted-printable", "base64"
MOST_PARTS = 40
MOST_DEPTH = 4


def text_of_mail(text: str) -> str:
    """Give subject and readable parts of a mail's source; any other text as it is."""
    if _HEADER.match(text) is None:
        return text
    text = text.replace("\r\n", "\n")
    headers, _, _ = text.partition("\n\n")
    if _ENVELOPE.search(headers) is None:
        return text
    subject = _SUBJECT.search(_FOLDED.sub(" ", headers))
    said = list(_parts(text, MOST_DEPTH))
    kind = "text/plain" if any(kind == "text/plain" for kind, _ in said) else "text/html"
    return "\n\n".join([subject.group() if subject else "", *(part for each, part in said if each == kind)])


def _parts(text: str, depth: int) -> Iterator[tuple[str, str]]:
    """Give kind and text of each part that can be read."""
    headers, _, body = text.partition("\n\n")
    headers = _FOLDED.sub(" ", headers)
    named = _value(headers, "Content-Type").lower()
    boundary = _BOUNDARY.search(_value(headers, "Content-Type"))
    if named.startswith("multipart/") and boundary is not None and depth:
        for part in f"\n{body}".split(f"\n--{boundary[1]}")[1 : MOST_PARTS + 1]:
            if part.startswith("--"):
                return
            yield from _parts(part.partition("\n")[2], depth - 1)
        return
    kind = named.partition(";")[0].strip() or "text/plain"
    if kind in ("text/plain", "text/html"):
        whole = _unpacked(body, _value(headers, "Content-Transfer-Encoding").lower())
        yield kind, shown(whole) if kind == "text/html" else whole


def _value(headers: str, name: str) -> str:
    found = re.search(rf"^{name}:[ \t]*(.*)$", headers, re.MULTILINE | re.IGNORECASE)
    return found[1].strip() if found else ""


def _unpacked(body: str, encoding: str) -> str:
    packed = body.encode("utf-8", "replace")
    if encoding == _QUOTED_PRINTABLE:
        return decoded(binascii.a2b_qp(packed))
    if encoding == _BASE64:
        try:
            return decoded(binascii.a2b_base64(packed))
        except binascii.Error:
            return ""
    return body
