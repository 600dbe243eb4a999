"""The owner's page and its progress from outside: who is let in, what is answered, and what is never loaded."""

import io
import json
import os
import pwd
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import autossl_doctor
from autossl_doctor.actions.forms import sign
from autossl_doctor.actions.verbs import VERBS
from autossl_doctor.entry import owner_page, owner_progress
from autossl_doctor.host.cgi import Request
from autossl_doctor.host.liveapi import Reply
from autossl_doctor.host.visitor import Visitor
from autossl_doctor.present.owner import page
from autossl_doctor.present.owner.view import OwnerView
from autossl_doctor.store.layout import LIVE_CAP
from tests.unit.owner_tree import (
    KEY,
    NOW,
    SITE,
    STARTDATE,
    TOKEN,
    UID,
    Answer,
    Panel,
    Tree,
    answered,
    asked,
    posted,
    tree,
    visitor,
)

__all__ = ["tree"]

PLUGIN = Path(autossl_doctor.__file__).parents[1]
CANARY = "canary-4d1c2f"
LIVE = b'{"schema":1,"site":"shop.example","step":"order","since":"2026-11-26T02:56:00Z","ended":null,"main":null}'
NOTHING = {"schema": 1, "step": None}
RETRY = [("verb", "retry"), ("site", SITE), ("form", sign(KEY.encode(), "shop", TOKEN, "retry"))]
ENTRIES = pytest.mark.parametrize("entry", [owner_page, owner_progress], ids=["page", "progress"])


def visit(
    patch: pytest.MonkeyPatch,
    entry: Any,
    request: Request,
    panel: Panel,
    who: Visitor | None = None,
    *,
    known: bool = True,
) -> Answer:
    """Visit the page, or ask for the progress, as the account."""
    patch.setattr(entry, "receive", lambda: request)
    patch.setattr(entry, "visitor", lambda user: (who or visitor()) if known and user == "shop" else None)
    patch.setattr(entry, "LiveApi", lambda path: panel if path == request.socket else None)
    return answered(patch, entry.main)


# --- who is let in


@ENTRIES
def test_the_account_is_let_in(tree: Tree, monkeypatch: pytest.MonkeyPatch, entry: Any) -> None:
    """With its own session, and the feature granted, the account gets its answer, and the panel a farewell."""
    tree.write("live.json", LIVE)
    panel = Panel()
    answer = visit(monkeypatch, entry, asked(), panel)
    assert answer.status == "200"
    assert panel.calls[0] == ("has_feature", {"name": "autossl_doctor"})
    assert panel.closed == 1
    assert panel.changes() == []


@pytest.mark.point(16)
@ENTRIES
@pytest.mark.parametrize(
    "changes",
    [
        {"token": ""},
        {"socket": ""},
        {"user": ""},
        {"user": "other"},
        {"user": "root"},
        {"method": ""},
        {"method": "PUT"},
        {"method": "DELETE"},
        {"method": "PATCH"},
        {"method": "OPTIONS"},
        {"method": "get"},
        {"method": "post"},
        {"method": "TRACE"},
    ],
    ids=str,
)
def test_whatever_is_missing_closes_the_page(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, entry: Any, changes: dict[str, str]
) -> None:
    """Without a token, a socket, the right account or a known method nothing is asked and nothing is said."""
    before = tree.everything()
    panel = Panel()
    answer = visit(monkeypatch, entry, posted(monkeypatch, RETRY, **{"method": "GET", **changes}), panel)
    assert answer.status == "403"
    assert panel.calls == []
    assert tree.everything() == before
    assert not any(word in answer.body for word in (b"shop", b"/var", TOKEN.encode(), b"other"))


