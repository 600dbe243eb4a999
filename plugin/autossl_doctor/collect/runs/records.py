"""Reading the records of a log file: one JSON object a line, or the text twin where there is no JSON.

Each record is one write in append mode, so only the last line can be torn. Everything else that is not a record is kept
as an unreadable one, because silence would look like health.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import msgspec

from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown

CHUNK = 1 << 16
LINE_CAP = 1 << 20
INDENT_DIGITS = 3
UNREADABLE = "unreadable"


class Record(msgspec.Struct, gc=False):
    """One message. `type` is out, success, warn, error, or `unreadable` for a line that is no record."""

    timestamp: str = ""
    type: str = "out"
    indent: int = 0
    contents: str = ""
    number: int = 0


_DECODER = msgspec.json.Decoder(Record)
_ANY = msgspec.json.Decoder()


def read_json(host: HostPaths, path: str, begin: int = 0) -> Fact[Iterator[list[Record]]]:
    """Open a `json` log and give its records in batches, in file order, every line counted, from a byte on."""
    opened = host.open(path)
    if isinstance(opened, Unknown):
        return opened
    os.lseek(opened.value, begin, os.SEEK_SET)
    return Known(_batches(opened.value), path)


def _batches(descriptor: int) -> Iterator[list[Record]]:
    rest = b""
    too_long = False
    with os.fdopen(descriptor, "rb", buffering=0) as stream:
        while chunk := stream.read(CHUNK):
            end = chunk.rfind(b"\n")
            if end < 0:
                rest = b"" if too_long else rest + chunk
                if len(rest) > LINE_CAP:
                    yield [Record(type=UNREADABLE, contents=rest[:200].decode("utf-8", "replace"))]
                    rest, too_long = b"", True
                continue
            block = rest + chunk[: end + 1]
            if too_long:
                # What is left of a line that has been counted already.
                block, too_long = block[block.find(b"\n") + 1 :], False
            rest = chunk[end + 1 :]
            yield decode_lines(block)
    if rest.strip() and not too_long:
        # A line without its end is being written, or was cut off by a full disk: only a whole record counts.
        last = _decode_line(rest)
        yield [last] if last.type != UNREADABLE else []


def decode_lines(block: bytes) -> list[Record]:
    """Decode whole lines; one record a line, also for lines that hold none."""
    try:
        decoded = _DECODER.decode_lines(block)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        decoded = []
    lines = block.count(b"\n")
    if len(decoded) == lines:
        return decoded
    return [_decode_line(line) for line in block.split(b"\n")[:-1]]


def _decode_line(line: bytes) -> Record:
    try:
        return _DECODER.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    text = line.decode("utf-8", "replace")
    try:
        loose = _ANY.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        loose = None
    if not isinstance(loose, dict):
        return Record(type=UNREADABLE, contents=text[:500])
    return _coerce(loose)


def _coerce(loose: dict[str, Any]) -> Record:
    """Read a record whose values have other types than documented; contents that is no text stays visible as JSON."""
    contents = loose.get("contents")
    is_text = isinstance(contents, str)
    shown = str(contents) if is_text else msgspec.json.encode(contents).decode()[:500]
    indent = loose.get("indent")
    if isinstance(indent, str) and indent.isdecimal() and len(indent) <= INDENT_DIGITS:
        indent = int(indent)
    return Record(
        timestamp=str(loose.get("timestamp") or ""),
        type=str(loose.get("type") or "out") if is_text else UNREADABLE,
        indent=indent if isinstance(indent, int) else 0,
        contents=shown,
    )
