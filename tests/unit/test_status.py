"""Status tells how the doctor itself is doing, and finds what is not as it should be."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autossl_doctor.entry import refresh as refreshing
from autossl_doctor.entry import upkeep
from autossl_doctor.entry.cli import main
from autossl_doctor.entry.refresh import Refreshed
from autossl_doctor.entry.status import UNITS, Status, as_plain, read_status
from autossl_doctor.explain.interface import Interface
from autossl_doctor.host import people
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.people import Owner
from autossl_doctor.model.served import Served, to_file
from autossl_doctor.store import state as state_module
from autossl_doctor.store.reports import Reports
from autossl_doctor.store.state import State
from autossl_doctor.store.visits import Due, ToVisit, write_visits
from tests.unit.store_places import ALICE, MY_GROUP, folder, report_of, state_in

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
BOB = Owner("bob", 2002, MY_GROUP, 1_700_000_000)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A machine on which everything is as it should be: the doctor's directory, its FIFO and its units."""
    for unit in UNITS:
        path = tmp_path / "root/etc/systemd/system" / unit
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "root/var/lib/autossl-doctor").mkdir(parents=True)
    (tmp_path / "run").mkdir()
    os.mkfifo(tmp_path / "run/wake")
    return tmp_path


@pytest.fixture
def state(place: Path) -> Iterator[State]:
    """The doctor's directory, opened, with two reports."""
    opened = state_in(place / "state")
    reports = Reports(opened)
    reports.write(ALICE, report_of(ALICE, "2026-11-22T12:00:00Z"))
    reports.write(BOB, report_of(BOB, "2026-11-22T12:10:00Z"))
    reports.write_server([b"{}"])
    touch(place / "state/server.json", NOW - timedelta(minutes=20))
    touch(place / "run/wake", NOW - timedelta(minutes=5))
    yield opened
    opened.close()


def touch(path: Path, at: datetime) -> None:
    """Let a file have been written then."""
    os.utime(path, (at.timestamp(), at.timestamp()))


def look(state: State, place: Path, owners: tuple[Owner, ...] = (ALICE, BOB)) -> Status:
    """What status finds."""
    return read_status(state, HostPaths(place / "root"), owners, NOW, str(place / "run"))


def findings(state: State, place: Path, owners: tuple[Owner, ...] = (ALICE, BOB)) -> dict[str, tuple[str, ...]]:
    """What is not as it should be."""
    return dict(look(state, place, owners).findings)


def test_all_is_well(state: State, place: Path) -> None:
    """Ages are told, and nothing is found."""
    seen = Served("shop.example", "192.0.2.10", NOW - timedelta(hours=1), "refused")
    (place / "root/var/lib/autossl-doctor/served.json").write_bytes(to_file([seen]))
    assert as_plain(look(state, place)) == {
        "schema": 1,
        "reports": {"count": 2, "oldest": "2026-11-22T12:00:00Z", "newest": "2026-11-22T12:10:00Z"},
        "follow": {"refreshed": "2026-11-22T12:10:00Z", "woken": "2026-11-22T12:25:00Z"},
        "probe": {"visited": "2026-11-22T11:30:00Z", "looked_at": None, "not_looked_at": None},
        "units": dict.fromkeys(UNITS, True),
        "findings": [],
    }


def test_websites_are_counted_that_were_looked_at(state: State, place: Path) -> None:
    """As the last judgement of the whole server counted them, and those that were looked at after it."""
    installed, print_of_it = NOW - timedelta(hours=2), "ab" * 32
    due = [Due(f"{name}.example", "alice", "192.0.2.10", installed, print_of_it, new=True) for name in ("a", "b", "c")]
    again = Due("d.example", "alice", "192.0.2.10", installed, print_of_it)
    write_visits(state, ToVisit(NOW - timedelta(hours=1), 7, 3, (*due, again)))
    looks = [
        Served("a.example", "192.0.2.10", NOW, "timeout"),
        Served("b.example", "192.0.2.10", installed - timedelta(hours=1), "refused"),
        Served("d.example", "192.0.2.10", NOW, "refused"),
    ]
    (place / "root/var/lib/autossl-doctor/served.json").write_bytes(to_file(looks))
    found = look(state, place)
    assert (found.looked_at, found.not_looked_at, found.findings) == (8, 2, ())
    (place / "state/to-visit.json").write_text('{"schema": 9}')
    assert look(state, place).looked_at is None


def test_before_the_first_refresh_that_is_the_finding(place: Path) -> None:
    """Nothing is there yet."""
    opened = state_in(place / "state")
    assert set(findings(opened, place)) == {"not_refreshed"}
    assert look(opened, place).oldest is None
    opened.close()


def test_an_old_report_on_the_server_is_a_finding(state: State, place: Path) -> None:
    """The timer comes every hour."""
    touch(place / "state/server.json", NOW - timedelta(hours=4))
    assert findings(state, place) == {"old": ("2026-11-22T08:30:00Z",)}


