"""An account puts strange things into its own inbox: the page stays calm and quick, and root never follows a link."""

import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.lab.panel.entered import StandingPanel
from tests.security.browsing import PAGE, PROGRESS, Answer, good_fields, log_in, post, visit
from tests.security.household import (
    PYTHON,
    STATE,
    domain,
    forget_clicks,
    form_key,
    inbox_path,
    quiet_panel,
    report_path,
)
from tests.security.traces import foreign_words, own_inbox, secrets_in, watched

pytestmark = pytest.mark.system("root", "mount and network namespaces")
SHOP = domain("alice")
QUIET = {"started", "just_started", "no_report", "running", "failed"}
A_WHILE = 15


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingPanel]:
    """One server for all tricks."""
    with quiet_panel(tmp_path_factory.mktemp("files")) as standing:
        yield standing


@pytest.fixture(autouse=True)
def inbox(panel: StandingPanel) -> str:
    """Alice's inbox, empty."""
    forget_clicks(panel, "alice")
    return own_inbox(panel, "alice").rstrip("/")


def as_alice(panel: StandingPanel, script: str, *, user: str = "alice") -> str:
    """Let an account do something with a shell; what it printed, whatever became of it."""
    done = panel.run(["sh", "-c", script], user=user)
    return done.stdout + done.stderr


def click(panel: StandingPanel) -> Answer:
    """Alice clicks on the button that starts a check."""
    session = log_in(panel, "alice")
    return post(panel, session, good_fields(panel, session, "retry", SHOP))


TRICKS = {
    "a link to another's lock": "ln -s ../2002/lock {lock}",
    "a link to a file of root's": "ln -s /etc/shadow {lock}",
    "a link to its own file": "echo mine > ~/mine; ln -s ~/mine {lock}",
    "a link to nothing": "ln -s ~/new-file {lock}",
    "a link to itself": "ln -s lock {lock}",
    "a hard link": "echo mine > {inbox}/other; ln {inbox}/other {lock}",
    "a FIFO": "mkfifo {lock}",
    "a directory": "mkdir {lock}; touch {lock}/x",
    "a huge sparse file": "truncate -s 1T {lock} || truncate -s 20M {lock}",
    "a file without rights": "touch {lock}; chmod 000 {lock}",
    "an executable": "echo '#!/bin/sh' > {lock}; chmod 6777 {lock}",
    "words that are no JSON": "echo '{{' > {lock}",
    "deep JSON": "head -c 1000 /dev/zero | tr '\\0' '[' > {lock}",
    "binary": "head -c 900 /dev/urandom > {lock}",
    "markup": 'echo \'{{"schema":1,"verb":"retry","site":"<script>","at":"2099-01-01T00:00:00Z"}}\' > {lock}',
    "odd types": 'echo \'{{"schema":[],"verb":{{}},"site":7,"at":[1],"before":{{}}}}\' > {lock}',
    "odd verb": 'echo \'{{"verb":["retry"],"site":"quokka.example","at":"2026-01-01T00:00:00Z"}}\' > {lock}',
    "a far year": 'echo \'{{"verb":"retry","site":"quokka.example","at":"9999-99-99T00:00:00Z"}}\' > {lock}',
    "a socket": f"{PYTHON} -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"{{lock}}\")'",
}


@pytest.mark.point(34)
@pytest.mark.parametrize("trick", TRICKS)
def test_something_strange_in_place_of_the_lock(panel: StandingPanel, inbox: str, trick: str) -> None:
    """Page, progress and button answer calmly, nothing outside the inbox changes, and no secret is shown."""
    as_alice(panel, TRICKS[trick].format(lock=f"{inbox}/lock", inbox=inbox))
    session = log_in(panel, "alice")
    with watched(panel) as traces:
        seen = [visit(panel, session, path) for path in (PAGE, PROGRESS)]
        clicked = click(panel)
    assert [answer.status for answer in (*seen, clicked)] == [200, 200, 200]
    assert json.loads(clicked.body)["answer"] in QUIET
    assert not {path for path in traces.files if not path.startswith(inbox)}
    told = "".join(answer.everything for answer in (*seen, clicked)) + traces.logs
    assert not secrets_in(told, "root:", "page failed")
    assert not foreign_words(told, "alice")


