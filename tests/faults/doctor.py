"""Runs the installed product's commands inside the server, each in a child of its own that something may befall.

python3 -I doctor.py: a line of JSON in (see `_in_child`), a line of JSON out. The product is loaded once, so that a
child costs little more than its work and many moments of it can be tried out. Nothing of the tests is imported here.
"""

import contextlib
import errno
import json
import os
import resource
import shutil
import signal
import sqlite3
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from autossl_doctor.entry import cli, follow, history, refresh, status, upkeep  # noqa: F401 - loaded once for all
from autossl_doctor.host import clock
from autossl_doctor.store import own
from autossl_doctor.store.memory import opening
from autossl_doctor.store.state import State  # noqa: F401 - as above

LOGS = "/var/cpanel/logs/autossl/"
STATE = "/var/lib/autossl-doctor"
STATEMENT = "a statement of SQL"
MOMENTS = (
    STATEMENT,
    "open",
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.chmod",
    "os.chown",
    "os.listdir",
    "fcntl.flock",
)


class Moments:
    """Counts what the program asks of the machine; at one of the counted moments, something happens."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self.kinds = kinds
        self.passed = 0
        self.at: dict[int, Callable[[], None]] = {}
        self.logs = self.lists = 0
        self.purged: tuple[int, list[str]] = (0, [])

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Count one event of the interpreter, and note each log that is opened."""
        if event == "open" and arguments[0] in ("json", "txt"):
            self.logs += 1
            if self.logs == self.purged[0]:
                purge(self.purged[1])
        elif event == "open" and arguments[0] == "autossl":
            self.lists += 1
        if event in self.kinds:
            self.step(event)

    def step(self, kind: str = STATEMENT) -> None:
        """One more."""
        self.passed += kind in self.kinds
        if self.passed in self.at:
            self.at.pop(self.passed)()


class Counting(sqlite3.Connection):
    """A connection whose every statement is one of the moments."""

    moments: Moments

    def execute(self, *given: Any) -> sqlite3.Cursor:
        """Count, then do it."""
        self.moments.step()
        return super().execute(*given)

    def executemany(self, *given: Any) -> sqlite3.Cursor:
        """Count, then do it."""
        self.moments.step()
        return super().executemany(*given)


def purge(runs: list[str]) -> None:
    """Remove runs as AutoSSL does: under another name first."""
    for run in runs:
        aside = f"{LOGS}.purge.{run}"
        os.rename(LOGS + run, aside)  # noqa: PTH104 - light
        shutil.rmtree(aside)


def in_child(wanted: dict[str, Any]) -> dict[str, Any]:
    """Run a command; `at` says at which moment (of these `kinds`) which `signal` comes, `after` after what time."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as told:
        child = os.fork()
        if child == 0:
            os.dup2(said.fileno(), 1)
            os.dup2(errors.fileno(), 2)
            _child(wanted, told.fileno())
        if "after" in wanted:
            _send_after(child, wanted["after"], wanted["signal"])
        _, ended, usage = os.wait4(child, 0)
        answer: dict[str, Any] = {"status": os.waitstatus_to_exitcode(ended), "kib": usage.ru_maxrss}
        for name, stream in (("out", said), ("err", errors), ("told", told)):
            stream.seek(0)
            answer[name] = stream.read().decode("utf-8", "replace")
    answer.update(json.loads(answer.pop("told") or "{}"))
    return answer


def together(wanted: dict[str, Any]) -> dict[str, Any]:
    """Run several commands at the same time."""
    with ThreadPoolExecutor() as pool:
        return {"all": list(pool.map(in_child, wanted["runs"]))}


def _send_after(child: int, seconds: float, number: int) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    signal.sigtimedwait({signal.SIGCHLD}, seconds)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, number)


def _child(wanted: dict[str, Any], told: int) -> None:
    moments = Moments(frozenset(wanted.get("kinds", MOMENTS)))
    Counting.moments = moments
    if "now" in wanted:
        moment = datetime.fromtimestamp(wanted["now"], UTC)
        for module in (clock, upkeep, follow):
            module.now = lambda: moment  # type: ignore[attr-defined]
    if "pause_at" in wanted:
        moments.at[wanted["pause_at"]] = lambda: time.sleep(wanted["seconds"])
    if wanted.get("fixed_priority"):
        os.nice = _forbidden
    time.sleep(wanted.get("sleep", 0))
    moments.purged = (wanted.get("at_log", 0), wanted.get("purge", []))
    opening.PATIENCE = wanted.get("patience", opening.PATIENCE)
    if "at" in wanted:
        moments.at[wanted["at"]] = lambda: os.kill(os.getpid(), wanted["signal"])
    connect = sqlite3.connect
    sqlite3.connect = lambda *given, **named: connect(*given, factory=Counting, **named)  # type: ignore[assignment]
    sys.addaudithook(moments.hear)
    try:
        status = cli.main(wanted["arguments"])
    except SystemExit as end:
        status = 0 if end.code is None else int(end.code)
    except BaseException:  # noqa: BLE001 - the exit status says so
        status = 99
    sys.stdout.flush()
    os.write(told, json.dumps({"moments": moments.passed, "logs": moments.logs, "listed": moments.lists}).encode())
    os._exit(status)


def _forbidden(_: int) -> int:
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def readable(wanted: dict[str, Any]) -> dict[str, Any]:
    """As an account, try to open everything below the doctor's directory; tell the paths that could be read."""
    everything = list(_everything())
    with tempfile.TemporaryFile() as told:
        child = os.fork()
        if child == 0:
            _become(wanted)
            found = [path for path in everything if _can_read(path)]
            os.write(told.fileno(), json.dumps(found).encode())
            os._exit(0)
        os.waitpid(child, 0)
        told.seek(0)
        return {"readable": json.loads(told.read())}


