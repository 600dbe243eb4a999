"""Where each text that is made from the manifest stands: files of their own, and marked pieces of others."""

from __future__ import annotations

from pathlib import Path

from autossl_doctor.entry.installing.manifest import Manifest, read_manifest
from tools.manifest import made

INSTALL_JSON = "plugin/cpanel/install.json"
VALUES = "plugin/system/setup/values.sh"


def made_from_manifest(top: Path) -> dict[Path, str]:
    """Every file that holds something made from the manifest, as it has to be."""
    manifest = read_manifest(top)
    whole = {INSTALL_JSON: made.install_json(manifest), VALUES: made.values_of_systems(manifest)}
    if manifest.whm is not None:
        record = next(file.source for file in manifest.files if file.place == manifest.whm.record)
        whole[record] = made.appconfig(manifest)
    pieces = {source: _described(top / source, manifest, script) for script, source in _hooks(manifest).items()}
    removal = _with_piece(top / "uninstall.sh", "# made from cpanel_plugin.yaml", made.values_of_removal(manifest))
    pieces["uninstall.sh"] = removal
    readme = top / "README.md"
    if readme.exists():
        text = readme.read_text(encoding="utf-8")
        text = _between(text, "<!-- files -->\n", "<!-- /files -->", made.table_of_files(manifest))
        text = _between(text, "<!-- systems -->\n", "<!-- /systems -->", made.table_of_systems(manifest))
        pieces["README.md"] = text
    return {top / name: text for name, text in {**whole, **pieces}.items()}


def write_all(top: Path) -> list[Path]:
    """Write what differs; give the files that were written."""
    written = []
    for path, text in made_from_manifest(top).items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def _hooks(manifest: Manifest) -> dict[str, str]:
    sources = {file.place: file.source for file in manifest.files}
    return {hook.script: sources[hook.script] for hook in manifest.hooks}


def _described(path: Path, manifest: Manifest, script: str) -> str:
    return _between(path.read_text(encoding="utf-8"), "<<'JSON'\n", "JSON\n", made.hook_description(manifest, script))


def _with_piece(path: Path, mark: str, piece: str) -> str:
    return _between(path.read_text(encoding="utf-8"), f"{mark}\n", "# as far as here", piece)


def _between(text: str, begin: str, end: str, piece: str) -> str:
    """Put a piece between two marks, each of which stands there once."""
    before, first, rest = text.partition(begin)
    _, second, after = rest.partition(end)
    if not first or not second:
        raise ValueError(f"the marks {begin!r} and {end!r} are missing")
    return before + begin + piece + end + after
