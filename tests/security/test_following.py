"""What an account can make root do: the follower with its real unit, its FIFO, its prober, and a hostile account."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.lab import hosts
from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.standing import standing_panel
from tests.security.browsing import PROGRESS, good_fields, log_in, post, visit
from tests.security.household import (
    PYTHON,
    QUICK,
    SHARED,
    STATE,
    domain,
    form_key,
    household,
    inbox_path,
    refresh,
    report_path,
    site,
)
from tests.security.moved_in import MovedIn
from tests.security.traces import foreign_words, secrets_in

pytestmark = pytest.mark.system("root", "mount and network namespaces")
FOLLOW, PROBE = "autossl-doctor-follow.service", "autossl-doctor-probe.path"
RUN = "/run/autossl-doctor"
PATIENCE = 25
_FLOOD = r"""
import json, os, sys, time
inbox, verb, site, ago, seconds, many = sys.argv[1:7]
end, number = time.time() + float(seconds), 0
while time.time() < end:
    for _ in range(int(many)):
        number += 1
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - float(ago)))
        name = f"{inbox}/{number:014d}-{os.urandom(8).hex()}"
        with open(name + ".new", "w") as stream:
            json.dump({"schema": 1, "verb": verb, "site": site, "names": [], "at": at}, stream)
        os.rename(name + ".new", name + ".json")
    wake = os.open("/run/autossl-doctor/wake", os.O_WRONLY | os.O_NONBLOCK)
    os.write(wake, b"w")
    os.close(wake)
    time.sleep(0.2)
"""
_SPIN = r"""
import os, sys, time
wake = os.open("/run/autossl-doctor/wake", os.O_WRONLY | os.O_NONBLOCK)
end = time.time() + float(sys.argv[1])
while time.time() < end:
    for _ in range(1000):
        try:
            os.write(wake, b"x" * 512)
        except BlockingIOError:
            pass
"""


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingPanel]:
    """One server on which everything is at work."""
    directory = tmp_path_factory.mktemp("following")
    parked = tuple(f"pangolin-{number}.example" for number in range(60))
    large = site("rita", parked=parked, checks={"*": hosts.check.http_status(404)})
    host = household()
    host = replace(host, sites=tuple(large if each.domain == large.domain else each for each in host.sites))
    with standing_panel(host, directory, manner=QUICK, shared_groups=SHARED) as standing:
        refresh(standing)
        yield standing


def wait_for(condition: Callable[[], Any], seconds: float = PATIENCE) -> None:
    """Wait until something has happened."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def content(path: Path) -> dict[str, Any]:
    """A JSON file, or nothing while there is none."""
    try:
        read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return read


def follower(panel: StandingPanel) -> dict[str, Any]:
    """What the service manager says of the follower."""
    status: dict[str, Any] = panel.systemctl("status", FOLLOW)
    return status


def flood(panel: StandingPanel, user: str, verb: str, site: str, *, ago: float, seconds: float, many: int) -> None:
    """Let an account leave records and wake the follower, again and again."""
    inbox = f"{STATE}/inbox/{panel.numbers[user]}"
    command = [PYTHON, "-I", "-c", _FLOOD, inbox, verb, site, *map(str, (ago, seconds, many))]
    done = panel.run(command, user=user)
    assert done.returncode == 0, done.stderr


def leave(panel: StandingPanel, user: str, verb: str, site: str) -> None:
    """Let an account leave one record and wake the follower."""
    flood(panel, user, verb, site, ago=0, seconds=0.1, many=1)


def checked(panel: StandingPanel, user: str) -> None:
    """Let an account have a check, from the click to its end."""
    session = log_in(panel, user)
    said = json.loads(post(panel, session, good_fields(panel, session, "retry", domain(user))).body)
    assert said["answer"] in {"started", "just_started"}
    wait_for(lambda: content(report_path(panel, user, "live.json")).get("ended"))


def test_a_storm_of_wakes_does_not_hold_up_others(panel: StandingPanel) -> None:
    """While an account writes into the FIFO as fast as it can, another's check is followed to its end."""
    storm = [Thread(target=panel.run, args=([PYTHON, "-I", "-c", _SPIN, "3"],), kwargs={"user": "bob"}) for _ in "ab"]
    for thread in storm:
        thread.start()
    checked(panel, "alice")
    for thread in storm:
        thread.join()
    assert follower(panel)["state"] == "active"
    assert follower(panel)["starts"] == 1


