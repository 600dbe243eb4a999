"""A refresh gives every account its own report: its websites, nothing of others, and of the server only times."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autossl_doctor.causes.catalogue import load
from autossl_doctor.entry.own_report import of_the_server, own_verdict
from autossl_doctor.entry.refresh import People, Refreshed, refresh
from autossl_doctor.explain.words import Writer
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.people import Owner
from autossl_doctor.model.finding import Evidence, Finding
from autossl_doctor.model.report import CouldNotCheck, SiteVerdict
from autossl_doctor.store.state import State
from tests.lab import hosts
from tests.lab.hosts import Account, Certificate, Cron, Extra, Host, Run, Site, check
from tests.unit.store_places import MY_GROUP, folder, inbox, listing, mode, state_in

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
NAMES = ("alice", "bob", "carol")
OWNERS = {name: Owner(name, 2001 + number, MY_GROUP, 1_700_000_000) for number, name in enumerate(NAMES)}
UIDS = {name: owner.uid for name, owner in OWNERS.items()}
PRIVATE = "private-name-of-somebody"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """The doctor's directory, opened."""
    opened = state_in(tmp_path / "state")
    yield opened
    opened.close()


def host_of(**more: Any) -> Host:
    """A healthy account, one whose names fail, and one with two websites."""
    sites = (
        Site("shop.example", Account("alice")),
        Site("club.example", Account("bob"), certificate=Certificate(days_left=-3), checks={"*": check.no_address()}),
        Site("one.example", Account("carol"), certificate=Certificate(days_left=10)),
        Site("two.example", Account("carol"), kind="addon"),
    )
    return replace(Host(now=NOW, sites=sites), **more)


def write(
    host: Host, place: Path, state: State, account: str = "", owners: dict[str, Owner] | None = None
) -> Refreshed:
    """Build a host's tree and refresh its reports."""
    people = OWNERS if owners is None else owners
    if not (place / "root").exists():
        hosts.build(host, place / "root")
    return refresh(HostPaths(place / "root"), state, lambda: NOW, account, People(people.get, lambda: people))


def report(place: Path, account: str) -> dict[str, Any]:
    """An account's report."""
    content: dict[str, Any] = json.loads((folder(place / "state", UIDS[account]) / "report.json").read_text())
    return content


def test_every_account_gets_its_own_report(state: State, tmp_path: Path) -> None:
    """With the fields of the contract; the websites are its own."""
    assert write(host_of(), tmp_path, state) == Refreshed("done", 3)
    for name, sites in {
        "alice": ["shop.example"],
        "bob": ["club.example"],
        "carol": ["one.example", "two.example.one.example"],
    }.items():
        found = report(tmp_path, name)
        assert [site["site"] for site in found["sites"]] == sites
        assert {site["account"] for site in found["sites"]} == {name}
        head = {key: value for key, value in found.items() if key not in ("sites", "server_findings", "source_age")}
        assert head == {
            "schema": 1,
            "generated_at": "2026-11-22T12:30:00Z",
            "written_at": "2026-11-22T12:30:00Z",
            "account": name,
            "uid": UIDS[name],
            "startdate": 1_700_000_000,
        }
        assert mode(inbox(tmp_path / "state", UIDS[name])) == 0o1730


def test_findings_have_no_words(state: State, tmp_path: Path) -> None:
    """The page joins them, in the visitor's language."""
    write(host_of(), tmp_path, state)
    (site,) = report(tmp_path, "bob")["sites"]
    assert site["main"] == site["findings"][0]
    assert site["main"]["cause"] == "dns_no_address"
    assert "text" not in site["main"]


def test_no_report_names_another_account_or_its_websites(state: State, tmp_path: Path) -> None:
    """Whatever the log says in between."""
    said = (
        Extra(contents=f"Something about {PRIVATE} failed.", type="error", after="Analyzing 3 users"),
        Extra(contents=f"Something else about {PRIVATE} failed.", type="error"),
    )
    run = Run(start=NOW - timedelta(hours=1), extra=said)
    write(host_of(runs=(run,)), tmp_path, state)
    for name in NAMES:
        text = json.dumps(report(tmp_path, name), ensure_ascii=False)
        others = {site for other in NAMES if other != name for site in (other, f"{other}@")}
        assert not [other for other in others if f'"{other}"' in text]
        assert PRIVATE not in text
        foreign = [site for site in ("shop", "club", "one", "two") if f"{site}.example" in text]
        assert len(foreign) == (2 if name == "carol" else 1)
    assert PRIVATE in (tmp_path / "state/server.json").read_text()


@pytest.mark.parametrize(
    "change",
    [
        {"cron": Cron.MISSING},
        {"cron": f"17 * * * root /usr/bin/{PRIVATE}\n"},
        {"provider": None},
        {"silent_for": timedelta(hours=20)},
        {"runs": (Run(start=NOW - timedelta(hours=1), after_accounts=1),), "proc": True},
    ],
    ids=["no job", "broken job", "off", "overdue", "died"],
)
def test_of_the_server_an_account_learns_times_only(state: State, tmp_path: Path, change: dict[str, Any]) -> None:
    """No line of a file, no path, no names; and the same holds for the findings of its websites."""
    write(host_of(**change), tmp_path, state)
    for name in NAMES:
        found = report(tmp_path, name)
        assert found["server_findings"]
        for item in found["server_findings"]:
            assert (item["domains"], item["evidence"]) == ([], [])
            assert all(isinstance(value, int) or value.endswith("Z") for value in item["args"].values())
        assert PRIVATE not in json.dumps(found)


