"""How the stand-in runs a script: whose it is, what it gets, and when it is stopped."""

import os
import socket
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.lab.cpsrvd.documents import DOCUMENT_ROOT, FRONTEND
from tests.lab.cpsrvd.identity import can_switch
from tests.lab.cpsrvd.sample_host import (
    PLUGIN,
    Answer,
    Panel,
    add_page,
    marking_page,
    running,
    sample_tree,
    shell_page,
    uid_of,
)
from tests.lab.cpsrvd.settings import Body, Settings

ALWAYS = {
    "DOCUMENT_ROOT",
    "GATEWAY_INTERFACE",
    "HOME",
    "HTTPS",
    "LOGNAME",
    "PATH",
    "QUERY_STRING",
    "REMOTE_ADDR",
    "REMOTE_HOST",
    "REMOTE_PASSWORD",
    "REMOTE_USER",
    "REQUEST_METHOD",
    "REQUEST_URI",
    "SCRIPT_FILENAME",
    "SCRIPT_NAME",
    "SERVER_ADDR",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "SERVER_SOFTWARE",
    "SHELL",
    "USER",
    "cp_security_token",
}
OF_THE_CLIENT = {"HTTP_ACCEPT_ENCODING", "HTTP_COOKIE", "HTTP_HOST"}
ENVIRONMENT = shell_page("cat /proc/$$/environ", "application/octet-stream")


@pytest.fixture
def panel() -> Iterator[Panel]:
    """A panel where alice is logged in."""
    with sample_tree() as root, running(root) as panel:
        panel.login()
        yield panel


def change(panel: Panel, **wishes: Any) -> None:
    """Change settings of the running stand-in."""
    panel.cpsrvd.settings = replace(panel.cpsrvd.settings, **wishes)


def variables(answer: Answer) -> dict[str, str]:
    """The environment that a page printed as it got it."""
    assert answer.status == 200
    pairs = [entry.partition("=") for entry in os.fsdecode(answer.body).split("\0") if entry]
    assert len({name for name, _, _ in pairs}) == len(pairs)
    return {name: value for name, _, value in pairs}


def test_the_environment_is_exactly_the_documented_one(panel: Panel) -> None:
    """Nothing is missing and nothing of the server's own gets in, on a live page and on a plain one."""
    add_page(panel.root, "env.live.cgi", ENVIRONMENT)
    add_page(panel.root, "env.cgi", ENVIRONMENT)
    live = variables(panel.page("env.live.cgi"))
    assert set(live) == ALWAYS | OF_THE_CLIENT | {"CPANEL_CONNECT_SOCKET"}
    assert set(variables(panel.page("env.cgi"))) == ALWAYS | OF_THE_CLIENT
    posted = panel.post(f"{panel.token}{PLUGIN}/env.cgi/more?a=1", b"b=2")
    assert set(variables(posted)) == ALWAYS | OF_THE_CLIENT | {"CONTENT_LENGTH", "CONTENT_TYPE", "PATH_INFO"}


def test_the_environment_says_who_asks_and_for_what(panel: Panel) -> None:
    """The values are the account's and the request's; the secrets are canaries."""
    script = add_page(panel.root, "env.cgi", ENVIRONMENT)
    got = variables(panel.post(f"{panel.token}{PLUGIN}/env.cgi/more?a=1&b=%20", b"b=2"))
    port = str(panel.address[1])
    assert got == {
        "CONTENT_LENGTH": "3",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "DOCUMENT_ROOT": str(panel.root / DOCUMENT_ROOT),
        "GATEWAY_INTERFACE": "CGI/1.1",
        "HOME": str(panel.root / "home/alice"),
        "HTTPS": "on",
        "HTTP_ACCEPT_ENCODING": "identity",
        "HTTP_COOKIE": panel.cookie,
        "HTTP_HOST": f"127.0.0.1:{port}",
        "LOGNAME": "alice",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PATH_INFO": "/more",
        "QUERY_STRING": "a=1&b=%20",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_HOST": "127.0.0.1",
        "REMOTE_PASSWORD": Settings().password_canary,
        "REMOTE_USER": "alice",
        "REQUEST_METHOD": "POST",
        "REQUEST_URI": f"{panel.token}{PLUGIN}/env.cgi/more?a=1&b=%20",
        "SCRIPT_FILENAME": str(script),
        "SCRIPT_NAME": f"{PLUGIN}/env.cgi",
        "SERVER_ADDR": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "cpsrvd",
        "SHELL": "/bin/bash",
        "USER": "alice",
        "cp_security_token": panel.token,
    }


