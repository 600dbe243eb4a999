"""The release bundle: a directory that installs without any network, and the archive of it."""

from __future__ import annotations

import gzip
import shutil
import stat
import tarfile
from collections.abc import Sequence
from pathlib import Path

from tools.release.commit import Commit
from tools.release.wheels import digest

FILES = (
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "cpanel_plugin.yaml",
    "install.sh",
    "requirements/runtime.txt",
    "uninstall.sh",
)
PACKAGE = "autossl_doctor"
"""What is in a wheel; everything else in plugin/ is copied into the panel and the system by the installer."""
CHECKSUMS = "SHA256SUMS"


def lay_out(commit: Commit, wheels: Sequence[Path], contents: str, version: str, to: Path) -> None:
    """Fill a new directory, as it will lie in /opt/autossl-doctor/release, with steady modes and without links."""
    for name in FILES:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(commit.source / name, to / name)
    for folder in (commit.source / "plugin").iterdir():
        if folder.name != PACKAGE:
            shutil.copytree(folder, to / "plugin" / folder.name, copy_function=shutil.copy)
    (to / "wheelhouse").mkdir()
    for wheel in wheels:
        shutil.copy(wheel, to / "wheelhouse")
    (to / "VERSION").write_text(f"{version}\n", "utf-8")
    (to / "sbom.cdx.json").write_text(contents, "utf-8")
    files = sorted(path for path in to.rglob("*") if path.is_file())
    (to / CHECKSUMS).write_text("".join(f"{digest(file)}  {file.relative_to(to)}\n" for file in files), "utf-8")
    for path in (to, *to.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)


def pack(tree: Path, to: Path, moment: int) -> Path:
    """The directory as NAME.tar.gz: sorted, everything root's, one time; gzip's header says no name and no time."""
    archive = to / f"{tree.name}.tar.gz"

    def steady(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = moment
        return entry

    with (
        archive.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as files,
    ):
        for path in (tree, *sorted(tree.rglob("*"))):
            files.add(path, str(path.relative_to(tree.parent)), recursive=False, filter=steady)
    return archive
