"""The demo: builds the sample host, prints its diagnosis with the real command line, and lets its panel stand.

python -m tests.lab.demo --directory .demo [--lang en|ja] [--port N] [--no-panel]
python -m tests.lab.demo --directory .demo --fix WEBSITE
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from autossl_doctor.host import clock
from tests.lab import demo_words, hosts
from tests.lab.cpsrvd.settings import DemoAccount
from tests.lab.demo_words import ACCOUNTS, NOTES, Words
from tests.lab.panel import namespace
from tests.lab.panel.asking import PLACE, QUEUE, ask
from tests.lab.panel.standing import PASSWORD, standing_panel

TROUBLE_FOUND = (0, 1, 2)
"""The answers of a diagnosis that worked; the sample host is in trouble on purpose."""
NOT_TO_BE_HAD = 69


def main() -> int:
    """Show what the doctor says about the host, then let a stranger live with it until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__.splitlines()[0])
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--lang", choices=("en", "ja"))
    parser.add_argument("--port", type=int, default=0, help="the panel's port; default: a free one")
    parser.add_argument("--no-panel", action="store_true", help="print the diagnosis only")
    parser.add_argument("--fix", metavar="WEBSITE", help="in a demo at work, put the website's DNS and server right")
    given = parser.parse_args()
    words = demo_words.WORDS[given.lang or ("ja" if os.environ.get("LANG", "").startswith("ja") else "en")]
    if given.fix:
        return put_right(given.directory, given.fix, words)
    given.directory.mkdir(parents=True, exist_ok=True)
    with (given.directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(words.at_work, file=sys.stderr)
            return NOT_TO_BE_HAD
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _end)
        try:
            code = show_diagnosis(given.directory / "host", given.lang)
            return code if code or given.no_panel else show_panel(given.directory, given.port, words)
        except _Ended:
            with contextlib.suppress(OSError):  # the terminal may be gone
                print(words.ended, flush=True)
            return 0


def show_diagnosis(root: Path, language: str | None) -> int:
    """Build the host below `root` and print its diagnosis."""
    now = clock.now()
    build_anew(root, now)
    command = [sys.executable, "-m", "autossl_doctor", "diagnose", "--root", str(root), "--now", now.isoformat()]
    done = subprocess.run([*command, *(["--lang", language] if language else [])], check=False)
    if done.returncode not in TROUBLE_FOUND:
        return done.returncode
    moment = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    program = Path(sys.executable).with_name("autossl-doctor")
    print(f"\nThe sample host is below {root}. Try also:")
    for more in ("--lang ja --reader owner", "--by-cause", "--format json"):
        print(f"  {program} diagnose --root {root} --now {moment} {more}")
    return 0


def build_anew(root: Path, now: datetime) -> None:
    """Build the sample host in place of an older one."""
    if root.exists():
        shutil.rmtree(root)
    root.parent.mkdir(parents=True, exist_ok=True)
    hosts.build(hosts.demo_host(now), root)


def show_panel(directory: Path, port: int, words: Words) -> int:
    """Let the panel stand until somebody ends it; everything that was started ends with it."""
    why = namespace.forbidden()
    if why is not None:
        print(f"\n{words.forbidden.format(why=why.why)}")
        return 0
    folder = directory / "panel"
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    users = ACCOUNTS if namespace.is_root() else ACCOUNTS[:1]
    accounts = [DemoAccount(user, PASSWORD, NOTES[user]["en"], NOTES[user]["ja"]) for user in users]
    cache, host = directory / "product", hosts.demo_host(clock.now())
    try:
        with standing_panel(host, folder, port=port, only=users[0], demo_accounts=accounts, cache=cache) as panel:
            (folder / "process").write_text(str(panel.process), encoding="ascii")
            print(f"\n{words.stands}\n\n  {panel.url}\n\n{words.log_in.format(password=PASSWORD)}")
            for account in accounts:
                print(f"  {account.user:8} {account.note}")
            command = f"{sys.executable} -m tests.lab.demo --directory {directory} --fix old-harbor.example"
            print(f"\n{words.put_right}\n  {command}" if namespace.is_root() else f"\n{words.one_account}")
            print(f"\n{words.end}", flush=True)
            while panel.stands():
                time.sleep(0.5)
            print((folder / "log").read_text(errors="replace"), file=sys.stderr)
            return 1
    except OSError as trouble:
        print(f"\n{words.failed.format(why=trouble.strerror)}", file=sys.stderr)
        return NOT_TO_BE_HAD


class _Ended(BaseException):
    """Somebody wants the demo to end."""


def _end(*_: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise _Ended


def put_right(directory: Path, website: str, words: Words) -> int:
    """Change the world of a demo at work: every check of the website passes from now on."""
    try:
        process = int((directory / "panel/process").read_text(encoding="ascii"))
        ask(Path(f"/proc/{process}/root{PLACE}"), QUEUE, "change", domain=website, checks={})
    except OSError:
        print(words.not_at_work, file=sys.stderr)
        return NOT_TO_BE_HAD
    except KeyError:
        print(words.no_such_website.format(website=website), file=sys.stderr)
        return 64
    print(words.was_put_right.format(website=website))
    return 0


if __name__ == "__main__":
    sys.exit(main())
