"""RPM and deb: the bundle's files and, for both, one text of what happens around them."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
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


@dataclass(frozen=True)
class About:
    """What both packages say of themselves."""

    version: str
    summary: str
    """A few words without a full stop."""
    description: str
    """Whole sentences."""
    moment: int
    """The time of every file, in seconds since 1970."""


def build_rpm(tree: Path, about: About, work: Path) -> Path:
    """The RPM of a bundle's directory, made in a working directory."""
    top = work / "rpm"
    top.mkdir()
    spec = top / "autossl-doctor.spec"
    spec.write_text(_filled("package.spec", about, SCRIPTLETS=_scriptlets(about)), "utf-8")
    _set_times(tree, about.moment)
    macros = (f"--define=_topdir {top}", f"--define=bundle {tree}", "--target=x86_64")
    run("rpmbuild", "-bb", "--quiet", *macros, spec, directory=top, environment=_of(about))
    [package] = (top / "RPMS").rglob("*.rpm")
    return package


def build_deb(tree: Path, about: About, work: Path) -> Path:
    """The deb of a bundle's directory, made in a working directory."""
    root = work / "deb"
    shutil.copytree(tree, root / INSTALLED_IN)
    size = sum(file.stat().st_size for file in tree.rglob("*") if file.is_file())
    control = root / "DEBIAN"
    control.mkdir()
    (control / "control").write_text(_filled("control", about, SIZE=str(size // 1024)), "utf-8")
    for script, name in MOMENTS.items():
        (control / script).write_text(f'#!/bin/sh\n{_scriptlets(about)}\nat "{name}" "$@"\n', "utf-8")
        (control / script).chmod(0o755)
    _set_times(root, about.moment)
    package = work / f"autossl-doctor_{about.version}_amd64.deb"
    options = ("--root-owner-group", "-Zgzip", "--uniform-compression", "--build")
    run("dpkg-deb", *options, root, package, directory=work, environment=_of(about))
    return package


def _scriptlets(about: About) -> str:
    return _filled("scriptlets.sh", about).rstrip()


def _filled(template: str, about: About, **more: str) -> str:
    words = {"VERSION": about.version, "SUMMARY": about.summary, "DESCRIPTION": about.description} | more
    text = (_DATA / template).read_text("utf-8")
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text


def _set_times(tree: Path, moment: int) -> None:
    """Both builders keep the times of older files and only cap those of younger ones."""
    for path in (tree, *tree.rglob("*")):
        os.utime(path, (moment, moment))


def _of(about: About) -> dict[str, str]:
    return {"SOURCE_DATE_EPOCH": str(about.moment)}