@pytest.mark.point(32)
def test_an_account_is_not_judged_because_it_says_so(panel: StandingPanel) -> None:
    """Records about a check that is long over are worth one new report and not one each."""
    checked(panel, "bob")
    with closing(MovedIn(report_path(panel, "bob").parent)) as reports:
        flood(panel, "bob", "retry", domain("bob"), ago=60, seconds=3, many=1)
        time.sleep(1)
        assert reports.count("report.json") <= 2


def test_progress_is_not_written_for_every_record(panel: StandingPanel) -> None:
    """However many records an account leaves, its progress is written about once at each look, not for each record."""
    with closing(MovedIn(report_path(panel, "dora").parent)) as lives:
        flood(panel, "dora", "retry", domain("dora"), ago=0, seconds=2, many=40)
        time.sleep(0.5)
        assert lives.count("live.json") <= 25


@pytest.mark.point(40, 43)
def test_junk_does_not_fill_the_journal(panel: StandingPanel) -> None:
    """An account that leaves junk again and again is told about in a line now and then."""
    before = panel.journal()
    flood(panel, "dora", "no such verb", "x", ago=0, seconds=2, many=1)
    time.sleep(0.5)
    said = panel.journal().removeprefix(before)
    assert said.count("\n") <= 5


def test_the_prober_visits_only_the_own_websites(panel: StandingPanel) -> None:
    """A record that names another account's website sends nobody there."""
    panel.systemctl("stop", PROBE)
    leave(panel, "rita", "look", domain("alice"))
    asked = panel.path(f"{RUN}/probe-request")
    try:
        until = time.monotonic() + 4
        while time.monotonic() < until:
            # A request for this one website is a visit that an account asked for; routine ones name them all.
            assert [each["site"] for each in content(asked).get("sites", [])] != [domain("alice")]
            time.sleep(0.05)
    finally:
        panel.systemctl("start", PROBE)


@pytest.mark.point(33)
@pytest.mark.parametrize(
    "site", ["no-such.example", "localhost", "192.0.2.66", "-x", "../../etc", "a" * 300, "xn--", ""]
)
def test_a_website_that_does_not_exist_is_never_visited(panel: StandingPanel, site: str) -> None:
    """Names that no website of the server has reach no request to the prober."""
    leave(panel, "simon", "look", site)
    time.sleep(0.5)
    asked = panel.path(f"{RUN}/probe-request")
    sites = {each["site"] for each in content(asked).get("sites", [])}
    assert sites <= {domain(user) for user in panel.numbers}


@pytest.mark.point(31, 32)
def test_lies_in_an_inbox_never_lead_to_a_call(panel: StandingPanel) -> None:
    """Records about checks, key types and exclusions change nothing by themselves: no call, no check, no exclusion."""
    wait_for(lambda: panel.checks() == ([], {}))
    calls = len(panel.answers())
    inbox = f"{STATE}/inbox/{panel.numbers['simon']}"
    for number, verb in enumerate(("retry", "save_key_type", "exclude", "include", "repair", "$(id)")):
        said = {
            "schema": 1,
            "verb": verb,
            "site": domain("simon"),
            "names": [domain("alice")],
            "at": "2026-11-23T00:00:00Z",
        }
        script = 'cat > "$1.new" && mv "$1.new" "$1.json" && printf w > /run/autossl-doctor/wake'
        done = panel.run(["sh", "-c", script, "sh", f"{inbox}/{number}"], user="simon", stdin=json.dumps(said))
        assert done.returncode == 0, done.stderr
    wait_for(lambda: {path.name for path in inbox_path(panel, "simon").iterdir()} <= {"lock"})
    time.sleep(1)
    assert len(panel.answers()) == calls
    assert panel.checks() == ([], {})
    assert not panel.path("/var/cpanel/ssl/autossl/excludes/simon.json").exists()


HOSTILE = (
    b"\n",
    b"{}\n",
    b"[" * 1500 + b"\n",
    b"\xff\xfe\n",
    b"x" * 5000 + b"\n",
    b'{"site":"narwhal.example","address":"192.0.2.10","at":"2026-11-23T00:00:00Z","outcome":"error"}\n',
)


def record(**changes: object) -> bytes:
    """A line of the prober about fiona's website."""
    good: dict[str, object] = {
        "site": domain("fiona"),
        "address": "192.0.2.10",
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "outcome": "served",
        "fingerprint": "0" * 64,
        "validity": "valid",
        "not_after": "2030-01-01T00:00:00Z",
        "issuer": "honest issuer",
    }
    return json.dumps(good | changes).encode() + b"\n"


