"""The same rules with real users: what the kernel lets an account do, and root with the few rights of its unit."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.store_places import AT, inbox, listing

pytestmark = pytest.mark.system("root and other users")

ALICE, BOB = 2001, 2002
HOUSE_RULES = ("--bounding-set=-all,+chown,+dac_read_search", "--inh-caps=-all", "--no-new-privs")
"""What the unit of the follower leaves of root."""
ROOT_CODE = """
from autossl_doctor.host.people import Owner
from autossl_doctor.store.inbox import Inboxes
from autossl_doctor.store.reports import Reports
from autossl_doctor.store.state import State
state = State(place)
reports, inboxes = Reports(state), Inboxes(state)
def owner(name, uid, shared=False, began=5): return Owner(name, uid, uid, began, shared)
def report(who):
    head = {"account": who.account, "uid": who.uid, "startdate": who.startdate}
    return {"schema": 1, "generated_at": at, "written_at": at, **head, "server_findings": [], "sites": []}
def keep(who):
    inboxes.prepare(who, former=reports.write(who, report(who)) == "begun")
def taken(uid):
    found = inboxes.take(uid)
    return [len(found.said), found.refused]
alice, bob = owner("alice", 2001), owner("bob", 2002)
"""
ACCOUNT_CODE = """
import fcntl, os
from autossl_doctor.store.click import Lock, leave, locked
from autossl_doctor.store.live import load_live
from autossl_doctor.store.own import load, load_form_key
record = {"schema": 1, "verb": "retry", "site": "shop.example", "names": [], "at": at}
def tries(task):
    try:
        return task()
    except OSError as error:
        return type(error).__name__
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that every user can reach."""
    directory = Path(tempfile.mkdtemp(prefix="autossl-doctor-test-"))
    directory.chmod(0o711)
    (directory / "state").mkdir()
    yield directory / "state"
    shutil.rmtree(directory)


def run(place: Path, code: str, rules: tuple[str, ...]) -> Any:
    """The last expression of a piece of code, evaluated by another process."""
    body, _, last = code.strip().rpartition("\n")
    start = f"import json, sys\nsys.path[:0] = {sys.path!r}\nplace, at = {str(place)!r}, {AT!r}\n"
    program = f"{start}{body}\nprint(json.dumps({last.strip()}))"
    done = subprocess.run(
        ["setpriv", *rules, sys.executable, "-I", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def as_root(place: Path, code: str) -> Any:
    """What root does, with no more rights than the unit leaves it."""
    return run(place, ROOT_CODE + code, HOUSE_RULES)


def as_account(place: Path, code: str, uid: int = ALICE) -> Any:
    """What an account does."""
    return run(place, ACCOUNT_CODE + code, (f"--reuid={uid}", f"--regid={uid}", "--clear-groups"))


def prepared(place: Path) -> None:
    """Both accounts have a report and an inbox."""
    as_root(place, "keep(alice), keep(bob)\nreports.write_live(alice, {'schema': 1})\n0")


def test_root_has_no_more_rights_here_than_in_its_unit(place: Path) -> None:
    """Else the tests below would say nothing about the unit."""
    unit = (Path(__file__).resolve().parents[2] / "plugin/system/autossl-doctor-follow.service").read_text()
    assert "CapabilityBoundingSet=CAP_DAC_READ_SEARCH CAP_CHOWN\n" in unit
    chown, read_search = 1 << 0, 1 << 2
    effective = as_root(place, "open('/proc/self/status').read().partition('CapEff:')[2].split()[0]")
    assert int(effective, 16) == chown | read_search


def test_an_account_reads_its_own_report_and_no_other(place: Path) -> None:
    """Neither by its content nor by its name, and no directory above can be listed."""
    prepared(place)
    assert as_account(place, "load(2001, 'alice', 5, state=place).report['account']") == "alice"
    assert as_account(place, "len(load_form_key(2001, state=place))") == 64
    assert as_account(place, "load_live(2001, 5, state=place).decode()") == '{"schema":1}'
    assert as_account(place, "load(2001, 'alice', 5, state=place).why", BOB) == "shared_group"
    assert as_account(place, "load_live(2001, 5, state=place)", BOB) is None
    for path in ("", "/reports", "/inbox", "/reports/2002", "/inbox/2001"):
        assert as_account(place, f"tries(lambda: os.listdir(place + {path!r}))") == "PermissionError", path


def test_an_account_cannot_write_where_root_does(place: Path) -> None:
    """Its own report belongs to root."""
    prepared(place)
    for path in ("/x", "/reports/x", "/reports/2001/x", "/inbox/x", "/inbox/2002/x"):
        assert as_account(place, f"tries(lambda: os.open(place + {path!r}, os.O_CREAT))") == "PermissionError", path
    assert as_account(place, "tries(lambda: os.unlink(place + '/reports/2001/report.json'))") == "PermissionError"


def test_a_click_reaches_root(place: Path) -> None:
    """The record is the account's, and root needs no further rights to take it."""
    prepared(place)
    code = """
with locked(2001, state=place) as lock:
    done = isinstance(lock, Lock) and lock.write(record)
left = leave(2001, record, state=place)
[done, left]"""
    assert as_account(place, code) == [True, None]
    assert as_account(place, "leave(2001, record, state=place).why", BOB) == "no_inbox"
    assert as_account(place, "locked(2001, state=place).__enter__().why", BOB) == "no_inbox"
    assert as_root(place, "taken(2001)") == [1, 0]
    assert listing(inbox(place, ALICE)) == {"lock"}