def test_a_lock_that_is_held_for_ever(panel: StandingPanel, inbox: str) -> None:
    """Other clicks get a quiet answer within seconds, and the pages do not wait at all."""
    as_alice(panel, f"(exec 9>{inbox}/lock; flock 9; sleep 30) >/dev/null 2>&1 &")
    begun = time.monotonic()
    session = log_in(panel, "alice")
    with watched(panel) as traces:
        assert visit(panel, session).status == 200
        answer = click(panel)
    assert json.loads(answer.body)["answer"] == "just_started"
    assert not traces.changes
    assert time.monotonic() - begun < A_WHILE


RECORDS = {
    "a link to root's file": "ln -s /etc/shadow {record}",
    "a link to the own key": "ln -s ../../reports/2001/form.key {record}",
    "a link to another's record": "ln -s ../2002/20260101000000-ff.json {record}",
    "a link to a directory": "ln -s / {record}",
    "a hard link": "echo '{good}' > ~/twin; ln ~/twin {record} || ln {inbox}/lock {record}",
    "a FIFO": "mkfifo {record}",
    "a directory": "mkdir {record}; touch {record}/x",
    "an empty directory": "mkdir {record}",
    "a huge sparse file": "truncate -s 1T {record} || truncate -s 50M {record}",
    "a file without rights": "echo '{good}' > {record}; chmod 000 {record}",
    "no JSON": "echo '{{' > {record}",
    "deep JSON": "head -c 1000 /dev/zero | tr '\\0' '[' > {record}",
    "binary": "head -c 900 /dev/urandom > {record}",
    "an odd name": "echo '{good}' > \"{inbox}/$(printf '\\377\\n;x').json\"",
    "a half pair": 'echo \'{{"schema":1,"verb":"retry","at":"2026-01-01T00:00:00Z","site":"\\ud800"}}\' > {record}',
}


@pytest.mark.point(34)
@pytest.mark.parametrize("trick", RECORDS)
def test_something_strange_in_place_of_a_record(panel: StandingPanel, inbox: str, trick: str) -> None:
    """The follower throws it away without following it, writes nothing outside, and says nothing of its content."""
    good = json.dumps({"schema": 1, "verb": "look", "site": SHOP, "names": [], "at": "2026-01-01T00:00:00Z"})
    record = f"{inbox}/20260101000000-ffffffffffffffff.json"
    as_alice(panel, RECORDS[trick].format(record=record, inbox=inbox, good=good))
    journal = panel.journal()
    with watched(panel) as traces:
        followed(panel)
    outside = {path for path in traces.files if not path.startswith((inbox, f"{STATE}/reports", f"{STATE}/s"))}
    assert not {path for path in outside if not path.startswith(("/run/autossl-doctor", STATE))}
    said = panel.journal().removeprefix(journal)
    assert not secrets_in(said, form_key(panel, "alice"), "root:", "Error")
    assert not traces.changes
    left = {path.name for path in inbox_path(panel, "alice").iterdir()} - {"lock"}
    assert left <= ({record.rpartition("/")[2]} if trick == "a directory" else set())


