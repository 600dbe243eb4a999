"""What a page takes from its environment and from a posted form, and the exact form of its answer."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.host import cgi
from autossl_doctor.host.cgi import BODY_CAP, FORM, Request, answer, read_form, receive

PLUGIN = str(Path(cgi.__file__).parents[2])
FIELDS = ("accept", "content_type", "length", "method", "query", "socket", "token", "user")
CANARY = "canary-4d1c2f"
GIVEN = {
    "REQUEST_METHOD": "POST",
    "REMOTE_USER": "shop",
    "cp_security_token": "/cpsess0123456789",
    "CPANEL_CONNECT_SOCKET": "/run/panel",
    "QUERY_STRING": "notice=started",
    "HTTP_ACCEPT": "application/json",
    "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=UTF-8",
    "CONTENT_LENGTH": "12",
    "REMOTE_PASSWORD": CANARY,
    "HTTP_COOKIE": f"cpsession={CANARY}",
    "HTTP_AUTHORIZATION": f"Basic {CANARY}",
    "REQUEST_URI": f"/cpsess0123456789/{CANARY}",
    "PYTHONPATH": f"/{CANARY}",
    "LD_PRELOAD_": f"/{CANARY}",
}


def fields(request: Request) -> dict[str, object]:
    """Everything that a request holds."""
    assert set(Request.__slots__) == set(FIELDS), "this test knows every field"
    assert not hasattr(request, "__dict__")
    return {name: getattr(request, name) for name in FIELDS}


def received(monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str]) -> Request:
    """What a page takes from this environment."""
    with monkeypatch.context() as patch:
        patch.setattr(os, "environ", dict(environment))
        patch.setattr(os, "umask", lambda _mask: 0)
        patch.setattr(os, "chdir", lambda _path: None)
        return receive()


# --- the environment


def test_the_environment_is_taken_once_and_forgotten(tmp_path: Path) -> None:
    """Afterwards neither Python nor a child process finds the password, the cookie or anything else in it."""
    code = f"""
import sys
sys.path.insert(0, {PLUGIN!r})
from autossl_doctor.host.cgi import receive
request = receive()
import json, os, subprocess
names = type(request).__slots__
child = subprocess.run(["/usr/bin/env"], capture_output=True, text=True).stdout
before = os.umask(0)
print(json.dumps([{{name: getattr(request, name) for name in names}}, dict(os.environ), child, os.getcwd(), before]))
"""
    ended = subprocess.run(
        [sys.executable, "-IS", "-c", code], env=GIVEN, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    request, environment, child, directory, mask = json.loads(ended.stdout)
    assert request == {
        "method": "POST",
        "user": "shop",
        "token": "/cpsess0123456789",
        "socket": "/run/panel",
        "query": "notice=started",
        "accept": "application/json",
        "content_type": FORM,
        "length": 12,
    }
    assert (environment, child) == ({}, "")
    assert (directory, mask) == ("/", 0o077)
    assert CANARY not in ended.stdout + ended.stderr


def test_secrets_are_nowhere_in_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request keeps neither the password nor a cookie nor the whole address."""
    request = received(monkeypatch, GIVEN)
    assert CANARY not in json.dumps(fields(request))
    assert CANARY not in repr(request)


def test_what_is_absent_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty environment is a request that opens nothing."""
    assert fields(received(monkeypatch, {})) == dict.fromkeys(FIELDS, "") | {"length": -1}


@pytest.mark.parametrize("token", ["/cpsess0123456789", "/cpsess9999999999"])
def test_a_token_of_the_panel_is_kept(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    """The panel's token is a slash, cpsess and ten digits."""
    assert received(monkeypatch, GIVEN | {"cp_security_token": token}).token == token


@pytest.mark.parametrize(
    "token",
    [
        "",
        "/",
        "/cpsess",
        "cpsess0123456789",
        "/cpsess012345678",
        "/cpsess01234567890",
        "/cpsess0123456789/",
        "/cpsess0123456789\n",
        " /cpsess0123456789",
        "/cpsess01234 6789",
        "/cpsess-123456789",
        "/cpsess012345678a",
        "/cpsess０１２３４５６７８９",
        "/cpsess012345678٣",
        "/cpsess012345678²",
        "/CPSESS0123456789",
        "/cpsess/123456789",
        "//cpsess0123456789",
        "/cpsess\udcff123456789",
    ],
)
def test_anything_else_is_no_token(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    """A value that is not exactly the panel's token counts as none, so that no check compares two empty texts."""
    assert received(monkeypatch, GIVEN | {"cp_security_token": token}).token == ""


@pytest.mark.parametrize(
    ("given_length", "length"),
    [
        ("0", 0),
        ("1", 1),
        ("00012", 12),
        ("999999999", 999_999_999),
        ("", -1),
        ("-1", -1),
        ("+1", -1),
        ("1_0", -1),
        ("1.0", -1),
        (" 12", -1),
        ("12\n", -1),
        ("0x10", -1),
        ("1e3", -1),
        ("１２", -1),
        ("²", -1),
        ("٣", -1),
        ("9999999999", -1),
        ("9" * 5000, -1),
        ("\udcff", -1),
    ],
)
def test_a_length_is_a_short_row_of_digits(monkeypatch: pytest.MonkeyPatch, given_length: str, length: int) -> None:
    """A length that is no plain number, or absurd, is no length."""
    assert received(monkeypatch, GIVEN | {"CONTENT_LENGTH": given_length}).length == length


@given(st.dictionaries(st.sampled_from(sorted(GIVEN)), st.text(max_size=300)))
def test_no_environment_breaks_the_page(environment: dict[str, str]) -> None:
    """Whatever the variables hold, a request comes of it, with nothing longer than its cap."""
    with pytest.MonkeyPatch.context() as patch:
        request = received(patch, environment)
    assert max(len(request.query), len(request.accept)) <= 200
    assert request.token in ("", environment.get("cp_security_token"))


def test_the_address_after_a_click_is_kept_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest address that the page itself redirects to is not cut when it comes back."""
    site = ".".join(["x" * 63] * 3 + ["y" * 61])
    query = urlencode({"notice": "nothing_changed", "verb": "save_key_type", "site": site})
    assert received(monkeypatch, GIVEN | {"QUERY_STRING": query}).query == query


# --- a posted form


def posted(monkeypatch: pytest.MonkeyPatch, body: bytes, **changes: object) -> Mapping[str, list[str]] | None:
    """The form that is read from this body."""
    request = Request(method="POST", user="shop", token="", socket="", content_type=FORM, length=len(body))
    for name, value in changes.items():
        setattr(request, name, value)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(body)))
    return read_form(request)


def test_a_form_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fields are decoded, repeated ones are kept in order, empty ones as well."""
    assert posted(monkeypatch, b"verb=exclude&name=a.example&name=%E8%A8%AD%2B+x&site=") == {
        "verb": ["exclude"],
        "name": ["a.example", "設+ x"],
        "site": [""],
    }


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "multipart/form-data", "application/json", "application/x-www-form-urlencoded2"],
)
def test_a_form_of_another_kind_is_none(monkeypatch: pytest.MonkeyPatch, content_type: str) -> None:
    """Other websites' pages can post plain text and files across; such a body is not read."""
    assert posted(monkeypatch, b"verb=retry", content_type=content_type) is None


