"""One click on the owner's page: what it needs, what it does, and what it can never do."""

import io
import os
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote_plus

import pytest

from autossl_doctor.actions.decide import Asked
from autossl_doctor.actions.forms import sign
from autossl_doctor.actions.verbs import VERBS
from autossl_doctor.entry import owner_action
from autossl_doctor.entry.owner_action import Done, act, click
from autossl_doctor.entry.owner_notices import DONE, NOTICES
from autossl_doctor.host.liveapi import Reply
from autossl_doctor.present.owner import messages
from autossl_doctor.store.click import Lock, locked
from tests.unit.owner_tree import (
    KEY,
    MAIL,
    NOW,
    SITE,
    TOKEN,
    WWW,
    Answer,
    Panel,
    Tree,
    answered,
    asked,
    finding,
    posted,
    report,
    tree,
    visitor,
    website,
)

__all__ = ["tree"]

Fields = Sequence[tuple[str, str]]
START: tuple[str, dict[str, str]] = ("start_autossl_check", {})
CLICKS = 20


def signed(verb: str, *more: tuple[str, str], site: str = SITE) -> list[tuple[str, str]]:
    """The fields of our own form for a button."""
    return [("verb", verb), ("site", site), *more, ("form", sign(KEY.encode(), "shop", TOKEN, verb))]


EXCLUDES = (("name", MAIL), ("confirm", "yes"))
FORMS: dict[str, Fields] = {
    "retry": signed("retry"),
    "save_key_type": signed("save_key_type"),
    "exclude": signed("exclude", *EXCLUDES),
    "include": signed("include", ("name", MAIL)),
    "look": signed("look"),
}


@pytest.fixture(autouse=True)
def deferred(tree: Tree) -> None:
    """A website whose renewal waits for a name that may be left out."""
    tree.write("report.json", report(sites=[website(SITE, finding("renewal_deferred", SITE, MAIL, WWW))]))


def panel(**replies: Reply) -> Panel:
    """A panel on which one name is excluded already."""
    return Panel({"get_autossl_excluded_domains": Reply(1, [{"excluded_domain": MAIL}])} | replies)


def post(
    patch: pytest.MonkeyPatch, fields: Fields, api: Panel, who: dict[str, Any] | None = None, **changes: Any
) -> Answer:
    """Post a form and give the answer."""
    request = posted(patch, fields, **changes)
    return answered(patch, lambda: act(request, visitor(**(who or {})), api, "en"))  # type: ignore[arg-type]  # stands in


# --- each button


