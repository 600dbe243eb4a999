"""`history DOMAIN`: a time line that people read, the same as JSON, and one line where nothing can be told."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from autossl_doctor.entry import history as command
from autossl_doctor.entry.cli import main
from autossl_doctor.host import zone
from autossl_doctor.present.harmless import harmless
from autossl_doctor.store.clicks import Click
from autossl_doctor.store.memory.acting import put_clicks
from autossl_doctor.store.memory.opening import open_memory
from tests.lab.hosts import Account, Certificate, Host, Run, Site, check, order
from tests.unit.remembered_host import BEGAN, NOW, UIDS, Remembered, owner_of, remembered

__all__ = ["remembered"]

FINE, TROUBLE, NOT_JUDGED = 0, 1, 2
ALICE, BOB = Account("alice"), Account("bob")
SHOP = Site("shop.example", ALICE, parked=("cake.example",))
CLUB = Site("club.example", BOB, certificate=Certificate(days_left=-3), checks={"*": check.no_address()})
TEA = Site("tea.example", ALICE, kind="addon")
HOSTILE = "\x1b]0;x\x07\x9b2J\u202egro.live\u2066\r\n"


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str


Ask = Callable[..., Answer]


@pytest.fixture
def ask(remembered: Remembered, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Ask as root, in English unless said otherwise, on a machine whose clock shows UTC."""
    monkeypatch.setattr(command, "STATE", str(remembered.place))
    monkeypatch.setattr(command, "PATIENCE", 0.05)
    monkeypatch.setattr(command, "is_root", lambda: True)
    monkeypatch.setattr(zone, "LINK", "/nowhere")

    def asked(domain: str, *more: str, lang: str = "en") -> Answer:
        status = main(["history", domain, "--lang", lang, *more])
        said = capsys.readouterr()
        return Answer(status, said.out, said.err)

    return asked


def change(remembered: Remembered, statement: str, *values: object) -> None:
    """Change what is remembered."""
    with closing(open_memory(remembered.state)) as memory, memory.whole() as connection:
        connection.execute(statement, values)


def lived(remembered: Remembered) -> None:
    """A website that was fine, then failed after its address had changed, then met a limit."""
    first, second, third = (NOW - timedelta(hours=each) for each in (8, 5, 2))
    good = Site("shop.example", ALICE)
    bad = replace(good, certificate=Certificate(days_left=10), checks={"*": check.no_address()})
    limited = replace(good, certificate=Certificate(days_left=10), order=order.rate_limited())
    moved: dict[str, Any] = {"address": "198.51.100.9"}
    for host in (
        Host(now=first + timedelta(minutes=9), sites=(good,), runs=(Run(start=first),)),
        Host(now=second + timedelta(minutes=9), sites=(bad,), runs=(Run(start=second),), **moved),
        Host(now=NOW, sites=(limited,), runs=(Run(start=third),), **moved),
    ):
        remembered.build(host)
        remembered.refresh()


def test_a_website_in_trouble_has_a_beginning_and_what_changed(remembered: Remembered, ask: Ask) -> None:
    """Since when, how often, what it began with, what was different, and then the events in the order of time."""
    lived(remembered)
    answer = ask("shop.example")
    assert answer.status == TROUBLE
    lines = answer.out.split("\n")
    assert lines[0] == "shop.example (account alice)"
    assert "In trouble since Sun 22 Nov 2026, 07:30 UTC: 2 checks have found it so." in answer.out
    assert "It began with: shop.example" in answer.out
    assert "The last check without trouble was at Sun 22 Nov 2026, 04:30 UTC." in answer.out
    assert (
        "the address of the website: 192.0.2.10 became 198.51.100.9 (seen at Sun 22 Nov 2026, 07:39 UTC)" in answer.out
    )
    line = lines[lines.index("  What happened:") + 1 :]
    marks = [text[len("    Sun 22 Nov 2026, 04:30 UTC  ")] for text in line if text.startswith("    ")]
    assert marks == ["o", "+", "x", "~", "+", "x", "+"]
    assert answer.err == ""


