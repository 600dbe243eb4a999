"""The log of a run on the disk: `json`, `txt` and the symlinks beside them (facts 1.1 to 1.4)."""

import itertools
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from random import Random
from typing import BinaryIO, Self

from tests.lab.log_line import Line, RunClock, iso
from tests.lab.run_model import Extra, Run

LOGS = "var/cpanel/logs/autossl"

# Keys come in hash order, so every record has an order of its own.
_KEYS = {
    "timestamp": '"timestamp":"%(timestamp)s"',
    "type": '"type":"%(type)s"',
    "indent": '"indent":%(indent)d',
    "contents": '"contents":%(contents)s',
    "pid": '"pid":%(pid)d',
    "partial": '"partial":0',
}
_FORMS = tuple(f"{{{','.join(order)}}}\n" for order in itertools.permutations(_KEYS.values()))
_escape = json.encoder.encode_basestring


class RunLog:
    """The open log of one run; writes a line as AutoSSL does, one record at a time."""

    def __init__(self, directory: Path, run: Run, pid: int, clock: RunClock, dice: Random) -> None:
        self._pid = pid
        self.clock = clock
        self._dice = dice
        self._stack = ExitStack()
        self._json = self._open(directory / "json") if run.files != "txt" else None
        self._txt = self._open(directory / "txt") if run.files != "json" else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _open(self, path: Path) -> BinaryIO:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.fchmod(descriptor, 0o600)
        return self._stack.enter_context(os.fdopen(descriptor, "ab", buffering=1 << 20))

    def write(self, line: Line, stamp: str | None = None) -> None:
        """One record, and the same text for people."""
        time = stamp or self.clock.stamp
        if self._json is not None:
            self._json.write(record(line, time, self._pid, self._dice))
        if self._txt is not None and isinstance(line.contents, str):
            lead = "\t" * line.indent or " "
            self._txt.write(f"[{time}]{lead}{line.contents}\n".encode(errors="surrogateescape"))

    def flush(self) -> None:
        """Let readers see what was written; each record then arrives whole."""
        for stream in (self._json, self._txt):
            if stream is not None:
                stream.flush()

    def write_raw(self, data: bytes) -> None:
        """Bytes that are no record."""
        if self._json is not None:
            self._json.write(data)


def record(line: Line, stamp: str, pid: int, dice: Random) -> bytes:
    """One line of `json`; text is raw UTF-8, and bytes that are none come through as they came in."""
    contents = line.contents
    text = _escape(contents) if isinstance(contents, str) else json.dumps(contents, ensure_ascii=False)
    form = _FORMS[int(dice.random() * len(_FORMS))]
    values = {"timestamp": stamp, "type": line.type, "indent": line.indent, "contents": text, "pid": pid}
    return (form % values).encode(errors="surrogateescape")


class Ending(Enum):
    """Why no further line was written."""

    FINISHED = "the run had nothing more to say"
    CUT = "the run was told to stop there"
    PRESENT = "the next line lies in the future"


def write_lines(log: RunLog, lines: Iterator[Line], run: Run, now: datetime) -> Ending:
    """Let a run write until its end, its cut or the present moment.

    A line is asked for only when it will be written: asking is what changes the world.
    """
    waiting, accounts = list(run.extra), 0
    for number in itertools.count(1):
        if log.clock.moment > now:
            return Ending.PRESENT
        line = next(lines, None)
        if line is None:
            break
        log.write(line)
        for extra in _due(line, waiting):
            write_extra(log, extra)
        log.clock.tick()
        accounts += line.ends_account
        if number == run.after_lines or (line.ends_account and accounts == run.after_accounts):
            write_extras(log, waiting)
            return Ending.CUT
    write_extras(log, waiting)
    if any(extra.after is not None for extra in waiting):
        raise ValueError(f"no line of the run contains the text that these stand behind: {waiting}")
    return Ending.FINISHED


def _due(line: Line, waiting: list[Extra]) -> list[Extra]:
    """The extra records that stand behind this line; they are taken off the list."""
    if not waiting or not isinstance(line.contents, str):
        return []
    due = [extra for extra in waiting if extra.after is not None and extra.after in line.contents]
    waiting[:] = [extra for extra in waiting if extra not in due]
    return due


def write_extras(log: RunLog, extras: Iterable[Extra]) -> None:
    """Records that the simulation does not know, at the end of a log."""
    for extra in extras:
        if extra.after is None:
            write_extra(log, extra)
            log.clock.tick()


def write_extra(log: RunLog, extra: Extra) -> None:
    """One record that the simulation does not know."""
    if extra.raw is not None:
        log.write_raw(extra.raw)
        return
    stamp = None if extra.at is None else iso(extra.at)
    log.write(Line(extra.indent, extra.type, extra.contents), stamp)


def tear(path: Path) -> None:
    """Cut the last record of a log in the middle, as a full disk does."""
    data = path.read_bytes()
    last = data.rstrip(b"\n").rfind(b"\n") + 1
    os.truncate(path, last + (len(data) - last) // 2)


def free_name(start: datetime, names: Iterable[str]) -> str:
    """The directory name of a run: its start, moved on by a second while another run has that name."""
    used = set(names)
    while iso(start) in used:
        start += timedelta(seconds=1)
    return iso(start)
