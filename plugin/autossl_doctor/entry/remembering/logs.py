"""Which logs are new or were written on: told by inode, size and the last bytes of what was read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Literal, NamedTuple

from autossl_doctor.collect.runs.catalogue import LOG_DIRECTORY, TEXT_CAP, run_named, run_names
from autossl_doctor.collect.runs.records import Record, read_json
from autossl_doctor.collect.runs.textlog import read_text
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.processes import is_alive
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.log import Run
from autossl_doctor.store.memory.keeping import DAYS
from autossl_doctor.store.memory.reading import KnownLog

TAIL = 512
"""So many of the last bytes that were read are compared before a log is believed to be the same one."""
DIGEST_BYTES = 12
News = Literal["new", "written on", "replaced"]


class Log(NamedTuple):
    """A log to be read; from the byte `begin` on, which is 0 unless it was written on."""

    run: Run
    path: str
    news: News
    inode: int
    size: int
    begin: int = 0


def logs_to_read(host: HostPaths, known: Mapping[str, KnownLog], now: datetime) -> Iterator[Log]:
    """Give the logs of runs that have ended, oldest first. A log of an unchanged size is not even opened.

    What is older than the memory lasts has been forgotten, and is not read again.
    """
    names = run_names(host)
    oldest = (now - timedelta(days=DAYS)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for run_name in reversed(names.value) if isinstance(names, Known) else ():
        if run_name < oldest:
            continue
        for kind in ("json", "txt"):
            path = f"{LOG_DIRECTORY}/{run_name}/{kind}"
            facts = host.facts(path)
            if isinstance(facts, Known) and facts.value.regular:
                found = _news(host, path, (facts.value.inode, facts.value.size), known.get(run_name))
                if found is not None and not _is_at_work(host, run_name):
                    yield Log(run_named(host, run_name), path, *found)
                break


def is_unchanged(host: HostPaths, log: Log) -> bool:
    """Tell whether a log is as it was when it was looked at."""
    facts = host.facts(log.path)
    return isinstance(facts, Known) and (facts.value.inode, facts.value.size) == (log.inode, log.size)


def tail_of(host: HostPaths, path: str, size: int) -> bytes:
    """Digest the last bytes before `size`; empty where they cannot be read."""
    opened = host.open(path)
    if not isinstance(opened, Known):
        return b""
    try:
        content = os.pread(opened.value, min(TAIL, size), max(0, size - TAIL))
    except OSError:
        return b""
    finally:
        os.close(opened.value)
    return blake2b(content, digest_size=DIGEST_BYTES).digest()


def added(host: HostPaths, log: Log) -> Fact[Iterator[list[Record]]]:
    """Give the records that were added to a log."""
    if log.path.endswith("json"):
        return read_json(host, log.path, log.begin)
    opened = host.open(log.path)
    if isinstance(opened, Unknown):
        return opened
    with os.fdopen(opened.value, "rb") as stream:
        stream.seek(log.begin)
        lines = stream.read(TEXT_CAP).decode("utf-8", "replace").split("\n")
    return Known(read_text(lines), log.path)


def _news(
    host: HostPaths, path: str, now: tuple[int, int], known: KnownLog | None
) -> tuple[News, int, int, int] | None:
    inode, size = now
    if known is None:
        return "new", inode, size, 0
    if (inode, size) == (known.inode, known.size):
        return None
    if inode == known.inode and size > known.size and tail_of(host, path, known.size) == known.tail:
        return "written on", inode, size, known.size
    return "replaced", inode, size, 0


def _is_at_work(host: HostPaths, run_name: str) -> bool:
    upid = host.read_link(f"{LOG_DIRECTORY}/{run_name}/upid")
    return isinstance(upid, Known) and is_alive(host, upid.value) is True
