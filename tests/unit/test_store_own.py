"""An account loads its own report, and nothing that is not exactly that."""

import json
import os
from pathlib import Path

import pytest

from autossl_doctor.store.layout import LIVE_CAP
from autossl_doctor.store.live import load_live
from autossl_doctor.store.own import Loaded, Trouble, load, load_form_key
from autossl_doctor.store.reports import Reports
from tests.unit.store_places import ALICE, ME, folder, report_of, state_in

UID, NAME, BEGAN = ALICE.uid, ALICE.account, ALICE.startdate


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A doctor's directory with alice's report and progress."""
    state = state_in(tmp_path)
    Reports(state).write(ALICE, report_of(ALICE))
    Reports(state).write_live(ALICE, {"schema": 1, "step": "check"})
    state.close()
    return tmp_path


def why(place: Path, uid: int = UID, name: str = NAME, began: int = BEGAN) -> str:
    """Why the report is not given, or "" if it is."""
    found = load(uid, name, began, state=str(place), owner=ME)
    return found.why if isinstance(found, Trouble) else ""


def test_the_own_report_is_loaded(kept: Path) -> None:
    """Name, id and the day it began agree."""
    found = load(UID, NAME, BEGAN, state=str(kept), owner=ME)
    assert isinstance(found, Loaded)
    assert found.report["account"] == "alice"
    key = load_form_key(UID, state=str(kept), owner=ME)
    assert isinstance(key, str)
    assert len(key) == 64


def test_a_former_owner_s_report_is_not_given(kept: Path) -> None:
    """The same id with another name, or the same name that began on another day, is somebody else."""
    assert why(kept, name="eve") == "foreign"
    assert why(kept, began=BEGAN + 1) == "foreign"
    (folder(kept)).rename(folder(kept, 2009))
    assert why(kept, uid=2009) == "foreign"


def test_no_report_is_said_as_such(tmp_path: Path, kept: Path) -> None:
    """Before the first refresh there is no directory, or nothing in it."""
    assert why(tmp_path / "nowhere") == why(kept, uid=2999) == "no_report"
    (folder(kept) / "report.json").unlink()
    assert why(kept) == "no_report"


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '{"schema": 2}', "[" * 100_000, '{"schema": 1, "account": "alice"'],
    ids=["empty", "torn", "list", "null", "schema", "deep", "cut"],
)
def test_a_damaged_report_is_not_given(kept: Path, content: str) -> None:
    """What is no report of this version is damaged."""
    (folder(kept) / "report.json").write_text(content)
    assert why(kept) == "damaged"


def test_a_report_without_lists_is_damaged(kept: Path) -> None:
    """The right owner alone makes no report."""
    (folder(kept) / "report.json").write_text(json.dumps(report_of(ALICE) | {"sites": None}))
    assert why(kept) == "damaged"


def test_a_huge_report_is_not_read(kept: Path) -> None:
    """More than 16 MiB are not taken into memory."""
    os.truncate(folder(kept) / "report.json", 16 * 1024 * 1024 + 1)
    assert why(kept) == "too_large"


@pytest.mark.parametrize("kind", ["link", "hardlink", "fifo", "directory"])
def test_what_is_no_regular_file_is_not_opened(kept: Path, kind: str) -> None:
    """A link leads nowhere, a FIFO is not waited for, and a second name makes a file doubtful."""
    for name in ("report.json", "form.key", "live.json"):
        path, other = folder(kept) / name, folder(kept) / f"{name}.other"
        path.rename(other)
        if kind == "link":
            path.symlink_to(other)
        elif kind == "hardlink":
            path.hardlink_to(other)
        elif kind == "fifo":
            os.mkfifo(path)
        else:
            path.mkdir()
    assert why(kept) == "damaged"
    assert load_form_key(UID, state=str(kept), owner=ME) == Trouble("damaged")
    assert load_live(UID, 0, state=str(kept), owner=ME) is None


def test_a_link_in_place_of_the_directory_is_not_followed(kept: Path) -> None:
    """Another account's directory is not reached through one's own name."""
    folder(kept).rename(kept / "elsewhere")
    folder(kept).symlink_to(kept / "elsewhere")
    assert why(kept) != ""
    assert load_live(UID, 0, state=str(kept), owner=ME) is None


def test_only_what_root_wrote_counts(kept: Path) -> None:
    """Files of another owner are not believed."""
    assert load(UID, NAME, BEGAN, state=str(kept), owner=ME + 1) == Trouble("damaged")
    assert load_form_key(UID, state=str(kept), owner=ME + 1) == Trouble("damaged")
    assert load_live(UID, 0, state=str(kept), owner=ME + 1) is None


def test_progress_is_given_word_for_word(kept: Path) -> None:
    """What the follower wrote; nothing where nothing is under way."""
    assert load_live(UID, BEGAN, state=str(kept), owner=ME) == b'{"schema":1,"step":"check"}'
    assert load_live(2999, BEGAN, state=str(kept), owner=ME) is None


def test_progress_from_before_the_account_is_not_given(kept: Path) -> None:
    """A former owner's file is older than the account."""
    os.utime(folder(kept) / "live.json", (BEGAN - 1, BEGAN - 1))
    assert load_live(UID, BEGAN, state=str(kept), owner=ME) is None


@pytest.mark.parametrize("content", [b"", b"null", b"{" + b" " * LIVE_CAP])
def test_progress_that_is_none_is_not_given(kept: Path, content: bytes) -> None:
    """Neither something else nor something huge goes to a page."""
    (folder(kept) / "live.json").write_bytes(content)
    assert load_live(UID, BEGAN, state=str(kept), owner=ME) is None


@pytest.mark.parametrize("content", [b"", b"zz" * 32, b"0" * 63, b"0" * 66, b"\xff" * 64])
def test_a_damaged_key_signs_nothing(kept: Path, content: bytes) -> None:
    """Only 64 hexadecimal digits are a key."""
    (folder(kept) / "form.key").write_bytes(content)
    assert load_form_key(UID, state=str(kept), owner=ME) == Trouble("damaged") or len(content) > 65
    assert isinstance(load_form_key(UID, state=str(kept), owner=ME), Trouble)
