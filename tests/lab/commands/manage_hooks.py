"""manage_hooks: add script, delete script, list and prune.

    manage_hooks add script /full/path [--manual --category=C --event=E --stage=pre|post]
    manage_hooks delete script /full/path [the same]
    manage_hooks list [--output=JSON]
    manage_hooks prune

A script is asked for its description, also when it is to be deleted; with `--manual` the description is on the line.
An option's value may also be the next word.
"""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.lab.commands import hook_registry
from tests.lab.commands.command_run import ROOT, RefusedError, run
from tests.lab.commands.hook_registry import BadHookError, Hook

_VALUES = ("category", "event", "stage", "exectype", "weight", "escalateprivs", "output", "hook")
_FLAGS = ("manual",)
_SECONDS = 10
_WRITERS = stat.S_IWGRP | stat.S_IWOTH


def manage(arguments: Sequence[str]) -> int:
    """Do one of the four things."""
    words, options = _understood(arguments)
    match words:
        case ["add", "script", path]:
            _add(_hooks_of(path, options))
        case ["delete", "script", path]:
            _delete(_hooks_of(path, options))
        case ["list"]:
            _list(options)
        case ["prune"]:
            _prune()
        case _:
            raise RefusedError("usage: add script PATH | delete script PATH | list [--output=JSON] | prune")
    return 0


def _understood(arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    words: list[str] = []
    options: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            words.append(word)
            continue
        name, equals, value = word[2:].partition("=")
        if name in _FLAGS and not equals:
            options[name] = "1"
        elif name in _VALUES and (equals or rest):
            options[name] = value if equals else rest.pop(0)
        else:
            raise RefusedError(f"Unknown option: {word}")
    return words, options


def _hooks_of(path: str, options: Mapping[str, str]) -> list[Hook]:
    """The hooks that a script describes, or the one of the command line; the script has to name itself."""
    try:
        if "manual" in options:
            given = {key: options[key] for key in ("category", "event", "stage", "exectype") if key in options}
            numbers = {key: int(options[key]) for key in ("weight", "escalateprivs") if key in options}
            return [hook_registry.hook_of({"exectype": "script", **given, **numbers, "hook": path})]
        hooks = hook_registry.described(_ask(path))
    except (BadHookError, ValueError) as trouble:
        raise RefusedError(f"{path}: {trouble}.") from trouble
    if any(hook.hook != path for hook in hooks):
        raise RefusedError(f"{path}: it describes another script.")
    return hooks


def _ask(path: str) -> str:
    _check_script(path)
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
    try:
        done = subprocess.run(
            [path, "--describe"],
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as trouble:
        raise RefusedError(f"{path} --describe: {trouble}") from trouble
    if done.returncode:
        raise RefusedError(f"{path} --describe ended with status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def _check_script(path: str) -> None:
    """Only root's own script, which nobody else may change, is executed and registered."""
    script = Path(path)
    if not script.is_absolute() or not script.is_file():
        raise RefusedError(f"“{path}” is not the full path of a script.")
    facts = script.stat()
    if facts.st_uid != 0 or facts.st_mode & _WRITERS or not os.access(path, os.X_OK):
        raise RefusedError(f"“{path}” has to be root's, executable, and closed to other writers.")


def _add(new: list[Hook]) -> None:
    for hook in new:
        _check_script(hook.hook)
    present = hook_registry.read(ROOT)
    taken = {hook.place for hook in present}
    for hook in new:
        if hook.place in taken:
            raise RefusedError(f"{hook.hook} is already registered for {hook.category}::{hook.event}, {hook.stage}.")
    hook_registry.write(ROOT, [*present, *map(hook_registry.with_id, new)])
    for hook in new:
        print(f"Added hook for {hook.category}::{hook.event} to hooks registry")


def _delete(gone: list[Hook]) -> None:
    present = hook_registry.read(ROOT)
    places = {hook.place for hook in gone}
    left = [hook for hook in present if hook.place not in places]
    if len(left) == len(present):
        raise RefusedError(f"{gone[0].hook} is not registered.")
    hook_registry.write(ROOT, left)
    print(f"Deleted {len(present) - len(left)} hooks from hooks registry")


def _list(options: Mapping[str, str]) -> None:
    hooks = hook_registry.read(ROOT)
    if options.get("output", "").upper() == "JSON":
        print(json.dumps(hook_registry.as_tree(hooks)))
        return
    for hook in hooks:
        print(f"{hook.category}: {hook.event}: {hook.stage}: {hook.hook} ({hook.id})")


def _prune() -> None:
    """Forget the hooks whose scripts are gone."""
    present = hook_registry.read(ROOT)
    left = [hook for hook in present if (ROOT / hook.hook.lstrip("/")).exists()]
    if len(left) < len(present):
        hook_registry.write(ROOT, left)
    print(f"Pruned {len(present) - len(left)} hooks from hooks registry")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], manage, sys.argv[2:]))