def test_the_progress_takes_no_form(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """The light endpoint only looks: a post is refused before anything is asked."""
    before = tree.everything()
    panel = Panel()
    assert visit(monkeypatch, owner_progress, posted(monkeypatch, RETRY), panel).status == "403"
    assert panel.calls == []
    assert tree.everything() == before


@ENTRIES
def test_somebody_who_is_not_the_account_is_not_let_in(tree: Tree, monkeypatch: pytest.MonkeyPatch, entry: Any) -> None:
    """Where the kernel and the panel do not agree on the account, the page is closed."""
    panel = Panel()
    answer = visit(monkeypatch, entry, asked(), panel, known=False)
    assert answer.status == "403"
    assert panel.calls == []
    assert tree.records() == []


@pytest.mark.point(16)
@ENTRIES
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize(
    "reply", [Reply(0), Reply(), Reply(None, 1), Reply(0, 1), Reply(2)], ids=["no", "none", "null", "0", "2"]
)
def test_without_the_feature_the_page_is_closed(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, entry: Any, method: str, reply: Reply
) -> None:
    """Only a plain yes of the panel opens the page, for every method; a hidden icon is no lock."""
    tree.write("live.json", LIVE)
    before = tree.everything()
    panel = Panel({"has_feature": reply})
    answer = visit(monkeypatch, entry, posted(monkeypatch, RETRY, method=method), panel)
    assert answer.status == "403"
    assert SITE.encode() not in answer.body
    assert {function for function, _ in panel.calls} <= {"has_feature"}
    assert tree.everything() == before


# --- looking changes nothing


@pytest.mark.point(22)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("verb", VERBS)
def test_looking_changes_nothing(tree: Tree, monkeypatch: pytest.MonkeyPatch, method: str, verb: str) -> None:
    """A form sent by another method, with all its right values, in the body and in the address, does nothing."""
    before = tree.everything()
    fields = [("verb", verb), ("site", SITE), ("confirm", "yes"), ("form", sign(KEY.encode(), "shop", TOKEN, verb))]
    request = posted(monkeypatch, fields, method=method)
    request.query = "&".join("=".join(field) for field in fields)
    panel = Panel()
    answer = visit(monkeypatch, owner_page, request, panel)
    assert answer.status == "200"
    assert (answer.body == b"") is (method == "HEAD")
    assert panel.changes() == []
    assert tree.everything() == before


def test_a_post_is_a_click(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page hands a posted form on, and says goodbye to the panel afterwards."""
    panel = Panel()
    answer = visit(monkeypatch, owner_page, posted(monkeypatch, RETRY), panel)
    assert answer.json()["answer"] == "started"
    assert [function for function, _ in panel.changes()] == ["start_autossl_check"]
    assert panel.closed == 1
    assert len(tree.records()) == 1


# --- the page in the panel's frame


def shown(patch: pytest.MonkeyPatch, query: str = "", **replies: Reply) -> str:
    """The page as it is shown."""
    return visit(patch, owner_page, asked(query=query), Panel(replies)).body.decode("utf-8")


def watched(patch: pytest.MonkeyPatch) -> list[OwnerView]:
    """What the page is given to show, from now on."""
    views: list[OwnerView] = []
    real = page.render

    def render(view: OwnerView) -> str:
        views.append(view)
        return real(view)

    patch.setattr(page, "render", render)
    return views


@pytest.mark.point(17)
def test_the_page_stands_in_the_panels_frame(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """The panel's header comes first and its footer last."""
    body = shown(monkeypatch, get_dom=Reply(1, {"header": "<html><body>", "footer": "</body></html>"}))
    assert body.startswith("<html><body>\n")
    assert body.endswith("\n</body></html>")
    assert SITE in body
    assert tree.records() == []


@pytest.mark.parametrize(
    "reply",
    [Reply(), Reply(0, {"header": "x", "footer": "y"}), Reply(1), Reply(1, []), Reply(1, {"header": "x"}),
     Reply(1, {"header": None, "footer": "y"}), Reply(1, {"header": ["x"], "footer": "y"})],
)  # fmt: skip
def test_without_the_frame_the_page_is_still_all_there(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, reply: Reply
) -> None:
    """Where the panel gives no frame, a plain one stands around the page."""
    body = shown(monkeypatch, get_dom=reply)
    assert body.startswith('<!DOCTYPE html><html lang="en">')
    assert body.endswith("</html>")
    assert SITE in body
    assert tree.records() == []


def test_half_a_letter_in_the_frame_does_not_break_the_page(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON can carry half of a pair that no text may hold; the page replaces it."""
    body = shown(monkeypatch, get_dom=Reply(1, {"header": "\ud83d<main>", "footer": ""}))
    assert body.startswith("?<main>")
    assert tree.records() == []


@pytest.mark.point(19)
@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("ja", "ja"),
        ("ja_jp", "ja"),
        ("en", "en"),
        ("de", "en"),
        ("jav", "en"),
        ("JA", "en"),
        ("ja-x", "en"),
        ("", "en"),
        (None, "en"),
        (5, "en"),
        (["ja"], "en"),
        ("../../ja", "en"),
        ('"><script>', "en"),
        ("i_cpanel_snowmen", "en"),
        ("ja\0", "en"),
    ],
)
def test_the_language_is_one_of_ours(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, locale: object, language: str
) -> None:
    """A locale is somebody's input: it chooses between two languages, and nothing of it is shown."""
    views = watched(monkeypatch)
    body = shown(monkeypatch, get_attributes=Reply(1, {"locale": locale, "direction": "rtl"}))
    assert [view.language for view in views] == [language]
    assert "<script>" not in body
    assert "snowmen" not in body
    assert tree.records() == []


@pytest.mark.parametrize("reply", [Reply(), Reply(0, {"locale": "ja"}), Reply(1, "ja"), Reply(1, None)])
def test_without_a_language_the_page_is_english(tree: Tree, monkeypatch: pytest.MonkeyPatch, reply: Reply) -> None:
    """Only a locale that the panel really gave counts."""
    assert 'lang="ja"' not in shown(monkeypatch, get_attributes=reply)
    assert tree.records() == []


def test_a_view_holds_what_the_page_needs(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """The forms are signed for this session, the buttons are open, and the moment is now."""
    views = watched(monkeypatch)
    shown(monkeypatch, get_autossl_excluded_domains=Reply(1, [{"excluded_domain": "a.example"}]))
    view = views[0]
    assert view.forms == {verb: sign(KEY.encode(), "shop", TOKEN, verb) for verb in VERBS}
    assert view.refused == dict.fromkeys(VERBS, "")
    assert (view.now, view.account, view.excluded) == (NOW, "shop", ("a.example",))
    assert (view.notice, view.notice_until, view.anyway) == ("", None, None)
    (tree.reports / "form.key").unlink()
    shown(monkeypatch)
    assert set(views[1].forms.values()) == {""}
    assert views[1].refused == dict.fromkeys(VERBS, "no_report")


@pytest.mark.parametrize(
    ("query", "notice", "anyway"),
    [
        (f"notice=nothing_changed&verb=retry&site={SITE}", "nothing_changed", ("retry", SITE)),
        (f"notice=ledger_limit&verb=retry&site={SITE}", "ledger_limit", ("retry", SITE)),
        (f"notice=ca_limit&verb=retry&site={SITE}", "ca_limit", None),
        (f"notice=started&verb=retry&site={SITE}", "started", None),
        ("notice=nothing_changed&verb=retry&site=other.example", "nothing_changed", None),
        (f"notice=nothing_changed&verb=delete&site={SITE}", "nothing_changed", None),
        ("notice=%3Cscript%3E&verb=retry", "", None),
        ("notice=", "", None),
        ("notice", "", None),
        ("a=1&b=2&c=3&d=4&e=5&f=6&notice=started", "", None),
        ("notice=started%0d%0a", "", None),
        ("%ff=%ff&notice=started", "started", None),
        ("&&&&&&&&", "", None),
    ],
)
def test_a_message_is_one_of_ours(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, query: str, notice: str, anyway: tuple[str, str] | None
) -> None:
    """What stands in the address chooses a message; nothing of it is shown, and no foreign website is named."""
    views = watched(monkeypatch)
    body = shown(monkeypatch, query)
    assert (views[0].notice, views[0].anyway) == (notice, anyway)
    assert "<script>" not in body
    assert "other.example" not in body
    assert tree.records() == []


@pytest.mark.parametrize("content", [b"{", b"", b"[]"])
def test_a_damaged_report_still_gives_a_page(tree: Tree, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """The visitor hears that there is nothing to see, in the panel's frame."""
    tree.write("report.json", content)
    body = shown(monkeypatch)
    assert body.startswith("<html>")
    assert SITE not in body


# --- when the page breaks


def test_a_page_that_breaks_says_a_number_and_nothing_else(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the visitor nor the panel's log gets the error's words; the number is the same in both."""

    def broken(_view: object) -> str:
        raise RuntimeError(f"{CANARY} {TOKEN}\nsecond line")

    monkeypatch.setattr(page, "render", broken)
    panel = Panel()
    answer = visit(monkeypatch, owner_page, asked(), panel)
    log = capsys.readouterr().err
    assert answer.status == "500"
    assert log.count("\n") == 1
    mark = log.partition("id ")[2].partition(":")[0]
    assert len(mark) == 8
    assert mark.encode() in answer.body
    assert "RuntimeError in broken:" in log
    for words in (answer.body.decode(), log):
        assert CANARY not in words
        assert TOKEN not in words
        assert "Traceback" not in words
        assert "/" not in words.replace("</", "").replace("text/html", "")
    assert panel.closed == 1
    assert tree.records() == []


@ENTRIES
def test_a_panel_that_breaks_at_once_is_answered_for(tree: Tree, monkeypatch: pytest.MonkeyPatch, entry: Any) -> None:
    """An error before the first call ends as every other: with an answer, and without a traceback."""
    monkeypatch.setattr(entry, "receive", asked)
    monkeypatch.setattr(entry, "visitor", lambda _user: visitor())

    def broken(_path: str) -> Panel:
        raise RecursionError

    monkeypatch.setattr(entry, "LiveApi", broken)
    assert answered(monkeypatch, entry.main).status in ("403", "500")
    assert tree.records() == []


def test_a_visitor_who_has_gone_is_no_error(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody reads the answer any more, the page ends quietly, without a traceback in the panel's log."""

    class Gone(io.BytesIO):
        def write(self, _content: object) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(owner_page, "receive", asked)
    monkeypatch.setattr(owner_page, "visitor", lambda _user: visitor())
    monkeypatch.setattr(owner_page, "LiveApi", lambda _path: Panel())
    monkeypatch.setattr(os, "dup2", lambda *_: None)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", type("Out", (), {"buffer": Gone()})())
        owner_page.main()
    assert tree.records() == []


# --- the progress


def test_the_progress_is_given_word_for_word(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's script gets exactly what was published; a HEAD gets the headers only."""
    assert visit(monkeypatch, owner_progress, asked(), Panel()).json() == NOTHING
    tree.write("live.json", LIVE)
    answer = visit(monkeypatch, owner_progress, asked(), Panel())
    assert answer.body == LIVE
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert visit(monkeypatch, owner_progress, asked(method="HEAD"), Panel()).body == b""


@pytest.mark.parametrize("kind", ["link", "fifo", "hard link", "directory", "too large", "former owner", "no object"])
def test_a_progress_that_is_not_ours_is_nothing(tree: Tree, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Something else in the place of the progress is not given out, and does not hold the page up."""
    path = tree.write("live.json", LIVE)
    if kind == "link":
        path.symlink_to(path.rename(tree.state / "moved"))
    elif kind == "hard link":
        os.link(path, tree.state / "second")
    elif kind == "fifo":
        path.unlink()
        os.mkfifo(path)
    elif kind == "directory":
        path.unlink()
        path.mkdir()
    elif kind == "too large":
        path.write_bytes(LIVE + b" " * LIVE_CAP)
    elif kind == "former owner":
        os.utime(path, (STARTDATE - 1, STARTDATE - 1))
    else:
        path.write_bytes(b"<script>")
    assert visit(monkeypatch, owner_progress, asked(), Panel()).json() == NOTHING


# --- what is loaded

HEAVY = {
    "yaml", "msgspec", "cryptography", "dns", "rich", "cronsim", "subprocess", "email", "http", "httpx", "sqlite3",
    "socket", "ssl", "logging", "asyncio", "tempfile", "shutil", "importlib.metadata",
}  # fmt: skip
"""Modules whose loading a page would pay for at each visit."""
HEAVY_FOR_THE_PROGRESS = HEAVY | {
    "pathlib", "typing", "datetime", "jinja2", "urllib", "dataclasses", "inspect", "hmac", "hashlib", "fcntl",
    "contextlib", "json", "re", "enum", "autossl_doctor.actions", "autossl_doctor.present", "autossl_doctor.collect",
    "autossl_doctor.causes", "autossl_doctor.diagnose", "autossl_doctor.explain",
}  # fmt: skip
PACKAGES = next(path for path in sys.path if path.endswith("site-packages"))


def loaded_by(*modules: str) -> set[str]:
    """The modules that a fresh interpreter loads for these ones, as the panel starts it."""
    code = f"""
import sys
sys.path[:0] = [{str(PLUGIN)!r}]
sys.path.append({PACKAGES!r})
before = set(sys.modules)
import {", ".join(modules)}
print(*sorted(set(sys.modules) - before))
"""
    ended = subprocess.run([sys.executable, "-IS", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(ended.stdout.split())


def test_the_progress_loads_next_to_nothing() -> None:
    """What is asked every two seconds loads the panel's protocol and two files' readers, and no more."""
    loaded = loaded_by("autossl_doctor.entry.owner_progress")
    assert loaded & HEAVY_FOR_THE_PROGRESS == set()
    assert {name for name in loaded if name.startswith("autossl_doctor.")} == {
        "autossl_doctor.entry",
        "autossl_doctor.entry.owner_progress",
        "autossl_doctor.host",
        "autossl_doctor.host.cgi",
        "autossl_doctor.host.liveapi",
        "autossl_doctor.host.visitor",
        "autossl_doctor.model",
        "autossl_doctor.model.json_text",
        "autossl_doctor.store",
        "autossl_doctor.store.layout",
        "autossl_doctor.store.live",
        "autossl_doctor.store.opening",
    }


@pytest.mark.parametrize(
    "modules",
    [
        ("autossl_doctor.entry.owner_page",),
        ("autossl_doctor.entry.owner_page", "autossl_doctor.entry.owner_view"),
        (
            "autossl_doctor.entry.owner_page",
            "autossl_doctor.entry.owner_action",
            "autossl_doctor.present.owner.messages",
        ),
    ],
    ids=["door", "view", "action"],
)
def test_the_page_loads_nothing_heavy_to_gather(modules: tuple[str, ...]) -> None:
    """Neither the door of the page nor what gathers its content loads what only the diagnosis needs."""
    loaded = loaded_by(*modules)
    assert loaded & HEAVY == set()
    assert not {name for name in loaded if name.startswith(("autossl_doctor.collect", "autossl_doctor.diagnose"))}


@pytest.mark.point(26)
def test_the_whole_page_loads_no_more_than_its_templates_need() -> None:
    """With the words and the templates, the page loads what Jinja2 itself loads, and nothing of the diagnosis."""
    of_jinja = loaded_by("jinja2")
    modules = ("owner_page", "owner_view", "owner_action")
    loaded = loaded_by(*(f"autossl_doctor.entry.{name}" for name in modules), "autossl_doctor.present.owner.page")
    assert loaded & HEAVY <= of_jinja
    assert (
        loaded & {"yaml", "msgspec", "cryptography", "dns", "rich", "cronsim", "subprocess", "email", "http"} == set()
    )
    assert not {name for name in loaded if name.startswith(("autossl_doctor.collect", "autossl_doctor.diagnose"))}


def test_a_whole_visit_to_the_progress_loads_nothing_more(tmp_path: Path) -> None:
    """With a real socket and the real environment, the answer is given without loading anything on the way."""
    own = pwd.getpwuid(os.geteuid()).pw_name
    (tmp_path / own).write_text(f"USER={own}\nSTARTDATE={STARTDATE}\n", encoding="ascii")
    reports = tmp_path / f"reports/{UID}"
    reports.mkdir(parents=True)
    (reports / "live.json").write_bytes(LIVE)
    code = f"""
import sys
sys.path[:0] = [{str(PLUGIN)!r}]
from autossl_doctor.entry import owner_progress
from autossl_doctor.host import visitor
visitor.USERS = {str(tmp_path)!r}
real = owner_progress.load_live
owner_progress.load_live = lambda *given: real(*given, state={str(tmp_path)!r}, owner={UID})
owner_progress.main()
print(*sorted(sys.modules), file=sys.stderr)
"""
    environment = {
        "REQUEST_METHOD": "GET",
        "REMOTE_USER": own,
        "cp_security_token": TOKEN,
        "CPANEL_CONNECT_SOCKET": str(tmp_path / "panel"),
        "REMOTE_PASSWORD": CANARY,
        "HTTP_COOKIE": CANARY,
    }
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(str(tmp_path / "panel"))
        door.listen(1)
        door.settimeout(20)
        heard: list[bytes] = []
        serving = threading.Thread(target=_serve, args=(door, heard))
        serving.start()
        command = [sys.executable, "-IS", "-c", code]
        ended = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=30)
        serving.join(20)
    answer = Answer(ended.stdout)
    assert (answer.status, answer.body) == ("200", LIVE)
    assert set(ended.stderr.decode().split()) & HEAVY_FOR_THE_PROGRESS == set()
    assert CANARY.encode() not in ended.stdout + ended.stderr
    assert (
        json.loads(heard[1].partition(b"<cpanelaction>")[2].partition(b"</cpanelaction>")[0])["func"] == "has_feature"
    )
    assert heard[-1].endswith(b'<cpanelxml shutdown="1" />')


def _serve(door: socket.socket, heard: list[bytes]) -> None:
    """Say yes to everything until the page says goodbye."""
    connection, _ = door.accept()
    with connection:
        while b"shutdown" not in (heard[-1] if heard else b""):
            heard.append(connection.recv(65536))
            connection.sendall(b'<?xml version="1.0"?>\n<cpanelresult>{"result":{"status":1}}</cpanelresult>')
