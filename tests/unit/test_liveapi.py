"""How a page asks the panel: replies in pieces, broken, endless or missing, and what counts as a yes."""

import contextlib
import gc
import json
import socket
import threading
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.host.liveapi import ENABLE, SHUTDOWN, LiveApi, Reply

PROLOG = b'<?xml version="1.0" ?>\n'
BETWEEN = 0.01
LITTLE = 0.1
"""Seconds that a page waits in these tests for a panel that says nothing."""

Pieces = Iterable[bytes] | None


def reply(data: object, *, before: bytes = b"", after: bytes = b"") -> bytes:
    """A whole reply with this content, as the panel frames it."""
    return PROLOG + before + b"<cpanelresult>" + json.dumps(data).encode() + b"</cpanelresult>" + after


def result(**fields: object) -> dict[str, Any]:
    """The content of a reply that holds a result."""
    return {"result": fields}


YES = reply(result(status=1, data=None, errors=None))
ENABLED = reply({"cpaneljson": {"enable": "1"}})


class Panel:
    """Answers one connection from a list: pieces of bytes, no pieces at all (silence), or None (hangs up)."""

    def __init__(self, path: Path, *replies: Pieces, enabled: Pieces = (ENABLED,), farewell: Pieces = None) -> None:
        """Listen; the replies are given in order, whatever is asked."""
        self.path = str(path / "panel")
        self.heard: list[bytes] = []
        self._replies: Sequence[Pieces] = (enabled, *replies)
        self._farewell = farewell
        self._stop = threading.Event()
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._door.bind(self.path)
        self._door.listen(1)
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything."""
        self._stop.set()
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._door.close()
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        try:
            connection, _ = self._door.accept()
        except OSError:
            return
        connection.settimeout(0.05)
        with connection, contextlib.suppress(OSError):
            for pieces in chain(self._replies, repeat(())):
                request = self._request(connection)
                if request is None:
                    return
                self.heard.append(request)
                answered = self._farewell if request == SHUTDOWN else pieces
                if answered is None:
                    return
                self._send(connection, answered)

    def _send(self, connection: socket.socket, pieces: Iterable[bytes]) -> None:
        for number, piece in enumerate(pieces):
            if self._stop.is_set():
                return
            if 0 < number < 10:
                time.sleep(BETWEEN)
            connection.settimeout(5)
            connection.sendall(piece)
            connection.settimeout(0.05)

    def _request(self, connection: socket.socket) -> bytes | None:
        """One request, `<length>` and that many bytes; None where the page has gone."""
        head = b""
        while not head.endswith(b"\n"):
            piece = self._piece(connection, 1)
            if not piece:
                return None
            head += piece
        body = b""
        while len(body) < int(head):
            body += self._piece(connection, int(head) - len(body))
        return body

    def _piece(self, connection: socket.socket, size: int) -> bytes:
        while not self._stop.is_set():
            try:
                return connection.recv(size)
            except TimeoutError:
                continue
        return b""


@contextlib.contextmanager
def talking(panel: Panel, **caps: float) -> Iterator[LiveApi]:
    """A conversation with a panel that has begun to answer."""
    with panel:
        api = LiveApi(panel.path, time_cap=caps.get("time_cap", 5.0), size_cap=int(caps.get("size_cap", 1 << 20)))
        try:
            yield api
        finally:
            api.close()


def asked_once(path: Path, *pieces: bytes) -> Reply:
    """The reply to one call that the panel answers with these pieces."""
    with talking(Panel(path, pieces)) as api:
        return api.call("Features", "has_feature", name="autossl")


# --- what is sent


def test_a_call_is_sent_in_the_form_of_the_panel(tmp_path: Path) -> None:
    """The page enables JSON, sends each call as an object with its arguments, and says goodbye."""
    panel = Panel(tmp_path, [YES])
    with talking(panel) as api:
        assert api.call("SSL", "set_default_key_type", type="rsa-2048").status == 1
    assert panel.heard[0] == ENABLE
    assert panel.heard[2] == SHUTDOWN
    action = json.loads(panel.heard[1].removeprefix(b"<cpanelaction>").removesuffix(b"</cpanelaction>"))
    assert action == {
        "reqtype": "exec",
        "module": "SSL",
        "func": "set_default_key_type",
        "apiversion": "uapi",
        "args": {"type": "rsa-2048"},
    }


@given(st.text(max_size=200))
def test_no_argument_can_end_the_request(value: str) -> None:
    """Whatever an argument holds, the payload is one line of ASCII between its two tags and reads back alike."""
    sent = json.dumps({"args": {"name": value}}).encode()
    assert sent.isascii()
    assert b"\n" not in sent
    assert json.loads(sent)["args"]["name"] == value


# --- replies in every form that the protocol allows


@pytest.mark.parametrize(
    "content",
    [
        YES,
        YES.removeprefix(PROLOG),
        YES + b"\n",
        YES + b" \r\n\t",
        reply(result(status=1, data=None), before=b"<error>Something went \xe2\x80\x9cwrong\xe2\x80\x9d.</error>"),
        reply(result(status=1, data=None), before=b"<error></error>\n"),
        reply({"cpanelresult": result(status=1, data=None)}),
        reply({"func": "has_feature", "module": "Features", "apiversion": 3, **result(status=1)}),
    ],
    ids=["prolog", "no prolog", "newline", "spaces", "error before", "empty error", "wrapped", "with more fields"],
)
def test_a_whole_reply_is_understood(tmp_path: Path, content: bytes) -> None:
    """A prolog, an error before the result, space after it and a wrapping around it change nothing."""
    assert asked_once(tmp_path, content).status == 1


def test_an_error_between_the_tag_and_the_json_is_passed_over(tmp_path: Path) -> None:
    """The panel may write its error just before the JSON; whether outside or inside the tag is not documented."""
    content = PROLOG + b'<cpanelresult><error>late</error>{"result":{"status":1}}</cpanelresult>'
    with talking(Panel(tmp_path, [content]), time_cap=LITTLE) as api:
        assert api.call("Features", "has_feature").status == 1


@pytest.mark.parametrize("size", [1, 2, 7, 13, 65])
def test_pieces_of_any_size_are_put_together(tmp_path: Path, size: int) -> None:
    """A reply that comes in odd pieces is the same reply, also where a letter of several bytes is cut."""
    content = reply(result(status=1, data={"header": "設定 “x”"}))
    content = content.replace(b"\\u8a2d\\u5b9a", "設定".encode())
    got = asked_once(tmp_path, *(content[at : at + size] for at in range(0, len(content), size)))
    assert (got.status, got.data, got.errors) == (1, {"header": "設定 “x”"}, ())


@pytest.mark.parametrize("after", ["", " ", "   "])
def test_the_end_tag_inside_a_text_is_no_end(tmp_path: Path, after: str) -> None:
    """The end tag may stand in a text, exactly where a piece ends; the reply goes on until it is whole."""
    text = f"a</cpanelresult>{after}b</cpanelresult>"
    content = reply(result(status=1, data=text))
    first = content.index(b"</cpanelresult>") + len(b"</cpanelresult>") + len(after)
    assert asked_once(tmp_path, content[:first], content[first:]).data == text


def test_a_reply_of_several_chunks_with_tags_at_their_ends(tmp_path: Path) -> None:
    """A large reply is read whole although the end tag stands in it wherever the socket may cut."""
    text = "</cpanelresult>" * 20_000
    assert asked_once(tmp_path, reply(result(status=1, data=text))).data == text


def test_several_calls_share_one_connection(tmp_path: Path) -> None:
    """Each call gets the reply to itself, in order, also where a newline of the last one comes late."""
    replies = [[reply(result(status=1, data=number)), b"\n"] for number in range(5)]
    with talking(Panel(tmp_path, *replies)) as api:
        assert [api.call("A", "b").data for _ in range(5)] == [0, 1, 2, 3, 4]


# --- what counts as success


@pytest.mark.parametrize(
    ("status", "understood"),
    [
        (1, 1),
        ("1", 1),
        (0, 0),
        ("0", 0),
        (True, None),
        (False, None),
        (None, None),
        (1.0, None),
        ("true", None),
        ("01", None),
        (" 1", None),
        ("１", None),
        ([1], None),
        ({"1": 1}, None),
        (float("nan"), None),
    ],
)
def test_only_the_documented_values_are_a_status(tmp_path: Path, status: object, understood: int | None) -> None:
    """A yes is the number 1 (or its digit) and nothing that merely looks like it."""
    got = asked_once(tmp_path, reply(result(status=status)))
    assert got.status == understood
    assert type(got.status) in (int, type(None))


@pytest.mark.parametrize("status", [2, -1, 10])
def test_another_number_is_no_success(tmp_path: Path, status: int) -> None:
    """A status that is neither 1 nor 0 opens nothing."""
    assert asked_once(tmp_path, reply(result(status=status))).status != 1


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        "status",
        1,
        None,
        [{"result": {"status": 1}}],
        {"result": None},
        {"result": [1]},
        {"status": 1},
        {"cpanelresult": {"data": [{"status": 1}]}},
        {"cpanelresult": {"cpanelresult": {"result": {"status": 1}}}},
        {"result": {"data": {"status": 1}}},
    ],
)
def test_a_reply_without_a_result_is_no_success(tmp_path: Path, content: object) -> None:
    """JSON of another shape has no status, wherever a 1 may stand in it."""
    assert asked_once(tmp_path, reply(content)).status is None


@pytest.mark.parametrize(
    ("errors", "kept"),
    [
        (None, ()),
        ([], ()),
        ("", ()),
        ("no", ("no",)),
        (["no", "never"], ("no", "never")),
        ({"a": 1}, ("{'a': 1}",)),
        ([None, 5], ("None", "5")),
    ],
)
def test_the_words_of_the_panel_are_texts(tmp_path: Path, errors: object, kept: tuple[str, ...]) -> None:
    """Errors come as a list, as one text or not at all; the page gets texts."""
    assert asked_once(tmp_path, reply(result(status=0, errors=errors))).errors == kept


def test_the_words_of_the_panel_are_few_and_short(tmp_path: Path) -> None:
    """Of many long errors a page keeps five, cut."""
    got = asked_once(tmp_path, reply(result(status=0, errors=["x" * 10_000] * 100)))
    assert [len(words) for words in got.errors] == [500] * 5


# --- broken replies


NOT_WHOLE = {
    "truncated": YES[: len(YES) // 2],
    "only the tag": b"</cpanelresult>",
    "no JSON": PROLOG + b"<cpanelresult>surely no JSON {</cpanelresult>",
    "empty": PROLOG + b"<cpanelresult></cpanelresult>",
    "no begin": PROLOG + b'{"result":{"status":1}}</cpanelresult>',
    "invalid UTF-8": PROLOG + b'<cpanelresult>{"result":{"status":1,"data":"\xff\xfe\xe9"}}</cpanelresult>',
    "no end": YES.removesuffix(b"</cpanelresult>"),
    "words after the end": YES + b"<!-- done -->",
    "two replies": YES + YES,
}


@pytest.mark.parametrize("content", NOT_WHOLE.values(), ids=NOT_WHOLE.keys())
def test_a_reply_that_is_not_whole_is_no_answer_nor_what_comes_after_it(tmp_path: Path, content: bytes) -> None:
    """The page waits for the rest no longer than it may; a late rest is not taken for the reply to the next call."""
    begun = time.monotonic()
    panel = Panel(tmp_path, [content], [YES], [YES])
    with talking(panel, time_cap=LITTLE) as api:
        first, second, third = (api.call("Features", "has_feature") for _ in range(3))
    assert time.monotonic() - begun < LITTLE + 2
    assert (first.status, second.status, third.status) == (None, None, None)
    assert (first.data, second.data, third.data) == (None, None, None)
    assert first.errors
    assert second.errors == first.errors
    assert len(panel.heard) == 2, "nothing more is said on a connection that broke"


def test_a_late_reply_is_not_taken_for_the_next_one(tmp_path: Path) -> None:
    """A panel that answers after the time is over has not answered, and stays unheard."""
    with talking(Panel(tmp_path, (), [YES]), time_cap=LITTLE) as api:
        assert api.call("Features", "has_feature").errors == ("timed out",)
        assert api.call("SSL", "start_autossl_check").status is None


@pytest.mark.parametrize("enabled", [(), None, [b"nonsense"], [PROLOG], [b"<cpanelresult>{</cpanelresult>"]])
def test_nothing_is_asked_where_json_was_not_enabled(tmp_path: Path, enabled: Pieces) -> None:
    """The reply to the first request is read before the next; where it is missing, no call is made."""
    panel = Panel(tmp_path, [YES], enabled=enabled)
    with talking(panel, time_cap=LITTLE) as api:
        got = api.call("Features", "has_feature")
    assert got.status is None
    assert panel.heard == [ENABLE]


def test_a_panel_that_hangs_up_has_not_answered(tmp_path: Path) -> None:
    """A closed connection is no answer, in the middle of a reply as well."""
    with talking(Panel(tmp_path, None)) as api:
        assert api.call("Features", "has_feature").status is None
        assert "hung up" in api.call("Features", "has_feature").errors[0]


def test_a_reply_without_end_is_cut_by_its_size(tmp_path: Path) -> None:
    """A panel that never stops talking is not listened to for ever, however fast it talks."""
    endless = chain([b"<cpanelresult>"], repeat(b"x" * 8192))
    begun = time.monotonic()
    with talking(Panel(tmp_path, endless), size_cap=200_000, time_cap=10) as api:
        got = api.call("Chrome", "get_dom")
    assert got.errors == ("the panel's answer is too large",)
    assert time.monotonic() - begun < 5


def test_a_reply_that_drips_is_cut_by_its_time(tmp_path: Path) -> None:
    """The time is for the whole conversation: a byte now and then does not prolong it."""
    begun = time.monotonic()
    with talking(Panel(tmp_path, (b"x" for _ in range(1000))), time_cap=LITTLE) as api:
        assert api.call("Chrome", "get_dom").status is None
    assert time.monotonic() - begun < LITTLE + 2


def test_deeply_nested_json_is_no_answer(tmp_path: Path) -> None:
    """A reply that would exhaust the reader's stack is a reply without a status, and the last one."""
    deep = b"<cpanelresult>" + b"[" * 200_000 + b"]" * 200_000 + b"</cpanelresult>"
    with talking(Panel(tmp_path, [deep], [YES])) as api:
        assert api.call("Features", "has_feature").status is None
        assert api.call("Features", "has_feature").status is None