def test_the_same_in_japanese(remembered: Remembered, ask: Ask) -> None:
    """Every sentence, with dates as they are written there; no English sentence is left."""
    lived(remembered)
    answer = ask("shop.example", lang="ja")
    assert answer.status == TROUBLE
    assert "shop.example(アカウント alice)" in answer.out
    assert "2026年11月22日(日) 07:30(UTC) から問題が続いています(これまでの確認 2 回)。" in answer.out
    assert "サイトのアドレス: 192.0.2.10 から 198.51.100.9 へ" in answer.out
    assert " became " not in answer.out
    assert "check" not in answer.out


def test_one_is_said_as_one(remembered: Remembered, ask: Ask) -> None:
    """A single check has found it so."""
    remembered.build(Host(now=NOW, sites=(CLUB,), run_count=1))
    remembered.refresh()
    out = ask("club.example").out
    assert ": 1 check has found it so." in out
    assert "(1 check)" in out
    assert "No check without trouble is remembered." in out


def test_a_website_without_trouble_is_fine(remembered: Remembered, ask: Ask) -> None:
    """With what is usual on the server below; the numbers are counted."""
    remembered.build(Host(now=NOW, sites=(SHOP,)))
    remembered.refresh()
    answer = ask("shop.example")
    assert answer.status == FINE
    assert "No trouble at the last check." in answer.out
    assert "Usual on this server:" in answer.out
    assert "(8 times)" in answer.out


def test_a_website_that_no_run_spoke_of_is_not_called_fine(remembered: Remembered, ask: Ask) -> None:
    """It was seen in the panel, and no check has said anything of it."""
    remembered.build(Host(now=NOW, sites=(SHOP,), runs=()))
    remembered.refresh()
    answer = ask("shop.example")
    assert "No check that is remembered has said anything of it." in answer.out
    assert "No trouble" not in answer.out


@pytest.mark.parametrize(
    "name",
    ["shop.example", "www.shop.example", "mail.shop.example", "SHOP.example.", "cake.example", "www.cake.example"],
)
def test_a_website_is_found_by_all_its_names(remembered: Remembered, ask: Ask, name: str) -> None:
    """Its own, those that the panel adds, and the domains parked on it."""
    remembered.build(Host(now=NOW, sites=(SHOP, TEA)))
    remembered.refresh()
    assert ask(name).out.startswith("shop.example (account alice)")


def test_an_addon_domain_is_found_by_its_own_name(remembered: Remembered, ask: Ask) -> None:
    """Though the panel's name of the website is another one."""
    remembered.build(Host(now=NOW, sites=(SHOP, TEA)))
    remembered.refresh()
    assert ask("tea.example").out.startswith("tea.example.shop.example (account alice)")


@pytest.mark.parametrize(
    "name", ["other.example", "example", "op.example", "shop.example shop", "%", "", "日本.example"]
)
def test_what_is_not_known_is_said_so(remembered: Remembered, ask: Ask, name: str) -> None:
    """Also a part of a name, and what is none."""
    remembered.build(Host(now=NOW, sites=(SHOP,)))
    remembered.refresh()
    answer = ask(name)
    assert (answer.status, answer.out) == (NOT_JUDGED, "")
    assert answer.err.startswith("autossl-doctor: Nothing is remembered of ")


def test_the_present_owner_of_a_domain_comes_first(remembered: Remembered, ask: Ask) -> None:
    """Two accounts had it, one after the other: both are told of, and only the present one's trouble counts."""
    moving = replace(CLUB, certificate=Certificate(days_left=10), age=None)
    remembered.build(Host(now=NOW - timedelta(hours=12), sites=(moving, SHOP), run_count=2))
    remembered.refresh()
    moved = Site("club.example", Account("carol"))
    remembered.build(Host(now=NOW, sites=(moved, SHOP), run_count=2))
    remembered.owners["bob"] = owner_of("bob")
    remembered.refresh()
    answer = ask("club.example")
    assert answer.status == FINE
    assert answer.out.index("(account carol)") < answer.out.index("(account bob)")
    websites = json.loads(ask("club.example", "--format", "json").out)["websites"]
    assert [website["account"] for website in websites] == ["carol", "bob"]


