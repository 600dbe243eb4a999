"""The one place where building a release starts another program."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path


class UnavailableError(Exception):
    """A release cannot be built here; the words say what is missing."""


def demand(name: str, package: str) -> None:
    """Raise UnavailableError, with the package that brings it, where a program is missing."""
    if shutil.which(name) is None:
        raise UnavailableError(f"{name} is missing: install the package {package} and start this again.")


def run(*command: str | Path, directory: Path, environment: Mapping[str, str] | None = None) -> bytes:
    """What a program prints. Its own words are shown where it fails, and the release ends there."""
    ended = subprocess.run(
        [str(word) for word in command],
        cwd=directory,
        env=os.environ | {"LC_ALL": "C.UTF-8", "TZ": "UTC"} | dict(environment or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if ended.returncode != 0:
        said = (ended.stdout + ended.stderr).decode("utf-8", "replace").strip()
        raise UnavailableError(f"{command[0]} failed with {ended.returncode}:\n{said}")
    return ended.stdout
