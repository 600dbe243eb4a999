"""The lab's panel as a whole: it stands in a space of its own, real people run real checks, and nothing is left."""

import http.client
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.lab import hosts
from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.live_run import Manner, present
from tests.lab.panel.standing import standing_panel

PYTHON = "/opt/autossl-doctor/venv/bin/python3"
QUICK = Manner(pace=0.01, delay=0.2)
SERVED = """
import socket, ssl, sys
from cryptography import x509
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
with socket.create_connection(("192.0.2.10", 443), 5) as plain:
    with context.wrap_socket(plain, server_hostname=sys.argv[1]) as secured:
        print(int(x509.load_der_x509_certificate(secured.getpeercert(True)).not_valid_after_utc.timestamp()))
"""
pytestmark = pytest.mark.system("mount and network namespaces")


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[StandingPanel]:
    """A panel with an expired website and a neighbour."""
    expired = hosts.Site("shop.example", hosts.Account("alice"), certificate=hosts.Certificate(days_left=-1.5))
    other = hosts.Site("bakery.example", hosts.Account("bob"))
    host = hosts.Host(now=present(), sites=(expired, other), runs=())
    with standing_panel(host, tmp_path, manner=QUICK) as standing:
        yield standing


def wait_for(condition: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until something has happened."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def served_until(panel: StandingPanel, name: str) -> int:
    """The end of the certificate that a visitor gets, in seconds."""
    done = panel.run([PYTHON, "-I", "-c", SERVED, name])
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def runs_in(panel: StandingPanel) -> list[Path]:
    """The directories of all runs."""
    return sorted(panel.path("/var/cpanel/logs/autossl").glob("[0-9]*-*"))


def uapi(panel: StandingPanel, function: str, *given: str) -> dict[str, object]:
    """Call a function of the module SSL as alice, on the command line."""
    command = ["/usr/local/cpanel/bin/uapi", "--output=json", "--user=alice", "SSL", function, *given]
    done = panel.run(command)
    assert done.returncode == 0, done.stderr
    result: dict[str, object] = json.loads(done.stdout)["result"]
    return result


def processes_of(directory: Path) -> list[str]:
    """The command lines of processes that name the directory."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if str(directory).encode() in b" ".join(words):
            found.append(b" ".join(words).decode(errors="replace"))
    return found


def test_it_is_reached_from_outside_and_changes_nothing_there(panel: StandingPanel) -> None:
    """A browser of this machine reaches the login page; the panel's paths exist inside only."""
    address = urlsplit(panel.url)
    with closing(http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)) as connection:
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
    inside = ["/var/cpanel/users/alice", "/etc/userdatadomains", "/home/alice", PYTHON, "/opt/autossl-doctor"]
    assert [path for path in inside if not os.path.lexists(panel.path(path))] == []
    assert [path for path in inside if os.path.lexists(path)] == []


def test_the_time_zone_is_the_host_s(panel: StandingPanel) -> None:
    """Programs inside live in the zone of the described host."""
    assert panel.run(["date", "+%Z"]).stdout == "JST\n"


@pytest.mark.system("root")
def test_accounts_are_real_people(panel: StandingPanel) -> None:
    """An account has its own number and group, runs the installed program, and cannot read its neighbour's files."""
    assert panel.run(["id", "-u"], user="alice").stdout.strip() == str(panel.numbers["alice"])
    assert panel.run(["id", "-Gn"], user="alice").stdout.strip() == "alice"
    assert panel.run([PYTHON, "-I", "-c", "import autossl_doctor"], user="alice").returncode == 0
    assert "USER=alice" in panel.run(["cat", "/var/cpanel/users/alice"], user="alice").stdout
    for foreign in ("/var/cpanel/users/bob", "/var/cpanel/userdata/bob/main", "/var/cpanel/logs/autossl"):
        assert panel.run(["ls", "-d", f"{foreign}/."], user="alice").returncode != 0
        assert panel.run(["cat", foreign], user="alice").stdout == ""


