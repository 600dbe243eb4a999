"""What a refresh remembers and tells again: what changed before a failure, what was spent of the CA's limits, times."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from autossl_doctor.actions.ledger import BUCKETS
from autossl_doctor.entry.remembering.limits import all_standings, registered_domain
from autossl_doctor.store.memory.opening import open_memory
from tests.lab.hosts import LETS_ENCRYPT, Account, Certificate, Host, Run, Site, check, order
from tests.unit.remembered_host import NOW, Remembered, remembered

__all__ = ["remembered"]

ALICE = Account("alice")
SITE = Site("shop.example", ALICE, service_names=())
FIRST, SECOND = NOW - timedelta(hours=6), NOW - timedelta(hours=3)
GOOD = Host(now=FIRST + timedelta(minutes=30), sites=(SITE,), runs=(Run(start=FIRST),))
FORMER = replace(LETS_ENCRYPT, organization="Former Let's Encrypt")
BAD = replace(SITE, certificate=Certificate(days_left=10), checks={"*": check.no_address()})


def turned_bad(**more: Any) -> Host:
    """The same host three hours later: a run has failed."""
    return Host(now=NOW, **({"sites": (BAD,), "runs": (Run(start=FIRST, after_lines=1), Run(start=SECOND))} | more))


def lived(remembered: Remembered, *days: Host) -> None:
    """Let a host live on, with a refresh at each moment; what runs said before is not said again."""
    for host in days:
        remembered.build(host)
        remembered.refresh()


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({}, set()),
        ({"address": "198.51.100.9"}, {"address"}),
        ({"version": "11.136.0.1"}, {"panel_version"}),
        ({"sites": (replace(BAD, parked=("alias.example",)),)}, {"names"}),
        ({"sites": (replace(BAD, account=replace(ALICE, key_type="ecdsa-prime256v1")),)}, {"wanted_key_type"}),
        ({"sites": (replace(BAD, certificate=Certificate(days_left=10, key_type="rsa-4096")),)}, {"key_type"}),
        (
            {"sites": (replace(BAD, certificate=Certificate(days_left=10, issuer=FORMER)),)},
            {"issuer"},
        ),
        ({"provider": "cPanel", "version": "11.110.0.9"}, {"provider", "panel_version"}),
    ],
    ids=["nothing", "address", "version", "names", "wanted key", "key", "issuer", "provider"],
)
def test_what_changed_between_the_last_good_and_the_first_bad_run_is_told(
    remembered: Remembered, more: dict[str, Any], names: set[str]
) -> None:
    """Each thing that is watched, by itself: from the host's files to what the account's page reads."""
    lived(remembered, GOOD, turned_bad(**more))
    told = remembered.site("alice", "shop.example")["trouble"]
    assert told["last_good"] == "2026-11-22T06:30:00Z"
    assert told["since"] == "2026-11-22T09:30:00Z"
    assert {change["name"] for change in told["changes"]} == names


def test_a_limit_that_the_tries_used_up_does_not_hide_the_first_cause(remembered: Remembered) -> None:
    """The page is given the finding that it all began with."""
    limited = replace(SITE, certificate=Certificate(days_left=10), order=order.rate_limited())
    lived(remembered, GOOD, turned_bad())
    later = Host(now=NOW + timedelta(hours=3), sites=(limited,), runs=(Run(start=NOW + timedelta(hours=2)),))
    lived(remembered, later)
    told = remembered.site("alice", "shop.example")["trouble"]
    assert (told["first_cause"], told["cause"], told["attempts"]) == ("dns_no_address", "ca_rate_limited", 2)
    assert told["first"]["cause"] == "dns_no_address"
    assert told["first"]["evidence"] == []


def test_usual_times_need_three_of_them(remembered: Remembered) -> None:
    """From the runs themselves: a run over all accounts, one account's check, and a renewal."""
    own = tuple(Run(start=NOW - timedelta(hours=each), username="alice") for each in (8, 7, 6))
    remembered.build(Host(now=NOW, sites=(replace(SITE, certificate=Certificate(days_left=10)),), extra_runs=own))
    remembered.refresh()
    steps = dict(remembered.rows("step, count(*) FROM durations GROUP BY step"))
    assert steps == {"run": 8, "check": 3}
    assert all(seconds > 0 for (seconds,) in remembered.rows("seconds FROM durations"))


