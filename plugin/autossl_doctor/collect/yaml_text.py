"""YAML from strangers: maps, lists and texts only, as far as they can be read; no tags, no anchors, no aliases."""

from __future__ import annotations

from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MOST_NODES = 2_000_000
DEEPEST = 40


def read_yaml(text: str) -> Any:
    """Read a document; what stands before an error is kept. None where it holds no map or list."""
    root: list[Any] = []
    # Each open container, and for a map the key that waits for its value.
    stack: list[tuple[list[Any] | dict[str, Any], list[str]]] = [(root, [])]
    nodes = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if not isinstance(event, yaml.CollectionEndEvent | yaml.NodeEvent):
                continue
            nodes += 1
            if nodes > MOST_NODES or len(stack) > DEEPEST:
                break
            if isinstance(event, yaml.CollectionEndEvent):
                stack.pop()
                continue
            value: Any = event.value if isinstance(event, yaml.ScalarEvent) else None
            if isinstance(event, yaml.ScalarEvent) and event.implicit[0] and value in ("~", "null", ""):
                value = None
            elif isinstance(event, yaml.SequenceStartEvent):
                value = []
            elif isinstance(event, yaml.MappingStartEvent):
                value = {}
            _put(stack[-1], value)
            if isinstance(event, yaml.CollectionStartEvent):
                stack.append((value, []))
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, AttributeError):
        pass
    return root[0] if root and isinstance(root[0], dict | list) else None


def _put(place: tuple[list[Any] | dict[str, Any], list[str]], value: Any) -> None:
    container, waiting = place
    if isinstance(container, list):
        container.append(value)
    elif waiting:
        container[waiting.pop()] = value
    else:
        waiting.append(value if isinstance(value, str) else "")
