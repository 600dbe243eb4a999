"""A page run without a page, and a simple client of its LiveAPI, for the stand-in's own tests."""

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from tests.lab.cpsrvd import accounts
from tests.lab.cpsrvd.accounts import Account
from tests.lab.cpsrvd.calls import Call, Functions
from tests.lab.cpsrvd.functions import PageRun
from tests.lab.cpsrvd.languages import Locale
from tests.lab.cpsrvd.liveapi import LiveApi
from tests.lab.cpsrvd.logs import Logs
from tests.lab.cpsrvd.settings import Settings
from tests.lab.cpsrvd.wire import ENABLE

START, END = b"<cpanelresult>", b"</cpanelresult>"
PATIENCE = 3.0


class NoAnswerError(Exception):
    """The client gave up."""


class Client:
    """Speaks as the description says: reads until the end tag closes something that is JSON."""

    def __init__(self, path: Path) -> None:
        """Get ready for one connection."""
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.settimeout(PATIENCE)
        self._path = path
        self.pieces = 0
        self.content = b""

    def __enter__(self) -> Self:
        """Connect."""
        try:
            self.connection.connect(str(self._path))
        except OSError:
            self.connection.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.connection.close()

    def send(self, text: str) -> None:
        """One framed request."""
        content = text.encode()
        self.connection.sendall(b"%d\n%s" % (len(content), content))

    def enable(self) -> Any:
        """Turn JSON on."""
        self.send(ENABLE)
        return self.read()

    def ask(self, name: str, args: Mapping[str, object] | None = None, *, cap: int = 1_000_000) -> Any:
        """Call a UAPI function and take its `result`."""
        module, function = name.split("::")
        action = {"reqtype": "exec", "module": module, "func": function, "apiversion": "uapi", "args": args or {}}
        return self.act(action, cap=cap)["cpanelresult"]["result"]

    def act(self, action: Mapping[str, object], cap: int = 1_000_000) -> Any:
        """Send any action and read its answer."""
        self.send(f"<cpanelaction>{json.dumps(action)}</cpanelaction>")
        return self.read(cap)

    def read(self, cap: int = 1_000_000) -> Any:
        """One whole answer."""
        content, self.pieces = b"", 0
        while True:
            piece = self.connection.recv(65536)
            if not piece:
                raise NoAnswerError("closed")
            content, self.pieces = content + piece, self.pieces + 1
            if len(content) > cap:
                raise NoAnswerError("too large")
            if content.endswith((END, END + b"\n")):
                try:
                    answer = json.loads(content[content.index(START) + len(START) : content.rindex(END)])
                except ValueError:
                    continue
                self.content = content
                return answer


@dataclass
class Page:
    """The run of a page without a page: this process talks instead of a script."""

    live: LiveApi
    logs: Logs
    calls: list[Call] = field(default_factory=list)

    @contextmanager
    def client(self) -> Iterator[Client]:
        """A client that has turned JSON on."""
        with Client(self.live.socket) as client:
            client.enable()
            yield client

    def log(self) -> str:
        """The error log."""
        return self.logs.error.read_text(encoding="utf-8") if self.logs.error.exists() else ""


def this_process(root: Path, name: str) -> Account:
    """The account with the number of this process, since it is this process that connects."""
    account = accounts.find(root, name)
    if account is None:
        raise KeyError(name)
    return replace(account, uid=os.geteuid(), gid=os.getegid())


@contextmanager
def page_of(root: Path, name: str, functions: Functions | None = None, **wishes: Any) -> Iterator[Page]:
    """The LiveAPI of one page run."""
    locale = Locale("ar", "العربية", "rtl")
    run = PageRun(root, this_process(root, name), locale, "/cpsess0123456789")
    logs, calls = Logs(root), list[Call]()
    live = LiveApi(run, functions or {}, directory=root, settings=Settings(**wishes), logs=logs, record=calls.append)
    with live:
        yield Page(live, logs, calls)
