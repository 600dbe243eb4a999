"""RPM and deb: the bundle's files and, for both, one text of what happens around them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tools.release.program import run

_DATA = Path(__file__).parent
INSTALLED_IN = "opt/autossl-doctor/release"
MOMENTS = {
    "preinst": "before files",
    "postinst": "after files",
    "prerm": "before removal",
    "postrm": "after removal",
}
"""dpkg's names of its scripts, and ours of the moments."""


def build_rpm(tree: Path, version: str, summary: str, moment: int, work: Path) -> Path:
    """The RPM of a bundle's directory, made in a working directory."""
    top = work / "rpm"
    top.mkdir()
    spec = top / "autossl-doctor.spec"
    words = {"VERSION": version, "SUMMARY": summary, "SCRIPTLETS": _scriptlets(version)}
    spec.write_text(_filled("package.spec", words), "utf-8")
    _set_times(tree, moment)
    macros = (f"--define=_topdir {top}", f"--define=bundle {tree}", "--target=x86_64")
    run("rpmbuild", "-bb", "--quiet", *macros, spec, directory=top, environment=_of(moment))
    [package] = (top / "RPMS").rglob("*.rpm")
    return package


def build_deb(tree: Path, version: str, summary: str, moment: int, work: Path) -> Path:
    """The deb of a bundle's directory, made in a working directory."""
    root = work / "deb"
    shutil.copytree(tree, root / INSTALLED_IN)
    size = sum(file.stat().st_size for file in tree.rglob("*") if file.is_file())
    about = root / "DEBIAN"
    about.mkdir()
    words = {"VERSION": version, "SUMMARY": summary, "SIZE": str(size // 1024)}
    (about / "control").write_text(_filled("control", words), "utf-8")
    for script, name in MOMENTS.items():
        (about / script).write_text(f'#!/bin/sh\n{_scriptlets(version)}\nat "{name}" "$@"\n', "utf-8")
        (about / script).chmod(0o755)
    _set_times(root, moment)
    package = work / f"autossl-doctor_{version}_amd64.deb"
    options = ("--root-owner-group", "-Zgzip", "--uniform-compression", "--build")
    run("dpkg-deb", *options, root, package, directory=work, environment=_of(moment))
    return package


def _scriptlets(version: str) -> str:
    return _filled("scriptlets.sh", {"VERSION": version}).rstrip()


def _filled(template: str, words: dict[str, str]) -> str:
    text = (_DATA / template).read_text("utf-8")
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text


def _set_times(tree: Path, moment: int) -> None:
    """Both builders keep the times of older files and only cap those of younger ones."""
    for path in (tree, *tree.rglob("*")):
        os.utime(path, (moment, moment))


def _of(moment: int) -> dict[str, str]:
    return {"SOURCE_DATE_EPOCH": str(moment)}
