"""What a visit leaves behind: files that changed, calls of the panel, and words in logs."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.lab.panel.asking import PLACE, ask
from tests.lab.panel.entered import StandingPanel
from tests.security.household import PASSWORD_CANARY, STATE, WORDS

WATCHED = (
    "/etc",
    "/home",
    "/opt/autossl-doctor",
    "/run/autossl-doctor",
    "/usr/local/cpanel",
    "/var/cpanel",
    "/var/lib/autossl-doctor",
)
FOR_EVERYBODY = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - looked at, not used
PROGRAM = "/opt/autossl-doctor/"
LOGS = "/usr/local/cpanel/logs"
Facts = tuple[int, ...]
CHANGES = frozenset(
    {
        "SSL::start_autossl_check",
        "SSL::set_default_key_type",
        "SSL::add_autossl_excluded_domains",
        "SSL::remove_autossl_excluded_domains",
        "SSL::set_autossl_excluded_domains",
    }
)


def listing(panel: StandingPanel) -> dict[str, Facts]:
    """Every file of the server with its inode, mode, owner, size and time of change, the panel's own logs left out."""
    found: dict[str, Facts] = {}
    for top in WATCHED:
        root = str(panel.path(top))
        for directory, folders, files in os.walk(root):
            inside = top + directory.removeprefix(root)
            if inside == LOGS:
                folders.clear()
                continue
            if inside.startswith(PROGRAM):
                # Root's own files in thousands: that none came or went is seen in their directories.
                files.clear()
            for name in ("", *files):
                path = f"{directory}/{name}" if name else directory
                found[f"{inside}/{name}"] = _facts(os.lstat(path))
    return found | _shared_places(panel)


def _shared_places(panel: StandingPanel) -> dict[str, Facts]:
    """What accounts have in the machine's own shared places, where other programs come and go at any moment."""
    accounts = set(panel.numbers.values())
    found: dict[str, Facts] = {}
    for top in FOR_EVERYBODY:
        with os.scandir(panel.path(top)) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    facts = entry.stat(follow_symlinks=False)
                    if facts.st_uid in accounts:
                        found[f"{top}/{entry.name}"] = _facts(facts)
    return found


def _facts(found: os.stat_result) -> Facts:
    return found.st_ino, found.st_mode, found.st_uid, found.st_gid, found.st_size, found.st_mtime_ns


def changed(before: Mapping[str, Facts], after: Mapping[str, Facts]) -> set[str]:
    """The paths that came, went or changed."""
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def own_inbox(panel: StandingPanel, user: str) -> str:
    """Where an account's page may leave something."""
    return f"{STATE}/inbox/{panel.numbers[user]}/"


@dataclass
class Traces:
    """What happened while somebody was there."""

    files: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    logs: str = ""

    @property
    def changes(self) -> list[str]:
        """The calls that change something."""
        return [call for call in self.calls if call in CHANGES]


@contextmanager
def watched(panel: StandingPanel) -> Iterator[Traces]:
    """Look at the whole server before and after; the traces are filled at the end."""
    traces = Traces()
    ask(panel.path(str(PLACE)), "cpsrvd", "forget_calls")
    before, said = listing(panel), logs(panel)
    yield traces
    traces.files = changed(before, listing(panel))
    traces.calls = [call.name for call in panel.calls()]
    traces.logs = logs(panel).removeprefix(said)


def logs(panel: StandingPanel) -> str:
    """Everything that the panel logs."""
    path = panel.path(f"{LOGS}/access_log")
    return panel.error_log() + (path.read_text(encoding="utf-8", errors="replace") if path.exists() else "")


def foreign_words(text: str, user: str | None) -> set[str]:
    """The words in a text that belong to others than the user."""
    return {word for owner, word in WORDS.items() if owner != user and word in text.lower()}


def secrets_in(text: str, *more: str) -> set[str]:
    """The secrets in a text: the canary of the password, private keys, and what is handed in."""
    return {secret for secret in (PASSWORD_CANARY, "PRIVATE KEY", "Traceback", *more) if secret and secret in text}