def test_server_findings_can_be_put_into_words() -> None:
    """What is left of their arguments is enough for a sentence, in both languages."""
    catalogue = load()
    for cause in catalogue.causes:
        if cause.judge_server is None:
            continue
        item = of_the_server(Finding(cause.id, cause.who, cause.severity, "certain", args={"reason": "unrecognised"}))
        for language in ("en", "ja"):
            assert Writer(catalogue.texts, language, "owner", "UTC").words(item).title, cause.id


def test_words_of_lines_about_a_run_and_of_mistakes_are_left_out() -> None:
    """Where such a line is among the evidence of a website, its place and time are all that is told."""
    seen = (Evidence("json:1", None, "run-level words"), Evidence("json:2", None, "own words"))
    finding = Finding("x", "host", "notice", "certain", evidence=seen)
    gap = CouldNotCheck("rule", "x: KeyError: 'bob.example'")
    verdict = SiteVerdict("alice", "a.example", (), "safe", "idle", (finding,), could_not_check=(gap,))
    own = own_verdict(verdict, frozenset({"json:1"}))
    assert [seen.text for seen in own.main.evidence] == ["", "own words"]
    assert own.could_not_check == (CouldNotCheck("rule", "read error"),)


def test_the_age_of_the_source_is_that_of_the_newest_record(state: State, tmp_path: Path) -> None:
    """About this account; null where no log says anything of it."""
    write(host_of(runs=(Run(start=NOW - timedelta(hours=2), username="bob"),)), tmp_path, state)
    assert 7000 < report(tmp_path, "bob")["source_age"] <= 7200
    assert report(tmp_path, "alice")["source_age"] is None


def test_the_server_s_report_holds_everything_for_root(state: State, tmp_path: Path) -> None:
    """All websites, with the names of their accounts."""
    write(host_of(), tmp_path, state)
    found = json.loads((tmp_path / "state/server.json").read_text())
    assert len(found["sites"]) == 4
    assert found["host"]["provider"] == "LetsEncrypt"
    assert mode(tmp_path / "state/server.json") == 0o600


def test_one_account_can_be_refreshed_alone(state: State, tmp_path: Path) -> None:
    """Nobody else's report is touched, and nothing is removed."""
    write(host_of(), tmp_path, state)
    (folder(tmp_path / "state", UIDS["bob"]) / "report.json").unlink()
    before = (folder(tmp_path / "state", UIDS["alice"]) / "report.json").stat().st_ino
    assert write(host_of(), tmp_path, state, "bob") == Refreshed("done", 1)
    assert report(tmp_path, "bob")["sites"]
    assert (folder(tmp_path / "state", UIDS["alice"]) / "report.json").stat().st_ino == before
    assert write(host_of(), tmp_path, state, "nobody-here") == Refreshed("no_such_account")


def test_accounts_that_are_gone_leave_nothing(state: State, tmp_path: Path) -> None:
    """Report and inbox go together."""
    write(host_of(), tmp_path, state)
    left = {name: owner for name, owner in OWNERS.items() if name != "carol"}
    assert write(host_of(), tmp_path, state, owners=left) == Refreshed("done", 2, 1)
    assert listing(tmp_path / "state/reports") == listing(tmp_path / "state/inbox") == {"2001", "2002"}


def test_a_name_that_was_used_again_sees_nothing_of_the_former_owner(state: State, tmp_path: Path) -> None:
    """Neither report, nor key, nor what was left in the inbox."""
    write(host_of(), tmp_path, state)
    key = (folder(tmp_path / "state", UIDS["bob"]) / "form.key").read_text()
    (inbox(tmp_path / "state", UIDS["bob"]) / "lock").write_text("note")
    again = OWNERS | {"bob": OWNERS["bob"]._replace(startdate=1_790_000_000)}
    write(host_of(), tmp_path, state, owners=again)
    assert report(tmp_path, "bob")["startdate"] == 1_790_000_000
    assert (folder(tmp_path / "state", UIDS["bob"]) / "form.key").read_text() != key
    assert listing(inbox(tmp_path / "state", UIDS["bob"])) == set()


def test_a_shared_group_gets_a_closed_report_and_no_inbox(state: State, tmp_path: Path) -> None:
    """The page of such an account says why it shows nothing."""
    shared = {name: owner._replace(shared=name == "bob") for name, owner in OWNERS.items()}
    write(host_of(), tmp_path, state, owners=shared)
    assert mode(folder(tmp_path / "state", UIDS["bob"]) / "report.json") == 0o600
    assert listing(tmp_path / "state/inbox") == {"2001", "2003"}


@pytest.mark.parametrize("why", ["websites_unknown", "accounts_unknown"])
def test_what_cannot_be_listed_takes_no_report_away(state: State, tmp_path: Path, why: str) -> None:
    """The old reports stay and say how old they are."""
    write(host_of(), tmp_path, state)
    before = report(tmp_path, "bob")
    for path in ("etc/userdatadomains", "etc/userdatadomains.json", "etc/trueuserdomains"):
        (tmp_path / "root" / path).unlink(missing_ok=True)
    for run in (tmp_path / "root/var/cpanel/logs/autossl").iterdir():
        (run / "json").write_text("")
        (run / "txt").write_text("")
    owners: dict[str, Owner] = OWNERS if why == "websites_unknown" else {}
    assert write(host_of(), tmp_path, state, owners=owners).outcome == why
    assert report(tmp_path, "bob") == before


def test_an_account_without_websites_has_an_empty_report(state: State, tmp_path: Path) -> None:
    """Which is not the same as none."""
    owners = OWNERS | {"dave": Owner("dave", 2009, MY_GROUP, 0)}
    write(host_of(), tmp_path, state, owners=owners)
    content = json.loads((folder(tmp_path / "state", 2009) / "report.json").read_text())
    assert (content["sites"], content["startdate"]) == ([], 0)
