"""The wheelhouse: every package that the product needs at run time, for every Python that it supports."""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from pathlib import Path

from tools.release.commit import Commit
from tools.release.program import UnavailableError, run

PYTHONS = ("3.11", "3.12", "3.13")
GLIBC = 28
"""The minor version of the oldest glibc 2 that is supported: that of EL 8."""
PLATFORMS = (
    *(f"manylinux_2_{minor}_x86_64" for minor in range(GLIBC, 4, -1)),
    "manylinux2014_x86_64",
    "manylinux2010_x86_64",
    "manylinux1_x86_64",
)
_PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def fetch(lock: Path, cache: Path) -> list[Path]:
    """The wheels that the lock names. They are fetched once; afterwards the cache answers, and no network is needed."""
    wheels = cache / digest(lock)
    if not wheels.exists():
        arriving = wheels.with_suffix(".arriving")
        shutil.rmtree(arriving, ignore_errors=True)
        for python in PYTHONS:
            _download(lock, python, arriving)
        arriving.rename(wheels)
    locked = set(_HASH.findall(lock.read_text("utf-8")))
    found = list(wheels.iterdir())
    if strange := [wheel.name for wheel in found if digest(wheel) not in locked]:
        raise UnavailableError(f"{cache} holds files that the lock does not name ({', '.join(strange)}): remove it.")
    return found


def build_own(commit: Commit, work: Path) -> Path:
    """The product's own wheel, with its catalogue and its pages compiled: the same bytes for the same commit."""
    # A copy: the build leaves files of its own in the source.
    source = shutil.copytree(commit.source, work / "building")
    to = work / "own"
    build = ("wheel", "--no-deps", "--no-build-isolation", "--no-cache-dir", "--wheel-dir", to, ".")
    run(*_PIP, *build, directory=source, environment={"SOURCE_DATE_EPOCH": str(commit.moment)})
    [wheel] = to.glob("*.whl")
    return wheel


def digest(file: Path) -> str:
    """The file's SHA-256, in hexadecimal digits."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _download(lock: Path, python: str, to: Path) -> None:
    """Wheels only, each with a hash of the lock: a package without one for this Python ends the release."""
    abi = f"cp{python.replace('.', '')}"
    tags = [f"--abi={tag}" for tag in (abi, "abi3", "none")] + [f"--platform={platform}" for platform in PLATFORMS]
    which = ("--only-binary=:all:", "--no-deps", "--implementation=cp", f"--python-version={python}", *tags)
    run(*_PIP, "download", *which, "--require-hashes", "--requirement", lock, "--dest", to, directory=lock.parent)
