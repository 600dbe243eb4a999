"""Reads the folders of causes, or the one file that the build makes of them.

An installed package holds `catalogue.json`, so that no YAML is read at run time; a checkout reads the folders.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from autossl_doctor.model.cause import Cause

COMPILED = "catalogue.json"
Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All causes, and their texts as data: by id, then language, then reader (or `send`)."""

    causes: tuple[Cause, ...]
    texts: Mapping[str, Data]


def load() -> Catalogue:
    """Load every cause."""
    folder = files(__package__)
    compiled = folder.joinpath(COMPILED)
    data = json.loads(compiled.read_text("utf-8")) if compiled.is_file() else read_folders(folder)
    return Catalogue(
        tuple(_cause(identity, entry) for identity, entry in data.items()),
        {identity: entry["text"] for identity, entry in data.items()},
    )


def read_folders(folder: Traversable) -> dict[str, Data]:
    """Read `cause.yaml` and `text.yaml` of each folder."""
    import yaml  # noqa: PLC0415 - an installed package never needs it here

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data: dict[str, Data] = {}
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if not entry.joinpath("cause.yaml").is_file():
            continue
        cause = yaml.load(entry.joinpath("cause.yaml").read_text("utf-8"), Loader=loader)  # noqa: S506 - safe loader
        text = yaml.load(entry.joinpath("text.yaml").read_text("utf-8"), Loader=loader)  # noqa: S506 - safe loader
        data[entry.name] = {"cause": cause, "text": text, "rule": entry.joinpath("rule.py").is_file()}
    return data


def compile_to(directory: Path) -> None:
    """Write the compiled catalogue; called by the build."""
    data = read_folders(files(__package__))
    directory.mkdir(parents=True, exist_ok=True)
    (directory / COMPILED).write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")), "utf-8")


def _cause(identity: str, entry: Data) -> Cause:
    cause, match = entry["cause"], entry["cause"].get("match") or {}
    rule = import_module(f"{__package__}.{identity}.rule") if entry["rule"] else None
    kinds = match.get("failure", ())
    return Cause(
        id=identity,
        who=cause["who"],
        severity=cause["severity"],
        wakes=frozenset(cause.get("wakes", ())),
        explains=cause.get("explains"),
        stage=cause.get("stage", ""),
        rank=cause["rank"],
        outranks=frozenset(cause.get("outranks", ())),
        actions=tuple(cause.get("actions", ())),
        args=entry["text"]["args"],
        failures=frozenset([kinds] if isinstance(kinds, str) else kinds),
        where={name: frozenset(_values(given)) for name, given in (match.get("where") or {}).items()},
        passes=match.get("args") or {},
        parts_by=tuple(match.get("parts_by") or ()),
        stops=bool(cause.get("stops")),
        never_rises=bool(cause.get("never_rises")),
        judge=getattr(rule, "judge", None),
        judge_server=getattr(rule, "judge_server", None),
        refine=getattr(rule, "refine", None),
    )


def _values(given: Iterable[Any]) -> Iterator[str]:
    """Give the values that a field may have; `500-599` stands for each of these numbers."""
    for value in map(str, given):
        first, dash, last = value.partition("-")
        if dash and first.isdigit() and last.isdigit():
            yield from map(str, range(int(first), int(last) + 1))
        else:
            yield value