def test_a_deeply_nested_first_reply_is_no_answer(tmp_path: Path) -> None:
    """The reply to the first request is somebody's input as every other."""
    deep = b"<cpanelresult>" + b"[" * 200_000 + b"]" * 200_000 + b"</cpanelresult>"
    escaped = False
    with Panel(tmp_path, [YES], enabled=[deep]) as panel, warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            LiveApi(panel.path).close()
        except RecursionError:
            escaped = True
        gc.collect()
    assert not escaped


# --- the socket itself


@pytest.mark.parametrize("path", ["", "/nonexistent/panel", "/", "x" * 500, "/dev/null"])
def test_a_missing_socket_is_a_reply_without_a_status(path: str) -> None:
    """Where there is no panel to talk to, every call fails and nothing is raised."""
    api = LiveApi(path, time_cap=LITTLE)
    got = api.call("Features", "has_feature")
    api.close()
    assert got.status is None
    assert got.errors


def test_no_time_at_all_is_a_reply_without_a_status(tmp_path: Path) -> None:
    """Where the time is over before it began, the page says so and goes on."""
    with talking(Panel(tmp_path), time_cap=0.0) as api:
        assert api.call("Features", "has_feature").errors == ("the panel did not answer in time",)


@pytest.mark.parametrize(
    "farewell",
    [None, (), (b"<cpanelresult></cpanelresult>",), repeat(b"x" * 4096)],
    ids=["hangs up", "says nothing", "answers", "never ends"],
)
def test_the_farewell_never_raises_and_ends(tmp_path: Path, farewell: Pieces) -> None:
    """Closing drains what still comes, for no longer than the conversation may last."""
    panel = Panel(tmp_path, [YES], farewell=farewell)
    begun = time.monotonic()
    with talking(panel, time_cap=LITTLE) as api:
        assert api.call("Features", "has_feature").status == 1
    assert panel.heard[-1] == SHUTDOWN
    assert time.monotonic() - begun < LITTLE + 2


def test_a_conversation_may_be_closed_twice(tmp_path: Path) -> None:
    """Closing again, or after the panel has gone, is no error."""
    with Panel(tmp_path, [YES]) as panel:
        api = LiveApi(panel.path, time_cap=LITTLE)
        api.close()
        api.close()
        assert api.call("Features", "has_feature").status is None
