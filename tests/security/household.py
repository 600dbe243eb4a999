"""The people of the attacked server: each with a word of their own that nobody else may ever see."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.lab import hosts
from tests.lab.cpsrvd.settings import Settings
from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.live_run import Manner, present
from tests.lab.panel.standing import standing_panel

WORDS: Mapping[str, str] = {
    "alice": "quokka",
    "bob": "narwhal",
    "dora": "axolotl",
    "simon": "okapi",
    "fiona": "kakapo",
    "gina": "tapir",
    "greg": "dugong",
    "nora": "numbat",
    "rita": "pangolin",
}
"""The word is in the account's domain names, in its log lines, and in the name of a file in its home."""
SHARED = {"greg": "gina"}
STATE = "/var/lib/autossl-doctor"
PROGRAM = "/opt/autossl-doctor/venv/bin/autossl-doctor"
PYTHON = "/opt/autossl-doctor/venv/bin/python3"
PASSWORD_CANARY = Settings().password_canary
UNITS = tuple(f"autossl-doctor-follow.{kind}" for kind in ("socket", "path", "timer", "service"))
QUICK = Manner(pace=0.005, delay=0.1)
NEVER = Manner(never_start=True)


def domain(user: str) -> str:
    """The main domain of an account."""
    return f"{WORDS[user]}.example"


def site(user: str, **more: object) -> hosts.Site:
    """An expired website whose check meets strange content, which the log quotes."""
    known = {
        "dora": hosts.Account("dora", demo=True),
        "simon": hosts.Account("simon", suspended=True),
        "fiona": hosts.Account("fiona", feature_list="plain"),
    }
    usual = hosts.Site(
        domain(user),
        known.get(user, hosts.Account(user)),
        service_names=("mail.",),
        certificate=hosts.Certificate(days_left=-1.5),
        checks={"*": hosts.check.content(f"{WORDS[user]}-evidence")},
    )
    return replace(usual, **more)  # type: ignore[arg-type]


def deferred(user: str) -> hosts.Site:
    """A website whose renewal one of its service names holds back: that name may be excluded."""
    checks = {"mail.": hosts.check.no_address()}
    return site(user, certificate=hosts.Certificate(days_left=16.2), checks=checks)


def household() -> hosts.Host:
    """The whole server."""
    now = present()
    kinds = {"bob": deferred("bob")}
    return hosts.Host(
        now=now,
        sites=tuple(kinds.get(user, site(user)) for user in WORDS),
        runs=(hosts.Run(start=now - timedelta(hours=2)),),
        feature_lists={"default": {}, "plain": {"autossl_doctor": False}},
    )


@contextmanager
def quiet_panel(directory: Path, host: hosts.Host | None = None) -> Iterator[StandingPanel]:
    """A panel with a report for everybody, on which nothing happens by itself: whatever changes, a visitor did it."""
    with standing_panel(host or household(), directory, manner=NEVER, shared_groups=SHARED) as panel:
        for user in panel.numbers:
            if user in WORDS:
                write_as_account(panel, user, f"/home/{user}/{WORDS[user]}-file", WORDS[user])
        for unit in UNITS:
            panel.systemctl("stop", unit)
        refresh(panel)
        yield panel


def refresh(panel: StandingPanel) -> None:
    """Write all reports anew, also while the follower's last refresh is still at work."""
    done = panel.run([PROGRAM, "refresh"])
    assert done.returncode == 0, done.stderr


def write_as_account(panel: StandingPanel, user: str, path: str, text: str) -> None:
    """Let an account write a file."""
    done = panel.run(["sh", "-c", 'cat > "$1"', "sh", path], user=user, stdin=text)
    assert done.returncode == 0, done.stderr


def report_path(panel: StandingPanel, user: str, name: str = "report.json") -> Path:
    """A file of an account's report, seen from outside."""
    return panel.path(f"{STATE}/reports/{panel.numbers[user]}/{name}")


def inbox_path(panel: StandingPanel, user: str) -> Path:
    """The inbox of an account, seen from outside."""
    return panel.path(f"{STATE}/inbox/{panel.numbers[user]}")


def forget_clicks(panel: StandingPanel, user: str) -> None:
    """Empty an account's inbox, so that its next click is the first one."""
    inbox = inbox_path(panel, user)
    for path in inbox.iterdir() if inbox.is_dir() else ():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def form_key(panel: StandingPanel, user: str) -> str:
    """The secret with which the account's page signs its forms."""
    return report_path(panel, user, "form.key").read_text(encoding="ascii")


def change_report(panel: StandingPanel, user: str, **changes: object) -> None:
    """Change an account's report, as root could."""
    path = report_path(panel, user)
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")
