"""Several at work at the same time, and a machine that is busy with other things."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.server import (
    LOGS,
    PYTHON,
    STATE,
    Server,
    check_complete,
    crowd,
    daily,
    differences,
    server,
)
from tests.lab.log_line import iso
from tests.lab.panel.live_run import present, upid_of
from tests.security.moved_in import MovedIn

pytestmark = pytest.mark.system("root", "mount and network namespaces")
RUN = "/run/autossl-doctor"
PATIENCE = 60
_BUSY = "while True: pass"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this module keeps its things."""
    return tmp_path_factory.mktemp("once")


@pytest.fixture(scope="module")
def standing(place: Path) -> Iterator[Server]:
    """A server with more runs than are read before the reports are written."""
    now = present()
    with server(crowd(now, daily(now, 12)), place) as found:
        yield found


def wait_for(condition: Callable[[], Any], what: str) -> None:
    """Wait until something has happened, with all patience that a busy machine needs."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, f"{what} did not happen"
        time.sleep(0.05)


@contextmanager
def following(standing: Server) -> Iterator["subprocess.Popen[str]"]:
    """A follower, started as its unit does; ended with SIGTERM."""
    enter = ["nsenter", "--target", str(standing.process), "--mount", "--net", "--"]
    command = [*enter, PYTHON, "-I", "-m", "autossl_doctor", "follow"]
    with subprocess.Popen(command, cwd="/", stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)


@contextmanager
def a_run_of(standing: Server, user: str) -> Iterator[Path]:
    """A check of an account that is at work as long as this lasts; give its log."""
    with subprocess.Popen(["sleep", "600"]) as process:
        directory = standing.path(LOGS) / iso(present())
        directory.mkdir(mode=0o700)
        links = {"username": user, "provider": "LetsEncrypt", "upid": upid_of(process.pid) or ""}
        for name, target in links.items():
            (directory / name).symlink_to(target)
        (directory / "json").touch()
        try:
            yield directory / "json"
        finally:
            process.kill()
            process.wait()


def says(log: Path, *lines: tuple[int, str]) -> None:
    """AutoSSL writes lines."""
    with log.open("a", encoding="utf-8") as stream:
        for indent, text in lines:
            row = {"timestamp": iso(present()), "type": "out", "indent": indent, "contents": text}
            stream.write(f"{json.dumps(row, ensure_ascii=False)}\n")


def click(standing: Server, user: str) -> None:
    """An account says that it started a check, and wakes the follower."""
    said = {"schema": 1, "verb": "retry", "site": f"site{user[-2:]}.example", "names": [], "at": iso(present())}
    script = 'cat > "$1.new" && mv "$1.new" "$1.json" && echo w > /run/autossl-doctor/wake'
    inbox = f"{STATE}/inbox/{standing.numbers[user]}/1"
    done = standing.run(["sh", "-c", script, "sh", inbox], user=user, stdin=json.dumps(said))
    assert done.returncode == 0, done.stderr


def live(standing: Server, user: str) -> dict[str, Any]:
    """What the account's page is told."""
    path = standing.path(f"{STATE}/reports/{standing.numbers[user]}/live.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


@pytest.fixture
def wake(standing: Server) -> None:
    """The FIFO into which everybody may write, as the socket unit makes it."""
    standing.run(
        ["sh", "-c", f"mkdir -p -m 711 {RUN}; [ -p {RUN}/wake ] || mkfifo -m 622 {RUN}/wake; chmod 622 {RUN}/wake"]
    )


@pytest.mark.parametrize("seconds", [0, 0.1])
def test_refreshes_at_once(standing: Server, place: Path, seconds: float) -> None:
    """All end well, whoever comes first; together they leave what one alone leaves."""
    standing.forget()
    standing.refresh()
    dump = standing.dump(place)
    for begun in (False, True):
        standing.forget()
        if begun:
            standing.doctor_runs("refresh", at=1100, signal=9)
        wanted = {"arguments": ["refresh"], "now": standing.host.now.timestamp()}
        done = standing.ask("together", runs=[wanted | {"sleep": seconds * number} for number in range(3)])["all"]
        assert [each["status"] for each in done] == [0, 0, 0], done
        for each in done:
            assert all("another refresh is reading" in line for line in _troubles(each["err"])), each["err"]
        assert differences(standing.dump(place), dump) == {}
        check_complete(standing)


def _troubles(errors: str) -> list[str]:
    return [line for line in errors.splitlines() if line.startswith("autossl-doctor:")]


def test_a_pass_while_another_is_in_the_middle(standing: Server, place: Path) -> None:
    """Whoever finds the logs being read leaves them to the other, and says so."""
    standing.forget()
    standing.refresh()
    dump = standing.dump(place)
    standing.forget()
    wanted = {"arguments": ["refresh"], "now": standing.host.now.timestamp()}
    slow = {"kinds": ["a statement of SQL"], "pause_at": 150, "seconds": 2}
    done = standing.ask("together", runs=[wanted | slow, wanted | {"sleep": 0.9}])["all"]
    assert [each["status"] for each in done] == [0, 0]
    standing.refresh()
    assert differences(standing.dump(place), dump) == {}
    check_complete(standing)


def test_where_the_priority_may_not_be_changed(standing: Server, place: Path) -> None:
    """As in the follower's unit, whose filter of system calls forbids it: the logs are read all the same."""
    standing.forget()
    done = standing.refresh(fixed_priority=True)
    assert _troubles(done["err"]) == []
    assert len(standing.dump(place)["runs"]) == len(standing.host.runs or ())


@pytest.mark.usefixtures("wake")
@pytest.mark.point(46)
def test_two_followers(standing: Server) -> None:
    """Only one works; the other one says so and goes, and what an account asked for is written once."""
    standing.refresh()
    with following(standing), closing(MovedIn(standing.path(f"{STATE}/reports/{standing.numbers['user02']}"))) as moves:
        time.sleep(1)
        with following(standing) as second:
            assert second.wait(PATIENCE) == 0
            assert second.stderr is not None
            assert "another one is at work" in second.stderr.read()
        click(standing, "user02")
        wait_for(lambda: live(standing, "user02").get("step") == "queued", "the click")
        time.sleep(1)
        assert moves.count("live.json") == 1
    assert standing.ask("facts")["facts"]


@pytest.mark.usefixtures("wake")
def test_two_followers_at_the_same_moment(standing: Server) -> None:
    """Of several that are started together one stays."""
    with ExitStack() as stack:
        followers = [stack.enter_context(following(standing)) for _ in range(3)]
        wait_for(lambda: sum(each.poll() == 0 for each in followers) == 2, "that two of three left")
        time.sleep(0.5)
        assert [each.poll() for each in followers].count(None) == 1


@pytest.mark.usefixtures("wake")
def test_on_a_busy_machine(standing: Server) -> None:
    """With every core busy a step of a running check is shown, and an account's report is written."""
    standing.refresh()
    cores = os.cpu_count() or 1
    with ExitStack() as stack:
        for _ in range(cores):
            busy = stack.enter_context(subprocess.Popen(["python3", "-c", _BUSY]))
            stack.callback(busy.kill)
        stack.enter_context(following(standing))
        click(standing, "user02")
        log = stack.enter_context(a_run_of(standing, "user02"))
        says(log, (0, "Analyzing 1 user …"), (1, "Analyzing “user02”’s domains …"))
        says(log, (2, "Analyzing “site02.example” (website) …"))
        wait_for(lambda: live(standing, "user02").get("step") == "check", "the check")
        says(log, (2, "Performing HTTP DCV on 1 domain …"), (3, "Local HTTP DCV OK: site02.example"))
        wait_for(lambda: live(standing, "user02").get("step") == "domain_test", "the test of the domain")
        report = standing.path(f"{STATE}/reports/{standing.numbers['user02']}/report.json")
        former = report.stat().st_ino
        done = standing.run([PYTHON, "-I", "-m", "autossl_doctor", "refresh", "--account=user02"])
        assert done.returncode == 0
        assert report.stat().st_ino != former


def test_a_follower_that_is_killed(standing: Server) -> None:
    """The next one takes over, and whoever waited is told how far it is."""
    standing.run(["sh", "-c", f"rm -rf {RUN}; mkdir -m 711 {RUN}; mkfifo {RUN}/wake; chmod 622 {RUN}/wake"])
    standing.refresh()
    with a_run_of(standing, "user04") as log:
        with following(standing) as first:
            click(standing, "user04")
            says(log, (0, "Analyzing 1 user …"), (1, "Analyzing “user04”’s domains …"))
            says(log, (2, "Analyzing “site04.example” (website) …"))
            wait_for(lambda: live(standing, "user04").get("step") == "check", "the check")
            first.kill()
        with following(standing):
            says(log, (2, "Performing HTTP DCV on 1 domain …"), (3, "Local HTTP DCV OK: site04.example"))
            wait_for(lambda: live(standing, "user04").get("step") == "domain_test", "the test of the domain")
