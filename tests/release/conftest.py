"""A release of the present files, built once for the tests of a process: in a repository of its own with one commit."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MADE = (".git", ".venv*", ".demo", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis")
COMMITTED = 1_790_000_000
"""The moment of the only commit, in seconds since 1970."""


@dataclass(frozen=True)
class Release:
    """A checkout, what was built from it, and the bundle unpacked."""

    checkout: Path
    built: Path
    tree: Path

    @property
    def archive(self) -> Path:
        """The bundle."""
        [found] = self.built.glob("*.tar.gz")
        return found

    @property
    def rpm(self) -> Path:
        """The RPM."""
        [found] = self.built.glob("*.rpm")
        return found

    @property
    def deb(self) -> Path:
        """The deb."""
        [found] = self.built.glob("*.deb")
        return found


def build(checkout: Path, *before: str, umask: int = 0o022, environment: Mapping[str, str] | None = None) -> Path:
    """Build a release as `make release` does, with a command before it if wanted; answers where it lies."""
    command = [*before, sys.executable, "-m", "tools.release"]
    ended = subprocess.run(
        command,
        cwd=checkout,
        env=os.environ | dict(environment or {}),
        umask=umask,
        capture_output=True,
        check=False,
        text=True,
        timeout=600,
    )
    assert ended.returncode == 0, ended.stderr
    return checkout / "dist"


def printed(directory: Path, *command: str) -> str:
    """What a command prints that ends well."""
    ended = subprocess.run(command, cwd=directory, capture_output=True, check=False, text=True, timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def git(checkout: Path, *words: str) -> None:
    """Let git do something in a checkout, as nobody in particular and at the moment of the commit."""
    moment = f"{COMMITTED} +0000"
    who = {f"GIT_{role}_{what}": "tests" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    when = {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
    subprocess.run(["git", *words], cwd=checkout, env=os.environ | who | when, check=True, capture_output=True)


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The release of the files as they are now, committed or not."""
    checkout = tmp_path_factory.mktemp("release") / "checkout"
    shutil.copytree(ROOT, checkout, ignore=shutil.ignore_patterns(*MADE))
    git(checkout, "init", "--quiet")
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--message", "The files as they are now")
    built = build(checkout)
    [archive] = built.glob("*.tar.gz")
    (checkout.parent / "unpacked").mkdir()
    printed(checkout.parent / "unpacked", "tar", "xzf", str(archive))
    [tree] = (checkout.parent / "unpacked").iterdir()
    return Release(checkout, built, tree)
