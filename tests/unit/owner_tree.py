"""An account's own places, made by hand for tests of its page, and a panel that remembers what it was asked."""

import io
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from autossl_doctor.entry import owner_action, owner_progress, owner_state, owner_view
from autossl_doctor.host.cgi import FORM, Request
from autossl_doctor.host.liveapi import Reply
from autossl_doctor.host.visitor import Visitor
from autossl_doctor.store.click import leave, locked
from autossl_doctor.store.live import load_live
from autossl_doctor.store.note import read_note
from autossl_doctor.store.own import load, load_form_key, load_memory

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
STARTDATE = 1_700_000_000
UID = os.geteuid()
KEY = "0123456789abcdef" * 4
TOKEN = "/cpsess0123456789"
SITE, MAIL, WWW = "shop.example", "mail.shop.example", "www.shop.example"
READING = frozenset(
    ("has_feature", "get_attributes", "get_dom", "get_autossl_excluded_domains", "is_autossl_check_in_progress")
)
"""The functions of the panel that only look."""


def visitor(**changes: Any) -> Visitor:
    """The account that the tests' page belongs to."""
    return Visitor("shop", UID, STARTDATE, **({"key_type": "rsa-2048"} | changes))


def finding(cause: str = "unknown_problem", *domains: str, **changes: Any) -> dict[str, Any]:
    """A finding as it stands in a report."""
    sample: dict[str, Any] = {
        "cause": cause,
        "who": "owner",
        "severity": "warning",
        "confidence": "certain",
        "domains": list(domains),
        "args": {},
        "act_by": None,
        "evidence": [],
    }
    return sample | changes


def website(site: str = SITE, *findings: dict[str, Any], renewal: str = "failing") -> dict[str, Any]:
    """A website as it stands in a report."""
    found = list(findings) or [finding("unknown_problem", site)]
    return {
        "account": "shop",
        "site": site,
        "domains": [site],
        "visitors": "warned",
        "renewal": renewal,
        "uncovered": [],
        "certificate": None,
        "main": found[0],
        "findings": found,
        "could_not_check": [],
    }


def report(**changes: Any) -> dict[str, Any]:
    """A whole report of the account about one website."""
    sample: dict[str, Any] = {
        "schema": 1,
        "generated_at": "2026-11-26T02:59:00Z",
        "account": "shop",
        "uid": UID,
        "startdate": STARTDATE,
        "written_at": "2026-11-26T02:59:01Z",
        "source_age": 60,
        "server_findings": [],
        "sites": [website()],
    }
    return sample | changes


class Tree:
    """The account's report directory, its inbox and the place of the FIFO, as root would have made them."""

    def __init__(self, root: Path) -> None:
        """Make empty directories."""
        self.state, self.run = root / "state", root / "run"
        self.reports = self.state / f"reports/{UID}"
        self.inbox = self.state / f"inbox/{UID}"
        for directory in (self.reports, self.inbox, self.run):
            directory.mkdir(parents=True)

    def write(self, name: str, content: object) -> Path:
        """Write a file of the report directory: bytes as they are, anything else as JSON."""
        path = self.reports / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    def note(self, content: object) -> Path:
        """Write the account's note of its last click."""
        path = self.inbox / "lock"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    def noted(self) -> dict[str, Any] | None:
        """The note of the last click, None if there is none."""
        path = self.inbox / "lock"
        content = path.read_bytes() if path.exists() else b""
        note: dict[str, Any] | None = json.loads(content) if content else None
        return note or None

    def records(self) -> list[dict[str, Any]]:
        """What was left for root."""
        return [json.loads(path.read_bytes()) for path in sorted(self.inbox.glob("*.json"))]

    def everything(self) -> dict[str, bytes]:
        """Every file below, with its content."""
        return {str(path): path.read_bytes() for path in self.state.rglob("*") if path.is_file()}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """An account whose report and key are there, at a quiet moment; the page's entries look here."""
    made = Tree(tmp_path)
    made.write("report.json", report())
    made.write("form.key", KEY.encode())
    state = str(made.state)
    look_in(monkeypatch, state)
    woken: list[bool] = []
    monkeypatch.setattr(owner_action, "wake", lambda: woken.append(True))
    for module in (owner_action, owner_view):
        monkeypatch.setattr(module, "now", lambda: NOW)
    return made