@pytest.mark.parametrize("length", [-1, 0, 9, 11, BODY_CAP, BODY_CAP + 1, 999_999_999])
def test_a_form_whose_length_is_wrong_is_none(monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    """A body shorter than announced is not acted on, a too long one not read, and never more than announced."""
    expected = {"verb": ["retr"]} if length == 9 else None
    assert posted(monkeypatch, b"verb=retry", length=length) == expected


def test_an_oversized_body_is_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a body that is too long nothing is taken; one that is just short enough is."""
    body = b"a=" + b"x" * (BODY_CAP - 2)
    assert posted(monkeypatch, body) == {"a": ["x" * (BODY_CAP - 2)]}
    assert posted(monkeypatch, body + b"x") is None
    assert sys.stdin.buffer.tell() == 0


@pytest.mark.parametrize(("count", "is_read"), [(200, True), (201, False), (5000, False)])
def test_a_form_of_too_many_fields_is_none(monkeypatch: pytest.MonkeyPatch, count: int, is_read: bool) -> None:  # noqa: FBT001 - the expected answer
    """A form has a few fields; thousands are an attack."""
    assert (posted(monkeypatch, b"&".join([b"name=a"] * count)) is not None) is is_read


@pytest.mark.parametrize("body", ["名=a".encode(), b"verb=\xff", b"verb=%FF", b"verb=%ED%A0%80", b"\xef\xbb\xbfverb=a"])
def test_a_form_that_is_no_text_is_none(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    """Raw letters outside ASCII and bytes that are no UTF-8 end the reading; nothing is guessed."""
    assert posted(monkeypatch, body) is None


@given(st.binary(max_size=400))
def test_no_body_breaks_the_reading(body: bytes) -> None:
    """Whatever is posted, there is a form of texts or none."""
    with pytest.MonkeyPatch.context() as patch:
        form = posted(patch, body)
    assert form is None or all(isinstance(value, str) for values in form.values() for value in values)


# --- the answer


def answered(monkeypatch: pytest.MonkeyPatch, body: bytes, content_type: str, *more: str | tuple[str, ...]) -> bytes:
    """The bytes of an answer."""
    stream = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(stream))
    answer(body, content_type, *more)  # type: ignore[arg-type]  # the status, then the headers
    return stream.getvalue()


def test_an_answer_is_exactly_this(monkeypatch: pytest.MonkeyPatch) -> None:
    """Status, type, the four safe headers, the others, an empty line, and the body as it is."""
    assert answered(monkeypatch, b"\xff\n", "text/plain", "403 Forbidden", ("Location: x?y",)) == (
        b"Status: 403 Forbidden\r\n"
        b"Content-Type: text/plain\r\n"
        b"Cache-Control: no-store\r\n"
        b"X-Content-Type-Options: nosniff\r\n"
        b"X-Frame-Options: SAMEORIGIN\r\n"
        b"Referrer-Policy: no-referrer\r\n"
        b"Location: x?y\r\n"
        b"\r\n"
        b"\xff\n"
    )


def test_an_answer_has_a_status_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer without more to say is a success, and its body may be empty."""
    whole = answered(monkeypatch, b"", "text/html; charset=utf-8")
    assert whole.startswith(b"Status: 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n")
    assert whole.endswith(b"\r\n\r\n")


def test_no_header_can_hold_a_line_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line end in a header is a bug of the page, and stops it before anything is written."""
    for value in ("a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\rX-Evil: 1", "a\r\n\r\n<script>", "a\0"):
        for parts in ((value, "200 OK", ()), ("text/html", value, ()), ("text/html", "200 OK", (value,))):
            with pytest.raises(ValueError, match="header"):
                answered(monkeypatch, b"", *parts)


def test_letters_outside_ascii_never_reach_a_header(monkeypatch: pytest.MonkeyPatch) -> None:
    """A header is ASCII; anything else stops the page before anything is written."""
    stream = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(stream))
    with pytest.raises(UnicodeEncodeError):
        answer(b"body", "text/html", "200 OK", ("Location: 設定",))
    assert stream.getvalue() == b""
