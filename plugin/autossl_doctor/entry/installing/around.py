"""What the steps of an installation work with, and how one of them says that it failed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from autossl_doctor.entry.installing.manifest import Manifest

RELEASE = "/opt/autossl-doctor/release"
PACKAGE = Path(__file__).parents[2]
"""Where the installed package lies; the page's style and script come out of it."""
PATIENCE = 300
"""Seconds; install_plugin may take a minute for each theme."""
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/root"}


class Answer(NamedTuple):
    """How a program ended, and everything that it said."""

    status: int
    output: str

    @property
    def last(self) -> str:
        """Its last words."""
        return self.output.strip().rpartition("\n")[2] or f"exit status {self.status}"


Run = Callable[[Sequence[str]], Answer]


class Around(NamedTuple):
    """What a step works with; tests hand in places and a runner of their own."""

    manifest: Manifest
    release: Path
    run: Run
    package: Path = PACKAGE
    root: Path = Path("/")

    def at(self, place: str) -> Path:
        """Give a place on this server."""
        return self.root / place.lstrip("/")


class StepError(Exception):
    """A step did not work: the id of a sentence, and what it is about. Who runs the steps adds which it was."""

    def __init__(self, why: str, **about: str) -> None:
        super().__init__(why, about)
        self.why = why
        self.about = about
        self.step = "files"


def run_program(command: Sequence[str]) -> Answer:
    """Run a program by its absolute path, with an environment of its own; one that cannot be run has failed."""
    try:
        ended = subprocess.run(  # noqa: S603 - an argument list, each program by its absolute path
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_ENVIRONMENT,
            cwd="/",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Answer(1, f"it did not end within {PATIENCE} seconds")
    except OSError as error:
        return Answer(127, error.strerror or os.strerror(error.errno or 0))
    return Answer(ended.returncode, ended.stdout.decode("utf-8", "replace"))


def must(around: Around, command: Sequence[str]) -> Answer:
    """Run a program that has to succeed. Raises StepError with its last words."""
    answer = around.run(command)
    if answer.status != 0:
        raise StepError("program", command=" ".join(command), said=answer.last)
    return answer