def test_a_check_renews_what_visitors_get(panel: StandingPanel) -> None:
    """Queued, then at work as a live process, then the expired certificate is a new one on the wire."""
    panel.manner(pace=0.03, delay=2)
    assert served_until(panel, "www.shop.example") < present().timestamp()
    assert uapi(panel, "start_autossl_check")["status"] == 1
    assert uapi(panel, "is_autossl_check_in_progress")["data"] == 0
    assert panel.checks()[0] == ["alice"]
    wait_for(lambda: panel.checks()[1] != {})
    wait_for(lambda: runs_in(panel) != [])
    assert uapi(panel, "is_autossl_check_in_progress")["data"] == 1
    (run,) = runs_in(panel)
    process = (run / "upid").readlink().name.partition(".")[0]
    assert int(process) in panel.checks()[1].values()
    wait_for(lambda: panel.checks() == ([], {}))
    assert "Success!" in panel.read(f"/var/cpanel/logs/autossl/{run.name}/json")
    assert served_until(panel, "www.shop.example") > (present() + timedelta(days=80)).timestamp()
    assert not Path(f"/proc/{process}").exists()


def test_a_web_server_that_was_not_reloaded(panel: StandingPanel) -> None:
    """A stale website goes on serving its former certificate until it is told otherwise."""
    panel.set_stale("shop.example")
    before = served_until(panel, "shop.example")
    panel.start_check("alice")
    wait_for(lambda: panel.checks()[1] != {})
    wait_for(lambda: panel.checks() == ([], {}))
    assert served_until(panel, "shop.example") == before
    panel.set_stale("shop.example", stale=False)
    assert served_until(panel, "shop.example") > before


def test_the_world_can_change(panel: StandingPanel) -> None:
    """What the owner breaks makes the next check fail, and what is put right lets the one after succeed."""
    panel.change("shop.example", checks={"*": hosts.check.http_status(404)})
    panel.start_check("alice")
    wait_for(lambda: panel.checks()[1] != {})
    wait_for(lambda: panel.checks() == ([], {}))
    problems = uapi(panel, "get_autossl_problems")["data"]
    assert isinstance(problems, list)
    assert "404" in problems[0]["problem"]
    panel.change("shop.example", checks={})
    panel.start_check("alice")
    wait_for(lambda: len(runs_in(panel)) > 1)
    wait_for(lambda: panel.checks() == ([], {}))
    assert uapi(panel, "get_autossl_problems")["data"] == []


def test_a_queue_that_hangs_starts_nothing(panel: StandingPanel) -> None:
    """Twenty clicks queue one check, which never begins."""
    panel.manner(never_start=True)
    for _ in range(20):
        panel.start_check("alice")
    time.sleep(1)
    assert panel.checks() == (["alice"], {})
    assert runs_in(panel) == []
    panel.manner(never_start=False)
    wait_for(lambda: len(runs_in(panel)) == 1)


def test_a_run_that_dies(panel: StandingPanel) -> None:
    """A killed run leaves its log and its PID file, and its process is gone."""
    panel.manner(die_after_lines=12)
    panel.start_check("alice")
    wait_for(lambda: runs_in(panel) != [])
    wait_for(lambda: panel.checks() == ([], {}))
    (run,) = runs_in(panel)
    assert len((run / "json").read_text(encoding="utf-8").splitlines()) == 12
    assert panel.path("/var/cpanel/autossl_check_alice.pid").is_symlink()
    assert uapi(panel, "is_autossl_check_in_progress")["data"] == 0


def test_nothing_is_left_running(tmp_path: Path) -> None:
    """When the panel ends, so does everything that it has started, also in the middle of a check."""
    site = hosts.Site("shop.example", hosts.Account("alice"), certificate=hosts.Certificate(days_left=2))
    host = hosts.Host(now=present(), sites=(site,), runs=())
    with standing_panel(host, tmp_path, manner=Manner(pace=5, delay=0)) as panel:
        panel.start_check("alice")
        wait_for(lambda: panel.checks()[1] != {})
        (checker,) = panel.checks()[1].values()
        assert panel.stands()
        assert processes_of(tmp_path) != []
    assert processes_of(tmp_path) == []
    assert not Path(f"/proc/{checker}").exists()
    assert not panel.stands()
