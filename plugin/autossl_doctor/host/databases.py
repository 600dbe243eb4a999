"""Reading other programs' SQLite files without leaving a trace beside them.

Where no write-ahead log is pending, the file is opened in place as immutable (no lock, no side file) and compared
before and after. Otherwise the file and its `-wal` are copied into a private directory, and the copy is opened.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path

from autossl_doctor.host.files import FileFacts, HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown

COPY_CAP = 64 * 1024 * 1024
LONGEST_VALUE = 1 << 22
MOST_STEPS, STEPS_AT_ONCE = 50_000_000, 10_000
"""How long SQLite may work on one question: enough for a million rows, not for a view without an end."""
_ATTEMPTS = 3
_CHANGE_COUNTER = slice(24, 28)
_HEADER = 100
_LOG_HEADER = 32
"""It holds the salts that change when the write-ahead log begins anew."""
_LARGEST_PAGE = 65536
Row = tuple[object, ...]


def query(host: HostPaths, path: str, statement: str) -> Fact[list[Row]]:
    """Run one SELECT on a foreign database and give its rows.

    A table or column that is missing, a file that is no database, and one that keeps changing are `Unknown`.
    """
    for _ in range(_ATTEMPTS):
        opened = host.open(path)
        if isinstance(opened, Unknown):
            return opened
        try:
            answer = _query_once(host, path, opened.value, statement)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            # What SQLite says of a damaged schema may quote bytes of it that are no text.
            return Unknown("damaged", path, str(error))
        except OSError as error:
            return Unknown("read_error", path, error.strerror or "")
        finally:
            os.close(opened.value)
        if answer is not None:
            return answer
    return Unknown("locked", path, "the file changed while it was read")


def _query_once(host: HostPaths, path: str, descriptor: int, statement: str) -> Fact[list[Row]] | None:
    """Try once; None if another program wrote at the same time."""
    before = _state(host, path, descriptor)
    wal = host.facts(path + "-wal")
    if isinstance(wal, Known) and wal.value.regular and wal.value.size > 0:
        if os.fstat(descriptor).st_size + wal.value.size > COPY_CAP:
            return Unknown("too_large", path)
        with tempfile.TemporaryDirectory(prefix="autossl-doctor-") as private:
            copy = Path(private) / "copy.sqlite"
            _copy(descriptor, copy)
            side = host.open(path + "-wal")
            if isinstance(side, Unknown):
                return side
            try:
                log = os.pread(side.value, _LOG_HEADER, 0)
                _copy(side.value, Path(f"{copy}-wal"))
                begun_anew = os.pread(side.value, _LOG_HEADER, 0) != log
            finally:
                os.close(side.value)
            if begun_anew or _state(host, path, descriptor) != before:
                return None
            rows = _rows(f"file:{copy}", statement)
    elif isinstance(wal, Known) and not wal.value.regular:
        return Unknown("not_a_regular_file", path + "-wal")
    elif _is_cut(descriptor):
        return Unknown("damaged", path, "the file is shorter than it says")
    else:
        rows = _rows(f"file:/proc/self/fd/{descriptor}?immutable=1", statement)
        if _state(host, path, descriptor) != before:
            return None
    return Known(rows, path)


def _is_cut(descriptor: int) -> bool:
    """Tell whether the file is shorter than its header says (https://www.sqlite.org/fileformat.html)."""
    header = os.pread(descriptor, 100, 0)
    if len(header) < _HEADER or header[24:28] != header[92:96]:
        return False  # the number of pages counts only where both counters agree
    page = int.from_bytes(header[16:18], "big")
    size = (_LARGEST_PAGE if page == 1 else page) * int.from_bytes(header[28:32], "big")
    return os.fstat(descriptor).st_size < size


def _rows(address: str, statement: str) -> list[Row]:
    connection = sqlite3.connect(address, uri=True, timeout=2)
    steps = iter(range(MOST_STEPS // STEPS_AT_ONCE))
    connection.set_progress_handler(lambda: next(steps, None) is None, STEPS_AT_ONCE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    connection.text_factory = lambda content: content.decode("utf-8", "replace")
    try:
        connection.execute("PRAGMA query_only=1")
        connection.execute("PRAGMA trusted_schema=0")
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def _state(host: HostPaths, path: str, descriptor: int) -> Sequence[object]:
    """Describe the file as it is now: a writer changes at least one part of it."""
    named = host.facts(path)
    inode = named.value.inode if isinstance(named, Known) and isinstance(named.value, FileFacts) else 0
    now = os.fstat(descriptor)
    counter = os.pread(descriptor, 100, 0)[_CHANGE_COUNTER]
    return inode, now.st_ino, now.st_size, now.st_mtime_ns, counter


def _copy(descriptor: int, target: Path) -> None:
    with os.fdopen(os.dup(descriptor), "rb") as source, target.open("wb") as copy:
        source.seek(0)
        shutil.copyfileobj(source, copy)