def test_a_shared_group_is_a_finding(state: State, place: Path) -> None:
    """With the accounts that have no page for it; a report that is open to such a group is another one."""
    shared = BOB._replace(shared=True)
    assert findings(state, place, (ALICE, shared)) == {"wrong_mode": ("bob",), "shared_group": ("bob",)}
    Reports(state).write(shared, report_of(BOB, "2026-11-22T12:20:00Z"))
    assert findings(state, place, (ALICE, shared)) == {"shared_group": ("bob",)}


def test_reports_that_are_nobody_s_or_cannot_be_read_are_findings(state: State, place: Path) -> None:
    """A former owner's, and a torn one."""
    (folder(place / "state", BOB.uid) / "report.json").write_text("{")
    assert findings(state, place, ()) == {"damaged": ("2002",), "foreign": ("alice",)}
    assert findings(state, place, (ALICE._replace(startdate=1), BOB)) == {"damaged": ("2002",), "foreign": ("alice",)}


def test_what_has_no_business_there_is_a_finding(state: State, place: Path) -> None:
    """Strange names, and what was moved aside."""
    (place / "state/notes.txt").touch()
    (place / "state/reports/tmp").mkdir()
    (place / "state/odd/report.json-1").mkdir(parents=True)
    assert findings(state, place) == {"odd": ("notes.txt", "odd/report.json-1", "reports/tmp")}


def test_missing_units_and_a_missing_fifo_are_findings(state: State, place: Path) -> None:
    """Without them nothing starts by itself."""
    (place / "root/etc/systemd/system" / UNITS[2]).unlink()
    (place / "run/wake").unlink()
    assert findings(state, place) == {"no_units": (UNITS[2],), "no_fifo": (f"{place}/run/wake",)}


def test_every_finding_has_words(state: State, place: Path) -> None:
    """In both languages, and each line of the answer too."""
    ids = {"not_refreshed", "old", "damaged", "foreign", "wrong_mode", "shared_group", "odd", "no_units", "no_fifo"}
    assert look(state, place).findings == ()
    for language in ("en", "ja"):
        words = Interface(language)
        for name in ids:
            assert "aa, bb" in words.say("status_findings", name, names="aa, bb", count=2) or name == "not_refreshed"
        for name in ("oldest", "newest", "refreshed", "woken", "visited"):
            assert "12:00" in words.say("status", name, at="12:00")
            assert words.say("status", f"never_{name}") != f"never_{name}"
        for name in ("looked_at", "not_looked_at"):
            assert "1,234" in words.say("status", name, count=1234)


def test_the_units_that_status_looks_for_are_those_that_there_are() -> None:
    """A unit that is added is also looked for."""
    folder_of_units = Path(__file__).resolve().parents[2] / "plugin/system"
    assert {path.name for path in folder_of_units.glob("autossl-doctor-*.*")} == set(UNITS)


@pytest.mark.parametrize(("command", "status"), [("refresh", 64), ("follow", 64), ("status", 2)])
def test_who_is_not_root_is_told_so(
    command: str, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one sentence, and nothing is touched."""
    monkeypatch.setattr(upkeep, "is_root", lambda: False)
    assert main([command, "--lang", "en"]) == status
    assert capsys.readouterr().err == f"autossl-doctor: {Interface('en').say('root_only')}\n"


@pytest.mark.parametrize("command", ["refresh", "follow", "status"])
def test_another_machine_is_left_alone(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a panel there is nothing to keep."""
    monkeypatch.setattr(upkeep, "is_root", lambda: True)
    monkeypatch.setattr(upkeep, "HostPaths", lambda: HostPaths(tmp_path))
    assert main([command, "--lang", "en"]) == 2
    assert capsys.readouterr().err == f"autossl-doctor: {Interface('en').say('no_panel')}\n"


@pytest.mark.usefixtures("state")
@pytest.mark.parametrize("as_json", [True, False])
def test_the_commands_answer(
    as_json: bool,  # noqa: FBT001 - one of two forms
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line for a refresh, a few for the status; or JSON."""
    form = ["--format", "json"] if as_json else ["--lang", "en"]
    (place / "root/usr/local/cpanel").mkdir(parents=True)
    monkeypatch.setattr(upkeep, "is_root", lambda: True)
    monkeypatch.setattr(upkeep, "HostPaths", lambda: HostPaths(place / "root"))
    monkeypatch.setattr(state_module, "State", lambda: state_in(place / "state"))
    monkeypatch.setattr(people, "find_owners", lambda: {"alice": ALICE})
    monkeypatch.setattr(refreshing, "refresh", lambda *_, **_more: Refreshed("done", 2, 1))
    assert main(["refresh", *form]) == 0
    said = capsys.readouterr().out
    if as_json:
        assert json.loads(said) == {"schema": 1, "written": 2, "removed": 1, "odd": []}
    else:
        assert said == "2 reports were written. 1 report of an account that is gone was removed.\n"
    assert main(["status", *form]) == 1
    said = capsys.readouterr().out
    if as_json:
        assert {item["id"] for item in json.loads(said)["findings"]} >= {"foreign"}
    else:
        assert "2 reports\n" in said
        assert "bob" in said
    monkeypatch.setattr(refreshing, "refresh", lambda *_, **_more: Refreshed("no_such_account"))
    assert main(["refresh", "--account", "nobody-here", "--lang", "en"]) == 2
    assert "nobody-here" in capsys.readouterr().err
