"""The texts of causes, one cause at a time: a page needs few of them and must not read YAML.

The build writes `text.json` into each folder; a checkout reads `text.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autossl_doctor.model.json_text import read_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

COMPILED = "text.json"
LONGEST_ID = 64
_HERE = __file__.rpartition("/")[0]


class Texts(Mapping[str, "Mapping[str, Any]"]):
    """The content of text.yaml by cause id, with the `stage` of cause.yaml; read when it is asked for."""

    def __init__(self) -> None:
        self._read: dict[str, Mapping[str, Any]] = {}

    def __getitem__(self, cause: str) -> Mapping[str, Any]:
        if cause not in self._read:
            # str: a damaged report may hold anything in the place of an id.
            if not str(cause).isidentifier() or len(str(cause)) > LONGEST_ID:
                raise KeyError(cause)
            self._read[cause] = _load(f"{_HERE}/{cause}")
        return self._read[cause]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


def _load(folder: str) -> Mapping[str, Any]:
    try:
        with open(f"{folder}/{COMPILED}", encoding="utf-8") as stream:  # noqa: PTH123 - pathlib costs a page more than the reading
            text: Mapping[str, Any] = read_json(stream.read())
            return text
    except FileNotFoundError:
        return _from_yaml(folder)


def _from_yaml(folder: str) -> Mapping[str, Any]:
    import yaml  # noqa: PLC0415 - a page of an installed package never comes here

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        with open(f"{folder}/text.yaml", encoding="utf-8") as stream:  # noqa: PTH123 - as above
            text: dict[str, Any] = yaml.load(stream, Loader=loader)  # noqa: S506 - the safe loader in C
        with open(f"{folder}/cause.yaml", encoding="utf-8") as stream:  # noqa: PTH123 - as above
            cause: dict[str, Any] = yaml.load(stream, Loader=loader)  # noqa: S506 - the safe loader in C
    except FileNotFoundError as error:
        raise KeyError(folder.rpartition("/")[2]) from error
    return text | {"stage": cause.get("stage", "")}


def compile_to(directory: str) -> None:
    """Write every cause's texts below `directory`; called by the build."""
    import json  # noqa: PLC0415 - for the build only
    from pathlib import Path  # noqa: PLC0415 - for the build only

    for folder in sorted(Path(_HERE).iterdir()):
        if (folder / "text.yaml").is_file():
            content = json.dumps(_from_yaml(str(folder)), ensure_ascii=False, separators=(",", ":"))
            target = Path(directory, folder.name)
            target.mkdir(parents=True, exist_ok=True)
            (target / COMPILED).write_text(content, "utf-8")
