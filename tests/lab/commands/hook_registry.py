"""The registered hooks: which script the panel runs at which event, kept where the panel keeps them."""

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

REGISTRY = "var/cpanel/hooks.yaml"
"""Written as JSON, which is YAML too."""
EVENTS = frozenset(
    {
        *(f"Whostmgr::Accounts::{name}" for name in ("Create", "Remove", "Modify", "suspendacct", "unsuspendacct")),
        *("Whostmgr::Accounts::change_package", "Whostmgr::Accounts::SiteIP::set", "Whostmgr::Hostname::change"),
        *(f"Whostmgr::Domain::{name}" for name in ("park", "unpark", "addsubdomain", "delsubdomain")),
        *("Whostmgr::SSL::installssl", "Whostmgr::SSL::delssl", "Whostmgr::AutoSSL::installssl"),
        *("Cpanel::UAPI::SSL::install_ssl", "Cpanel::UAPI::SSL::delete_ssl"),
        *("System::upcp", "PkgAcct::Create", "PkgAcct::Restore", "Passwd::ChangePasswd", "Stats::RunUser"),
    }
)
"""The documented ones, category and event; a hook for any other would never run."""
STAGES = ("pre", "post")
_NEEDED = frozenset({"category", "event", "stage", "hook", "exectype"})
_POSSIBLE = frozenset({"blocking", "escalateprivs", "weight", "rollback", "check", "notes"})
_PATH = re.compile(r"/[A-Za-z0-9_./-]+")


class BadHookError(Exception):
    """A description of hooks that is not accepted; the words say why."""


@dataclass(frozen=True)
class Hook:
    """One script at one event."""

    category: str
    event: str
    stage: str
    hook: str
    exectype: str = "script"
    weight: int = 100
    escalateprivs: int = 0
    blocking: int = 0
    notes: str = ""
    id: str = ""

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What makes two hooks the same."""
        return self.category, self.event, self.stage, self.hook


def described(text: str) -> list[Hook]:
    """The hooks of a script's answer to `--describe`: a JSON array of objects with the documented keys only."""
    try:
        items = json.loads(text)
    except ValueError as trouble:
        raise BadHookError(f"the answer to --describe is no JSON: {trouble}") from trouble
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise BadHookError("the answer to --describe is no array of objects")
    return [hook_of(item) for item in items]


def hook_of(item: Mapping[str, Any]) -> Hook:
    """The hook that an object describes."""
    missing, unknown = sorted(_NEEDED - item.keys()), sorted(item.keys() - _NEEDED - _POSSIBLE)
    if missing or unknown:
        raise BadHookError(f"“{(missing + unknown)[0]}” is {'missing' if missing else 'unknown'}")
    if f"{item['category']}::{item['event']}" not in EVENTS:
        raise BadHookError(f"there is no event {item['category']}::{item['event']}")
    if item["stage"] not in STAGES or item["exectype"] != "script":
        raise BadHookError("“stage” is pre or post, and “exectype” has to be script here")
    if not isinstance(item["hook"], str) or not _PATH.fullmatch(item["hook"]):
        raise BadHookError("“hook” is no full path")
    return Hook(
        category=item["category"],
        event=item["event"],
        stage=item["stage"],
        hook=item["hook"],
        weight=_number(item, "weight", 100),
        escalateprivs=_number(item, "escalateprivs", 0),
        blocking=_number(item, "blocking", 0),
        notes=str(item.get("notes", "")),
    )


def read(root: Path) -> list[Hook]:
    """All hooks, in the order in which they run at their event."""
    path = root / REGISTRY
    if not path.exists():
        return []
    kept = json.loads(path.read_text(encoding="utf-8"))
    hooks = [Hook(**item) for events in kept.values() for items in events.values() for item in items]
    return sorted(hooks, key=lambda hook: hook.weight)


def write(root: Path, hooks: Sequence[Hook]) -> None:
    """Keep exactly these."""
    path = root / REGISTRY
    path.write_text(json.dumps(as_tree(hooks), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    path.chmod(0o600)


def with_id(hook: Hook) -> Hook:
    """The hook under a name that no other has."""
    return Hook(**{**asdict(hook), "id": secrets.token_urlsafe(16)})


def as_tree(hooks: Sequence[Hook]) -> dict[str, dict[str, list[dict[str, object]]]]:
    """The hooks by category and event, as the panel keeps and shows them."""
    tree: dict[str, dict[str, list[dict[str, object]]]] = {}
    for hook in hooks:
        tree.setdefault(hook.category, {}).setdefault(hook.event, []).append(asdict(hook))
    return tree


def at(root: Path, event: str, stage: str) -> Iterator[Hook]:
    """The hooks of an event, such as `Whostmgr::Accounts::Create`."""
    return (hook for hook in read(root) if f"{hook.category}::{hook.event}" == event and hook.stage == stage)


def _number(item: Mapping[str, Any], key: str, default: int) -> int:
    value = item.get(key, default)
    if not isinstance(value, int):
        raise BadHookError(f"“{key}” is no number")
    return int(value)
