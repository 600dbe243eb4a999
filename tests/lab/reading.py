"""How tests look into a lab tree: plainly, trusting that the tree is as the facts say."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.lab.runlog import LOGS

Record = dict[str, Any]


def run_directories(root: Path) -> list[Path]:
    """The directories of all runs, oldest first."""
    return sorted((root / LOGS).iterdir())


def records(directory: Path) -> Iterator[Record]:
    """The records of one run; bytes that are no UTF-8 arrive as lone surrogates."""
    with (directory / "json").open(encoding="utf-8", errors="surrogateescape") as stream:
        for line in stream:
            yield json.loads(line)


def sentences(directory: Path) -> list[str]:
    """The contents of one run's records."""
    return [record["contents"] for record in records(directory)]


def newest(root: Path) -> list[str]:
    """The contents of the newest run."""
    return sentences(run_directories(root)[-1])


def rows(database: Path, statement: str) -> list[tuple[Any, ...]]:
    """The rows of an SQLite file, which stays as it is."""
    with closing(sqlite3.connect(f"file:{database}?immutable=1", uri=True)) as connection:
        return connection.execute(statement).fetchall()


def problems(root: Path) -> dict[str, str]:
    """The problems database: name to problem."""
    return dict(rows(root / "var/cpanel/autossl_problems.sqlite", "SELECT domain, problem FROM problems"))
