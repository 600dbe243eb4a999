"""One pass over the logs: each is read once, equal words extend a spell, and an end in the middle costs one run."""

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from autossl_doctor.collect.languages.reading_hosts import Lexicons
from autossl_doctor.collect.runs import catalogue
from autossl_doctor.entry.remembering import passes, spent
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.people import Owner
from autossl_doctor.model import log
from autossl_doctor.store.memory import writing
from tests.lab.hosts import Account, Certificate, Host, Run, Site, build, check, order
from tests.unit.remembered_host import BEGAN, NOW, UIDS, Remembered, append, owner_of, remembered

__all__ = ["remembered"]

ALICE, BOB = Account("alice"), Account("bob")
FINE = Site("shop.example", ALICE)
FAILING = Site("club.example", BOB, certificate=Certificate(days_left=-3), checks={"*": check.no_address()})
SECTIGO: dict[str, Any] = {"provider": "cPanel", "version": "11.110.0.9"}


def host_of(*sites: Site, **more: Any) -> Host:
    """A healthy website and one that fails, with a day's runs."""
    return Host(now=NOW, sites=sites or (FINE, FAILING), **more)


def hours_ago(*hours: float, **more: Any) -> tuple[Run, ...]:
    """Runs that began so long ago."""
    return tuple(Run(start=NOW - timedelta(hours=each), **more) for each in hours)


def opened_logs(patch: pytest.MonkeyPatch) -> list[str]:
    """The logs that are opened from now on."""
    opened: list[str] = []
    real = HostPaths.open

    def noted(self: HostPaths, path: str) -> Any:
        if path.endswith(("/json", "/txt")):
            opened.append(path)
        return real(self, path)

    patch.setattr(HostPaths, "open", noted)
    return opened


# --- each log is read once


