"""The stand-in's LiveAPI on the wire, as a simple client sees it, with good answers and with bad ones."""

import os
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.lab.cpsrvd import accounts
from tests.lab.cpsrvd.accounts import Account
from tests.lab.cpsrvd.calls import Call, Result
from tests.lab.cpsrvd.identity import become
from tests.lab.cpsrvd.sample_host import PLUGIN, add_page, running, sample_tree
from tests.lab.cpsrvd.sample_page import END, PATIENCE, Client, NoAnswerError, Page, page_of
from tests.lab.cpsrvd.settings import Misbehaviour, Settings
from tests.lab.cpsrvd.wire import SHUTDOWN


@pytest.fixture
def root() -> Iterator[Path]:
    """The sample host."""
    with sample_tree() as root:
        yield root


def test_a_conversation_has_several_calls_and_a_farewell(root: Path) -> None:
    """JSON is turned on, calls follow on the same connection, and a shutdown ends it without complaint."""
    with page_of(root, "alice") as page:
        with page.client() as client:
            assert client.ask("Locale::get_attributes")["data"] == {
                "locale": "ar",
                "name": "العربية",
                "direction": "rtl",
                "encoding": "utf-8",
            }
            assert client.content.startswith(b'<?xml version="1.0" ?>\n<cpanelresult>{')
            assert client.ask("Features::has_feature", {"name": "autossl_doctor"})["status"] == 1
            client.send(SHUTDOWN)
            while client.connection.recv(65536):
                pass
        assert [call.name for call in page.calls] == ["Locale::get_attributes", "Features::has_feature"]
        assert page.calls[1] == Call("alice", os.geteuid(), "Features", "has_feature", {"name": "autossl_doctor"})
    assert "LiveAPI" not in page.log()


def test_a_second_connection_is_refused(root: Path) -> None:
    """One page run has one connection, also after the first one has ended."""
    with page_of(root, "alice") as page:
        with page.client():
            assert not lets_in(page)
        assert not lets_in(page)


def lets_in(page: Page) -> bool:
    """Whether one more connection gets an answer."""
    try:
        with page.client():
            return True
    except (OSError, NoAnswerError):
        return False


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"x\n", "a length that is none"),
        (b"0\n", "a length that is none"),
        (b"007\n1234567", "a length that is none"),
        (b"9999999\n", "too large"),
        (b"123456789", "a request without a length"),
        (b"14\n<cpanelaction>", "a call before JSON was enabled"),
        (b'23\n<cpaneljson enable="1">14\n<cpanelaction>', "did not wait"),
        (b"2\n\xff\xff", "no UTF-8"),
    ],
)
def test_whoever_does_not_speak_the_protocol_is_cut_off(root: Path, content: bytes, trouble: str) -> None:
    """Wrong framing and haste end the connection, and the error log says why."""
    with page_of(root, "alice") as page, Client(page.live.socket) as client:
        client.connection.sendall(content)
        with pytest.raises((NoAnswerError, ConnectionResetError)):
            client.read()
        assert wait_for(lambda: trouble in page.log())


def test_a_page_that_ends_without_a_farewell_is_noted(root: Path) -> None:
    """Leaving without a shutdown is a line in the error log."""
    with page_of(root, "alice") as page:
        with page.client():
            pass
        assert wait_for(lambda: "without a shutdown" in page.log())