def followed(panel: StandingPanel) -> None:
    """Let the follower come, read all inboxes, and go."""
    script = (
        "import sys; from datetime import timedelta; from autossl_doctor.entry.following import timing; "
        "import autossl_doctor.entry.following.follower as follower; "
        "from autossl_doctor.entry import follow; quick = timing.Timing(tick=timedelta(seconds=0.05), "
        "quiet_tick=timedelta(seconds=0.05), awake=timedelta(0), after_asking=timedelta(0), "
        "queued=timedelta(seconds=0.5)); "
        "follow.Around = lambda *given: follower.Around(*given, timing=quick); sys.exit(follow.follow())"
    )
    done = panel.run([PYTHON, "-I", "-c", script])
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.point(40)
def test_ten_thousand_files_in_an_inbox(panel: StandingPanel, inbox: str) -> None:
    """The page and the button work as ever; the follower takes a bounded number at a time and gets through."""
    as_alice(panel, f"cd {inbox} && for n in $(seq 10000); do : > $n.json; done")
    session = log_in(panel, "alice")
    assert visit(panel, session).status == 200
    assert json.loads(click(panel).body)["answer"] == "started"
    for _ in range(3):
        followed(panel)
    assert {path.name for path in inbox_path(panel, "alice").iterdir()} == {"lock"}


@pytest.mark.point(38)
@pytest.mark.parametrize(
    "command",
    [
        "ls {state}",
        "ls {state}/reports",
        "ls {state}/inbox",
        "ls {state}/inbox/2002",
        "ls {state}/reports/2002",
        "cat {state}/reports/2002/report.json",
        "cat {state}/reports/2002/form.key",
        "cat {state}/reports/2002/memory.json",
        "cat {state}/state.db",
        "cat {state}/reports/2002/live.json",
        "cat {state}/inbox/2002/lock",
        "cat {state}/server.json",
        "cat {state}/served.json",
        "touch {state}/inbox/2002/20260101000000-ff.json",
        "touch {state}/inbox/9999",
        "mkdir {state}/reports/9999",
        "rm {state}/reports/2001/report.json",
        "mv {state}/reports/2001/form.key {state}/reports/2001/x",
        "sh -c 'echo x >> {state}/reports/2001/report.json'",
        "ln -s /etc {state}/reports/2001/x",
        "ln {state}/reports/2001/report.json {state}/inbox/2001/20260101000000-ff.json",
        "chmod 777 {state}/inbox/2001",
        "mv {state}/inbox/2001 {state}/inbox/x",
        "ls {state}/inbox/2001",
        "cat /run/autossl-doctor/wake",
        "cat /run/autossl-doctor/probe-request",
        "touch /run/autossl-doctor/probe-answer",
        "ln -s /etc/shadow /run/autossl-doctor/x",
    ],
)
def test_what_permissions_forbid(panel: StandingPanel, command: str) -> None:
    """An account lists and reads nothing of others or of root's, and changes nothing of its own report."""
    with watched(panel) as traces:
        done = panel.run(["sh", "-c", command.format(state=STATE)], user="alice")
    assert done.returncode != 0
    assert done.stdout == ""
    assert not traces.files


@pytest.mark.point(38)
def test_an_account_reads_its_own_report_only(panel: StandingPanel) -> None:
    """Its own report can be read, so that the refusals above mean something; a neighbour's command cannot."""
    path = f"{STATE}/reports/2001/report.json"
    assert SHOP in as_alice(panel, f"cat {path}")
    assert SHOP not in as_alice(panel, f"cat {path}", user="bob")


@pytest.mark.point(38)
@pytest.mark.parametrize("user", ["gina", "greg"])
def test_a_shared_group_shares_nothing(panel: StandingPanel, user: str) -> None:
    """Where a group has two accounts, neither reads a report or a key, and neither has an inbox."""
    for owner in ("gina", "greg"):
        told = as_alice(panel, f"cat {STATE}/reports/{panel.numbers[owner]}/*.json", user=user)
        assert not foreign_words(told, None)
        assert report_path(panel, owner).stat().st_mode & 0o777 == 0o600
        assert report_path(panel, owner, "form.key").stat().st_mode & 0o777 == 0o600
        assert not inbox_path(panel, owner).exists()


