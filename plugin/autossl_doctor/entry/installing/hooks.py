"""The hooks that the panel calls, kept by its own command (facts 8)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from autossl_doctor.entry.installing.around import Around, StepError, must
from autossl_doctor.entry.installing.manifest import Hook

MANAGE = "/usr/local/cpanel/bin/manage_hooks"


def missing_hooks(around: Around) -> list[Hook]:
    """Give the hooks that the panel does not list. Raises StepError where it does not answer."""
    answer = must(around, [MANAGE, "list", "--output", "JSON"])
    try:
        listed = set(registered(json.loads(answer.output or "{}")))
    except ValueError:
        raise StepError("program", command=f"{MANAGE} list", said=answer.last) from None
    return [hook for hook in around.manifest.hooks if hook not in listed]


def register_hooks(around: Around) -> int:
    """Have the scripts registered anew whose hooks are missing; give how many scripts."""
    scripts = list(dict.fromkeys(hook.script for hook in missing_hooks(around)))
    for script in scripts:
        # What is registered of it already would be there twice.
        around.run([MANAGE, "delete", "script", script])
        must(around, [MANAGE, "add", "script", script])
    if scripts:
        missing = missing_hooks(around)
        if missing:
            raise StepError("not_hooked", event=f"{missing[0].category}/{missing[0].event}", command=MANAGE)
    return len(scripts)


def registered(listed: Any, way: tuple[str, ...] = ()) -> Iterator[Hook]:
    """Find the hooks in the panel's list: objects below their category and event, or with both in them."""
    if isinstance(listed, list):
        for each in listed:
            yield from registered(each, way)
    elif isinstance(listed, dict) and isinstance(listed.get("hook"), str):
        category, event = (*way, "", "")[:2]
        yield Hook(
            listed["hook"],
            str(listed.get("category") or category),
            str(listed.get("event") or event),
            str(listed.get("stage", "")),
        )
    elif isinstance(listed, dict):
        for key, value in listed.items():
            yield from registered(value, (*way, key))
