"""A very small host for the stand-in's own tests: accounts, a theme with pages, and a browser without a window."""

import http.client
import os
import re
import socket
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.lab.cpsrvd.calls import Functions
from tests.lab.cpsrvd.documents import FRONTEND
from tests.lab.cpsrvd.identity import can_switch
from tests.lab.cpsrvd.server import Cpsrvd
from tests.lab.cpsrvd.settings import Settings

PLUGIN = "/frontend/jupiter/autossl_doctor"
PASSWORDS = {name: f"open-{name}" for name in ("alice", "bob", "demo", "gone", "plain", "root", "stranger")}
_FIRST_UID = 61_001
_ACCOUNTS: Mapping[str, str] = {
    "alice": "OWNER=root\nLOCALE=de\nFEATURELIST=default\nDNS=shop.example\nSTARTDATE=1700000000\n",
    "bob": "OWNER=root\nFEATURELIST=default\nDNS=bob.example\n",
    "demo": "OWNER=root\nFEATURELIST=default\nDEMO=1\n",
    "gone": "OWNER=root\nFEATURELIST=default\nSUSPENDED=1\n",
    "plain": "OWNER=root\nFEATURELIST=basic\n",
}


def uid_of(name: str) -> int:
    """The number of an account: its own where the tests can become it, else this process's."""
    return _FIRST_UID + list(_ACCOUNTS).index(name) if can_switch() else os.geteuid()


@contextmanager
def sample_tree() -> Iterator[Path]:
    """The host's files, where every account can reach them (pytest's own directories are closed to other users)."""
    with tempfile.TemporaryDirectory(prefix="panel-") as directory:
        root = Path(directory)
        root.chmod(0o755)
        rows = ["root:x:0:0:root:/root:/bin/bash"]
        for name, settings in _ACCOUNTS.items():
            uid, home = uid_of(name), root / "home" / name
            rows.append(f"{name}:x:{uid}:{uid}::{home}:/bin/bash")
            write_file(root / "var/cpanel/users" / name, f"USER={name}\n{settings}", 0o640)
            home.mkdir(parents=True)
            if can_switch():
                os.chown(home, uid, uid)
        write_file(root / "etc/passwd", "\n".join(rows) + "\n")
        write_file(root / "etc/group", "".join(f"{name}:x:{uid_of(name)}:\n" for name in _ACCOUNTS))
        write_file(root / "var/cpanel/cpanel.config", "server_locale=tr\n")
        write_file(root / "var/cpanel/features/default", "autossl=1\nzoneedit=0\n")
        write_file(root / "var/cpanel/features/basic", "autossl=0\nautossl_doctor=0\n")
        write_file(root / "usr/local/cpanel/whostmgr/addonfeatures/autossl_doctor", "autossl_doctor:AutoSSL Doctor\n")
        (root / FRONTEND / "autossl_doctor").mkdir(parents=True)
        yield root


def add_page(root: Path, name: str, content: str | bytes, mode: int = 0o755) -> Path:
    """A file of the plugin's directory, as an installation leaves it."""
    return write_file(root / FRONTEND / "autossl_doctor" / name, content, mode)


def shell_page(commands: str, content_type: str = "text/plain") -> str:
    """A page written as a shell script: what the commands print is its body."""
    return f"#!/bin/sh\nprintf 'Content-Type: {content_type}\\n\\n'\n{commands}\n"


def marking_page(root: Path, name: str) -> Path:
    """A page that leaves a file behind when it runs; answers where."""
    mark = root / "tmp" / f"{name}.ran"
    mark.parent.mkdir(exist_ok=True)
    mark.parent.chmod(0o1777)
    add_page(root, name, shell_page(f": > '{mark}'; printf hello"))
    return mark


def write_file(path: Path, content: str | bytes, mode: int = 0o644) -> Path:
    """A file with its directories."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)
    return path


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Browser:
    """A visitor without a window, who keeps one cookie and one token."""

    def __init__(self, address: tuple[str, int]) -> None:
        """Begin with nobody logged in."""
        self.address = address
        self.cookie = self.token = ""

    def login(self, user: str = "alice", password: str | None = None, **fields: str) -> Answer:
        """Log in and keep cookie and token as a browser would."""
        form = urlencode({"user": user, "pass": PASSWORDS[user] if password is None else password, **fields})
        answer = self.post("/login/", form.encode())
        cookie = re.match(r"([a-z]+session=[^;]+)", answer.headers.get("Set-Cookie", ""))
        token = re.match(r"(/cpsess[0-9]{10})/", answer.headers.get("Location", ""))
        if cookie and token:
            self.cookie, self.token = cookie[1], token[1]
        return answer

    def get(self, target: str, *, method: str = "GET", **headers: str) -> Answer:
        """A request with the visitor's cookie; a header's name is spelled with underscores."""
        return self._request(method, target, None, headers)

    def post(self, target: str, body: bytes, **headers: str) -> Answer:
        """A form that is sent."""
        return self._request("POST", target, body, {"Content_Type": "application/x-www-form-urlencoded", **headers})

    def raw(self, content: bytes) -> bytes:
        """Bytes as they are, and all that comes back until the server closes the connection."""
        with socket.create_connection(self.address, timeout=10) as connection:
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def _request(self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookie:
            named.setdefault("Cookie", self.cookie)
        connection = http.client.HTTPConnection(*self.address, timeout=20)
        try:
            connection.request(method, target, body, named)
            response = connection.getresponse()
            return Answer(response.status, dict(response.headers.items()), response.read())
        finally:
            connection.close()


class Panel(Browser):
    """A running stand-in and a visitor of it."""

    def __init__(self, root: Path, cpsrvd: Cpsrvd, address: tuple[str, int]) -> None:
        super().__init__(address)
        self.root, self.cpsrvd = root, cpsrvd

    def page(self, name: str, **headers: str) -> Answer:
        """A page of the plugin, with the visitor's session."""
        return self.get(f"{self.token}{PLUGIN}/{name}", **headers)

    def error_log(self) -> str:
        """The error log so far."""
        log = self.cpsrvd.logs.error
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""


@contextmanager
def running(root: Path, *, functions: Functions | None = None, settings: Settings | None = None) -> Iterator[Panel]:
    """The stand-in on a port of its own, over a tree, until the block ends."""
    chosen = settings or Settings(trusted_uid=os.geteuid())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        cpsrvd = Cpsrvd(listening, root=root, functions=functions, users=PASSWORDS, settings=chosen)
        thread = threading.Thread(target=cpsrvd.serve_forever)
        thread.start()
        try:
            yield Panel(root, cpsrvd, listening.getsockname())
        finally:
            cpsrvd.close()
            thread.join()
