"""What root and the prober say to each other: lines of JSON with a fixed form and a size that is capped.

A request is one line: {"schema": 1, "id": "<hex>", "sites": [{"site": "shop.example", "address": "192.0.2.10"}, ...]}.
An answer has one line for each visit (see `model.served`) and a last one: {"done": "<id>", "schema": 1}. Each side
checks what the other wrote; root trusts nothing that the prober says beyond the form of its fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from autossl_doctor.model.served import Served, from_record, is_address, is_site, to_record

SCHEMA = 1
MOST_SITES = 2000
REQUEST_CAP = 1024 * 1024
LINE_CAP = 2048
ANSWER_CAP = 4 * 1024 * 1024
MOST_LINES = 2 * MOST_SITES
"""An honest answer has a line for each visit; whoever sends more shall not keep root busy."""
Visit = tuple[str, str]
"""A website's name and the address to visit it at."""

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Request:
    """What root asks the prober: an id that its answer must bear, and the visits to make."""

    id: str
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the records that have the right form, how many lines did not, and the id of the last line."""

    records: tuple[Served, ...]
    damaged: int
    done: str


def askable(visits: Iterable[Visit]) -> tuple[Visit, ...]:
    """Keep each visit that can be asked for, once, and no more of them than one request may hold."""
    fit = (visit for visit in visits if is_site(visit[0]) and is_address(visit[1]))
    return tuple(dict.fromkeys(fit))[:MOST_SITES]


def write_request(request: Request) -> bytes:
    """Write a request."""
    sites = [{"site": site, "address": address} for site, address in request.visits]
    return _line({"schema": SCHEMA, "id": request.id, "sites": sites})


def read_request(content: bytes) -> Request | None:
    """Read a request; None unless all of it has the exact form."""
    said = _parsed(content) if len(content) <= REQUEST_CAP else None
    if not isinstance(said, dict) or said.keys() != {"schema", "id", "sites"} or not _is_schema(said["schema"]):
        return None
    identity, sites = said["id"], said["sites"]
    if not _is_id(identity) or not isinstance(sites, list) or len(sites) > MOST_SITES:
        return None
    visits = tuple(visit for visit in map(_visit, sites) if visit is not None)
    return Request(identity, visits) if len(visits) == len(sites) else None


def _visit(said: object) -> Visit | None:
    if not isinstance(said, dict) or said.keys() != {"site", "address"}:
        return None
    return (said["site"], said["address"]) if is_site(said["site"]) and is_address(said["address"]) else None


def write_record(served: Served) -> bytes:
    """Write the line of one visit."""
    return _line(to_record(served))


def write_done(identity: str) -> bytes:
    """Write the last line of an answer."""
    return _line({"done": identity, "schema": SCHEMA})


def read_answer(content: bytes, asked: Sequence[Visit]) -> Reply:
    """Read an answer as far as it goes: the first record of each visit that was asked for, and nothing else.

    What follows the last line, what was not asked for and what has any other form counts as damaged. A line that is
    not ended yet is left alone.
    """
    open_visits = set(asked)
    records: list[Served] = []
    damaged = 0
    for line in content[:ANSWER_CAP].split(b"\n", MOST_LINES)[:-1]:
        said = _parsed(line) if len(line) <= LINE_CAP else None
        if isinstance(said, dict) and said.keys() == {"done", "schema"}:
            done = said["done"] if _is_id(said["done"]) and _is_schema(said["schema"]) else ""
            return Reply(tuple(records), damaged, done)
        served = from_record(said)
        if served is None or (served.site, served.address) not in open_visits:
            damaged += 1
        else:
            open_visits.remove((served.site, served.address))
            records.append(served)
    return Reply(tuple(records), damaged, "")


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _is_schema(value: object) -> bool:
    return type(value) is int and value == SCHEMA


def _line(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _parsed(content: bytes) -> object:
    """Parse JSON; None for whatever is none, or is nested deeper than Python cares to go."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
