"""The command `upcp`: the scene of an upgrade, as bad as one was that is known (conventions 4.2 and 9.2).

What plugins have put into the theme is gone, and the directory of features too; records of applications and hooks stay.
Then the panel starts anew, calls every `upgradecall` with the old and the new version, and runs the hooks of
System/upcp. A test chooses otherwise with `behave("upcp", version="11.136.0.4", lose=["/full/path"])`.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.lab.commands.appconfig_record import registered
from tests.lab.commands.call_record import behaviour_of, record
from tests.lab.commands.command_run import ROOT, RefusedError, run
from tests.lab.commands.cpsrvd_restart import restart_cpsrvd
from tests.lab.commands.hook_run import ENVIRONMENT, fire
from tests.lab.commands.plugin_command import DYNAMICUI, FEATURES, ICONS
from tests.lab.cpsrvd.documents import FRONTEND

VERSION = "usr/local/cpanel/version"
_THE_THEMES = frozenset({"_assets", "assets", "dynamicui", "integration_examples"})
_SECONDS = 600


def upcp(arguments: Sequence[str]) -> int:
    """Upgrade; whatever the plugins' scripts do, the upgrade itself ends well."""
    if set(arguments) - {"--force"}:
        raise RefusedError("usage: [--force]")
    told = behaviour_of("upcp")
    old = (ROOT / VERSION).read_text(encoding="utf-8").strip()
    new = str(told.get("version") or re.sub(r"[0-9]+$", lambda build: str(int(build[0]) + 1), old))
    fire(ROOT, "System::upcp", "pre", {})
    lost = told.get("lose")
    for path in [Path(str(one)) for one in lost] if isinstance(lost, list) else list(_usual_losses()):
        _remove(path)
    (ROOT / VERSION).write_text(f"{new}\n", encoding="utf-8")
    restart_cpsrvd()
    for application in registered(ROOT).values():
        if "upgradecall" in application.settings:
            _call(application.settings["upgradecall"], old, new)
    fire(ROOT, "System::upcp", "post", {})
    print(f"Upgraded from {old} to {new}")
    return 0


def _usual_losses() -> Iterator[Path]:
    yield ROOT / FEATURES
    yield from (ROOT / DYNAMICUI).glob("dynamicui_*.conf")
    yield from (ROOT / ICONS).iterdir()
    for path in (ROOT / FRONTEND).iterdir():
        if path.name not in _THE_THEMES and path.is_dir():
            yield path


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _call(script: str, old: str, new: str) -> None:
    try:
        done = subprocess.run(
            [script, old, new],
            env=ENVIRONMENT,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as trouble:
        record("upgradecall", [script, old, new], code=None, stderr=str(trouble))
        return
    record("upgradecall", [script, old, new], code=done.returncode, stdout=done.stdout, stderr=done.stderr)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], upcp, sys.argv[2:]))
