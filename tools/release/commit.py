"""What a release is made of: the files of the last commit, and its time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tools.release.program import UnavailableError, run


@dataclass(frozen=True)
class Commit:
    """The files of one commit in a directory of their own."""

    source: Path
    """Nothing is in it that has not been committed."""
    moment: int
    """When it was committed, in seconds since 1970: the time of every file of a release (SOURCE_DATE_EPOCH)."""


def take_out(checkout: Path, directory: Path) -> Commit:
    """Write the last commit's files into a new directory, with the modes of this process's umask."""
    if not (checkout / ".git").exists():
        raise UnavailableError(
            "A release is built from a git checkout, because its times are those of the last commit."
        )
    moment = int(run("git", "log", "-1", "--format=%ct", directory=checkout))
    directory.mkdir()
    archive = directory.with_suffix(".tar")
    run("git", "archive", "--format=tar", "--output", archive, "HEAD", directory=checkout)
    run("tar", "--no-same-owner", "--no-same-permissions", "-xf", archive, directory=directory)
    return Commit(directory, moment)


def left_out(checkout: Path) -> bool:
    """Whether the checkout has changes that are not committed, which no release holds."""
    return bool(run("git", "status", "--porcelain", directory=checkout).strip())