@pytest.mark.parametrize("verb", VERBS)
def test_each_button_does_its_work(tree: Tree, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    """The panel is asked once for what the button says, a record is left, and the answer says that it was begun."""
    api = panel()
    answer = post(monkeypatch, FORMS[verb], api)
    assert (
        api.changes()
        == {
            "retry": [START],
            "save_key_type": [("set_default_key_type", {"type": "rsa-2048"})],
            "exclude": [("add_autossl_excluded_domains", {"domains": MAIL}), START],
            "include": [("remove_autossl_excluded_domains", {"domains": MAIL}), START],
            "look": [],
        }[verb]
    )
    assert answer.status == "200"
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    body = answer.json()
    text = body.pop("text")
    assert text
    assert "{" not in text
    assert body == {"answer": DONE[verb], "until": None, "anyway": False, "at": "2026-11-26T03:00:00Z"}
    names = [MAIL] if verb in ("exclude", "include") else []
    said = {"schema": 1, "verb": verb, "site": SITE, "at": "2026-11-26T03:00:00Z"}
    assert tree.records() == [said | {"names": names}]
    note = tree.noted()
    assert (note is None) is (verb == "look"), "looking starts no check"
    assert note is None or {key: note[key] for key in said} == said


@pytest.mark.parametrize("verb", VERBS)
def test_a_browser_without_script_is_sent_back_to_the_page(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    """The redirect is relative, carries the message and nothing secret, and has no body."""
    answer = post(monkeypatch, FORMS[verb], panel(), accept="text/html")
    assert (answer.status, answer.body) == ("303", b"")
    page, _, query = answer.headers["Location"].partition("?")
    assert page == "index.live.cgi"
    assert parse_qs(query) == {"notice": [DONE[verb]], "verb": [verb], "site": [SITE]}
    assert "cpsess" not in answer.headers["Location"]
    assert len(tree.records()) == 1


def test_a_click_wakes_the_reader(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader is woken after the record is there, and only then."""
    seen: list[int] = []
    monkeypatch.setattr(owner_action, "wake", lambda: seen.append(len(tree.records())))
    post(monkeypatch, FORMS["exclude"][:3], panel())
    assert seen == []
    post(monkeypatch, FORMS["retry"], panel())
    assert seen == [1]


# --- the tokens


def forged(verb: str) -> list[Fields]:
    """Forms for a button that are not ours."""
    right = sign(KEY.encode(), "shop", TOKEN, verb)
    others = [
        "",
        " ",
        right.upper(),
        right[:-1],
        right + "0",
        "ü" * 64,
        sign(KEY.encode(), "other", TOKEN, verb),
        sign(KEY.encode(), "shop", "/cpsess9876543210", verb),
        sign(b"0" * 64, "shop", TOKEN, verb),
        sign(b"", "shop", TOKEN, verb),
        *(sign(KEY.encode(), "shop", TOKEN, other) for other in VERBS if other != verb),
    ]
    plain = [field for field in FORMS[verb] if field[0] != "form"]
    return [plain, [*plain, ("form", right), ("form", right)], *([*plain, ("form", value)] for value in others)]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_form_that_is_not_ours_does_nothing(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, verb: str, accept: str
) -> None:
    """Without exactly the right value nothing is asked of the panel, nothing is written and nobody is woken."""
    before = tree.everything()
    woken: list[bool] = []
    monkeypatch.setattr(owner_action, "wake", lambda: woken.append(True))
    for fields in forged(verb):
        api = panel()
        answer = post(monkeypatch, fields, api, accept=accept)
        assert answer.status == "403"
        assert "Location" not in answer.headers
        assert api.calls == []
        if accept == "application/json":
            assert answer.json()["answer"] == "refused"
        else:
            assert "この画面" in answer.body.decode() or "Nothing was started" in answer.body.decode()
    assert tree.everything() == before
    assert woken == []


def test_without_a_token_of_the_panel_no_form_is_ours(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two empty values do not match each other."""
    for form in ("", sign(KEY.encode(), "shop", "", "retry"), sign(KEY.encode(), "shop", TOKEN, "retry")):
        api = panel()
        fields = [("verb", "retry"), ("site", SITE), ("form", form)]
        assert post(monkeypatch, fields, api, token="").status == "403"
        assert api.calls == []
    assert tree.records() == []


@pytest.mark.parametrize("key", [None, b"", b"short", b"0" * 63, b"0" * 100, b"\xff" * 64, b"G" * 64])
def test_without_a_key_no_form_is_ours(tree: Tree, monkeypatch: pytest.MonkeyPatch, key: bytes | None) -> None:
    """Where the account's key is missing or damaged, no form can be right: not one signed with what stands there."""
    (tree.reports / "form.key").unlink()
    if key is not None:
        tree.write("form.key", key)
    for form in ("", sign(key or b"", "shop", TOKEN, "retry"), sign(KEY.encode(), "shop", TOKEN, "retry")):
        api = panel()
        assert post(monkeypatch, [("verb", "retry"), ("site", SITE), ("form", form)], api).status == "403"
        assert api.calls == []
    assert tree.records() == []


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("verb", "delete"), *FORMS["retry"][1:]],
        [("verb", "retry"), *FORMS["retry"]],
        [("verb", "RETRY"), *FORMS["retry"][1:]],
        [*FORMS["retry"], *(("name", f"n{number}.example") for number in range(21))],
        signed("retry", site="x" * 254),
        signed("exclude", ("name", "x" * 254), ("confirm", "yes")),
        signed("exclude", ("name", "x" * 60_000), ("confirm", "yes")),
        signed("retry", ("padding", "x" * 70_000)),
        signed("retry", *(("a", "b") for _ in range(200))),
    ],
    ids=lambda fields: f"{len(fields)} fields",
)
def test_a_form_out_of_all_measure_does_nothing(tree: Tree, monkeypatch: pytest.MonkeyPatch, fields: Fields) -> None:
    """Unknown and doubled buttons, too many names, too long ones and too large bodies are refused unread."""
    api = panel()
    answer = post(monkeypatch, fields, api)
    assert answer.status == "403"
    assert answer.json()["answer"] == "refused"
    assert api.calls == []
    assert tree.records() == []


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/json", "multipart/form-data"])
def test_a_body_that_is_no_form_does_nothing(tree: Tree, monkeypatch: pytest.MonkeyPatch, content_type: str) -> None:
    """What other websites could send across without being asked is not read."""
    api = panel()
    assert post(monkeypatch, FORMS["retry"], api, content_type=content_type).status == "403"
    assert api.calls == []
    assert tree.records() == []


