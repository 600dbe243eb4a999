"""The words around findings, in one language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def _all() -> dict[str, dict[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = files(__package__).joinpath("interface.yaml").read_text("utf-8")
    words: dict[str, dict[str, Any]] = yaml.load(text, Loader=loader)  # noqa: S506 - CSafeLoader is the safe loader in C
    return words


class Interface:
    """Gives the fixed words of pages and terminals."""

    def __init__(self, language: str) -> None:
        self._words = _all()[language]
        self.language = language

    def say(self, key: str, choice: str = "", **values: str | int) -> str:
        """Give a text; `choice` selects one of several, `count` its plural form."""
        text = self._words[key]
        if choice:
            text = text.get(choice, choice)
        if isinstance(text, dict):
            text = text["one"] if values.get("count") == 1 and "one" in text else text["other"]
        return str(text).format(**{name: f"{v:,}" if isinstance(v, int) else v for name, v in values.items()})
