"""install.json: what a plugin adds to the interface of accounts, judged key by key (conventions 4.1)."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.lab.commands.icon import trouble_with

NAME = "install.json"
STOCK_GROUPS = frozenset(
    {"email", "files", "databases", "domains", "metrics", "security", "software", "advanced", "preferences"}
)
_KEYS = {
    "group": (frozenset({"type", "id", "name", "order", "icon"}), frozenset[str]()),
    "link": (
        frozenset({"type", "id", "name", "icon", "group_id", "order", "uri"}),
        frozenset({"feature", "featuremanager", "target", "description"}),
    ),
}
"""The keys that each type must have, and those that it may have."""
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_ORDER = re.compile(r"[1-9][0-9]?")
_URI = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9._-]*/)*[A-Za-z0-9_][A-Za-z0-9._-]*")
_ICON = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*\.(svg|png)")
_PLAIN = re.compile(r"[^,<>=\x00-\x1f\x7f]{1,200}")
"""dynamicui's files part their values by “,” and “=>”."""

Item = Mapping[str, Any]


class BadDescriptionError(Exception):
    """A description that is not accepted; the words say why."""


def read(directory: Path) -> list[Item]:
    """The items of the description in a directory, with their icons beside it."""
    path = directory / NAME
    if not path.is_file():
        raise BadDescriptionError(f"{NAME} is missing")
    try:
        items = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as trouble:
        raise BadDescriptionError(f"{NAME} is no JSON: {trouble}") from trouble
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise BadDescriptionError(f"{NAME} is no array of objects")
    groups = STOCK_GROUPS | {str(item.get("id")) for item in items if item.get("type") == "group"}
    for item in items:
        wrong = next(_troubles(item, groups, directory), None)
        if wrong is not None:
            raise BadDescriptionError(f"{item.get('id', 'an object')}: {wrong}")
    names = [item["id"] for item in items]
    if len(set(names)) < len(names):
        raise BadDescriptionError("two objects have the same id")
    return items


def _troubles(item: Item, groups: frozenset[str], directory: Path) -> Iterator[str]:
    """What is wrong with one object, the first thing first."""
    kind = item.get("type")
    if kind not in _KEYS:
        yield f"the type “{kind}” is unknown"
        return
    needed, possible = _KEYS[kind]
    for key in sorted(needed - item.keys()):
        yield f"“{key}” is missing"
    for key in sorted(item.keys() - needed - possible):
        yield f"“{key}” is unknown"
    for key, value in item.items():
        if key not in {"featuremanager", "order"} and not (isinstance(value, str) and _PLAIN.fullmatch(value)):
            yield f"“{key}” is no text, or holds “,”, “=”, “<”, “>” or a control character"
    if not _IDENTIFIER.fullmatch(item["id"]):
        yield "“id” holds more than lower-case letters, digits, “-” and “_”"
    if isinstance(item["order"], bool) or not _ORDER.fullmatch(str(item["order"])):
        yield "“order” is no number from 1 to 99"
    yield from _icon_troubles(item["icon"], kind, directory)
    if kind == "link":
        yield from _link_troubles(item, groups)


def _link_troubles(item: Item, groups: frozenset[str]) -> Iterator[str]:
    if item["group_id"] not in groups:
        yield f"there is no group “{item['group_id']}”"
    if not _URI.fullmatch(item["uri"]):
        yield "“uri” is no path below the theme's directory"
    if not _IDENTIFIER.fullmatch(item.get("feature", "x")):
        yield "“feature” is no identifier"
    if not isinstance(item.get("featuremanager", False), bool):
        yield "“featuremanager” is neither true nor false"
    if item.get("featuremanager") and "feature" not in item:
        yield "“featuremanager” needs “feature”"
    if item.get("target", "_self") not in {"_self", "_blank"}:
        yield "“target” is neither _self nor _blank"


def _icon_troubles(name: str, kind: str, directory: Path) -> Iterator[str]:
    matched = _ICON.fullmatch(name)
    path = directory / name
    if matched is None or (kind == "group" and matched[1] != "svg"):
        yield "“icon” is no file name of a picture"
    elif path.is_symlink() or not path.is_file():
        yield f"the icon {name} is missing"
    elif (trouble := trouble_with(path)) is not None:
        yield f"the icon {trouble}"
