"""The stand-in's diary: a JSON line for every call of an imitated command, and how tests bend the next ones."""

import fcntl
import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.lab.panel.asking import PLACE

DIARY, BEHAVIOUR = "commands.jsonl", "behaviour.json"
"""Both lie in root's own directory of the stand-in (`PLACE`), outside everything that an installer may change."""


def record(command: str, arguments: Sequence[str], place: Path = PLACE, **more: object) -> None:
    """Write a line down at once: the command's name, its arguments, the moment, and what else is worth knowing."""
    line = {"command": command, "arguments": list(arguments), "time": time.time(), **more}
    content = json.dumps(line, ensure_ascii=False).encode(errors="backslashreplace") + b"\n"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(place / DIARY, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.write(content)


def recorded(place: Path = PLACE) -> list[dict[str, object]]:
    """Every line so far, in order."""
    try:
        text = (place / DIARY).read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in text.splitlines()]


def behaviour_of(command: str, place: Path = PLACE) -> Mapping[str, object]:
    """What a test has told the command to do; nothing where it has told nothing."""
    return _behaviour(place).get(command, {})


def behave(command: str, told: Mapping[str, object], place: Path = PLACE) -> None:
    """Tell a command how to behave from now on; an empty mapping: as always."""
    (place / BEHAVIOUR).write_text(json.dumps({**_behaviour(place), command: told}), encoding="utf-8")


def _behaviour(place: Path) -> dict[str, Mapping[str, object]]:
    try:
        found: dict[str, Mapping[str, object]] = json.loads((place / BEHAVIOUR).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found
