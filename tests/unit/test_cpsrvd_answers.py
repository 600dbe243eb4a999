"""What the stand-in makes of a script's output, and of requests that are none."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.lab.cpsrvd.answer import BadAnswerError, parse
from tests.lab.cpsrvd.sample_host import PLUGIN, Panel, add_page, marking_page, running, sample_tree, shell_page

TYPE = b"Content-Type: text/plain\n"


@pytest.fixture
def panel() -> Iterator[Panel]:
    """A panel where alice is logged in."""
    with sample_tree() as root, running(root) as panel:
        panel.login()
        yield panel


@pytest.mark.parametrize(
    ("output", "status", "body"),
    [
        (TYPE + b"\nhello", 200, b"hello"),
        (b"Content-Type: text/plain\r\n\r\nhello", 200, b"hello"),
        (b"Content-Type: text/plain\r\n\nhello\n\nmore", 200, b"hello\n\nmore"),
        (TYPE + b"\n\nhello", 200, b"\nhello"),
        (b"Status: 403 Forbidden\n" + TYPE + b"\nno", 403, b"no"),
        (b"Status: 303\nLocation: x\n\n", 303, b""),
        (b"Location: index.live.cgi\n\n", 302, b""),
        (b"Status: 204 No Content\n\n", 204, b""),
        (TYPE + b"Content-Length: 2\n\nhi", 200, b"hi"),
        (b"content-type:text/plain\n\n", 200, b""),
    ],
)
def test_an_answer_is_read_up_to_its_blank_line(output: bytes, status: int, body: bytes) -> None:
    """Both kinds of line ends, a status of its own, and redirects."""
    response = parse(output)
    assert (response.status, response.body) == (status, body)
    assert not {"status", "content-length"} & {name.lower() for name, _ in response.headers}


@pytest.mark.parametrize(
    "output",
    [
        b"",
        b"\n",
        b"\n\nhello",
        b"hello",
        b"<!DOCTYPE html>\n\n<p>",
        TYPE,
        b"X-Only: 1\n\nhello",
        b"Status: 200 OK\n\nhello",
        b"Status: 99\n" + TYPE + b"\n",
        b"Status: 200\nStatus: 200\n" + TYPE + b"\n",
        b"Status: ok\n" + TYPE + b"\n",
        b"Status: 101 Switching\n" + TYPE + b"\n",
        TYPE + TYPE + b"\n",
        TYPE + b"Content-Length: 3\n\nhi",
        TYPE + b"X-Name: a\rSet-Cookie: b\n\n",
        TYPE + b"X-Name: a\0\n\n",
        TYPE + b"X Name: a\n\n",
        TYPE + b" folded\n\n",
        TYPE + b": nameless\n\n",
        TYPE + b"Transfer-Encoding: chunked\n\n",
        TYPE + b"Connection: close\n\n",
        TYPE + b"Access-Control-Allow-Origin: *\n\n",
        TYPE + b"X-Long: " + b"a" * 70_000 + b"\n\n",
        b"Traceback (most recent call last):\n  File\n\n",
    ],
)
def test_an_answer_that_is_none_is_refused(output: bytes) -> None:
    """Missing, doubled, broken and forbidden header lines never reach a browser."""
    with pytest.raises(BadAnswerError):
        parse(output)


def test_a_bad_answer_is_a_fixed_page_and_a_line_in_the_log(panel: Panel) -> None:
    """The visitor learns nothing of what the script printed."""
    add_page(panel.root, "bad.cgi", "#!/bin/sh\necho 'secret words'\n")
    answer = panel.page("bad.cgi")
    assert answer.status == 500
    assert "secret" not in answer.text
    assert "bad.cgi: bad answer: no blank line" in panel.error_log()


def test_a_header_cannot_be_smuggled_in_through_a_value(panel: Panel) -> None:
    """A script that puts a visitor's words into a header with a carriage return fails as a whole."""
    add_page(
        panel.root,
        "inject.cgi",
        "#!/bin/sh\nprintf 'Content-Type: text/plain\\nX-Said: a\\rSet-Cookie: session=evil\\n\\nhello'\n",
    )
    answer = panel.page("inject.cgi")
    assert answer.status == 500
    assert "Set-Cookie" not in answer.headers


def test_every_answer_carries_the_panels_headers_and_never_cors(panel: Panel) -> None:
    """Pages, refusals and the login form say nosniff and same origin, and a page cannot weaken that."""
    add_page(panel.root, "weak.cgi", "#!/bin/sh\nprintf 'Content-Type: text/html\\nX-Frame-Options: ALLOWALL\\n\\nx'\n")
    panel.cpsrvd.settings = replace(panel.cpsrvd.settings, content_security_policy="default-src 'self'")
    for answer in (panel.page("weak.cgi"), panel.page("missing.cgi"), panel.get("/"), panel.get("/x/../")):
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'self'"
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_head_runs_the_page_and_sends_no_body(panel: Panel) -> None:
    """HEAD says how long the page would be."""
    add_page(panel.root, "page.cgi", shell_page('printf "%s" "$REQUEST_METHOD"'))
    answer = panel.get(f"{panel.token}{PLUGIN}/page.cgi", method="HEAD")
    assert (answer.status, answer.headers["Content-Length"], answer.body) == (200, "4", b"")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "BREW", "get"])
def test_other_methods_start_nothing(panel: Panel, method: str) -> None:
    """Only GET, HEAD and POST are understood."""
    mark = marking_page(panel.root, "mark.live.cgi")
    answer = panel.get(f"{panel.token}{PLUGIN}/mark.live.cgi", method=method)
    assert answer.status in {405, 501}
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert not mark.exists()


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (b"", 400),
        (b"Host: a\r\nHost: b\r\n", 400),
        (b"Host: a<script>\r\n", 400),
        (b"Host: a\r\nX: a\0b\r\n", 400),
        (b"Host: a\r\nX: a\r\n folded\r\n", 400),
        (b"Host: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n", 400),
        (b"Host: a\r\nContent-Length: -1\r\n", 400),
        (b"Host: a\r\nContent-Length: 1e3\r\n", 400),
        (b"Host: a\r\nTransfer-Encoding: chunked\r\n", 411),
        (b"Host: a\r\n", 411),
        (b"Host: a\r\nContent-Length: 999999999999\r\n", 413),
        (b"Host: a\r\n" + b"".join(b"X-%d: 1\r\n" % number for number in range(200)), 431),
    ],
    ids=["no host", "two hosts", "markup", "NUL", "folded", "lengths", "minus", "e", "chunked", "none", "huge", "many"],
)
def test_requests_that_are_none_start_nothing(panel: Panel, lines: bytes, status: int) -> None:
    """Doubtful requests are refused as a whole, and the connection ends."""
    mark = marking_page(panel.root, "mark.live.cgi")
    target = f"POST {panel.token}{PLUGIN}/mark.live.cgi HTTP/1.1\r\nCookie: {panel.cookie}\r\n"
    answer = panel.raw(target.encode() + lines + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\nConnection: close\r\n" in answer
    assert not mark.exists()
