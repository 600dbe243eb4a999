"""What the product needs at run time, as pip would install it: copied from the environment that runs the lab."""

import compileall
import hashlib
import os
import shutil
import sys
from importlib import metadata
from pathlib import Path

PACKAGE = "autossl-doctor"


def gather_needed(directory: Path) -> None:
    """Copy every file that belongs to a needed distribution."""
    for name in sorted(_needed(PACKAGE)):
        for file in metadata.distribution(name).files or ():
            if ".." not in file.parts and file.suffix != ".pyc":
                copy(Path(str(file.locate())), directory / file, None)
    compile_all(directory)


def fingerprint_of_needed() -> str:
    """The versions of all of them, in short."""
    versions = [f"{name} {metadata.version(name)}" for name in sorted(_needed(PACKAGE))]
    return hashlib.sha256(f"{sys.version} {os.geteuid()} {versions}".encode()).hexdigest()[:16]


def copy(source: Path, target: Path, mode: int | None) -> None:
    """Copy a file with a mode, or with its own without what others may write."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(source.stat().st_mode & 0o755 if mode is None else mode)


def compile_all(directory: Path) -> None:
    """Compile all modules, as an installer does."""
    compileall.compile_dir(directory, quiet=1, workers=os.cpu_count() or 1)


def _needed(name: str) -> set[str]:
    """The distributions that the named one needs at run time, without itself."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for requirement in metadata.requires(waiting.pop()) or ():
            wanted = _wanted(requirement)
            if wanted is not None and wanted not in found:
                found.add(wanted)
                waiting.append(wanted)
    return found


def _wanted(requirement: str) -> str | None:
    """The name in a requirement; None where it is for an extra, or is not there and so was not needed."""
    text, _, condition = requirement.partition(";")
    if "extra" in condition:
        return None
    name = "".join(letter if letter.isalnum() or letter in "-_." else " " for letter in text).split()[0]
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None
    return name
