"""Tries a hook script with everything that its standard input may hold, as the panel would run it.

for name, run in try_hook(panel, "/opt/autossl-doctor/libexec/hook").items():
assert run.agreed, (name, run)
assert run.seconds < 0.2
"""

import json
import time
from collections.abc import Mapping

from tests.lab.commands.hook_run import ENVIRONMENT, HookRun
from tests.lab.panel.entered import StandingPanel

_CONTEXT = {"category": "Whostmgr", "event": "Accounts::Create", "stage": "post", "point": "main"}
_FIVE_MEBIBYTES = 5 * 1024 * 1024


def _event(data: object, **more: object) -> bytes:
    return json.dumps({"context": _CONTEXT, "data": data, "hook": {}, **more}).encode()


PAYLOADS: Mapping[str, bytes] = {
    "an ordinary event": _event({"user": "alice", "domain": "shop.example"}),
    "nothing at all": b"",
    "five mebibytes": _event({"user": "alice", "notes": "x" * _FIVE_MEBIBYTES}),
    "five mebibytes that are no JSON": b"\x00" * _FIVE_MEBIBYTES,
    "unknown keys": _event({"user": "alice", "colour": {"deep": [1, None]}}, weather="fine"),
    "no data": json.dumps({"context": _CONTEXT}).encode(),
    "a list": b"[]",
    "half an event": _event({"user": "alice"})[:40],
    "bytes that are no text": b'{"data": {"user": "\xff\xfe"}}',
    "a name that climbs": _event({"user": "../../etc/passwd", "domain": "/etc/shadow"}),
    "a name that is a command": _event({"user": "$(touch /tmp/hooked); `id`", "domain": "-rf"}),
    "a name with line breaks": _event({"user": "alice\nbob\r\n\x00", "domain": "a\u2028b"}),
    "names of other kinds": _event({"user": None, "domain": ["shop.example"], "newuser": 7}),
    "deep nesting": b'{"data":' * 20_000,
}
"""What a hook may be given, by a name for it."""


def try_hook(panel: StandingPanel, script: str) -> dict[str, HookRun]:
    """Run the script once for each payload; how each run ended."""
    return {name: call_hook(panel, script, given) for name, given in PAYLOADS.items()}


def call_hook(panel: StandingPanel, script: str, given: bytes) -> HookRun:
    """Run the script inside with these bytes; the time includes the entering, a few milliseconds."""
    environment = [f"{name}={value}" for name, value in ENVIRONMENT.items()]
    begun = time.monotonic()
    done = panel.run(["/usr/bin/env", "-i", *environment, script], stdin=given.decode(errors="surrogateescape"))
    return HookRun(script, done.returncode, done.stdout, done.stderr, time.monotonic() - begun)
