"""install_plugin and uninstall_plugin: the icon of a plugin and its feature, and nothing else of it.

Both take a directory or an archive with install.json at its top. The page files are the plugin's own business. The
feature is written only where the directory of features is there, and uninstall_plugin leaves it: nobody knows better.
"""

import contextlib
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.lab.commands.command_run import ROOT, RefusedError, run, words_of
from tests.lab.commands.plugin_description import BadDescriptionError, Item, read
from tests.lab.cpsrvd.documents import FRONTEND

DYNAMICUI, ICONS = f"{FRONTEND}/dynamicui", f"{FRONTEND}/assets/application_icons"
FEATURES = "usr/local/cpanel/whostmgr/addonfeatures"
_LARGEST = 4 * 1024 * 1024


def install(arguments: Sequence[str]) -> int:
    """Put each item's icon and its record into the theme, and register the features that ask for it."""
    with _source(arguments) as (directory, items):
        for place in (DYNAMICUI, ICONS):
            if not (ROOT / place).is_dir():
                raise RefusedError(f"/{place} is missing: the theme is not whole.")
        for item in items:
            icon = directory / item["icon"]
            _write(ROOT / ICONS / f"{item['id']}{icon.suffix}", icon.read_bytes())
            _write(_record_of(item), _line(item).encode())
            if item.get("featuremanager"):
                _register_feature(item)
            print(f"{item['id']} installed in jupiter")
    return 0


def uninstall(arguments: Sequence[str]) -> int:
    """Take icons and records of the same description away again; nothing there is a mistake."""
    with _source(arguments) as (_, items):
        missing = [item["id"] for item in items if not _record_of(item).exists()]
        if len(missing) == len(items):
            raise RefusedError(f"{', '.join(missing)}: not installed.")
        for item in items:
            _record_of(item).unlink(missing_ok=True)
            (ROOT / ICONS / f"{item['id']}{Path(item['icon']).suffix}").unlink(missing_ok=True)
            print(f"{item['id']} removed from jupiter")
    return 0


@contextlib.contextmanager
def _source(arguments: Sequence[str]) -> Iterator[tuple[Path, list[Item]]]:
    """The unpacked description and its items."""
    words, options = words_of(arguments, frozenset({"theme"}))
    if len(words) != 1:
        raise RefusedError("usage: ARCHIVE-OR-DIRECTORY [--theme=jupiter]")
    if options.get("theme", "jupiter") != "jupiter":
        raise RefusedError(f"There is no theme “{options['theme']}”.")
    source = Path(words[0])
    with tempfile.TemporaryDirectory() as folder:
        directory = source if source.is_dir() else _unpacked(source, Path(folder))
        try:
            yield directory, read(directory)
        except BadDescriptionError as trouble:
            raise RefusedError(f"{source}: {trouble}.") from trouble


def _unpacked(archive: Path, folder: Path) -> Path:
    """The archive's files below a directory of its own."""
    if not archive.is_file():
        raise RefusedError(f"“{archive}” is neither a directory nor an archive.")
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            for member in zipped.infolist():
                if member.file_size <= _LARGEST:
                    zipped.extract(member, folder)
        return folder
    try:
        with tarfile.open(archive) as tarred:
            tarred.extractall(folder, filter="data")
    except tarfile.TarError as trouble:
        raise RefusedError(f"“{archive}” cannot be unpacked: {trouble}.") from trouble
    return folder


def _record_of(item: Item) -> Path:
    return ROOT / DYNAMICUI / f"dynamicui_{item['id']}.conf"


def _line(item: Item) -> str:
    """One item as the panel's interface reads it."""
    if item["type"] == "group":
        values = {"group": item["id"], "grouptitle": item["name"], "grouporder": item["order"], "type": "group"}
    else:
        values = {
            "description": item["name"],
            "feature": item.get("feature", ""),
            "file": item["id"],
            "group": item["group_id"],
            "itemdesc": item.get("description", item["name"]),
            "itemorder": item["order"],
            "subtype": "img",
            "type": "image",
            "url": item["uri"],
        }
    return ",".join(f"{key}=>{value}" for key, value in values.items() if value != "") + "\n"


def _register_feature(item: Item) -> None:
    directory = ROOT / FEATURES
    if not directory.is_dir():
        sys.stderr.write(f"warning: /{FEATURES} is missing: the feature {item['feature']} is not registered\n")
        return
    _write(directory / item["feature"], f"{item['feature']}:{item['name']}\n".encode())


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o644)


COMMANDS = {"install_plugin": install, "uninstall_plugin": uninstall}

if __name__ == "__main__":
    sys.exit(run(sys.argv[1], COMMANDS[sys.argv[1]], sys.argv[2:]))