# --- names


@pytest.mark.parametrize(
    "names",
    [
        (),
        (SITE,),
        (MAIL, SITE),
        ("other.example",),
        (MAIL, "other.example"),
        ("",),
        (f"{MAIL},{WWW}",),
        (f"{MAIL} ",),
        (MAIL.upper(),),
        ("*.shop.example",),
        (f"{MAIL}\r\nX: y",),
        ("../../etc/passwd",),
        ("<script>",),
    ],
    ids=repr,
)
@pytest.mark.parametrize("verb", ["exclude", "include"])
def test_names_that_were_not_offered_are_refused(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, verb: str, names: tuple[str, ...]
) -> None:
    """One name outside the offered ones refuses the click; nothing is changed, and no name is echoed."""
    api = panel()
    fields = signed(verb, *(("name", name) for name in names), ("confirm", "yes"), ("anyway", "yes"))
    answer = post(monkeypatch, fields, api)
    assert answer.json()["answer"] == "refused"
    assert b"script" not in answer.body
    assert api.changes() == []
    assert (tree.records(), tree.noted()) == ([], None)


@pytest.mark.parametrize("confirm", ["", "no", "YES", "yes ", "1", "true"])
def test_excluding_needs_a_clear_yes(tree: Tree, monkeypatch: pytest.MonkeyPatch, confirm: str) -> None:
    """Without the second question's yes the second question is the answer, and nothing is changed."""
    api = panel()
    answer = post(monkeypatch, signed("exclude", ("name", MAIL), ("confirm", confirm)), api)
    assert answer.json()["answer"] == "confirm"
    assert api.changes() == []
    doubled = signed("exclude", ("name", MAIL), ("confirm", "yes"), ("confirm", "yes"))
    assert post(monkeypatch, doubled, api).json()["answer"] == "confirm"
    assert api.changes() == []
    assert (tree.records(), tree.noted()) == ([], None)


@pytest.mark.parametrize(
    ("verb", "site"),
    [
        (verb, site)
        for verb in ("retry", "look")
        for site in ("other.example", "", SITE.upper(), "<script>", f"{SITE}\r\nX: y", "../x")
        if (verb, site) != ("look", "")  # a look at everything is about no website
    ],
)
def test_a_website_of_somebody_else_is_refused(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, verb: str, site: str
) -> None:
    """A click about a website that is not in the report does nothing."""
    api = panel()
    assert post(monkeypatch, signed(verb, site=site), api).json()["answer"] == "refused"
    assert api.changes() == []
    assert (tree.records(), tree.noted()) == ([], None)


HOSTILE = [
    "a\r\nSet-Cookie: x=1",
    "a\nX: y",
    "//evil.example/",
    "https://evil.example/",
    "javascript:alert(1)",
    "<script>alert(1)</script>",
    "&notice=started",
    "#x",
    "設定.example",
    "%0d%0aX: y",
    "\0",
]


