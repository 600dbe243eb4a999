"""A standing panel as tests hold it: where it is, what it has written, and how to act inside or change its world."""

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.lab.commands.call_record import behave, recorded
from tests.lab.cpsrvd.calls import Call, Result
from tests.lab.panel.asking import PLACE, QUEUE, SERVICES, ask
from tests.lab.panel.namespace import is_root
from tests.lab.panel.tls_sites import STALE
from tests.lab.website_files import TLS

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class StandingPanel:
    """A panel at work; all paths are those inside."""

    process: int
    """The first process of the stand-in."""
    url: str
    passwords: Mapping[str, str]
    numbers: Mapping[str, int]
    """The user number of each account."""
    stands: Callable[[], bool]
    """Whether it still stands."""
    whm_url: str
    """The WHM service; `url` is cPanel's."""

    @property
    def root(self) -> Path:
        """The root directory of the inside, seen from outside."""
        return Path(f"/proc/{self.process}/root")

    def path(self, inside: str) -> Path:
        """A file of the inside, seen from outside."""
        return self.root / inside.lstrip("/")

    def read(self, inside: str) -> str:
        """The text of a file inside."""
        return self.path(inside).read_text(encoding="utf-8", errors="replace")

    def error_log(self) -> str:
        """What pages have written to their standard error, and what the server says about them."""
        log = self.path("/usr/local/cpanel/logs/error_log")
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def journal(self) -> str:
        """What services have written."""
        journal = self.path(f"{PLACE}/journal")
        return journal.read_text(encoding="utf-8", errors="replace") if journal.exists() else ""

    def run(
        self, command: Sequence[str], *, user: str | None = None, stdin: str | None = None, patience: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside, as root or as an account."""
        enter = ["nsenter", "--target", str(self.process), "--mount", "--net"]
        if not is_root():
            enter += ["--user", "--preserve-credentials"]
        elif user is not None:
            group = next(
                line.split(":")[3] for line in self.read("/etc/passwd").splitlines() if line.startswith(f"{user}:")
            )
            enter += ["--setuid", str(self.numbers[user]), "--setgid", group]
        environment = {"PATH": _PATH, "LANG": "C.UTF-8", "HOME": f"/home/{user}" if user else "/root"}
        return subprocess.run(
            [*enter, "--", *command],
            input=stdin or "",
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
            timeout=patience,
        )

    def calls(self) -> tuple[Call, ...]:
        """Every call that pages have made over the LiveAPI, in order."""
        calls: tuple[Call, ...] = self._ask("cpsrvd", "calls")
        return calls

    def answers(self) -> list[tuple[float, Call, Result]]:
        """Every call about AutoSSL with its moment and its answer, from pages and from the command `uapi`."""
        answers: list[tuple[float, Call, Result]] = self._ask(QUEUE, "calls")
        return answers

    def cpsrvd(self, **settings: object) -> None:
        """Change settings of the panel, such as the misbehaviour of its LiveAPI."""
        self._ask("cpsrvd", "settings", **settings)

    def end_sessions(self) -> None:
        """Log everybody out, as a start of cpsrvd does."""
        self._ask("cpsrvd", "end_sessions")

    def manner(self, **changes: object) -> None:
        """Let later checks go in another manner: pace, delay, never_start, die_after_lines."""
        self._ask(QUEUE, "manner", **changes)

    def change(self, domain: str, **changes: object) -> None:
        """Change a website's description, as its owner or the world outside would: `checks={}` puts all right."""
        self._ask(QUEUE, "change", domain=domain, **changes)

    def start_check(self, user: str) -> None:
        """Queue a check as the panel itself would; `*` is everybody."""
        self._ask(QUEUE, "start", user=user)

    def checks(self) -> tuple[list[str], dict[str, int]]:
        """The accounts that wait in the task queue, and those whose check is at work with its process."""
        state: tuple[list[str], dict[str, int]] = self._ask(QUEUE, "state")
        return state

    def systemctl(self, verb: str, name: str | None = None) -> Any:
        """Ask the service manager: start, stop, status, reset, sandbox of a unit, or list."""
        return self._ask(SERVICES, verb, **({} if name is None else {"name": name}))

    def commands(self, name: str | None = None) -> list[dict[str, object]]:
        """What the imitated commands were asked, in order: of all, or of one (`cpsrvd` tells of its restarts)."""
        return [line for line in recorded(self.path(str(PLACE))) if name in {None, line["command"]}]

    def behave(self, command: str, **told: object) -> None:
        """Let a command fail (`code=1, stderr="..."`), or a package manager succeed (`code=0, links={...}`)."""
        behave(command, told, self.path(str(PLACE)))

    def whm(self, function: str, **args: object) -> Any:
        """Call a function of WHM as root; its data, or an error with the reason."""
        words = [f"{key}={quote(str(value))}" for key, value in args.items()]
        done = self.run(["/usr/local/cpanel/bin/whmapi1", "--output=json", function, *words], patience=120)
        told = json.loads(done.stdout)
        if not told["metadata"]["result"]:
            raise RuntimeError(told["metadata"]["reason"])
        return told["data"]

    def upgrade(self, *, version: str = "", lose: Sequence[str] | None = None) -> list[dict[str, object]]:
        """Upgrade the panel (see `commands.upcp`); gives what was called then. `lose`: exactly these paths are gone."""
        before = len(self.commands())
        self.behave("upcp", version=version, lose=None if lose is None else list(lose))
        done = self.run(["/usr/local/cpanel/scripts/upcp"], patience=600)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return self.commands()[before:]

    def set_stale(self, servername: str, *, stale: bool = True) -> None:
        """Let visitors go on getting the certificate of this moment, or the one on the disk again."""
        kept = self.path(str(STALE)) / servername
        if stale:
            kept.parent.mkdir(exist_ok=True)
            kept.write_bytes((self.root / TLS / servername / "combined").read_bytes())
        else:
            kept.unlink(missing_ok=True)

    def _ask(self, whom: str, verb: str, **given: object) -> Any:
        return ask(self.path(str(PLACE)), whom, verb, **given)
