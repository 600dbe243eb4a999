"""Looking into `state.db` without changing it, making it or waiting long for it; light, for people ask by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from autossl_doctor.store.memory.schema import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

Kind: TypeAlias = 'Literal["no_memory", "damaged", "locked", "too_new"]'
_NONSENSE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What comes of values that the doctor did not write."""


class UnreadableError(Exception):
    """The memory cannot be read now: `kind` tells how it stands, `why` is what SQLite says, which may quote it."""

    def __init__(self, kind: Kind, why: str = "") -> None:
        super().__init__(f"{kind}: {why}")
        self.kind: Kind = kind
        self.why = why


@contextmanager
def looking_into(path: str, patience: float) -> Iterator[sqlite3.Connection]:
    """Open the memory for reading, `patience` in seconds; raises UnreadableError, also for what is done inside."""
    connection = None
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=patience)
        if connection.execute("PRAGMA user_version").fetchone()[0] > VERSION:
            raise UnreadableError("too_new")
        yield connection
    except sqlite3.OperationalError as error:
        missing = "unable to open" in str(error) or "no such table: " in str(error)
        raise UnreadableError(
            "no_memory"
            if missing
            else "damaged"
            if "decode" in str(error) or "no such column" in str(error)
            else "locked",
            str(error),
        ) from error
    except (sqlite3.DatabaseError, OSError, *_NONSENSE) as error:
        raise UnreadableError("damaged", str(error)) from error
    finally:
        if connection is not None:
            connection.close()
