"""Runs hook scripts as the panel does: the event as JSON on standard input, `1 words` or `0 reason` as the answer."""

import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.lab.commands.call_record import record
from tests.lab.commands.hook_registry import Hook, at

ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
"""Nothing else: no HOME, no LANG."""
_SECONDS = 60


@dataclass(frozen=True)
class HookRun:
    """How one script answered."""

    hook: str
    code: int | None
    """Its exit status; None: it was killed, because it took too long, or could not be started."""
    output: str
    stderr: str
    seconds: float

    @property
    def agreed(self) -> bool:
        """Whether it ended well and its answer begins with 1; anything else may stop what it was asked about."""
        return self.code == 0 and (self.output == "1" or self.output[:2] in {"1 ", "1\n"})


def run_script(path: str, given: bytes) -> HookRun:
    """Run a script as root, with these bytes on its standard input."""
    begun = time.monotonic()
    try:
        done = subprocess.run(
            [path],
            input=given,
            env=ENVIRONMENT,
            cwd="/",
            umask=0,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as trouble:
        return HookRun(path, None, "", str(trouble), time.monotonic() - begun)
    seconds = time.monotonic() - begun
    return HookRun(path, done.returncode, _text(done.stdout), _text(done.stderr), seconds)


def event_of(hook: Hook, data: Mapping[str, object]) -> bytes:
    """What a hook is told; no hook may trust the names in it, or that a key is there."""
    context = {"category": hook.category, "event": hook.event, "stage": hook.stage, "point": "main"}
    return json.dumps({"context": context, "data": data, "hook": asdict(hook)}).encode()


def fire(root: Path, event: str, stage: str, data: Mapping[str, object]) -> bool:
    """Run every hook of an event; False: one that may stop what happens, has stopped it."""
    go_on = True
    for hook in at(root, event, stage):
        done = run_script(hook.hook, event_of(hook, data))
        told = {key: value for key, value in asdict(done).items() if key != "hook"}
        record("hook", [hook.hook, event, stage], agreed=done.agreed, **told)
        go_on = go_on and not (stage == "pre" and hook.blocking and not done.agreed)
    return go_on


def _text(content: bytes) -> str:
    return os.fsdecode(content[:65536]).encode(errors="replace").decode()
