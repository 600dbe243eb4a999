"""Root's side of the reports: whole or not at all, with exact modes, in place of whatever stood there."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from autossl_doctor.host.people import Owner
from autossl_doctor.store.reports import Reports
from autossl_doctor.store.state import State
from tests.unit.store_places import ALICE, AT, MY_GROUP, folder, listing, mode, report_of, state_in

BOB = Owner("bob", 2002, MY_GROUP, 1_710_000_000)
LIVE = {"schema": 1, "site": "shop.example", "step": "queued", "since": AT, "ended": None, "main": None}


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """The doctor's directory, opened."""
    opened = state_in(tmp_path)
    yield opened
    opened.close()


@pytest.mark.point(38)
def test_a_report_is_for_root_and_the_group_of_its_account(state: State, tmp_path: Path) -> None:
    """Directory 0750, files 0640, nothing else; the directories above can be passed and not listed."""
    assert Reports(state).write(ALICE, report_of(ALICE)) == "begun"
    assert listing(folder(tmp_path)) == {"report.json", "form.key"}
    assert mode(folder(tmp_path)) == 0o750
    assert {mode(path) for path in folder(tmp_path).iterdir()} == {0o640}
    assert mode(tmp_path) == mode(tmp_path / "reports") == 0o711


def test_a_shared_group_closes_report_key_and_progress(state: State, tmp_path: Path) -> None:
    """Where others are in the group only root may read; also what was written while the group was not shared."""
    reports = Reports(state)
    reports.write(ALICE, report_of(ALICE))
    reports.write_live(ALICE, LIVE)
    reports.write(ALICE._replace(shared=True), report_of(ALICE))
    assert {mode(path) for path in folder(tmp_path).iterdir()} == {0o600}


def test_modes_are_repaired(state: State, tmp_path: Path) -> None:
    """What somebody loosened is tight again after the next report."""
    reports = Reports(state)
    reports.write(ALICE, report_of(ALICE))
    for path in (folder(tmp_path), *folder(tmp_path).iterdir(), tmp_path / "reports"):
        path.chmod(0o777)
    reports.write(ALICE, report_of(ALICE))
    assert (mode(folder(tmp_path)), mode(tmp_path / "reports")) == (0o750, 0o711)
    assert {mode(path) for path in folder(tmp_path).iterdir()} == {0o640}


def test_the_key_of_the_forms_stays(state: State, tmp_path: Path) -> None:
    """A new report does not spoil a page that is open."""
    reports = Reports(state)
    reports.write(ALICE, report_of(ALICE))
    key = (folder(tmp_path) / "form.key").read_text()
    assert reports.write(ALICE, report_of(ALICE)) == "replaced"
    assert (folder(tmp_path) / "form.key").read_text() == key
    assert len(bytes.fromhex(key)) == 32


@pytest.mark.point(41)
@pytest.mark.parametrize("former", [ALICE._replace(account="eve"), ALICE._replace(startdate=1)], ids=["name", "date"])
def test_nothing_of_a_former_owner_stays(state: State, tmp_path: Path, former: Owner) -> None:
    """An id that was used again has a new key and no progress; the report is the new owner's."""
    reports = Reports(state)
    reports.write(former, report_of(former))
    reports.write_live(former, LIVE)
    key = (folder(tmp_path) / "form.key").read_text()
    assert reports.write(ALICE, report_of(ALICE)) == "begun"
    assert listing(folder(tmp_path)) == {"report.json", "form.key"}
    assert (folder(tmp_path) / "form.key").read_text() != key


@pytest.mark.parametrize("content", ["", "{", "[]", '{"account": "alice"}'])
def test_a_report_that_cannot_be_read_is_begun_anew(state: State, tmp_path: Path, content: str) -> None:
    """A torn file is replaced; whose it was nobody knows, so its key goes as well."""
    reports = Reports(state)
    reports.write(ALICE, report_of(ALICE))
    (folder(tmp_path) / "report.json").write_text(content)
    assert reports.write(ALICE, report_of(ALICE)) == "begun"


def test_an_older_judgement_does_not_replace_a_newer_one(state: State) -> None:
    """A refresh of the whole server may end after an account was judged again."""
    reports = Reports(state)
    reports.write(ALICE, report_of(ALICE, "2026-11-22T12:31:00Z"))
    older = report_of(ALICE, "2026-11-22T12:30:59Z", written_at="2026-11-22T12:31:02Z")
    assert reports.write(ALICE, older) == "older"
    report = reports.read(ALICE)
    assert report is not None
    assert report["generated_at"] == "2026-11-22T12:31:00Z"


@pytest.mark.point(41)
def test_accounts_that_are_gone_are_removed(state: State, tmp_path: Path) -> None:
    """Only the reports of accounts that are there stay."""
    reports = Reports(state)
    for owner in (ALICE, BOB):
        reports.write(owner, report_of(owner))
        reports.write_live(owner, LIVE)
    assert reports.remove_gone({ALICE.uid}) == 1
    assert listing(tmp_path / "reports") == {"2001"}


