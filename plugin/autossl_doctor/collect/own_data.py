"""The data files of this room that people edit: `<name>.yaml`.

The build writes each of them as JSON beside its source, which is then read instead: an installed copy starts without
YAML.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = __file__.rpartition("/")[0]


def read_own_data(name: str) -> Any:
    """Read a data file by its name below this room, without the ending."""
    try:
        return json.loads(_text(f"{name}.json"))
    except FileNotFoundError:
        return _source(f"{name}.yaml")


def compile_to(directory: Path) -> None:
    """Write every data file as JSON; called by the build."""
    for source in sorted(Path(_FOLDER).rglob("*.yaml")):
        name = source.relative_to(_FOLDER)
        target = directory / name.with_suffix(".json")
        target.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(_source(str(name)), ensure_ascii=False, separators=(",", ":"))
        target.write_text(text, "utf-8")


def _source(name: str) -> Any:
    import yaml  # noqa: PLC0415 - an installed package never needs it here

    return yaml.load(_text(name), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - the safe loader in C


def _text(name: str) -> str:
    with open(f"{_FOLDER}/{name}", encoding="utf-8") as file:  # noqa: PTH123 - follows the other places that start fast
        return file.read()