def wait_for(condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true within a moment."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize(
    "action",
    [
        {"reqtype": "exec", "module": "SSL", "func": "no_such", "apiversion": "uapi", "args": {}},
        {"reqtype": "exec", "module": "Whostmgr", "func": "listaccts", "apiversion": "uapi", "args": {}},
        {"reqtype": "exec", "module": "Locale", "func": "get_attributes", "apiversion": "2", "args": {}},
        {"reqtype": "if", "module": "Locale", "func": "get_attributes", "apiversion": "uapi", "args": {}},
        {"reqtype": "exec", "module": "Locale", "func": "get_attributes", "apiversion": "uapi", "args": ["x"]},
        {"reqtype": "exec", "module": "Locale", "func": "get_attributes", "apiversion": "uapi", "args": {"a": True}},
        {"reqtype": "exec", "module": "Locale", "func": "get_attributes", "apiversion": "uapi", "args": {"a": {}}},
        {},
    ],
    ids=["unknown", "WHM", "API 2", "if", "list", "true", "nested", "empty"],
)
def test_what_cannot_be_done_is_a_result_and_not_an_end(root: Path, action: dict[str, object]) -> None:
    """Unknown functions and odd arguments answer status 0 with words, and the conversation goes on."""
    with page_of(root, "alice") as page, page.client() as client:
        result = client.act(action)["cpanelresult"]["result"]
        assert (result["status"], result["data"], len(result["errors"])) == (0, None, 1)
        assert client.ask("Locale::get_attributes")["status"] == 1


def test_a_result_may_come_unwrapped(root: Path) -> None:
    """Some versions leave `cpanelresult` out."""
    action = {"reqtype": "exec", "module": "Locale", "func": "get_attributes", "apiversion": "uapi"}
    with page_of(root, "alice", wrapped=False) as page, page.client() as client:
        answer = client.act(action)
        assert answer["result"]["status"] == 1
        assert answer["result"] | {"data": None} == {
            "status": 1, "data": None, "errors": None, "messages": None, "warnings": None, "metadata": {}
        }  # fmt: skip
        assert (answer["module"], answer["func"], answer["apiversion"]) == ("Locale", "get_attributes", 3)


@pytest.mark.parametrize(
    "mode",
    [Misbehaviour.ERROR_BEFORE, Misbehaviour.END_TAG_INSIDE, Misbehaviour.NEWLINE_AFTER, Misbehaviour.ODD_CHUNKS],
    ids=lambda mode: mode.name,
)
def test_odd_but_whole_answers_can_be_read(root: Path, mode: Misbehaviour) -> None:
    """A careful client gets the same result, call after call."""
    with page_of(root, "alice", misbehaviour=mode) as page, page.client() as client:
        for _ in range(3):
            assert client.ask("Locale::get_attributes")["data"]["locale"] == "ar"
        raw = client.content
        assert (b"<error>" in raw) is (mode is Misbehaviour.ERROR_BEFORE)
        assert (raw.count(END) > 1) is (mode is Misbehaviour.END_TAG_INSIDE)
        assert raw.endswith(b"\n") is (mode is Misbehaviour.NEWLINE_AFTER)
        assert (client.pieces > 3) is (mode is Misbehaviour.ODD_CHUNKS)


@pytest.mark.parametrize(
    ("mode", "ends_with"),
    [
        (Misbehaviour.TRUNCATED, NoAnswerError),
        (Misbehaviour.CLOSED, (NoAnswerError, ConnectionResetError)),
        (Misbehaviour.NOT_JSON, TimeoutError),
        (Misbehaviour.SILENT, TimeoutError),
        (Misbehaviour.NEVER_ENDING, NoAnswerError),
        (Misbehaviour.VERY_LARGE, NoAnswerError),
    ],
    ids=lambda value: value.name if isinstance(value, Misbehaviour) else "",
)
def test_broken_answers_break_as_described(root: Path, mode: Misbehaviour, ends_with: type[Exception]) -> None:
    """The client meets its own limit or the end of the connection, and leaving the page never waits for long."""
    with page_of(root, "alice", misbehaviour=mode, very_large=3_000_000) as page, page.client() as client:
        client.connection.settimeout(0.3)
        with pytest.raises(ends_with):
            client.ask("Locale::get_attributes")
        began = time.monotonic()
    assert time.monotonic() - began < 1


def test_a_very_large_answer_is_a_right_one(root: Path) -> None:
    """A client with enough room reads it."""
    with (
        page_of(root, "alice", misbehaviour=Misbehaviour.VERY_LARGE, very_large=3_000_000) as page,
        page.client() as client,
    ):
        assert client.ask("Locale::get_attributes", cap=4_000_000)["status"] == 1
        assert len(client.content) > 3_000_000


