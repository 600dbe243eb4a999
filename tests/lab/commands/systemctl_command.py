"""The command `systemctl`, as far as an installer needs it; it asks the stand-in's service manager.

What a unit file says counts from `daemon-reload` on. Enabling makes the links that [Install] names, and starts
nothing without `--now`. Starting a one-shot service waits for its end, stopping any unit too.
"""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.lab.commands import enabled_units
from tests.lab.commands.command_run import RefusedError, run
from tests.lab.commands.enabled_units import UNITS
from tests.lab.panel.asking import PLACE, SERVICES, ask

_FLAGS = frozenset({"--now", "--quiet", "-q", "--no-reload", "--no-pager", "--no-block", "--full", "--no-legend"})
_PATIENCE = 60.0
_NO_SUCH_UNIT, _NOT_ACTIVE, _UNKNOWN = 5, 3, 4


def systemctl(arguments: Sequence[str]) -> int:
    """Do one verb to all named units; the exit statuses are systemd's."""
    flags = {argument for argument in arguments if argument.startswith("-")}
    if flags - _FLAGS:
        raise RefusedError(f"unrecognized option '{min(flags - _FLAGS)}'")
    verb, *names = [argument for argument in arguments if not argument.startswith("-")] or ["list-units"]
    if verb == "daemon-reload" and not names:
        ask(PLACE, SERVICES, "reload")
        return 0
    if verb not in _VERBS:
        raise RefusedError(f"Unknown command verb '{verb}'.")
    if not names:
        raise RefusedError("Too few arguments.")
    quiet = bool(flags & {"-q", "--quiet"})
    return _VERBS[verb]([name if "." in name else f"{name}.service" for name in names], quiet, "--now" in flags)


def _status(name: str) -> dict[str, Any]:
    status: dict[str, Any] = ask(PLACE, SERVICES, "status", name=name)
    return status


def _each(do: Callable[[str], int]) -> Callable[[list[str], bool, bool], int]:
    """A verb that is done to one unit after the other; the worst status counts."""
    return lambda names, _quiet, _now: max(do(name) for name in names)


def _start(name: str) -> int:
    try:
        ask(PLACE, SERVICES, "start", name=name)
    except KeyError:
        sys.stderr.write(f"Failed to start {name}: Unit {name} not found.\n")
        return _NO_SUCH_UNIT
    status = _status(name)
    until = time.monotonic() + _PATIENCE
    while status.get("type") == "oneshot" and status["process"] is not None and time.monotonic() < until:
        time.sleep(0.05)
        status = _status(name)
    if status["state"] == "failed":
        sys.stderr.write(f"Job for {name} failed because the control process exited with error code.\n")
        return 1
    return 0


def _stop(name: str) -> int:
    try:
        ask(PLACE, SERVICES, "stop", name=name)
    except KeyError:
        sys.stderr.write(f"Failed to stop {name}: Unit {name} not loaded.\n")
        return _NO_SUCH_UNIT
    until = time.monotonic() + _PATIENCE
    while _status(name)["state"] in {"active", "deactivating"} and time.monotonic() < until:
        time.sleep(0.05)
    return 0


def _restart(name: str) -> int:
    return _stop(name) or _start(name)


def _try_restart(name: str) -> int:
    try:
        return _restart(name) if _status(name)["state"] == "active" else 0
    except KeyError:
        return 0


def _reset(name: str) -> int:
    try:
        ask(PLACE, SERVICES, "reset", name=name)
    except KeyError:
        sys.stderr.write(f"Failed to reset failed state of unit {name}: Unit {name} not loaded.\n")
        return 1
    return 0


def _is_active(names: list[str], quiet: bool, _now: bool) -> int:  # noqa: FBT001 - every verb has the same three
    states = [_state_of(name) for name in names]
    if not quiet:
        print("\n".join(states))
    return 0 if "active" in states else _NOT_ACTIVE


def _is_failed(names: list[str], quiet: bool, _now: bool) -> int:  # noqa: FBT001 - every verb has the same three
    states = [_state_of(name) for name in names]
    if not quiet:
        print("\n".join(states))
    return int("failed" not in states)


def _state_of(name: str) -> str:
    try:
        status = _status(name)
    except KeyError:
        return "inactive"
    return "activating" if status["state"] == "active" and status.get("type") == "oneshot" else str(status["state"])


def _is_enabled(names: list[str], quiet: bool, _now: bool) -> int:  # noqa: FBT001 - every verb has the same three
    states = [enabled_units.state_of(name) for name in names]
    if not quiet:
        print("\n".join(states))
    return 0 if states and all(state in {"enabled", "static"} for state in states) else 1


def _enable(names: list[str], _quiet: bool, now: bool) -> int:  # noqa: FBT001 - every verb has the same three
    for name in names:
        if not (UNITS / name).is_file():
            sys.stderr.write(f"Failed to enable unit: Unit file {name} does not exist.\n")
            return 1
    for name in names:
        for link in enabled_units.make_links(name):
            sys.stderr.write(f"Created symlink {link} → {UNITS / name}.\n")
    ask(PLACE, SERVICES, "reload")
    return max(map(_start, names)) if now else 0


def _disable(names: list[str], _quiet: bool, now: bool) -> int:  # noqa: FBT001 - every verb has the same three
    for name in names:
        if not enabled_units.remove_links(name):
            sys.stderr.write(f"Failed to disable unit: Unit file {name} does not exist.\n")
            return 1
    ask(PLACE, SERVICES, "reload")
    return max(map(_stop, names)) if now else 0


def _show_status(names: list[str], _quiet: bool, _now: bool) -> int:  # noqa: FBT001 - every verb has the same three
    for name in names:
        try:
            status = _status(name)
        except KeyError:
            sys.stderr.write(f"Unit {name} could not be found.\n")
            return _UNKNOWN
        print(f"{name}: {status['state']}")
    return 0 if all(_state_of(name) in {"active", "activating"} for name in names) else _NOT_ACTIVE


_VERBS: Mapping[str, Callable[[list[str], bool, bool], int]] = {
    "disable": _disable,
    "enable": _enable,
    "is-active": _is_active,
    "is-enabled": _is_enabled,
    "is-failed": _is_failed,
    "reset-failed": _each(_reset),
    "restart": _each(_restart),
    "start": _each(_start),
    "status": _show_status,
    "stop": _each(_stop),
    "try-restart": _each(_try_restart),
}

if __name__ == "__main__":
    sys.exit(run(sys.argv[1], systemctl, sys.argv[2:]))