# --- the CA's limits


def standings_of(remembered: Remembered, at: Any = NOW) -> dict[str, list[tuple[tuple[str, ...], int]]]:
    """What is left of each limit: the subject and the tokens."""
    memory = open_memory(remembered.state)
    found: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for standing in all_standings(memory.connection, at):
        found.setdefault(standing.limit, []).append((standing.subject, standing.left))
    memory.close()
    return found


def test_orders_and_checks_are_counted_from_what_runs_say(remembered: Remembered) -> None:
    """An order whose names fail at the CA costs an order and a failed check of each name, every time."""
    failing = {"@": check.remote_error("400 urn:ietf:params:acme:error:connection (x)")}
    sites = (replace(SITE, certificate=Certificate(days_left=10), checks=failing, aliases=()),)
    runs = tuple(Run(start=NOW - timedelta(minutes=each)) for each in (40, 30, 20, 10))
    remembered.build(Host(now=NOW, sites=sites, runs=runs))
    remembered.refresh()
    assert remembered.rows("count(*) FROM orders") == [(4,)]
    assert remembered.rows("name, count(*) FROM checks_by_ca WHERE NOT passed GROUP BY name") == [("shop.example", 4)]
    at = NOW - timedelta(minutes=8)
    assert standings_of(remembered, at)["failed_checks"] == [(("shop.example",), 3)]
    assert standings_of(remembered, at)["paused"] == [(("shop.example",), 1148)]


def test_what_a_limit_forbids_costs_nothing(remembered: Remembered) -> None:
    """An order that was refused because of a limit is none, and a name that was not checked has not failed."""
    refused = Site("one.example", ALICE, certificate=Certificate(days_left=9), order=order.rate_limited())
    general = {"*": check.remote_general_error()}
    unchecked = Site("two.example", Account("bob"), certificate=Certificate(days_left=9), checks=general)
    remembered.build(Host(now=NOW, sites=(refused, unchecked), run_count=2))
    remembered.refresh()
    assert remembered.rows("count(*) FROM orders") == [(0,)]
    assert remembered.rows("count(*) FROM checks_by_ca WHERE NOT passed") == [(0,)]


def test_another_ca_s_orders_do_not_count(remembered: Remembered) -> None:
    """The limits are those of Let's Encrypt; how long orders waited elsewhere is remembered all the same."""
    site = replace(SITE, certificate=Certificate(days_left=3))
    remembered.build(Host(now=NOW, sites=(site,), provider="cPanel", version="11.110.0.9", run_count=1))
    remembered.refresh()
    assert remembered.rows("count(*) FROM orders") == [(1,)]
    assert standings_of(remembered) == {}


def test_a_certificate_that_could_not_be_installed_was_issued(remembered: Remembered) -> None:
    """It counts against the limits as any other."""
    site = replace(SITE, certificate=Certificate(days_left=10), order=order.install_failed("oops"))
    remembered.build(Host(now=NOW, sites=(site,), runs=(Run(start=NOW - timedelta(hours=1)),)))
    remembered.refresh()
    assert standings_of(remembered)["same_names"] == [(("shop.example", "www.shop.example"), 4)]


def test_renewals_are_exempt_from_the_limit_by_domain(remembered: Remembered) -> None:
    """Also where the former certificate is older than any limit reaches back, or was seen installed only."""
    site = replace(SITE, certificate=Certificate(days_left=10))
    remembered.build(Host(now=NOW, sites=(site,), runs=(Run(start=NOW - timedelta(hours=1)),)))
    remembered.refresh()
    assert standings_of(remembered)["certificates"] == [(("shop.example",), 49)]
    memory = open_memory(remembered.state)
    two_months = int((NOW - timedelta(days=60)).timestamp())
    with memory.whole() as connection:
        connection.execute("INSERT INTO orders SELECT ?, website, provider, names, issued FROM orders", (two_months,))
    memory.close()
    found = standings_of(remembered)
    assert "certificates" not in found
    assert found["same_names"] == [(("shop.example", "www.shop.example"), 4)]