def test_a_slow_answer_comes_in_the_end(root: Path) -> None:
    """It comes after its time, and not before."""
    with page_of(root, "alice", misbehaviour=Misbehaviour.SLOW, slow_seconds=0.3) as page, page.client() as client:
        began = time.monotonic()
        assert client.ask("Locale::get_attributes")["status"] == 1
        assert time.monotonic() - began >= 0.3


def test_a_misbehaviour_may_be_for_one_function_or_for_the_first_answer(root: Path) -> None:
    """The others go well."""
    closed = Misbehaviour.CLOSED
    with page_of(root, "alice", misbehaviour=closed, misbehaves_on="Chrome::get_dom") as page, page.client() as client:
        assert client.ask("Locale::get_attributes")["status"] == 1
        with pytest.raises((NoAnswerError, ConnectionResetError)):
            client.ask("Chrome::get_dom", {"page_title": "x"})
    with page_of(root, "alice", misbehaviour=closed, misbehaves_on="enable") as page:
        assert not lets_in(page)


SCRIPT = """#!{python} -I
import json, os, socket
live = socket.socket(socket.AF_UNIX)
live.connect(os.environ["CPANEL_CONNECT_SOCKET"])
def ask(text):
    live.sendall(b"%d\\n%s" % (len(text), text))
    content = b""
    while not content.endswith(b"</cpanelresult>"):
        content += live.recv(65536)
    return content
ask(b'<cpaneljson enable="1">')
body = ask(b'<cpanelaction>{{"reqtype":"exec","module":"SSL","func":"start_autossl_check","apiversion":"uapi"}}'
           b'</cpanelaction>')
ask(b'<cpanelxml shutdown="1" />')
print("Content-Type: text/plain\\n")
print(body.decode())
"""


def python_for(account: Account) -> str | None:
    """An interpreter that the account may run."""
    for path in ("/usr/bin/python3", "/usr/libexec/platform-python", "/usr/local/bin/python3"):
        if Path(path).exists():
            tried = subprocess.run([path, "-I", "-c", ""], check=False, **become(account))
            if tried.returncode == 0:
                return path
    return None


def test_a_real_page_calls_as_its_account(root: Path) -> None:
    """From the browser through cookie, script and socket to the function, which sees whose page it is."""
    account = accounts.find(root, "alice")
    assert account is not None
    python = python_for(account)
    if python is None:
        pytest.skip("needs a Python of the system")
    add_page(root, "call.live.cgi", SCRIPT.format(python=python))
    functions = {"SSL::start_autossl_check": lambda call: Result({"for": call.user})}
    settings = Settings(trusted_uid=os.geteuid())
    with running(root, functions=functions, settings=settings) as panel:
        panel.login()
        answer = panel.get(f"{panel.token}{PLUGIN}/call.live.cgi")
        assert '"for": "alice"' in answer.text
        assert list(panel.cpsrvd.calls) == [Call("alice", account.uid, "SSL", "start_autossl_check")]
        panel.cpsrvd.forget_calls()
        assert not panel.cpsrvd.calls
        assert "LiveAPI" not in panel.error_log()


def test_pages_at_the_same_time_have_their_own_sockets(root: Path) -> None:
    """Eight visits at once do not mix up."""
    add_page(
        root, "who.live.cgi", '#!/bin/sh\nprintf "Content-Type: text/plain\\n\\n$CPANEL_CONNECT_SOCKET"\nsleep 0.2\n'
    )
    with running(root) as panel:
        panel.login()
        seen: list[str] = []
        visits = [threading.Thread(target=lambda: seen.append(panel.page("who.live.cgi").text)) for _ in range(8)]
        for visit in visits:
            visit.start()
        for visit in visits:
            visit.join()
        assert len(set(seen)) == 8
        mode = stat.S_IMODE(Path(seen[0]).parent.parent.stat().st_mode)
        assert mode == 0o711