def rows(wanted: dict[str, Any]) -> dict[str, Any]:
    """Read from the database, in a child so that this program never has it open."""
    with tempfile.TemporaryFile() as told:
        child = os.fork()
        if child == 0:
            connection = sqlite3.connect(f"{STATE}/state.db")
            found = [connection.execute(query).fetchall() for query in wanted["queries"]]
            connection.close()
            os.write(told.fileno(), json.dumps(found).encode())
            os._exit(0)
        os.waitpid(child, 0)
        told.seek(0)
        return {"rows": json.loads(told.read())}


def own_page(wanted: dict[str, Any]) -> dict[str, Any]:
    """As an account, load what its page would show of its report and of its past."""
    with tempfile.TemporaryFile() as told:
        child = os.fork()
        if child == 0:
            _become(wanted)
            who = wanted["uid"], wanted["account"], wanted["startdate"]
            found = {"report": type(own.load(*who)).__name__, "sites": sorted(own.load_memory(*who).sites)}
            os.write(told.fileno(), json.dumps(found).encode())
            os._exit(0)
        os.waitpid(child, 0)
        told.seek(0)
        answer: dict[str, Any] = json.loads(told.read())
        return answer


def _become(wanted: dict[str, Any]) -> None:
    os.setgroups([])
    os.setgid(wanted["gid"])
    os.setuid(wanted["uid"])


def sql(wanted: dict[str, Any]) -> dict[str, Any]:
    """As another program, do something with the database, and keep it open for so many seconds; tell who it is."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        connection = sqlite3.connect(wanted.get("path", f"{STATE}/state.db"), isolation_level=None)
        for statement in wanted["statements"]:
            connection.execute(statement)
        os.write(writing, b".")
        time.sleep(wanted.get("seconds", 0))
        connection.close()
        os._exit(0)
    os.close(writing)
    done = bool(os.read(reading, 1))
    os.close(reading)
    if not wanted.get("seconds"):
        os.waitpid(child, 0)
    return {"done": done, "process": child}


def end(wanted: dict[str, Any]) -> dict[str, Any]:
    """End such a program, or wait until it has ended."""
    if wanted.get("kill", True):
        os.kill(wanted["process"], signal.SIGKILL)
    os.waitpid(wanted["process"], 0)
    return {}


def facts(_: dict[str, Any]) -> dict[str, Any]:
    """Owner, group, mode and kind of everything below the doctor's directory, and the text of all JSON."""
    found = {}
    for path in _everything():
        about = os.lstat(path)
        text = None
        if stat.S_ISREG(about.st_mode) and path.endswith((".json", ".key")):
            with open(path, "rb") as stream:  # noqa: PTH123 - light
                text = stream.read().decode("utf-8", "replace")
        found[path.removeprefix(STATE + "/")] = [about.st_uid, about.st_gid, about.st_mode, text]
    return {"facts": found}


def _everything() -> Iterator[str]:
    for directory, folders, files in os.walk(STATE):
        yield from (os.path.join(directory, name) for name in (*folders, *files))  # noqa: PTH118 - light


def _can_read(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK))
    except OSError:
        return False
    return True


def main() -> None:
    """Answer until nobody asks any more."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    tasks = {
        "run": in_child,
        "readable": readable,
        "facts": facts,
        "sql": sql,
        "end": end,
        "together": together,
        "rows": rows,
        "own": own_page,
    }
    for line in sys.stdin:
        wanted = json.loads(line)
        sys.stdout.write(json.dumps(tasks[wanted["task"]](wanted)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