def test_programs_get_ids_arguments_and_moments(remembered: Remembered, ask: Ask) -> None:
    """No sentence, no local time."""
    lived(remembered)
    answer = ask("shop.example", "--format", "json")
    told = json.loads(answer.out)
    assert answer.status == TROUBLE
    assert (told["schema"], told["domain"]) == (1, "shop.example")
    (website,) = told["websites"]
    assert website["trouble"]["since"] == "2026-11-22T07:30:00Z"
    assert website["trouble"]["first_cause"] == "dns_no_address"
    assert [spell["cause"] for spell in website["spells"]] == ["healthy", "dns_no_address", "ca_rate_limited"]
    assert website["changes"][0] == {
        "name": "address",
        "former": "192.0.2.10",
        "value": "198.51.100.9",
        "after": "2026-11-22T04:39:00Z",
        "by": "2026-11-22T07:39:00Z",
    }
    assert {"check", "renewal", "run", "order"} >= set(told["usual"])
    assert all(usual["half"] <= usual["most"] for usual in told["usual"].values())


def test_clicks_stand_in_the_time_line(remembered: Remembered, ask: Ask) -> None:
    """With who says that it did it, and the names that it was about; a verb of a later version has words, too."""
    remembered.build(Host(now=NOW, sites=(SHOP,)))
    remembered.refresh()
    names = ("shop.example", "www.shop.example")
    clicks = [
        clicked("retry"),
        clicked("retry"),
        clicked("look", site="", minutes=1),
        clicked("exclude", names=names, minutes=2),
        clicked("dance", minutes=3),
        clicked("", names=names, minutes=4),
    ]
    with closing(open_memory(remembered.state)) as memory, memory.whole() as connection:
        put_clicks(connection, clicks)
    out = ask("shop.example").out
    assert out.count("Asked for a check (as the account says).") == 1
    assert out.count("Asked to look again (as the account says).") == 1
    assert out.count("Left shop.example and www.shop.example out of AutoSSL (as the account says).") == 1
    assert out.count("Did something here (as the account says).") == 2
    japanese = ask("shop.example", lang="ja").out
    assert "shop.example、www.shop.example を AutoSSL の対象から外しました(アカウントの申告)。" in japanese
    (website,) = json.loads(ask("shop.example", "--format", "json").out)["websites"]
    assert website["actions"][0] == {"at": "2026-11-22T12:30:00Z", "verb": "retry", "names": [], "said_by": "account"}
    assert website["actions"][2]["names"] == list(names)


def clicked(verb: str, site: str = "shop.example", names: tuple[str, ...] = (), minutes: int = 0) -> Click:
    """Something that alice did."""
    return Click(UIDS["alice"], BEGAN, "alice", int(NOW.timestamp()) + 60 * minutes, verb, site, names)


# --- nothing to tell


