"""Runs one program to its end and tells what it cost: processor time and peak memory of that process alone."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

MIB = 1024
Made = TypeVar("Made")


@dataclass(frozen=True)
class Cost:
    """What a process used (seconds of processor time, MiB at its peak) and what it answered."""

    seconds: float
    peak: float
    answer: dict[str, Any]


def aside(work: Callable[..., Made], *arguments: object) -> Made:
    """Do work in a process of its own: a program that is started here counts this process's memory as its own peak."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        return pool.submit(work, *arguments).result()


def cost(command: Sequence[str | Path], directory: Path) -> Cost:
    """Run a command that prints one JSON object."""
    process = subprocess.Popen([str(part) for part in command], cwd=directory, stdout=subprocess.PIPE)
    assert process.stdout
    output = process.stdout.read()
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed with status {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MIB, json.loads(output))


def rivals(commands: Sequence[Sequence[str | Path]], directory: Path, times: int) -> list[Cost]:
    """Run commands in turn, several times, and take the cheapest of each: what slows the machine meets all of them."""
    rounds = [[cost(command, directory) for command in commands] for _ in range(times)]
    return [min(costs, key=lambda each: each.seconds) for costs in zip(*rounds, strict=True)]


def best(command: Sequence[str | Path], directory: Path, times: int) -> Cost:
    """Run a command several times and take the cheapest: what else the machine does only adds."""
    return rivals([command], directory, times)[0]