@pytest.mark.parametrize("name", ["report.json", "live.json", "form.key"])
@pytest.mark.parametrize("kind", ["link", "hardlink", "fifo", "directory", "full directory"])
def test_what_stands_in_place_of_a_file_is_taken_away(state: State, tmp_path: Path, name: str, kind: str) -> None:
    """A link is not followed, a FIFO not waited for; a directory with content is kept for root to look at."""
    outside = tmp_path / "outside"
    outside.write_text("untouched")
    reports = Reports(state)
    reports.write(ALICE, report_of(ALICE))
    _put(kind, folder(tmp_path) / name, outside)
    reports.write(ALICE, report_of(ALICE))
    reports.write_live(ALICE, LIVE)
    assert outside.read_text() == "untouched"
    assert all(path.is_file() and not path.is_symlink() for path in folder(tmp_path).iterdir())
    assert listing(folder(tmp_path)) == {"report.json", "form.key", "live.json"}
    assert json.loads((folder(tmp_path) / "report.json").read_text())["account"] == "alice"
    assert (tmp_path / "odd").exists() is (kind == "full directory")


@pytest.mark.parametrize("place", ["reports", "reports/2001"])
@pytest.mark.parametrize("kind", ["link", "file", "fifo"])
def test_what_stands_in_place_of_a_directory_is_taken_away(state: State, tmp_path: Path, place: str, kind: str) -> None:
    """A link to a directory elsewhere gets nothing written into it."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "reports").mkdir(exist_ok=True)
    if place == "reports":
        (tmp_path / place).rmdir()
    _put(kind, tmp_path / place, outside)
    assert Reports(state).write(ALICE, report_of(ALICE)) == "begun"
    assert listing(outside) == set()
    assert place.rpartition("/")[2] in state.oddities
    assert not (tmp_path / place).is_symlink()


def _put(kind: str, path: Path, outside: Path) -> None:
    path.unlink(missing_ok=True)
    if kind == "link":
        path.symlink_to(outside)
    elif kind == "hardlink":
        path.hardlink_to(outside)
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "file":
        path.write_text("a file")
    else:
        path.mkdir()
        if kind == "full directory":
            (path / "content").write_text("x")


@pytest.mark.point(39)
def test_an_end_between_writing_and_renaming_leaves_the_former_report(
    state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads finds the old report; the next writer tidies up what was begun."""
    reports = Reports(state)
    reports.write(ALICE, report_of(ALICE))
    before = (folder(tmp_path) / "report.json").read_bytes()
    with monkeypatch.context() as broken:
        broken.setattr(os, "rename", _killed)
        broken.setattr(os, "unlink", _killed)
        with pytest.raises(KeyboardInterrupt):
            reports.write(ALICE, report_of(ALICE, "2026-11-22T13:00:00Z"))
    assert (folder(tmp_path) / "report.json").read_bytes() == before
    assert any(name.startswith(".new-") for name in listing(folder(tmp_path)))
    assert reports.write(ALICE, report_of(ALICE, "2026-11-22T13:00:00Z")) == "replaced"
    assert listing(folder(tmp_path)) == {"report.json", "form.key"}


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.point(38)
def test_the_server_s_report_is_for_root_only(state: State, tmp_path: Path) -> None:
    """It is written in pieces, and readable for nobody else."""
    Reports(state).write_server([b'{"sites":[', b"]}"])
    assert (tmp_path / "server.json").read_bytes() == b'{"sites":[]}'
    assert mode(tmp_path / "server.json") == 0o600


def test_progress_is_found_again(state: State, tmp_path: Path) -> None:
    """A follower that begins sees what the former one had said; what is damaged is removed."""
    reports = Reports(state)
    for owner in (ALICE, BOB):
        reports.write(owner, report_of(owner))
        reports.write_live(owner, LIVE)
    (folder(tmp_path, BOB.uid) / "live.json").write_text('{"step": "dancing"}')
    assert [(uid, live.site, live.step) for uid, live in reports.lives()] == [(2001, "shop.example", "queued")]
    assert "live.json" not in listing(folder(tmp_path, BOB.uid))
    reports.remove_live(ALICE.uid)
    assert list(reports.lives()) == []


def test_progress_is_told_only_to_whom_the_report_belongs(state: State, tmp_path: Path) -> None:
    """A follower may know an account that has gone, or whose group is shared by now."""
    reports = Reports(state)
    assert not reports.write_live(ALICE, LIVE)
    reports.write(ALICE, report_of(ALICE))
    former = ALICE._replace(startdate=1)
    assert not reports.write_live(former, LIVE)
    assert reports.read(former) is None
    assert listing(folder(tmp_path)) == {"report.json", "form.key"}
    reports.write(ALICE._replace(shared=True), report_of(ALICE))
    assert reports.write_live(ALICE, LIVE)
    assert {mode(path) for path in folder(tmp_path).iterdir()} == {0o600}


def test_only_one_follower_holds_the_directory(state: State, tmp_path: Path) -> None:
    """A second one is told so; it may try again when the first is gone."""
    assert state.hold()
    other = state_in(tmp_path)
    assert not other.hold()
    other.close()


def test_a_directory_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """Root writes nothing into a directory that is not root's."""
    with pytest.raises(PermissionError):
        State(str(tmp_path), os.geteuid() + 1)


def test_what_is_no_account_stays_and_is_not_counted(state: State, tmp_path: Path) -> None:
    """A later version keeps other reports beside those of accounts."""
    Reports(state).write(ALICE, report_of(ALICE))
    (tmp_path / "reports/resellers").mkdir()
    assert Reports(state).remove_gone({ALICE.uid}) == 0
    assert [uid for uid, _, _ in Reports(state).heads()] == [ALICE.uid]
    assert (tmp_path / "reports/resellers").is_dir()
