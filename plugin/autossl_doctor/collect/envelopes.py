"""Answers of the panel's interfaces, pasted as JSON or YAML: out of their envelopes, as messages (facts, section 9).

An answer is known by what its rows hold, not by the name of the function, for people paste parts of it. Keys and
certificates are never looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from autossl_doctor.collect.fronts import without_front
from autossl_doctor.collect.problems import split_problem
from autossl_doctor.collect.runs.records import UNREADABLE, Record
from autossl_doctor.collect.yaml_text import read_yaml
from autossl_doctor.model.moment import parse_moment

SCHEDULE = "get_autossl_check_schedule"
JOB_FILE = "/etc/cron.d/cpanel_autossl"
MOST_FAILED_TRIES = 20
MOST_DEPTH = 12
_JSON_BEGINS = re.compile(r"^\s*[{\[]", re.MULTILINE)
_YAML_BEGINS = re.compile(
    r"^(?:---[ \t]*$|(?:data|result|metadata|apiversion|func|module|errors|payload|cpanelresult):[ \t]*(?:\S.*)?$)",
    re.MULTILINE,
)
_YAML_GOES_ON = re.compile(r"\s|-|$|[A-Za-z_][\w. ]{0,60}:(?:\s|$)|[\]})]")
_SECRET = frozenset(
    ("key", "crt", "cab", "cabundle", "certificate", "certificate_text", "csr", "private_key", "combined")
)
_TEXTS = ("problem", "contents", "failure_reason", "verify_error", "error", "statusmsg")
_LISTS_OF_TEXTS = ("errors", "warnings", "messages")
_METHODS = {"HTTP": "Local HTTP DCV error", "DNS": "Local DNS DCV error"}


def part(text: str) -> Iterator[tuple[str, Any]]:
    """Part a text into pieces: ("text", lines) and ("data", what a JSON or YAML document held)."""
    position = failed = 0
    decoder = json.JSONDecoder()
    plain_from = 0
    while failed < MOST_FAILED_TRIES:
        found = _JSON_BEGINS.search(text, position)
        if found is None:
            break
        start = found.end() - 1
        try:
            data, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            failed += 1
            position = text.find("\n", start) + 1 or len(text)
            continue
        if not is_answer(data):
            # A record of a log by itself, or no data at all.
            position = text.find("\n", start) + 1 or len(text)
            failed += "\n" in text[start:end]
            continue
        if start > plain_from:
            yield "text", text[plain_from:start]
        yield "data", data
        plain_from = position = end
    rest = text[plain_from:]
    if not plain_from:
        yield from _part_yaml(rest)
    elif rest.strip():
        yield "text", rest


def _part_yaml(text: str) -> Iterator[tuple[str, Any]]:
    found = _YAML_BEGINS.search(text)
    if found is None:
        yield "text", text
        return
    end = found.end()
    for line in text[end:].splitlines(keepends=True):
        if not _YAML_GOES_ON.match(line):
            break
        end += len(line)
    data = read_yaml(text[found.start() : end])
    if not is_answer(data):
        yield "text", text
        return
    if text[: found.start()].strip():
        yield "text", text[: found.start()]
    yield "data", data
    if text[end:].strip():
        yield "text", text[end:]


def is_answer(data: Any) -> bool:
    """Tell whether data is an answer of the panel, or a part of one, and not a single record of a log."""
    if isinstance(data, dict):
        if isinstance(data.get("contents"), str):
            return False
        known = {"result", "metadata", "data", "payload", "cpanelresult", "errors", "problems_by_domain", "problem"}
        return bool(known & data.keys()) or any(isinstance(value, list | dict) for value in data.values())
    return isinstance(data, list) and any(isinstance(row, dict) for row in data)


class Answer:
    """What one answer of the panel says, as messages; `running` tells that it speaks of a check under way."""

    def __init__(self) -> None:
        self.running = False
        self._orders: set[tuple[str, str]] = set()

    def records(self, data: Any, depth: int = 0) -> Iterator[Record]:
        """Give the messages of an answer, in order."""
        if depth > MOST_DEPTH:
            return
        if isinstance(data, dict):
            yield from self._map(data, depth)
        elif isinstance(data, list):
            rows = [row for row in data if isinstance(row, dict)]
            if rows and all("module_name" in row and "enabled" in row for row in rows):
                yield from _providers(rows)
            elif rows and all("excluded_domain" in row for row in rows):
                names = ", ".join(_text(row["excluded_domain"]) for row in rows)
                yield Record(contents=f"User-excluded domains: {len(rows)} ({names})")
            else:
                for item in data:
                    yield from self.records(item, depth + 1)

    def _map(self, row: Mapping[str, Any], depth: int) -> Iterator[Record]:
        if isinstance(row.get("contents"), str):
            yield _record(row)
        elif "parse_error" in row or "raw" in row:
            yield Record(type=UNREADABLE, contents=_text(row.get("raw") or row.get("parse_error"))[:500])
        elif isinstance(row.get("problem"), str):
            yield from _problem(_text(row.get("domain")), row["problem"], _text(row.get("time")))
        elif "order_item_id" in row:
            yield from self._order(row)
        elif "start_time" in row and "in_progress" in row:
            self.running = self.running or _text(row["in_progress"]) in ("1", "true", "True")
        elif "failure_reason" in row:
            method = "DNS" if "dcv_string" in row or "zone" in row else "HTTP"
            if row["failure_reason"]:
                yield from _problem(_text(row.get("domain")), f"{method} DCV: {row['failure_reason']}", "")
        else:
            yield from self._envelope(row, depth)

    def _envelope(self, row: Mapping[str, Any], depth: int) -> Iterator[Record]:
        metadata = row.get("metadata")
        if isinstance(metadata, dict) and metadata.get("command") == SCHEDULE and _text(metadata.get("result")) == "1":
            yield from _schedule(row.get("data"))
        if isinstance(metadata, dict) and _text(metadata.get("result")) == "0" and metadata.get("reason"):
            yield from _messages([metadata["reason"]], "error")
        if row.get("func") == "is_autossl_check_in_progress" or row.get("function") == "is_autossl_check_in_progress":
            result = row.get("result")
            data = result.get("data") if isinstance(result, dict) else row.get("data")
            self.running = self.running or _text(data) == "1"
        for name in _LISTS_OF_TEXTS:
            value = row.get(name)
            values = value if isinstance(value, list) else [value]
            yield from _messages(values, "error" if name == "errors" else "warn" if name == "warnings" else "out")
        for name, value in row.items():
            if name in _LISTS_OF_TEXTS or name in _SECRET:
                continue
            if isinstance(value, dict | list):
                yield from self.records(value, depth + 1)
            elif name in _TEXTS and isinstance(value, str) and value:
                yield from _messages([value], "error")

    def _order(self, row: Mapping[str, Any]) -> Iterator[Record]:
        """Say a row of the pending queue as its poller does; an order of many names has a row for each."""
        site = _text(
            row.get("vhost_name") or row.get("virtual_host") or row.get("domain_set_name") or row.get("domain")
        )
        number = _text(row.get("order_item_id"))
        if (site, number) in self._orders or not site:
            return
        self._orders.add((site, number))
        user = _text(row.get("user") or row.get("username")) or "unknown"
        yield Record(
            contents=f"The queue contains a request for a certificate for “{user}”’s website “{site}” "
            f"(order item ID “{number or '0'}”)."
        )
        begun, polled = _moment(row.get("request_time")), _moment(row.get("last_poll_time"))
        if begun is not None:
            last = polled or begun
            yield Record(
                contents=f"The request’s start time is {_long(begun)} UTC, and its last poll time is {_long(last)} UTC."
            )


def _providers(rows: Iterable[Mapping[str, Any]]) -> Iterator[Record]:
    enabled = [row for row in rows if _text(row.get("enabled")) in ("1", "true", "True")]
    if not enabled:
        yield Record(type="error", contents="This system has AutoSSL disabled.")
    for row in enabled:
        name = _text(row.get("display_name") or row.get("module_name"))
        yield Record(contents=f"AutoSSL’s configured provider is “{name}”.")


def _schedule(data: Any) -> Iterator[Record]:
    """Say what an empty schedule means: there is no job file, so AutoSSL never runs by itself (facts, section 6)."""
    if not data or (isinstance(data, dict) and not data.get("cron") and not data.get("next_time")):
        yield Record(type="error", contents=f"{JOB_FILE}: No such file or directory")


def _problem(domain: str, problem: str, time: str) -> Iterator[Record]:
    """Say a recorded problem as the log says it; the row tells the name that it is about."""
    for method, reason in split_problem(problem):
        said = f"{method} DCV: {reason}" if method else reason
        if domain and method in _METHODS:
            said = f"{_METHODS[method]} ({domain}): {reason}"
        elif domain and method:
            said = f"“AutoSSL” general error ({domain}): {reason}"
        yield Record(timestamp=time, type="error", contents=said)


def _record(row: Mapping[str, Any]) -> Record:
    indent = _text(row.get("indent"))
    return Record(
        timestamp=_text(row.get("timestamp")),
        type=_text(row.get("type")) or "out",
        indent=int(indent) if indent.isascii() and indent.isdecimal() and len(indent) <= len("999") else 0,
        contents=row["contents"].strip(),
    )


def _messages(values: Iterable[Any], kind: str) -> Iterator[Record]:
    for value in values:
        if isinstance(value, str) and value.strip():
            for line in value.strip().split("\n"):
                if line.strip():
                    said = without_front(line)
                    yield Record(said.at, kind if said.severity == "out" else said.severity, contents=said.text)


def _text(value: Any) -> str:
    if value is True or value is False:
        return "1" if value else "0"
    return str(value) if isinstance(value, str | int) else ""


def _moment(value: Any) -> datetime | None:
    return parse_moment(_text(value)) if value else None


def _long(moment: datetime) -> str:
    hour = moment.hour % 12 or 12
    return f"{moment:%B} {moment.day}, {moment.year} {hour}:{moment:%M:%S} {'AM' if moment.hour < 12 else 'PM'}"  # noqa: PLR2004