def test_headers_become_variables_but_not_all_of_them(panel: Panel) -> None:
    """`Proxy` and names that could pass for another header are dropped; bytes arrive as they were sent."""
    add_page(panel.root, "env.cgi", ENVIRONMENT)
    head = [
        f"GET {panel.token}{PLUGIN}/env.cgi HTTP/1.1".encode(),
        b"Host: panel.example:2083",
        f"Cookie: {panel.cookie}".encode(),
        b"Accept: a",
        b"Connection: close",
        b"Proxy: http://evil.example/",
        b"X_Forged: 1",
        b"Accept: b",
        b"User-Agent: \xe7\x8c\xab \xff",
    ]
    content = panel.raw(b"\r\n".join([*head, b"", b""])).partition(b"\r\n\r\n")[2]
    got = variables(Answer(200, {}, content))
    named = {name: value for name, value in got.items() if name.startswith(("HTTP_", "SERVER_NAME"))}
    assert named == {
        "HTTP_ACCEPT": "a, b",
        "HTTP_COOKIE": panel.cookie,
        "HTTP_HOST": "panel.example:2083",
        "HTTP_USER_AGENT": "猫 \udcff",
        "SERVER_NAME": "panel.example",
    }


def test_a_script_runs_as_its_account_alone(panel: Panel) -> None:
    """User, group and groups are the account's; another visitor's page is that visitor's."""
    add_page(panel.root, "who.cgi", shell_page("id -u; id -g; id -G"))
    for name in ("alice", "bob"):
        panel.login(name)
        uid, gid, groups = panel.page("who.cgi").text.splitlines()
        assert int(uid) == uid_of(name)
        if can_switch():
            assert (int(gid), groups) == (uid_of(name), str(uid_of(name)))


@pytest.mark.skipif(not can_switch(), reason="needs more than one user")
def test_an_account_cannot_read_the_logs_or_other_accounts(panel: Panel) -> None:
    """The script is held by the permissions of the host, not by promises."""
    secret = panel.root / "home/bob/secret"
    secret.write_text("canary", encoding="utf-8")
    secret.chmod(0o600)
    add_page(panel.root, "peek.cgi", shell_page(f"cat {secret} {panel.cpsrvd.logs.access} && echo read || echo closed"))
    assert panel.page("peek.cgi").text == "closed\n"


def test_the_live_socket_is_the_accounts_own_and_goes_away(panel: Panel) -> None:
    """The socket is 0600 in a directory 0700; after the page nothing of it is left."""
    ask = """stat -c "%a %u %F" "$CPANEL_CONNECT_SOCKET"
directory=$(dirname "$CPANEL_CONNECT_SOCKET"); stat -c "%a %u" "$directory"; echo $directory"""
    add_page(panel.root, "socket.live.cgi", shell_page(ask))
    door, directory, place = panel.page("socket.live.cgi").text.splitlines()
    assert door == f"600 {uid_of('alice')} socket"
    assert directory == f"700 {uid_of('alice')}"
    assert not Path(place).exists()
    assert panel.page("socket.live.cgi").text.splitlines()[2] != place


def test_a_script_starts_in_its_own_directory_or_where_it_is_told(panel: Panel) -> None:
    """The working directory is a choice of the laboratory, root's home included."""
    add_page(panel.root, "where.cgi", shell_page("/bin/pwd; umask"))
    assert panel.page("where.cgi").text == f"{panel.root / FRONTEND}/autossl_doctor\n0000\n"
    change(panel, working_directory=Path("/"))
    assert panel.page("where.cgi").text.startswith("/\n")
    add_page(panel.root, "run.cgi", shell_page("echo ran"))
    change(panel, working_directory=Path("/root") if can_switch() else panel.root)
    assert panel.page("run.cgi").text == "ran\n"


@pytest.mark.parametrize(
    ("mode", "arrives"),
    [(Body.WHOLE, b"0123456789"), (Body.HALF, b"01234"), (Body.NONE, b"")],
    ids=str,
)
def test_the_body_reaches_standard_input_and_then_it_ends(panel: Panel, mode: Body, arrives: bytes) -> None:
    """CONTENT_LENGTH says the truth about the request, even where fewer bytes are handed over."""
    change(panel, body=mode)
    add_page(panel.root, "body.cgi", shell_page('printf "%s:" "$CONTENT_LENGTH"; cat'))
    assert panel.post(f"{panel.token}{PLUGIN}/body.cgi", b"0123456789").body == b"10:" + arrives


def test_a_large_body_passes_whether_it_is_read_or_not(panel: Panel) -> None:
    """Neither a script that ignores its input nor one that echoes it blocks the server."""
    add_page(panel.root, "ignore.cgi", shell_page("echo done"))
    add_page(panel.root, "echo.cgi", shell_page("cat"))
    body = os.urandom(900_000)
    assert panel.post(f"{panel.token}{PLUGIN}/ignore.cgi", body).text == "done\n"
    assert panel.post(f"{panel.token}{PLUGIN}/echo.cgi", body).body == body