def remembered(panel: StandingPanel) -> str:
    """Everything that root remembers of visits."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted(panel.path(STATE).glob("served*")))


def test_hostile_answers_of_the_prober_are_damaged(panel: StandingPanel) -> None:
    """What was not asked for, has another form or would steer a terminal is left out; the honest line counts."""
    damaged = (
        record(issuer="\x1b[31mred"),
        record(issuer="a\u202eb"),
        record(issuer="x" * 201),
        record(issuer=7),
        record(outcome="$(id)"),
        record(at="2026-99-99T00:00:00Z"),
        record(fingerprint="../../etc/passwd"),
        record(site="-x"),
        record(more="field"),
    )
    panel.systemctl("stop", PROBE)
    asked = panel.path(f"{RUN}/probe-request")
    before = content(asked).get("id")
    try:
        time.sleep(0.5)
        leave(panel, "fiona", "look", domain("fiona"))
        wait_for(lambda: content(asked).get("id") != before and content(asked)["sites"][0]["site"] == domain("fiona"))
        done = json.dumps({"done": content(asked)["id"], "schema": 1}, separators=(",", ":")).encode() + b"\n"
        answer = panel.path(f"{RUN}/probe-answer")
        answer.write_bytes(b"".join((*HOSTILE, *damaged, record(), record(issuer="a second one"), done)))
        wait_for(lambda: "honest issuer" in remembered(panel))
        kept = remembered(panel)
    finally:
        panel.systemctl("start", PROBE)
    assert kept.count("honest issuer") == 1
    for bad in ("a second one", "31mred", "u202e", "\u202e", "xxx", "$(id)", "passwd", '"more"', '"-x"', '"error"'):
        assert bad not in kept
    assert follower(panel)["state"] == "active"


def test_the_unit_copes_with_everything_that_an_account_can_make(panel: StandingPanel) -> None:
    """With the few rights that its unit leaves it, the follower empties an inbox full of tricks and goes on."""
    inbox = f"{STATE}/inbox/{panel.numbers['nora']}"
    tricks = (
        f"cd {inbox}; mkdir -p d.json/e; touch d.json/e/f; chmod 000 d.json/e d.json; "
        "mkfifo f.json; ln -s /etc/shadow s.json; "
        "echo x > h.json; chmod 000 h.json; echo x > i.json; ln i.json j.json; mkdir k.json; chmod 000 k.json; "
        "truncate -s 1G l.json; touch m.new; ln -s . n.new; printf w > /run/autossl-doctor/wake"
    )
    assert panel.run(["sh", "-c", tricks], user="nora").returncode == 0
    wait_for(lambda: {path.name for path in inbox_path(panel, "nora").iterdir()} <= {"lock", "d.json", "m.new"})
    assert follower(panel)["starts"] == 1
    assert "Traceback" not in panel.journal()


def test_the_end_of_a_check_of_many_names_is_seen(panel: StandingPanel) -> None:
    """A website with many failing names learns the end of its check like any other."""
    leave(panel, "rita", "retry", domain("rita"))
    panel.start_check("rita")
    wait_for(lambda: content(report_path(panel, "rita", "live.json")).get("ended"))
    answer = visit(panel, log_in(panel, "rita"), PROGRESS)
    assert json.loads(answer.body).get("ended")


@pytest.mark.point(41)
def test_the_next_owner_of_a_number_finds_nothing(panel: StandingPanel) -> None:
    """When an account begins anew under the same name and number, its former inbox, report and key are gone."""
    users = panel.path("/var/cpanel/users/nora")
    key, inbox = form_key(panel, "nora"), inbox_path(panel, "nora").stat().st_ino
    changed = users.read_text(encoding="utf-8").replace("STARTDATE=1600000000", "STARTDATE=1700000000")
    users.write_text(changed, encoding="utf-8")
    leave(panel, "nora", "look", "")
    wait_for(lambda: content(report_path(panel, "nora")).get("startdate") == 1_700_000_000, 45)
    wait_for(lambda: inbox_path(panel, "nora").stat().st_ino != inbox)
    assert form_key(panel, "nora") != key
    assert {path.name for path in inbox_path(panel, "nora").iterdir()} == set()


def test_at_the_end_nothing_has_leaked(panel: StandingPanel) -> None:
    """After all of this the journal holds no key, no password and no account's words; the page still works."""
    said = panel.journal()
    keys = [form_key(panel, user) for user in ("alice", "bob", "dora")]
    assert not secrets_in(said, *keys)
    assert not foreign_words(said, None)
    assert "failed" not in follower(panel)["result"]
    answer = visit(panel, log_in(panel, "alice"))
    assert answer.status == 200
    assert not foreign_words(answer.text, "alice")
