"""The problems database as the runs left it (facts 4)."""

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.lab.host_model import Host, ProblemRow
from tests.lab.log_line import iso
from tests.lab.tree import Tree
from tests.lab.world import World

DATABASE = "var/cpanel/autossl_problems.sqlite"
_SCHEMA = """
CREATE TABLE problems(
    domain text PRIMARY KEY NOT NULL, username text NOT NULL, log text NOT NULL,
    time text NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ','now')), problem text NOT NULL);
CREATE INDEX problems_username ON problems(username);
CREATE INDEX problems_log ON problems(log);
CREATE TABLE metadata(key text PRIMARY KEY, value text);
INSERT INTO metadata VALUES ('schema_version', '1');
"""
Row = tuple[str | None, ...]


def write_problems(tree: Tree, host: Host, world: World) -> None:
    """Write every row; with the journal "wal-pending" they have not reached the database's own file."""
    rows = [_row(problem) for problem in world.problems.values()]
    insert = "INSERT INTO problems(domain, username, log, time, problem) VALUES (?, ?, ?, ?, ?)"
    write_database(tree, DATABASE, _SCHEMA, {insert: rows}, journal=host.problems_journal)


def _row(problem: ProblemRow) -> Row:
    """The column `log` holds the time of the write as well: near the run's name, but not equal to it."""
    time = iso(problem.time)
    text = problem.problem.encode(errors="surrogateescape").decode(errors="replace")
    return problem.domain, problem.username, time, time, text


def write_database(tree: Tree, name: str, schema: str, inserts: dict[str, list[Row]], journal: str = "wal") -> None:
    """An SQLite file of mode 0600, without side files unless the rows are to wait in one.

    SQLite marks a `-wal` file with random numbers, so only there two builds of one host differ in bytes.
    """
    with TemporaryDirectory(prefix="autossl-lab-") as folder:
        draft = Path(folder, Path(name).name)
        with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA journal_mode={journal.partition('-')[0]}")
            connection.executescript(schema)
            if journal == "wal-pending":
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.execute("PRAGMA wal_autocheckpoint=0")
            connection.execute("BEGIN")
            for statement, rows in inserts.items():
                connection.executemany(statement, rows)
            connection.execute("COMMIT")
            if journal == "wal-pending":
                _copy(tree, name, (draft, Path(f"{draft}-wal"), Path(f"{draft}-shm")))
                return
        _copy(tree, name, (draft,))


def _copy(tree: Tree, name: str, drafts: Iterable[Path]) -> None:
    target = tree.path(name)
    for draft in drafts:
        path = target.with_name(draft.name)
        shutil.copyfile(draft, path)
        path.chmod(0o600)
        tree.touch(str(path.relative_to(tree.root)))