def test_whatever_an_account_leaves_harms_nobody(place: Path) -> None:
    """Links to root's files, FIFOs, huge, closed and foreign files, directories with content."""
    prepared(place)
    secret = place.parent / "secret"
    secret.write_text(json.dumps({"schema": 1, "verb": "look", "site": "", "names": [], "at": AT}))
    secret.chmod(0o600)
    code = f"""
os.chdir(place + "/inbox/2001")
os.symlink({str(secret)!r}, "link.json")
os.symlink("/dev/zero", "zero.json")
os.mkfifo("fifo.json")
with open("huge.json", "w") as huge: huge.truncate(1 << 40)
with open("closed.json", "w") as closed: json.dump(record, closed)
os.chmod("closed.json", 0)
os.makedirs("full.json/below")
os.mkdir("empty.json", 0)
hard = tries(lambda: os.link({str(secret)!r}, "hard.json"))
leave(2001, record, state=place)
hard"""
    as_account(place, code)
    said, refused = as_root(place, "taken(2001)")
    assert said == 2  # a closed file is its owner's all the same
    assert refused >= 6
    assert listing(inbox(place, ALICE)) == {"full.json"}
    assert secret.is_file()
    assert as_root(place, "taken(2001)") == [0, 1]


def test_an_account_cannot_hold_root_up(place: Path) -> None:
    """A lock that an account takes on its directory is none that root waits for."""
    prepared(place)
    become = ["setpriv", f"--reuid={ALICE}", f"--regid={ALICE}", "--clear-groups"]
    hold = ["flock", "--no-fork", str(place / "reports/2001"), "sh", "-c", "echo held; exec sleep 60"]
    holder = subprocess.Popen([*become, *hold], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert as_root(place, "reports.write(alice, report(alice))") == "replaced"
    finally:
        holder.kill()
        holder.communicate()


def test_a_shared_group_shows_nothing_to_anybody(place: Path) -> None:
    """Also not what had been written while the group was not shared."""
    prepared(place)
    as_root(place, "keep(alice._replace(shared=True))\n0")
    for uid in (ALICE, BOB):
        rules = (f"--reuid={uid}", f"--regid={ALICE}", "--clear-groups")
        assert run(place, ACCOUNT_CODE + "load(2001, 'alice', 5, state=place).why", rules) == "shared_group"
        assert run(place, ACCOUNT_CODE + "leave(2001, record, state=place).why", rules) == "no_inbox"


def test_a_new_owner_of_an_id_starts_with_nothing(place: Path) -> None:
    """Also if the former one left things behind that root cannot simply remove."""
    prepared(place)
    as_account(place, "os.makedirs(place + '/inbox/2001/d/e')\nleave(2001, record, state=place)")
    as_root(place, "keep(owner('eve', 2001, began=9))\n0")
    assert as_account(place, "load(2001, 'alice', 5, state=place).why") == "foreign"
    assert as_account(place, "load(2001, 'eve', 9, state=place).report['account']") == "eve"
    assert as_root(place, "taken(2001)") == [0, 0]
    assert as_account(place, "leave(2001, record, state=place)") is None


def test_accounts_that_are_gone_leave_nothing_behind(place: Path) -> None:
    """Their reports and inboxes are removed, or moved to where only root sees them."""
    prepared(place)
    as_account(place, "os.makedirs(place + '/inbox/2001/d/e')\nleave(2001, record, state=place)")
    as_root(place, "reports.remove_gone({2002})\ninboxes.remove_gone({2002})\n0")
    assert listing(place / "reports") == listing(place / "inbox") == {"2002"}
    assert (place / "odd").stat().st_mode & 0o777 == 0o700
