"""Reading a log while it is being written: only what is new, whole lines only."""

from __future__ import annotations

import os

from autossl_doctor.collect.runs.records import LINE_CAP, UNREADABLE, Record, decode_lines
from autossl_doctor.host.files import HostPaths, reason
from autossl_doctor.model.fact import Fact, Known, Unknown

MOST_AT_ONCE = 4 * 1024 * 1024
"""So much is read in one go, so that nobody else has to wait while a long log is caught up with."""


class Tail:
    """Remembers how far a log has been read. A log that was replaced or cut is read from its beginning again."""

    def __init__(self, host: HostPaths, path: str) -> None:
        self._host = host
        self._path = path
        self._file = (0, 0)
        self._offset = 0
        self._rest = b""
        self._too_long = False
        self.begun_anew = False
        self.behind = False

    def read_new(self) -> Fact[list[Record]]:
        """Give the records that have come since the last time.

        `begun_anew` tells whether they begin a log that was read before; `behind`, whether more is waiting.
        """
        self.begun_anew = self.behind = False
        opened = self._host.open(self._path)
        if isinstance(opened, Unknown):
            return opened
        try:
            return Known(self._read(opened.value), self._path)
        except OSError as error:
            return Unknown(reason(error), self._path)
        finally:
            os.close(opened.value)

    def _read(self, descriptor: int) -> list[Record]:
        found = os.fstat(descriptor)
        file = (found.st_dev, found.st_ino)
        if file != self._file or found.st_size < self._offset:
            self.begun_anew = self._offset > 0
            self._file, self._offset, self._rest, self._too_long = file, 0, b"", False
        content = os.pread(descriptor, MOST_AT_ONCE, self._offset)
        self._offset += len(content)
        self.behind = self._offset < found.st_size
        end = content.rfind(b"\n") + 1
        if not end:
            return self._put_by(content)
        block, self._rest = self._rest + content[:end], content[end:]
        if self._too_long:
            # What is left of a line that has been counted already.
            block, self._too_long = block[block.find(b"\n") + 1 :], False
        return decode_lines(block) if block else []

    def _put_by(self, content: bytes) -> list[Record]:
        """Keep the beginning of a line until its end comes; one that never ends counts once and is forgotten."""
        self._rest = b"" if self._too_long else self._rest + content
        if len(self._rest) <= LINE_CAP:
            return []
        self._rest, self._too_long = b"", True
        return [Record(type=UNREADABLE)]