def look_in(patch: pytest.MonkeyPatch, state: str) -> None:
    """Make the entries use these places."""
    patch.setattr(owner_state, "load", partial(load, state=state, owner=UID))
    patch.setattr(owner_state, "load_memory", partial(load_memory, state=state, owner=UID))
    patch.setattr(owner_state, "load_live", partial(load_live, state=state, owner=UID))
    patch.setattr(owner_progress, "load_live", partial(load_live, state=state, owner=UID))
    patch.setattr(owner_state, "read_note", partial(read_note, state=state))
    patch.setattr(owner_action, "locked", partial(locked, state=state))
    patch.setattr(owner_action, "leave", partial(leave, state=state))
    for module in (owner_action, owner_view):
        patch.setattr(module, "load_form_key", partial(load_form_key, state=state, owner=UID))


class Panel:
    """A panel that says yes, except where told otherwise; `calls` is what it was asked."""

    def __init__(self, replies: Mapping[str, Reply] | None = None, *, lacks: frozenset[str] = frozenset()) -> None:
        """Give the replies of some functions, and the features that the account lacks."""
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.closed = 0
        self._replies = {
            "get_autossl_excluded_domains": Reply(1, []),
            "is_autossl_check_in_progress": Reply(1, 0),
            "get_attributes": Reply(1, {"locale": "en", "direction": "ltr"}),
            "get_dom": Reply(1, {"header": "<html><body>", "footer": "</body></html>"}),
        } | dict(replies or {})
        self._lacks = lacks

    def call(self, module: str, function: str, **arguments: str) -> Reply:
        """Answer a call."""
        assert module in ("Features", "SSL", "Locale", "Chrome")
        self.calls.append((function, arguments))
        if function == "has_feature" and arguments["name"] in self._lacks:
            return Reply(0)
        return self._replies.get(function, Reply(1))

    def close(self) -> None:
        """Say goodbye."""
        self.closed += 1

    def changes(self) -> list[tuple[str, dict[str, str]]]:
        """The calls that did more than look."""
        return [(function, arguments) for function, arguments in self.calls if function not in READING]


class Answer:
    """What a page wrote, taken apart as the panel does."""

    def __init__(self, whole: bytes) -> None:
        """Take the status, the headers and the body."""
        head, empty, self.body = whole.partition(b"\r\n\r\n")
        lines = head.decode("ascii").split("\r\n")
        assert empty
        assert all(": " in line for line in lines)
        assert not any(sign in head.replace(b"\r\n", b"") for sign in (b"\r", b"\n", b"\0"))
        self.headers = dict(line.split(": ", 1) for line in lines)
        assert len(self.headers) == len(lines)
        self.status = self.headers["Status"].partition(" ")[0]

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def asked(**changes: Any) -> Request:
    """A request of the account's browser to its page."""
    sample = {"method": "GET", "user": "shop", "token": TOKEN, "socket": "/run/panel"}
    return Request(**(sample | changes))


def posted(patch: pytest.MonkeyPatch, fields: Sequence[tuple[str, str]], **changes: Any) -> Request:
    """A request that posts a form."""
    body = urlencode(fields).encode()
    patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(body)))
    sample = {"method": "POST", "content_type": FORM, "length": len(body), "accept": "application/json"}
    return asked(**(sample | changes))


def answered(patch: pytest.MonkeyPatch, page: Callable[[], None]) -> Answer:
    """What a page answers; exactly one answer, and nothing else on the way."""
    stream = io.BytesIO()
    with patch.context() as inside:
        inside.setattr(sys, "stdout", io.TextIOWrapper(stream))
        page()
        return Answer(stream.getvalue())