def test_a_certificate_that_was_seen_makes_the_next_one_a_renewal(remembered: Remembered) -> None:
    """The look before the run knew for which names it was."""
    site = replace(SITE, certificate=Certificate(days_left=29.6))
    early = Host(now=NOW - timedelta(hours=12), sites=(site,), runs=())
    late = Host(now=NOW, sites=(replace(site, certificate=Certificate(days_left=10)),), run_count=1)
    lived(remembered, early, late)
    assert "same_names" in standings_of(remembered)
    assert "certificates" not in standings_of(remembered)


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("shop.example.co.jp", "example.co.jp"),
        ("*.shop.example.com", "example.com"),
        ("co.jp", "co.jp"),
        ("x", "x"),
        ("", ""),
    ],
)
def test_the_registered_domain_is_found(name: str, domain: str) -> None:
    """By the public suffix list; what has none stays as it is."""
    assert registered_domain(name) == domain


def test_a_website_whose_limit_is_used_up_is_told_when_it_frees_up(remembered: Remembered) -> None:
    """By the names that were asked for, the panel's own services among them."""
    failing = {"mail.": check.remote_error("400 urn:ietf:params:acme:error:connection (x)")}
    site = Site("shop.example", ALICE, certificate=Certificate(days_left=10), checks=failing)
    other = Site("club.example", Account("bob"))
    runs = tuple(Run(start=NOW - timedelta(minutes=each), username="alice", pace=0.1) for each in (12, 10, 8, 6, 4, 2))
    remembered.build(Host(now=NOW, sites=(site, other), runs=runs))
    remembered.refresh()
    wait = remembered.site("alice", "shop.example")["wait"]
    assert wait["limit"] == "failed_checks"
    assert "2026-11-22T12:30:00Z" < wait["until"] <= "2026-11-22T12:42:00Z"
    assert remembered.site("bob", "club.example")["wait"] is None
    assert BUCKETS["failed_checks"].every == timedelta(minutes=12)


def test_five_certificates_for_the_same_names_make_the_sixth_wait(remembered: Remembered) -> None:
    """The set of names is that of the last order, service names included."""
    remembered.build(Host(now=NOW, sites=(Site("shop.example", ALICE, certificate=Certificate(days_left=9)),)))
    remembered.refresh()
    memory = open_memory(remembered.state)
    with memory.whole() as connection:
        for number in range(4):
            connection.execute(
                "INSERT INTO orders SELECT at + ?, website, provider, names, issued FROM orders LIMIT 1", (number,)
            )
    memory.close()
    remembered.refresh()
    assert remembered.site("alice", "shop.example")["wait"]["limit"] == "same_names"


# --- whatever is the matter with the memory


@pytest.mark.parametrize("damage", ["garbage", "cut", "values", "content", "letters"])
def test_reports_are_whole_whatever_is_the_matter_with_the_memory(remembered: Remembered, damage: str) -> None:
    """One line says what; the next refresh but one has a memory that works, or the same line."""
    remembered.build(Host(now=NOW, sites=(SITE, replace(BAD, domain="club.example", account=Account("bob")))))
    remembered.refresh()
    path = remembered.place / "state.db"
    if damage == "garbage":
        path.write_bytes(b"nothing" * 4000)
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:9000])
    else:
        statements = {
            "values": "UPDATE spells SET began = 99999999999999999, last = 'x'",
            "content": "UPDATE spells SET content = '[]', cause = X'ff'",
            "letters": "UPDATE spells SET cause = CAST(X'ff80' AS TEXT)",
        }
        memory = open_memory(remembered.state)
        with memory.whole() as connection:
            connection.execute(statements[damage])
        memory.close()
    reports = [remembered.place / f"reports/{uid}/report.json" for uid in (2001, 2002)]
    for report in reports:
        report.unlink()
    done = remembered.refresh()
    assert (done.outcome, done.written) == ("done", 2)
    assert done.troubles
    assert all(json.loads(report.read_text())["sites"] for report in reports)
    if damage in ("garbage", "cut", "letters"):
        remembered.refresh()
        assert remembered.refresh().troubles == ()
        assert remembered.site("bob", "club.example")["trouble"]["attempts"] == 8


def test_a_newer_memory_is_left_alone_and_said_once(remembered: Remembered) -> None:
    """The reports are written; one line says why they know no past."""
    remembered.build(Host(now=NOW, sites=(SITE,)))
    remembered.refresh()
    memory = open_memory(remembered.state)
    memory.connection.execute("PRAGMA user_version=99")
    memory.close()
    done = remembered.refresh()
    assert done.troubles == ("state.db was written by a newer version and is left alone",)
    assert done.written == 1