def test_files_that_change_while_the_follower_reads(panel: StandingPanel, inbox: str) -> None:
    """A record that turns into links, FIFOs and directories all the time leads nowhere and stops nobody."""
    swap = (
        f"cd {inbox}; end=$(($(date +%s) + 2)); while [ $(date +%s) -lt $end ]; do "
        "rm -rf a.json; ln -s /etc/shadow a.json; rm -f a.json; echo '{}' > a.json; ln a.json b.json; "
        "rm -f a.json b.json; "
        "mkfifo a.json; rm -f a.json; mkdir -p a.json/x; rm -rf a.json; ln -s ../../server.json a.json; done"
    )
    swapping = threading.Thread(target=as_alice, args=(panel, swap))
    swapping.start()
    with watched(panel) as traces:
        while swapping.is_alive():
            followed(panel)
    assert not {path for path in traces.files if not path.startswith((f"{STATE}/", "/run/autossl-doctor"))}
    assert "x:0:0" not in panel.journal()


REPLACED: dict[str, Callable[[Path], object]] = {
    "a link to another's report": lambda path: path.symlink_to("../2002/report.json"),
    "a link to a file outside": lambda path: path.symlink_to("/home/alice/quokka-file"),
    "a directory": lambda path: (path / "x").mkdir(parents=True),
    "words": lambda path: path.write_text("no JSON"),
    "deep JSON": lambda path: path.write_text("[" * 200_000),
    "nothing": lambda _path: None,
}


@pytest.mark.parametrize("name", ["report.json", "live.json", "form.key"])
@pytest.mark.parametrize("what", [*REPLACED, "a FIFO", "a hard link"])
def test_root_puts_its_own_files_right(panel: StandingPanel, what: str, name: str) -> None:
    """Whatever stands in place of a report, the page stays calm, and the next refresh writes through no link."""
    path = report_path(panel, "alice", name)
    outside = panel.path("/home/alice/quokka-file").read_bytes()
    neighbour = form_key(panel, "bob")
    path.unlink(missing_ok=True)
    if what == "a FIFO":
        os.mkfifo(path)
    elif what == "a hard link":
        os.link(report_path(panel, "bob", "form.key"), path)
    else:
        REPLACED[what](path)
    session = log_in(panel, "alice")
    try:
        for door in (PAGE, PROGRESS):
            answer = visit(panel, session, door)
            assert answer.status == 200
            assert not foreign_words(answer.everything, "alice")
            assert not secrets_in(answer.everything, neighbour)
    finally:
        done = panel.run([PYTHON, "-I", "-m", "autossl_doctor", "refresh"])
    assert done.returncode == 0, done.stderr
    assert panel.path("/home/alice/quokka-file").read_bytes() == outside
    assert json.loads(report_path(panel, "bob").read_bytes())["account"] == "bob"
    assert form_key(panel, "bob") == neighbour
    assert report_path(panel, "alice").is_file()
    assert not report_path(panel, "alice").is_symlink()
    assert visit(panel, session).text.count("quokka") > 1
    key = report_path(panel, "alice", "form.key")
    assert (key.stat().st_size, key.stat().st_nlink, key.is_symlink()) == (64, 1, False)


@pytest.mark.parametrize("what", ["a link", "a file", "a FIFO"])
def test_something_in_place_of_a_whole_directory(panel: StandingPanel, what: str) -> None:
    """A report directory that is a link, a file or a FIFO gives way to a real one; the link's target stays as it is."""
    place = report_path(panel, "alice").parent
    shutil.rmtree(place)
    target = panel.path("/home/alice")
    before = sorted(entry.name for entry in target.iterdir())
    if what == "a link":
        place.symlink_to("/home/alice")
    elif what == "a file":
        place.touch()
    else:
        os.mkfifo(place)
    session = log_in(panel, "alice")
    assert visit(panel, session).status == 200
    done = panel.run([PYTHON, "-I", "-m", "autossl_doctor", "refresh"])
    assert done.returncode == 0, done.stderr
    assert sorted(entry.name for entry in target.iterdir()) == before
    assert place.is_dir()
    assert not place.is_symlink()
    assert place.stat().st_mode & 0o7777 == 0o750
