"""A server on which nothing happens by itself: real paths, accounts and product in a mount namespace of its own.

python -m tests.faults.server DIRECTORY PRODUCT: the process whose namespaces it are; it ends with its standard input.
"""

import contextlib
import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.lab import hosts
from tests.lab.host_model import Host
from tests.lab.panel import installed, mounts, namespace
from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.live_run import present
from tests.lab.panel.people import numbers_of, write_people
from tests.lab.panel.standing import make_places
from tests.lab.websites import websites_of

STATE = "/var/lib/autossl-doctor"
KEPT = "/var/lib/kept"
LOGS = "/var/cpanel/logs/autossl"
PROGRAM, PYTHON = f"{installed.PROGRAM}/venv/bin/autossl-doctor", f"{installed.PROGRAM}/venv/bin/python3"
DOCTOR = Path(__file__).with_name("doctor.py")
STORIES = ("healthy", "renewed", "expired_and_elsewhere", "deferred", "forbidden", "not_found", "server_error")
OPEN, CLOSED, DIRECTORY = 0o640, 0o600, 0o750
Dump = dict[str, list[tuple[Any, ...]]]

_TABLES = {
    "accounts": "SELECT name, uid, startdate FROM accounts",
    "runs": "SELECT name, started, ended, username, provider, state, websites, size, tail FROM runs",
    "spells": "SELECT w.name, s.said, began, last, times, stuck, cause, content FROM spells s "
    "JOIN websites w ON w.id = s.website",
    "certificates": "SELECT w.name, fingerprint, first, last FROM certificates c JOIN websites w ON w.id = c.website",
    "values_seen": "SELECT coalesce(w.name, ''), v.name, value, first, last FROM values_seen v "
    "LEFT JOIN websites w ON w.id = v.website",
    "orders": "SELECT w.name, at, names, issued FROM orders o JOIN websites w ON w.id = o.website",
    "checks_by_ca": "SELECT w.name, at, c.name, passed FROM checks_by_ca c JOIN websites w ON w.id = c.website",
    "durations": "SELECT step, at, seconds FROM durations",
}