def test_each_log_is_read_once(remembered: Remembered, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second pass over the same logs opens none of them, and changes nothing."""
    remembered.build(host_of())
    assert remembered.go() == (8, 0, True)
    before = [remembered.rows(f"* FROM {table}") for table in ("runs", "spells", "orders", "durations")]
    opened = opened_logs(monkeypatch)
    assert remembered.go() == (0, 0, True)
    assert opened == []
    assert [remembered.rows(f"* FROM {table}") for table in ("runs", "spells", "orders", "durations")] == before


def test_a_new_run_is_the_only_one_that_is_read(remembered: Remembered, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a pass costs does not grow with the runs that are kept."""
    remembered.build(host_of())
    last = remembered.logs[-1]
    remembered.hide(last)
    remembered.go()
    remembered.show()
    opened = opened_logs(monkeypatch)
    assert remembered.go() == (1, 0, True)
    assert {path.split("/")[-2] for path in opened} == {last.name}


def test_equal_words_extend_a_spell_and_other_words_begin_one(remembered: Remembered) -> None:
    """A website that fails the same way in every run has one row; a renewed one has two."""
    renewed = replace(FINE, certificate=Certificate(days_left=10))
    remembered.build(host_of(renewed, FAILING))
    remembered.go()
    first, second = (run.name for run in remembered.logs[:2])
    assert remembered.spells("club.example") == [("dns_no_address", 8, True, first)]
    assert remembered.spells("shop.example") == [("renewed", 1, False, first), ("healthy", 7, False, second)]


def test_words_about_a_neighbour_do_not_end_a_spell(remembered: Remembered) -> None:
    """An account's healthy website stays one spell while another one of the account begins to fail."""
    late = replace(FAILING, account=ALICE, kind="addon", age=timedelta(hours=12))
    remembered.build(host_of(FINE, late))
    remembered.go()
    assert [cause for cause, *_ in remembered.spells("shop.example")] == ["healthy"]
    assert remembered.spells("shop.example")[0][1] == 8


def test_batches_are_put_together(remembered: Remembered) -> None:
    """Where accounts are verified one after the other the memory is the same."""
    remembered.build(host_of(batch=1))
    remembered.go()
    assert [spell[:3] for spell in remembered.spells("club.example")] == [("dns_no_address", 8, True)]
    assert [spell[:3] for spell in remembered.spells("shop.example")] == [("healthy", 8, False)]


def test_a_skipped_account_is_remembered_with_all_its_websites(remembered: Remembered) -> None:
    """A run that passes an account over says that of each of its websites, and counts once a run."""
    off = replace(ALICE, feature_list="basic")
    other = Site("two.example", off, kind="addon")
    remembered.build(host_of(replace(FINE, account=off), other))
    remembered.go()
    for name in ("shop.example", "two.example.shop.example"):
        assert [spell[1] for spell in remembered.spells(name)] == [8]
        assert "healthy" not in {spell[0] for spell in remembered.spells(name)}


def test_text_logs_are_read_where_there_are_no_others(remembered: Remembered) -> None:
    """The twin for people tells the same."""
    runs = hours_ago(9, 6, 3, files="txt")
    remembered.build(host_of(runs=runs))
    assert remembered.go() == (3, 0, True)
    assert remembered.go() == (0, 0, True)
    assert [spell[:3] for spell in remembered.spells("club.example")] == [("dns_no_address", 3, True)]


# --- runs that live, and runs that died


def test_a_run_that_is_at_work_is_left_for_later(remembered: Remembered) -> None:
    """It is read once it has ended, and then as a whole."""
    live = Run(start=NOW - timedelta(seconds=5), alive=True)
    remembered.build(host_of(runs=(*hours_ago(3), live), proc=True))
    assert remembered.go() == (1, 0, True)
    for process in (remembered.root / "proc").glob("[0-9]*/stat"):
        process.unlink()
    remembered.now = NOW + timedelta(minutes=1)
    assert remembered.go() == (1, 0, True)
    assert remembered.rows("state FROM runs ORDER BY name") == [("finished",), ("died",)]


def test_a_run_that_left_its_mark_behind_died(remembered: Remembered, monkeypatch: pytest.MonkeyPatch) -> None:
    """For three hours it may go on; then it is remembered as one that died, and not read any more."""
    died = hours_ago(2, after_accounts=1)
    remembered.build(host_of(runs=(*hours_ago(6), *died), proc=True))
    (remembered.logs[1] / "in_progress").symlink_to("1")
    assert remembered.go() == (1, 0, True)
    remembered.now = NOW + timedelta(hours=2)
    assert remembered.go() == (1, 0, True)
    assert remembered.rows("state FROM runs ORDER BY name") == [("finished",), ("died",)]
    opened = opened_logs(monkeypatch)
    assert remembered.go() == (0, 0, True)
    assert opened == []


def test_a_run_that_died_says_what_it_said(remembered: Remembered) -> None:
    """A website that had failed goes on failing; what it did not reach it does not speak of."""
    died = hours_ago(3, after_accounts=1)
    remembered.build(host_of(runs=(*hours_ago(9, 6), *died), proc=True))
    remembered.go()
    assert remembered.rows("state FROM runs ORDER BY name") == [("finished",), ("finished",), ("died",)]
    assert all(stuck for _, _, stuck, _ in remembered.spells("club.example"))
    assert remembered.rows("count(*) FROM durations WHERE step = 'run'") == [(2,)]


# --- an end in the middle


def test_a_pass_goes_on_where_it_was_stopped(remembered: Remembered) -> None:
    """Between runs: what has been read stays, nothing is read twice."""
    remembered.build(host_of())
    assert remembered.go(iter([False, False, False, True])) == (3, 0, False)
    assert remembered.go() == (5, 0, True)
    assert [spell[1] for spell in remembered.spells("club.example")] == [8]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, sqlite3.OperationalError])