def test_a_body_that_is_too_large_starts_no_script(panel: Panel) -> None:
    """The limit is checked by the length that is said, before the body is read."""
    mark = marking_page(panel.root, "mark.live.cgi")
    change(panel, largest_body=1000)
    assert panel.post(f"{panel.token}{PLUGIN}/mark.live.cgi", b"x" * 1001).status == 413
    assert not mark.exists()
    assert panel.post(f"{panel.token}{PLUGIN}/mark.live.cgi", b"x" * 1000).status == 200


def test_a_script_that_takes_too_long_is_killed_with_its_children(panel: Panel) -> None:
    """After the time-out nothing of its process group is left."""
    late = panel.root / "home/alice/late"
    change(panel, seconds=0.5)
    add_page(panel.root, "slow.cgi", shell_page(f"(sleep 2; : > {late}) & sleep 30"))
    began = time.monotonic()
    answer = panel.page("slow.cgi")
    assert answer.status == 500
    assert time.monotonic() - began < 2
    assert "slow.cgi: the time is up" in panel.error_log()
    time.sleep(max(0.0, began + 2.2 - time.monotonic()))
    assert not late.exists()


def test_nothing_of_a_page_outlives_it(panel: Panel) -> None:
    """What a script leaves running in its group is killed when the page is done."""
    late = panel.root / "home/alice/late"
    add_page(panel.root, "leave.cgi", shell_page(f"(sleep 1; : > {late}) >/dev/null 2>&1 </dev/null & echo done"))
    assert panel.page("leave.cgi").text == "done\n"
    time.sleep(1.2)
    assert not late.exists()


@pytest.mark.parametrize(
    ("commands", "wishes", "trouble"),
    [
        ("yes", {"largest_output": 100_000}, "its output is too large"),
        ("yes >&2", {"largest_stderr": 100_000}, "its standard error is too large"),
        ("while :; do :; done", {"cpu_seconds": 1}, "ended with status"),
    ],
    ids=["output", "standard error", "processor"],
)
def test_limits_stop_a_script(panel: Panel, commands: str, wishes: dict[str, int], trouble: str) -> None:
    """Too much output or too much work ends in a refusal and a line in the error log."""
    change(panel, **wishes)
    add_page(panel.root, "greedy.cgi", f"#!/bin/sh\n{commands}\n")
    assert panel.page("greedy.cgi").status == 500
    assert f"greedy.cgi: {trouble}" in panel.error_log()


def test_memory_and_file_sizes_are_limited_before_the_script_begins(panel: Panel) -> None:
    """The limits of the process are those of the settings, and no core is written."""
    change(panel, memory=300 * 1024 * 1024, largest_file=1024 * 1024, cpu_seconds=7)
    add_page(panel.root, "limits.cgi", shell_page("ulimit -v; ulimit -f; ulimit -t; ulimit -c"))
    assert panel.page("limits.cgi").text.split() == [str(300 * 1024), "2048", "7", "0"]


def test_standard_error_goes_to_the_error_log_and_not_to_the_visitor(panel: Panel) -> None:
    """A traceback is for the administrator; a secret in it can be found there."""
    add_page(panel.root, "loud.cgi", shell_page('echo "Traceback: $REMOTE_PASSWORD" >&2; echo fine'))
    assert panel.page("loud.cgi").text == "fine\n"
    assert f"Traceback: {Settings().password_canary}" in panel.error_log()
    assert stat.S_IMODE(panel.cpsrvd.logs.error.stat().st_mode) == 0o600


def test_a_script_that_cannot_be_started_is_a_failed_page(panel: Panel) -> None:
    """A missing interpreter is told in the log only."""
    add_page(panel.root, "broken.cgi", "#!/no/such/interpreter\n")
    answer = panel.page("broken.cgi")
    assert answer.status == 500
    assert "interpreter" not in answer.text
    assert "broken.cgi" in panel.error_log()


def test_closing_the_server_kills_running_scripts() -> None:
    """When the laboratory ends, its pages end."""
    with sample_tree() as root:
        began = time.monotonic()
        with running(root) as panel:
            panel.login()
            add_page(root, "slow.cgi", "#!/bin/sh\nsleep 20\n")
            head = f"GET {panel.token}{PLUGIN}/slow.cgi HTTP/1.1\r\nHost: panel\r\nCookie: {panel.cookie}\r\n\r\n"
            with socket.create_connection(panel.address) as connection:
                connection.sendall(head.encode())
                time.sleep(0.3)
                panel.cpsrvd.close()
                assert connection.recv(100).startswith(b"HTTP/1.1 500 ")
        assert time.monotonic() - began < 5