def test_only_root_may_ask(remembered: Remembered, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is about all accounts."""
    monkeypatch.setattr(command, "is_root", lambda: False)
    answer = ask("shop.example")
    assert (answer.status, answer.out) == (NOT_JUDGED, "")
    assert "root" in answer.err
    assert not (remembered.place / "state.db").exists()


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(
    "what", ["missing", "empty", "garbage", "cut", "locked", "newer", "values", "letters", "lists"]
)
def test_a_memory_that_cannot_be_read_is_said_in_one_line(
    remembered: Remembered, ask: Ask, what: str, lang: str
) -> None:
    """With what to do; it is not changed, made or removed by asking."""
    path = remembered.place / "state.db"
    statements = {
        "values": "UPDATE spells SET began = 99999999999999999",
        "letters": "UPDATE spells SET cause = CAST(X'1b5b324aff80' AS TEXT)",
        "lists": "UPDATE spells SET content = '[1]'",
    }
    if what != "missing":
        remembered.build(Host(now=NOW, sites=(SHOP,)))
        remembered.refresh()
    if what == "empty":
        path.write_bytes(b"")
    elif what == "garbage":
        path.write_bytes(b"\x1b[2Jgarbage" * 999)
    elif what == "cut":
        path.write_bytes(path.read_bytes()[:5000])
    elif what == "newer":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version=2")
    elif what in statements:
        change(remembered, statements[what])
    if what == "locked":
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
            answer = ask("shop.example", lang=lang)
    else:
        before = path.read_bytes() if path.exists() else None
        answer = ask("shop.example", lang=lang)
        assert (path.read_bytes() if path.exists() else None) == before
    assert (answer.status, answer.out) == (NOT_JUDGED, "")
    assert answer.err.count("\n") == 1
    assert "Traceback" not in answer.err
    assert harmless(answer.err.rstrip("\n")) == answer.err.rstrip("\n")
    key = {
        "missing": "no_memory",
        "empty": "no_memory",
        "locked": "locked",
        "newer": "too_new",
    }.get(what, "damaged")
    words = {
        "no_memory": "There is no memory yet",
        "locked": "Try again in a minute",
        "too_new": "newer version",
        "damaged": "is damaged",
    }
    if lang == "en":
        assert words[key] in answer.err
    else:
        assert "記録" in answer.err


# --- words of others


def test_nothing_that_is_stored_steers_the_terminal(remembered: Remembered, ask: Ask) -> None:
    """Control signs and changes of the writing direction are taken out of all that others wrote."""
    lived(remembered)
    finding = {
        "cause": "dns_points_elsewhere",
        "who": "dns",
        "severity": "critical",
        "confidence": "certain",
        "domains": [HOSTILE],
        "args": {"domain": HOSTILE, "actual_ip": HOSTILE, "server_ip": HOSTILE},
        "act_by": None,
        "evidence": [],
    }
    change(remembered, "UPDATE websites SET name = ?", f"shop.example{HOSTILE}")
    change(remembered, "UPDATE accounts SET name = ?", f"alice{HOSTILE}")
    change(remembered, "UPDATE values_seen SET value = value || ? WHERE name != 'names'", HOSTILE)
    change(remembered, "UPDATE values_seen SET value = 'shop.example ' WHERE name = 'names'")
    change(remembered, "UPDATE values_seen SET name = ? WHERE name = 'key_type'", HOSTILE)
    change(remembered, "UPDATE certificates SET content = ?", json.dumps({"issuer": HOSTILE}))
    change(remembered, "UPDATE spells SET cause = ? WHERE id = 1", HOSTILE)
    change(
        remembered,
        "UPDATE spells SET cause = 'dns_points_elsewhere', content = ? WHERE id != 1",
        json.dumps({"findings": [finding]}),
    )
    insert = (
        "INSERT INTO actions(at, account, website, verb, names, said_by) "
        "SELECT 1795350600, account, name, ?, ?, ? FROM websites"
    )
    change(remembered, insert, HOSTILE, HOSTILE, HOSTILE)
    change(remembered, insert, "exclude", HOSTILE, HOSTILE)
    for lang in ("en", "ja"):
        answer = ask("shop.example", lang=lang)
        assert answer.status == TROUBLE
        assert all(harmless(line) == line for line in answer.out.split("\n"))
        assert "gro.live" in answer.out


def test_words_with_braces_are_words(remembered: Remembered, ask: Ask) -> None:
    """Nothing that is stored is taken for a place in a sentence."""
    lived(remembered)
    change(remembered, "UPDATE values_seen SET value = '{at}{0}{nothing}' WHERE id = 1")
    change(remembered, "UPDATE values_seen SET value = value || '{at}{0}' WHERE name = 'address'")
    assert "192.0.2.10{at}{0}" in ask("shop.example").out


def _of_a_later_version() -> list[dict[str, Any]]:
    return [{"cause": "something_new", "domains": []}]


@pytest.mark.parametrize("content", [{}, {"findings": []}, {"findings": _of_a_later_version()}, {"findings": [7]}])
def test_a_cause_that_this_version_does_not_know_is_named(
    remembered: Remembered, ask: Ask, content: dict[str, Any]
) -> None:
    """By its id: better than no line."""
    remembered.build(Host(now=NOW, sites=(SHOP,)))
    remembered.refresh()
    change(remembered, "UPDATE spells SET cause = 'something_new', stuck = 1, content = ?", json.dumps(content))
    answer = ask("shop.example")
    assert answer.status == TROUBLE
    assert "something_new (8 checks)" in answer.out