def test_an_end_in_the_middle_of_a_run_loses_that_run_only(
    remembered: Remembered, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    """What had been written of it is as if it never had, also in the numbers that are kept meanwhile."""
    remembered.build(host_of(replace(FINE, certificate=Certificate(days_left=10)), FAILING))
    real = writing.put_run
    calls = iter(range(100))

    def breaking(*arguments: Any) -> None:
        if next(calls) == 2:
            raise error
        real(*arguments)

    with monkeypatch.context() as broken:
        broken.setattr(passes, "MOST_WRITTEN_AT_ONCE", 1)
        broken.setattr(writing, "put_run", breaking)
        with pytest.raises(error):
            remembered.go()
    assert [spell[1] for spell in remembered.spells("club.example")] == [2]
    assert remembered.go() == (6, 0, True)
    assert [spell[1] for spell in remembered.spells("club.example")] == [8]
    assert remembered.rows("count(*) FROM orders") == [(1,)]
    assert remembered.rows("count(*), count(DISTINCT at) FROM durations WHERE step = 'run'") == [(8, 8)]


# --- logs of which no sense can be made


def test_a_log_that_makes_no_sense_is_passed_over(remembered: Remembered, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noted, the others are read as ever, and the pass after does not open it."""
    remembered.build(host_of())
    bad = remembered.logs[3].name
    real = catalogue.read_run

    def breaking(host: HostPaths, run: log.Run, lexicons: Lexicons) -> Any:
        if run.name == bad:
            raise ValueError("what is this")
        return real(host, run, lexicons)

    with monkeypatch.context() as broken:
        broken.setattr(passes, "read_run", breaking)
        assert remembered.go() == (7, 0, True)
    assert remembered.rows("name FROM runs WHERE state = ?", writing.PASSED_OVER) == [(bad,)]
    assert [spell[1] for spell in remembered.spells("club.example")] == [7]
    assert remembered.go() == (0, 0, True)


def test_what_breaks_while_it_is_written_costs_that_run_only(
    remembered: Remembered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs of the same transaction are read once more, and count once."""
    remembered.build(host_of(replace(FINE, certificate=Certificate(days_left=10)), FAILING))
    bad = remembered.logs[3].name
    real = spent.of_run

    def breaking(run: Any, last: Any) -> Any:
        if run.name == bad:
            raise ValueError("what is this")
        return real(run, last)

    monkeypatch.setattr(spent, "of_run", breaking)
    done = remembered.refresh()
    assert done.troubles == (f"the log of the run {bad} makes no sense (ValueError) and is passed over",)
    assert [spell[1] for spell in remembered.spells("club.example")] == [7]
    assert remembered.rows("count(*), count(DISTINCT at) FROM durations WHERE step = 'run'") == [(7, 7)]
    assert remembered.refresh().troubles == ()


def test_every_log_may_make_no_sense(remembered: Remembered, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what a poller adds: the pass comes to its end."""
    remembered.build(host_of())
    remembered.go()
    (log, *_) = remembered.logs
    append(log, (0, "A line more."), at="2026-11-22T12:00:00Z")
    remembered.hide(*remembered.logs[4:])
    with monkeypatch.context() as broken:
        broken.setattr(passes, "added", lambda *_: 1 / 0)
        assert remembered.go() == (0, 0, True)
        assert remembered.go() == (0, 0, True)
    assert remembered.rows("count(*) FROM runs WHERE state = ?", writing.PASSED_OVER) == [(0,)]


# --- logs that change after their run


def test_only_what_a_poller_added_is_read(remembered: Remembered, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate that came later tells how long its order had waited; the run counts once."""
    site = replace(FINE, certificate=Certificate(days_left=3), order=order.pending())
    remembered.build(host_of(site, runs=hours_ago(6), **SECTIGO))
    remembered.go()
    spells = remembered.spells("shop.example")
    (at,) = remembered.rows("at FROM orders")[0]
    said = (
        (0, "The queue contains a request for a certificate for “alice”’s website “shop.example” (order item ID “1”)."),
        (1, "Installing “shop.example”’s new certificate …"),
        (2, "Success!"),
    )
    append(remembered.logs[0], *said, at="2026-11-22T09:00:00Z")
    begins: list[int] = []
    real = os.lseek

    def seek(descriptor: int, where: int, how: int) -> int:
        begins.append(where)
        return real(descriptor, where, how)

    monkeypatch.setattr(os, "lseek", seek)
    assert remembered.go() == (0, 1, True)
    assert begins[-1] > 1000
    assert remembered.rows("step, at, seconds FROM durations WHERE step = 'order'") == [("order", at, 1795338000 - at)]
    assert remembered.spells("shop.example") == spells
    assert remembered.go() == (0, 0, True)


def test_what_a_poller_added_to_a_text_log_is_read_as_text(remembered: Remembered) -> None:
    """Where there is no other log."""
    site = replace(FINE, certificate=Certificate(days_left=3), order=order.pending())
    remembered.build(host_of(site, runs=hours_ago(6, files="txt"), **SECTIGO))
    remembered.go()
    said = (
        (0, "The queue contains a request for a certificate for “alice”’s website “shop.example” (order item ID “1”)."),
        (1, "Installing “shop.example”’s new certificate …"),
        (2, "Success!"),
    )
    append(remembered.logs[0], *said, at="2026-11-22T09:00:00Z")
    assert remembered.go() == (0, 1, True)
    assert len(remembered.rows("seconds FROM durations WHERE step = 'order'")) == 1


AT_LAST = "2026-11-22T12:27:00Z"
"""After the poller's last look at the orders of a host that is built."""
POLLED = "The queue contains a request for a certificate for “alice”’s website “shop.example” (order item ID “1”)."


@pytest.mark.parametrize(
    ("outcome", "cause"),
    [
        (order.rejected(), "order_rejected"),
        (order.unrecognized(), "order_rejected"),
        (order.abandoned(), "order_abandoned"),
    ],
    ids=["rejected", "lost", "abandoned"],
)
def test_an_order_that_comes_to_nothing_later_is_trouble_from_then_on(
    remembered: Remembered, outcome: order.Order, cause: str
) -> None:
    """Since the poller said so: the run itself had found nothing wrong."""
    site = replace(FINE, certificate=Certificate(days_left=3), order=order.pending())
    remembered.build(host_of(site, runs=hours_ago(6), **SECTIGO))
    remembered.go()
    (before,) = remembered.spells("shop.example")
    assert not before[2]
    append(remembered.logs[0], (0, POLLED), (1, outcome.text.format(name="shop.example", id=1)), at=AT_LAST)
    assert remembered.go() == (0, 1, True)
    first, second = remembered.spells("shop.example")
    assert first == before
    assert second == (cause, 1, True, AT_LAST)
    assert remembered.go() == (0, 0, True)


def test_an_order_that_goes_on_waiting_is_nothing_new(remembered: Remembered) -> None:
    """However often the poller looks."""
    site = replace(FINE, certificate=Certificate(days_left=3), order=order.pending())
    remembered.build(host_of(site, runs=hours_ago(6), **SECTIGO))
    remembered.go()
    before = remembered.spells("shop.example")
    waiting = "The CA (Certificate Authority) received the request but has not yet performed a DCV check."
    for minute in (27, 28):
        append(remembered.logs[0], (0, POLLED), (1, waiting), at=f"2026-11-22T12:{minute}:00Z")
        assert remembered.go() == (0, 1, True)
    assert remembered.spells("shop.example") == before


@pytest.mark.parametrize("pass_", ["first", "later"])
def test_a_log_that_grows_while_it_is_read_counts_once(
    remembered: Remembered, monkeypatch: pytest.MonkeyPatch, pass_: str
) -> None:
    """What comes between the look and the reading is left to the next pass, with all before it."""
    site = replace(FINE, certificate=Certificate(days_left=3), order=order.pending())
    remembered.build(host_of(site, runs=hours_ago(6), **SECTIGO))
    installed = ((1, "Installing “shop.example”’s new certificate …"), (2, "Success!"))
    if pass_ == "later":
        remembered.go()
        append(remembered.logs[0], (0, POLLED), at="2026-11-22T12:26:00Z")
    stage = "read_run" if pass_ == "first" else "added"
    real = getattr(passes, stage)

    def meanwhile(*given: Any) -> Any:
        append(remembered.logs[0], (0, POLLED), *installed, at=AT_LAST)
        return real(*given)

    with monkeypatch.context() as slow:
        slow.setattr(passes, stage, meanwhile)
        assert remembered.go() == (0, 0, True)
    assert remembered.go()[:2] == ((1, 0) if pass_ == "first" else (0, 1))
    assert len(remembered.rows("seconds FROM durations WHERE step = 'order'")) == 1
    assert remembered.go() == (0, 0, True)


def test_a_first_pass_tells_how_long_orders_waited(remembered: Remembered) -> None:
    """A log that holds both, the order and its certificate, needs no second look."""
    remembered.build(host_of(replace(FINE, certificate=Certificate(days_left=3)), run_count=2, **SECTIGO))
    remembered.go()
    assert remembered.rows("seconds FROM durations WHERE step = 'order'") == [(3600,)]


@pytest.mark.parametrize("change", ["cut", "another file", "rewritten"])
def test_a_log_that_was_replaced_is_not_counted_again(remembered: Remembered, change: str) -> None:
    """It is noted as it is now: the pass after does not open it."""
    remembered.build(host_of())
    remembered.go()
    spells = remembered.spells("club.example")
    log = remembered.logs[3] / "json"
    whole = log.read_bytes()
    if change == "cut":
        os.truncate(log, len(whole) // 2)
    elif change == "another file":
        (log.parent / "new").write_bytes(whole)
        (log.parent / "new").rename(log)
    else:
        log.write_bytes(b"x" * len(whole) + whole)
    assert remembered.go()[0] == 1
    assert remembered.spells("club.example") == spells
    assert remembered.go() == (0, 0, True)


def test_a_log_that_cannot_be_read_is_no_end(remembered: Remembered) -> None:
    """Empty, without any record or half purged: the others are read."""
    remembered.build(host_of())
    (remembered.logs[1] / "json").write_bytes(b"")
    (remembered.logs[2] / "json").write_bytes(b"\xff\x00 nothing\n" * 9)
    for name in ("json", "txt"):
        (remembered.logs[3] / name).unlink()
    (remembered.logs[4] / "json").unlink()
    (remembered.logs[4] / "json").mkdir()
    remembered.go()
    assert remembered.spells("club.example")[0][1] >= 4


# --- runs that are told late


def test_a_run_that_appears_late_finds_its_place(remembered: Remembered) -> None:
    """A run that began first and ended last extends the spell around it, in whatever order they are told."""
    remembered.build(host_of())
    late = remembered.logs[2]
    remembered.hide(late)
    remembered.go()
    remembered.show()
    remembered.go()
    first = remembered.logs[0].name
    assert remembered.spells("club.example") == [("dns_no_address", 8, True, first)]
    assert remembered.rows("max(last) - max(began) FROM spells") == [(21 * 3600,)]


def test_a_late_run_that_says_something_else_parts_a_spell(remembered: Remembered) -> None:
    """What began and ended meanwhile is told in the order of time, and every run counts once."""
    remembered.build(host_of(replace(FINE, certificate=Certificate(days_left=10)), runs=hours_ago(12, 9, 6, 3)))
    names = [run.name for run in remembered.logs]
    remembered.hide(remembered.logs[0])
    remembered.go()
    remembered.show()
    remembered.go()
    assert remembered.spells("shop.example") == [("renewed", 1, False, names[0]), ("healthy", 3, False, names[1])]


def test_a_late_run_in_the_middle_keeps_the_order_of_time(remembered: Remembered) -> None:
    """Before it and after it the runs said the same: there are two spells of it with the late one between."""
    broken = replace(FINE, checks={"*": check.no_address()}, certificate=Certificate(days_left=10))
    remembered.build(host_of(broken, runs=hours_ago(12, 9, 6, 3)))
    names = [run.name for run in remembered.logs]
    hidden = remembered.logs[1]
    remembered.hide(hidden)
    remembered.go()
    for name in ("json", "txt"):
        log = remembered.hidden / hidden.name / name
        text = log.read_text("utf-8").replace("Ready for Renewal", "Incomplete")
        log.write_text(text.replace("does not resolve", "did not resolve"), "utf-8")
    remembered.show()
    remembered.go()
    spells = remembered.spells("shop.example")
    assert [began for *_, began in spells] == sorted(began for *_, began in spells)
    assert sum(times for _, times, *_ in spells) == 4
    assert spells[-1][3] in (names[0], names[2])


def test_runs_older_than_the_memory_lasts_are_not_read(remembered: Remembered) -> None:
    """They would be forgotten at once, and read again at once."""
    remembered.build(host_of(runs=hours_ago(24 * 401, 3)))
    assert remembered.go() == (1, 0, True)


# --- accounts that come and go


def everything(remembered: Remembered) -> str:
    """All that the memory holds, as text."""
    tables = ("accounts", "websites", "spells", "certificates", "values_seen", "orders", "checks_by_ca", "actions")
    return repr([remembered.rows(f"* FROM {table}") for table in tables])


def test_an_account_that_is_gone_is_forgotten_with_everything(remembered: Remembered) -> None:
    """In all tables; the others stay as they are."""
    failing_at_the_ca = replace(FAILING, checks={"@": check.remote_error("400 urn:ietf:params:acme:error:dns (x)")})
    remembered.build(host_of(FINE, failing_at_the_ca))
    remembered.refresh()
    assert "club.example" in everything(remembered)
    assert remembered.rows("count(*) FROM checks_by_ca")[0][0]
    del remembered.owners["bob"]
    remembered.refresh()
    assert "club.example" not in everything(remembered)
    assert "bob" not in everything(remembered)
    assert remembered.rows("count(*) FROM checks_by_ca") == remembered.rows("count(*) FROM orders") == [(0,)]
    assert remembered.rows("count(*) FROM values_seen WHERE website NOT IN (0, ?)", _number(remembered)) == [(0,)]
    assert [spell[1] for spell in remembered.spells("shop.example")] == [8]


def _number(remembered: Remembered) -> int:
    return int(remembered.rows("id FROM websites WHERE name = 'shop.example'")[0][0])


def test_a_renamed_account_keeps_its_memory(remembered: Remembered) -> None:
    """Its uid and the day it began are the same."""
    remembered.build(host_of())
    remembered.refresh()
    former = remembered.owners.pop("bob")
    renamed = host_of(FINE, replace(FAILING, account=Account("carol")))
    remembered.build(renamed)
    remembered.owners["carol"] = former._replace(account="carol")
    remembered.refresh()
    assert remembered.rows("name FROM accounts ORDER BY id") == [("alice",), ("carol",)]
    assert [spell[:2] for spell in remembered.spells("club.example")] == [("dns_no_address", 8)]
    assert remembered.site("carol", "club.example")["trouble"]["attempts"] == 8


@pytest.mark.parametrize("uid", [UIDS["bob"], 2099], ids=["same id", "other id"])
def test_a_name_that_is_used_again_has_no_memory(remembered: Remembered, uid: int) -> None:
    """What runs said before the account began was about somebody else."""
    remembered.build(host_of())
    remembered.refresh()
    middle = int(NOW.timestamp()) - 12 * 3600
    remembered.owners["bob"] = owner_of("bob", middle, uid)
    remembered.refresh()
    assert remembered.spells("club.example") == []
    remembered.state.close()
    (remembered.place / "state.db").unlink()
    remembered.state = Remembered(remembered.place.parent).state
    remembered.refresh()
    assert [spell[1] for spell in remembered.spells("club.example")] == [4]


def test_a_renamed_account_sees_nothing_of_whoever_had_the_name(remembered: Remembered) -> None:
    """An old account that takes a former one's name: the logs tell of the name only, its page of its own websites."""
    remembered.build(host_of())
    remembered.hide(*remembered.logs[4:])
    spare = build(host_of(replace(FINE, account=BOB), run_count=1), remembered.place.parent / "spare")
    for name in ("etc", "var/cpanel/userdata", "var/cpanel/users"):
        (remembered.root / name).rename(remembered.place.parent / name.replace("/", "-"))
        (spare / name).rename(remembered.root / name)
    remembered.owners = {"bob": Owner("bob", 2099, owner_of("bob").gid, BEGAN)}
    remembered.refresh()
    assert [site["site"] for site in remembered.own("bob")["sites"]] == ["shop.example"]


def test_no_account_s_memory_names_another_s_websites(remembered: Remembered) -> None:
    """Every file is about the websites of its account only, and readable for it only."""
    two = Site("two.example", Account("carol"), checks={"*": check.no_address()}, certificate=Certificate(days_left=2))
    remembered.build(host_of(FINE, FAILING, two))
    remembered.refresh()
    sites = {"alice": "shop.example", "bob": "club.example", "carol": "two.example"}
    for name, own in sites.items():
        text = repr(remembered.own(name))
        assert [site for site in sites.values() if site in text] == [own]
        assert [other for other in sites if f"'{other}'" in text] == [name]


@pytest.fixture(autouse=True)
def _closed(remembered: Remembered) -> Iterator[None]:
    yield
    assert not list(remembered.place.glob("state.db-journal"))
