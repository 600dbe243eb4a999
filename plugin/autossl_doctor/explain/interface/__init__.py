"""The words around findings, in one language.

Each place where people read has its own file, `<place>.yaml`. The build compiles it into one JSON file per language,
which is then read instead, so that an installed page needs no YAML.
"""

from __future__ import annotations

from functools import cache

from autossl_doctor.model.json_text import read_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

PLACES = ("owner_page", "terminal", "history", "installing")
_FOLDER = __file__.rpartition("/")[0]


@cache
def _words(place: str, language: str) -> dict[str, Any]:
    try:
        text = _read(f"{place}.{language}.json")
    except FileNotFoundError:
        return _source(place)[language]
    words: dict[str, Any] = read_json(text)
    return words


@cache
def _source(place: str) -> dict[str, dict[str, Any]]:
    """Read the words of a place in all languages from the file that people edit."""
    import yaml  # noqa: PLC0415 - an installed package never needs it here

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    words: dict[str, dict[str, Any]] = yaml.load(_read(f"{place}.yaml"), Loader=loader)  # noqa: S506 - CSafeLoader is the safe loader in C
    return words


def _read(name: str) -> str:
    with open(f"{_FOLDER}/{name}", encoding="utf-8") as file:  # noqa: PTH123 - a page does not pay for pathlib
        return file.read()


def compile_to(directory: Path) -> None:
    """Write the compiled words of every place and language; called by the build."""
    import json  # noqa: PLC0415 - for the build only

    directory.mkdir(parents=True, exist_ok=True)
    for place in PLACES:
        for language, words in _source(place).items():
            text = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
            (directory / f"{place}.{language}.json").write_text(text, "utf-8")


class Interface:
    """Gives the fixed words of one place: of the terminal or of a page."""

    def __init__(self, language: str, place: str = "terminal") -> None:
        self._words = _words(place, language)
        self.language = language

    def has(self, key: str, choice: str) -> bool:
        """Tell whether a key knows a choice."""
        return choice in self._words[key]

    def say(self, key: str, choice: str = "", **values: str | int) -> str:
        """Give a text; `choice` selects one of several (or the one named `else`), `count` its plural form."""
        text = self._words[key]
        if choice:
            text = text.get(choice, text.get("else", choice))
        if isinstance(text, dict):
            text = text["one"] if values.get("count") == 1 and "one" in text else text["other"]
        return str(text).format(**{name: f"{v:,}" if isinstance(v, int) else v for name, v in values.items()})