@dataclass(frozen=True)
class Server(StandingPanel):
    """The server, with what the tests of this suite do to it."""

    host: Host = field(default_factory=lambda: Host(now=present()))
    doctor: "subprocess.Popen[str]" = field(default_factory=lambda: subprocess.Popen(["true"], text=True))

    def ask(self, task: str, **wanted: Any) -> dict[str, Any]:
        """Have the program inside do something; see `doctor`."""
        assert self.doctor.stdin is not None
        assert self.doctor.stdout is not None
        self.doctor.stdin.write(json.dumps({"task": task} | wanted) + "\n")
        self.doctor.stdin.flush()
        answer: dict[str, Any] = json.loads(self.doctor.stdout.readline())
        return answer

    def doctor_runs(self, *arguments: str, **more: Any) -> dict[str, Any]:
        """Run a command of the doctor at the host's own moment."""
        return self.ask("run", **{"arguments": arguments, "now": self.host.now.timestamp()} | more)

    def refresh(self, **more: Any) -> dict[str, Any]:
        """Write all reports; whatever befell, it must end well."""
        done = self.doctor_runs("refresh", **more)
        assert done["status"] == 0, done["err"]
        assert "Traceback" not in done["err"]
        return done

    def forget(self) -> None:
        """Begin anew, as after an installation."""
        self.run(["sh", "-c", f"rm -rf {STATE}/* {STATE}/.[!.]*"])

    def keep(self) -> None:
        """Remember what the doctor has written, for `restore`."""
        self.run(["sh", "-c", f"rm -rf {KEPT}; cp -a {STATE} {KEPT}"])

    def restore(self) -> None:
        """Have everything again as it was when it was kept."""
        self.forget()
        assert self.run(["sh", "-c", f"cp -a {KEPT}/. {STATE}/"]).returncode == 0

    def mount_disk(self, kib: int) -> None:
        """Give the doctor a small disk of its own; what lay there before is hidden."""
        done = self.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k,mode=711", "none", STATE])
        assert done.returncode == 0, done.stderr

    def resize_disk(self, kib: int) -> None:
        """Make the small disk larger, or smaller as far as nothing lies there."""
        done = self.run(["mount", "-o", f"remount,size={kib}k", STATE])
        assert done.returncode == 0, done.stderr

    def unmount_disk(self) -> None:
        """Take the small disk away."""
        assert self.run(["umount", STATE]).returncode == 0

    def dump(self, directory: Path) -> Dump:
        """What the memory holds, without its numbers; read from a copy, so that nothing is repaired by looking."""
        with sqlite3.connect(copy_of_memory(self, directory)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            found = {name: sorted(connection.execute(query).fetchall()) for name, query in _TABLES.items()}
        connection.close()
        return found


def copy_of_memory(server: Server, directory: Path) -> str:
    """Copy the database with its log of changes, as it lies there."""
    for side in ("", "-wal"):
        source, target = server.path(f"{STATE}/state.db{side}"), directory / f"copy.db{side}"
        target.unlink(missing_ok=True)
        if source.exists():
            target.write_bytes(source.read_bytes())
    (directory / "copy.db-shm").unlink(missing_ok=True)
    return str(directory / "copy.db")


def crowd(now: datetime, runs: Sequence[hosts.Run], accounts: int = 10) -> Host:
    """A server with accounts in the usual kinds of trouble, and these runs."""
    sites = tuple(
        hosts.stories.STORIES[STORIES[number % len(STORIES)]](f"site{number:02}.example", f"user{number:02}")
        for number in range(accounts)
    )
    return Host(now=now, sites=sites, runs=tuple(runs), proc=False)


def daily(now: datetime, count: int) -> list[hosts.Run]:
    """Runs over all accounts, the last one an hour ago, and one of an account's own now and then."""
    first = now - timedelta(days=count - 1, hours=1)
    found = [hosts.Run(start=first + timedelta(days=day)) for day in range(count)]
    own = [hosts.Run(start=run.start + timedelta(hours=2), username="user03") for run in found[1:-1:3]]
    return sorted((*found, *own), key=lambda run: run.start)


@contextlib.contextmanager
def server(host: Host, directory: Path, shared: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Let the server be there; its files go below `directory`."""
    host = replace(host, proc=False)
    hosts.build(host, directory / "root")
    numbers = numbers_of(websites_of(host.sites))
    write_people(directory / "root", numbers, shared or {})
    make_places(directory / "root")
    product = installed.built(installed.ROOT / "build/lab")
    (directory / "stage").mkdir()
    command = [*namespace.entering(), sys.executable, "-m", "tests.faults.server", str(directory), str(product)]
    with subprocess.Popen(command, cwd=installed.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"ready\n"
        enter = ["nsenter", "--target", str(holder.pid), "--mount", "--net", "--", PYTHON, "-I", str(DOCTOR)]
        with subprocess.Popen(enter, cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as doctor:
            yield Server(holder.pid, "", {}, numbers, lambda: holder.poll() is None, "", host, doctor)
            assert doctor.stdin is not None
            doctor.stdin.close()
        holder.stdin.close()


# --- what must be true at any moment


def check_whole(server: Server) -> None:
    """Every file is whole, root's, for its account alone; nobody can open what is another's or root's own."""
    found = server.ask("facts")["facts"]
    for uid in server.numbers.values():
        _check_directory(found, uid)
    for path, (user, _, mode, text) in found.items():
        if stat.S_ISREG(mode) and "/" not in path:
            assert (user, stat.S_IMODE(mode)) == (0, CLOSED), path
            assert path.startswith(".") or text is None or json.loads(text), path
    for uid in list(server.numbers.values())[:2]:
        mine = f"{STATE}/reports/{uid}"
        foreign = [
            path
            for path in server.ask("readable", uid=uid, gid=uid)["readable"]
            if path != mine and not path.startswith(f"{mine}/")
        ]
        assert foreign == [], f"user {uid} can read what is not its own"


def _check_directory(found: Mapping[str, Any], uid: int) -> None:
    where = f"reports/{uid}"
    if where in found:
        assert (found[where][0], stat.S_IMODE(found[where][2]) & 0o007) == (0, 0)
    for name in ("report.json", "memory.json", "form.key"):
        if f"{where}/{name}" not in found:
            continue
        user, group, mode, text = found[f"{where}/{name}"]
        assert (user, group, stat.S_IMODE(mode)) == (0, uid, OPEN)
        if name == "form.key":
            assert len(text) == 64
            continue
        content = json.loads(text)
        assert (content["schema"], content["uid"]) == (1, uid)


def check_complete(server: Server, *, memory: bool = True) -> None:
    """Every account has its report (and memory), and nothing is left of a work that was broken off."""
    found = server.ask("facts")["facts"]
    for user, uid in server.numbers.items():
        for name in ("report.json", "memory.json") if memory else ("report.json",):
            assert json.loads(found[f"reports/{uid}/{name}"][3])["account"] == user
        assert found[f"reports/{uid}"][1:2] == [uid]
        assert stat.S_IMODE(found[f"reports/{uid}"][2]) == DIRECTORY
    assert [path for path in found if "/.new-" in f"/{path}"] == []
    check_whole(server)


def differences(found: Dump, wanted: Dump) -> dict[str, Any]:
    """What one dump has and the other has not, by table; nothing where they are the same."""
    return {
        name: {"more": list(more.elements())[:3], "fewer": list(fewer.elements())[:3]}
        for name in wanted
        if (more := Counter(found[name]) - Counter(wanted[name]))
        | (fewer := Counter(wanted[name]) - Counter(found[name]))
    }


def main(directory: Path, product: Path) -> None:
    """Lay everything out and stay."""
    os.umask(0o022)
    mounts.lay_over(directory / "root", directory / "stage")
    mounts.bind(product, Path(installed.PROGRAM))
    if installed.interpreter_home() == installed.NEUTRAL:
        mounts.bind(Path(sys.base_prefix), installed.NEUTRAL)
    Path(STATE).mkdir(mode=0o711, exist_ok=True)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
