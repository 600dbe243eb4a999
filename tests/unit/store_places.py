"""A doctor's directory of a test's own, with accounts that belong to whoever runs the tests."""

import os
import stat
from pathlib import Path

from autossl_doctor.host.people import Owner
from autossl_doctor.store.layout import inbox_directory, report_directory
from autossl_doctor.store.state import State

ME, MY_GROUP = os.geteuid(), os.getegid()
ALICE = Owner("alice", 2001, MY_GROUP, 1_700_000_000)
AT = "2026-11-22T12:30:00Z"


def state_in(directory: Path) -> State:
    """The doctor's directory; its owner, root on a server, is whoever runs the tests."""
    return State(str(directory), ME)


def report_of(owner: Owner, at: str = AT, **more: object) -> dict[str, object]:
    """A report with nothing in it."""
    head = {"account": owner.account, "uid": owner.uid, "startdate": owner.startdate}
    return {"schema": 1, "generated_at": at, "written_at": at, **head, "server_findings": [], "sites": [], **more}


def folder(directory: Path, uid: int = ALICE.uid) -> Path:
    """Where an account's report lies."""
    return Path(report_directory(uid, str(directory)))


def inbox(directory: Path, uid: int = ALICE.uid) -> Path:
    """Where an account leaves its records."""
    return Path(inbox_directory(uid, str(directory)))


def mode(path: Path) -> int:
    """The permission bits of a file, with the sticky bit."""
    return stat.S_IMODE(path.lstat().st_mode)


def listing(path: Path) -> set[str]:
    """The names in a directory."""
    return {entry.name for entry in path.iterdir()}