@pytest.mark.parametrize("site", HOSTILE, ids=repr)
def test_a_redirect_leads_nowhere_else(tree: Tree, monkeypatch: pytest.MonkeyPatch, site: str) -> None:
    """Whatever the website is called, the address stays the page's own, in one line of plain letters."""
    answer = post(monkeypatch, signed("retry", site=site), panel(), accept="text/html")
    assert answer.status == "303"
    location = answer.headers["Location"]
    assert location.startswith("index.live.cgi?notice=refused&verb=retry&site=")
    assert location.isascii()
    assert location.endswith(quote_plus(site))
    assert parse_qs(location.partition("?")[2])["notice"] == ["refused"]
    assert tree.records() == []


def test_markup_in_an_answer_is_escaped(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the JSON ends up, nothing in it is taken for a tag."""
    monkeypatch.setattr(messages, "sentence", lambda *_: "</script><script>alert(1)</script>")
    answer = post(monkeypatch, FORMS["retry"], panel())
    assert b"<" not in answer.body
    assert answer.json()["text"] == "</script><script>alert(1)</script>"
    assert len(tree.records()) == 1


@pytest.mark.parametrize("notice", NOTICES)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_answer_has_its_own_words(notice: str, language: str) -> None:
    """Each answer is a sentence of its own in both languages."""
    text = messages.sentence(language, "Asia/Tokyo", notice, NOW if notice == "ca_limit" else None)
    assert text
    assert "{" not in text
    others = [
        messages.sentence(language, "Asia/Tokyo", other) for other in NOTICES if other not in (notice, "ca_limit")
    ]
    assert text not in others


# --- what stands against it


@pytest.mark.parametrize(
    ("who", "answer"), [({"demo": True}, "demo"), ({"suspended": True}, "suspended")], ids=["demo", "suspended"]
)
@pytest.mark.parametrize("verb", VERBS)
def test_closed_accounts_change_nothing(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, verb: str, who: dict[str, Any], answer: str
) -> None:
    """In a demo and in a suspended account every button says why it does nothing."""
    api = panel()
    assert post(monkeypatch, FORMS[verb], api, who).json()["answer"] == answer
    assert api.changes() == []
    assert (tree.records(), tree.noted()) == ([], None)


@pytest.mark.parametrize("reply", [Reply(0), Reply(), Reply(None, 1)])
@pytest.mark.parametrize("verb", ["retry", "save_key_type", "exclude", "include"])
def test_a_feature_that_is_not_granted_closes_the_button(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, verb: str, reply: Reply
) -> None:
    """The panel must say yes to every feature that the button needs; no answer is no yes."""
    api = panel(has_feature=reply)
    assert post(monkeypatch, FORMS[verb], api).json()["answer"] == "feature"
    assert api.changes() == []
    assert tree.records() == []


def test_a_running_check_is_said(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the report says that a run is under way, nothing is started, not even with a yes to everything."""
    tree.write("report.json", report(sites=[website(SITE, renewal="running")]))
    api = panel()
    fields = signed("retry", ("anyway", "yes"), ("confirm", "yes"))
    assert post(monkeypatch, fields, api).json()["answer"] == "running"
    assert api.changes() == []


def test_trying_anyway_is_offered_and_works(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the same failure as before the page warns once, and a visitor who insists is obeyed."""
    api = panel()
    post(monkeypatch, FORMS["retry"], api)
    monkeypatch.setattr(owner_action, "now", lambda: NOW + timedelta(minutes=5))
    ended = {"schema": 1, "site": SITE, "step": "check", "since": "2026-11-26T03:01:00Z", "main": None}
    tree.write("live.json", ended | {"ended": "2026-11-26T03:03:00Z"})
    warned = post(monkeypatch, FORMS["retry"], api)
    assert (warned.json()["answer"], warned.json()["anyway"]) == ("nothing_changed", True)
    plain = post(monkeypatch, FORMS["retry"], api, accept="text/html")
    assert "notice=nothing_changed" in plain.headers["Location"]
    assert api.changes() == [START]
    assert post(monkeypatch, signed("retry", ("anyway", "yes")), api).json()["answer"] == "started"
    assert api.changes() == [START, START]


@pytest.mark.parametrize("content", [b"{", {"schema": 2}], ids=["damaged", "another schema"])
def test_without_a_report_the_click_says_so(tree: Tree, monkeypatch: pytest.MonkeyPatch, content: object) -> None:
    """A click while the report is damaged is told that there is none, and does nothing."""
    tree.write("report.json", content)
    api = panel()
    assert post(monkeypatch, FORMS["retry"], api).json()["answer"] == "no_report"
    assert api.changes() == []


def test_without_an_inbox_nothing_is_started(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where twenty clicks could not be told from one, there is no click."""
    tree.inbox.rmdir()
    for verb in VERBS:
        api = panel()
        assert post(monkeypatch, FORMS[verb], api).json()["answer"] == "no_report"
        assert api.calls == []


@pytest.mark.parametrize("kind", ["link", "fifo", "hard link", "directory"])
def test_something_else_in_place_of_the_lock_starts_nothing(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A lock that is none is not written to, does not hold the page up, and no check starts without it."""
    lock, target = tree.inbox / "lock", tree.state / "target"
    target.write_bytes(b"precious")
    if kind == "link":
        lock.symlink_to(target)
    elif kind == "fifo":
        os.mkfifo(lock)
    elif kind == "hard link":
        os.link(target, lock)
    else:
        lock.mkdir()
    api = panel()
    assert post(monkeypatch, FORMS["retry"], api).json()["answer"] == "failed"
    assert api.calls == []
    assert target.read_bytes() == b"precious"


# --- what may go wrong


@pytest.mark.parametrize("reply", [Reply(0, errors=("The task queue said <b>no</b>.",)), Reply()])
@pytest.mark.parametrize("verb", ["retry", "save_key_type", "exclude", "include"])
def test_a_call_that_failed_is_said_and_not_noted(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, verb: str, reply: Reply
) -> None:
    """If the panel does not do it, the answer is failed; no record claims otherwise, nor a note where it said no."""
    names = (
        "start_autossl_check",
        "set_default_key_type",
        "add_autossl_excluded_domains",
        "remove_autossl_excluded_domains",
    )
    api = panel(**dict.fromkeys(names, reply))
    answer = post(monkeypatch, FORMS[verb], api)
    assert answer.json()["answer"] == "failed"
    assert b"queue said" not in answer.body
    assert tree.records() == []
    assert tree.noted() is None or reply.status is None
    assert len(api.changes()) == 1


def test_a_click_may_be_made_again_after_a_failure(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that the panel refused to start does not close the button."""
    assert post(monkeypatch, FORMS["retry"], panel(start_autossl_check=Reply(0))).json()["answer"] == "failed"
    assert post(monkeypatch, FORMS["retry"], panel()).json()["answer"] == "started"
    assert len(tree.records()) == 1


def test_excluded_names_without_a_check_are_recorded(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """If only the check did not start, the change is said and recorded, and the next click may start one."""
    api = panel(start_autossl_check=Reply(0))
    assert post(monkeypatch, FORMS["exclude"], api).json()["answer"] == "excluded"
    assert [record["verb"] for record in tree.records()] == ["exclude"]
    assert tree.noted() is None


def test_a_full_disk_does_not_start_twenty_checks(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account over its quota cannot note its click; a click that cannot be noted must not start anything twice."""
    monkeypatch.setattr(Lock, "write", lambda *_: False)
    api = panel()
    for _ in range(3):
        post(monkeypatch, FORMS["retry"], api)
    assert len(api.changes()) <= 1
    assert tree.reports.is_dir()


def test_a_start_whose_answer_got_lost_is_not_repeated_at_once(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the panel hangs up after it was asked, the check may well be queued: the next click waits for it."""
    api = panel(start_autossl_check=Reply(errors=("timed out",)))
    for _ in range(3):
        post(monkeypatch, FORMS["retry"], api)
    assert len(api.changes()) == 1
    assert tree.reports.is_dir()


def test_many_long_names_are_still_recorded(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaving out several long names at once leaves a record, too."""
    names = [f"{letter * 60}.{letter * 60}.{letter * 60}.shop.example" for letter in "abcdefgh"]
    tree.write("report.json", report(sites=[website(SITE, finding("renewal_deferred", SITE, *names))]))
    fields = signed("exclude", *(("name", name) for name in names), ("confirm", "yes"))
    assert post(monkeypatch, fields, panel()).json()["answer"] == "excluded"
    assert [record["verb"] for record in tree.records()] == ["exclude"]


def test_names_do_not_belong_to_every_button(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """A button without names leaves a record without names, whatever else was posted."""
    post(monkeypatch, signed("retry", ("name", "other.example")), panel())
    assert [record["names"] for record in tree.records()] == [[]]


# --- twenty clicks at once


def outcomes_of_threads(api: Panel) -> list[str]:
    """Click from twenty threads at the same moment."""
    said: list[str] = []
    start = threading.Barrier(CLICKS)

    def one(number: int) -> None:
        start.wait()
        verb = ("retry", "save_key_type")[number % 2]
        done = click(visitor(), Asked(verb, SITE), api)  # type: ignore[arg-type]  # stands in
        said.append(done.notice)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(CLICKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return said


class Slow(Panel):
    """A panel that takes a moment to start a check, and writes each start into a file."""

    def __init__(self, starts: Path) -> None:
        """Give the file."""
        super().__init__()
        self._starts = starts

    def call(self, module: str, function: str, **arguments: str) -> Reply:
        """Answer a call."""
        if function in ("start_autossl_check", "set_default_key_type"):
            with self._starts.open("a", encoding="ascii") as stream:
                stream.write(f"{function}\n")
            time.sleep(0.05)
        return super().call(module, function, **arguments)


def test_twenty_clicks_at_once_start_one_check(tree: Tree, tmp_path: Path) -> None:
    """With the real lock, whoever comes while one click is being done hears that it has just been started."""
    said = outcomes_of_threads(Slow(tmp_path / "starts"))
    assert len((tmp_path / "starts").read_text("ascii").splitlines()) == 1
    assert sorted(set(said)) in (["just_started", "key_type_saved"], ["just_started", "started"])
    assert said.count("just_started") == CLICKS - 1
    assert len(tree.records()) == 1


def test_twenty_processes_at_once_start_one_check(tree: Tree, tmp_path: Path) -> None:
    """The panel starts a process for each request; the lock holds between them as well."""
    children = []
    for _ in range(CLICKS):
        with warnings.catch_warnings():
            # The threads of pytest-xdist only wait for messages; the child does not need them.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            status = 1
            try:
                done = click(visitor(), Asked("retry", SITE), Slow(tmp_path / "starts"))  # type: ignore[arg-type]  # stands in
                status = {"started": 0, "just_started": 2}.get(done.notice, 3)
            except BaseException:  # noqa: BLE001 - the child ends in the next line, whatever happened
                traceback.print_exc()
            finally:
                os._exit(status)
        children.append(child)
    ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert sorted(ended) == [0] + [2] * (CLICKS - 1)
    assert (tmp_path / "starts").read_text("ascii") == "start_autossl_check\n"
    assert len(tree.records()) == 1


def test_a_lock_that_is_never_let_go_of_ends_the_click(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """A click that hangs does not hold the next ones up for ever; they say that one is under way."""
    waited: list[float] = []
    real = partial(locked, state=str(tree.state))
    monkeypatch.setattr(owner_action, "locked", partial(real, sleep=waited.append))
    api = panel()
    with real(visitor().uid) as lock:
        assert isinstance(lock, Lock)
        assert click(visitor(), Asked("retry", SITE), api) == Done("just_started", NOW)  # type: ignore[arg-type]  # stands in
    assert api.calls == []
    assert 0 < sum(waited) < 10
    assert tree.records() == []


# --- the size of it all


def test_a_body_is_read_no_further_than_announced(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows the announced length is never looked at."""
    body = b"verb=retry"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(body + b"&" * 1_000_000)))
    request = asked(method="POST", content_type="application/x-www-form-urlencoded", length=len(body))
    api = panel()
    assert answered(monkeypatch, lambda: act(request, visitor(), api, "en")).status == "403"  # type: ignore[arg-type]  # stands in
    assert sys.stdin.buffer.tell() == len(body)
    assert tree.records() == []
