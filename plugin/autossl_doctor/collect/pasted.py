"""Texts that a person pastes: log lines with or without times, JSON records, recorded problems, notices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from autossl_doctor.collect.problems import split_problem
from autossl_doctor.collect.runs.reading import RunReader
from autossl_doctor.collect.runs.records import UNREADABLE, Record, decode_lines
from autossl_doctor.collect.runs.textlog import joined_content
from autossl_doctor.collect.signatures.lexicon import Found, lines, reasons
from autossl_doctor.model.fact import Known
from autossl_doctor.model.host import HostReading, Website
from autossl_doctor.model.log import AccountReading, Run, RunReading, WebsiteReading
from autossl_doctor.model.names import service_base, visitor_base

SOURCE = "pasted text"
_STAMP = re.compile(r"\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)\]\s*")
_LEVEL = re.compile(r"(?:\[)?(ERROR|WARN|WARNING|SUCCESS|INFO|OUT)(?:\])?:?\s+(?=\S)")
_QUOTED = re.compile(r"(?:> ?){1,9}")
_PROGRAM = re.compile(r"(?:\[[^\]\n]{10,40}\] )?(?:info|warn|die) \[[\w./-]{1,80}\] ")
_LEVELS = {"ERROR": "error", "WARN": "warn", "WARNING": "warn", "SUCCESS": "success"}
_STATEMENTS = frozenset(("name", "vhost", "order_fact"))
_MAIL_LINES = 14
_BEGINNINGS = ("SSL", "DCV", "certificate")
"""What stands in the first line of every statement that a mail program may have broken."""
_METHOD = re.compile(r"(?:HTTP|DNS|MASTER) DCV: ")
_LINE_BREAK = re.compile(r"\r\n|\n|\r")


def read_pasted(text: str, now: datetime, zone: str) -> HostReading:
    """Read a pasted text as one run of an unnamed host; websites are the ones that the text names."""
    reader = RunReader(SOURCE, lines(), reasons(), strict=False)
    reading = reader.read(iter([list(_records(text))]))
    reading = replace(reading, accounts={name: _named(account) for name, account in reading.accounts.items()})
    run = Run("", now, "*", "", state="finished", from_text=True)
    websites = tuple(_websites(reading))
    return HostReading(
        now=now,
        zone=zone,
        now_given=False,
        pasted=True,
        websites=Known(websites, SOURCE),
        runs=Known(((run, reading),), SOURCE),
        unrecognised=reading.unrecognised,
    )


def _records(text: str) -> Iterator[Record]:
    """Give a record for each message; what one JSON record holds is one message."""
    messages = [(number, message.strip()) for number, message in joined_content(_LINE_BREAK.split(text))]
    index = 0
    while index < len(messages):
        number, line = messages[index]
        index += 1
        if not line:
            continue
        if line.startswith("{") and line.endswith("}"):
            record = decode_lines(line.encode("utf-8", "replace") + b"\n")[0]
            if record.type != UNREADABLE and record.contents:
                yield Record(record.timestamp, record.type, 0, record.contents, number)
                continue
        quoted = _QUOTED.match(line)
        line = line[quoted.end() :] if quoted else line
        stamp = _STAMP.match(line)
        if stamp:
            line = line[stamp.end() :]
        line = _PROGRAM.sub("", line, count=1) if _PROGRAM.match(line) else line
        level = _LEVEL.match(line)
        kind = "out"
        if level:
            kind = _LEVELS.get(level.group(1), "out")
            line = line[level.end() :]
        if not stamp and any(word in line for word in _BEGINNINGS) and _is_unknown(line):
            line, taken = _unwrapped(line, [message for _, message in messages[index : index + _MAIL_LINES]])
            index += taken
        for part in _parts(line):
            yield Record(stamp.group(1) if stamp else "", kind, 0, part, number)


def _is_unknown(line: str) -> bool:
    return lines().find(line) is None and reasons().find(line) is None and not _METHOD.match(line)


def _unwrapped(line: str, following: list[str]) -> tuple[str, int]:
    """Join a message that a mail program broke into short lines; only statements about a name or website count."""
    joined = line
    for taken, message in enumerate(following, 1):
        if not message or _STAMP.match(message) or _LEVEL.match(message):
            break
        joined = f"{joined} {message}"
        found = lines().find(joined)
        after = following[taken] if taken < len(following) else ""
        if found is not None and found[0].does in _STATEMENTS and not (after and _goes_on(found, joined, after)):
            return joined, taken
    return line, 0


def _goes_on(found: Found, joined: str, after: str) -> bool:
    """Tell whether the same message takes in the next line as well."""
    longer = lines().find(f"{joined} {after}")
    return longer is not None and longer[0] is found[0] and _is_unknown(after)


def _parts(line: str) -> Iterator[str]:
    """Part a recorded problem into its reasons, and put a bare reason into the form of one."""
    if _METHOD.match(line):
        for method, reason in split_problem(line):
            yield f"{method} DCV: {reason}" if method else reason
    elif lines().find(line) is None and reasons().find(line) is not None:
        yield f"HTTP DCV: {line}"
    else:
        yield line


def _named(account: AccountReading) -> AccountReading:
    """Put what stands without a website's name to the only website (or tested name) that the text has."""
    nameless = account.websites.get("")
    if nameless is None:
        return account
    websites = {name: site for name, site in account.websites.items() if name}
    bases = list(websites) or list(dict.fromkeys(visitor_base(name) for name in account.names if name))
    if len(bases) != 1:
        return account
    other = websites.get(bases[0])
    websites[bases[0]] = WebsiteReading(
        bases[0],
        (other.status if other else "") or nameless.status,
        (other.expiry if other else "") or nameless.expiry,
        nameless.at,
        nameless.number,
        (*nameless.facts, *(other.facts if other else ())),
        nameless.severity,
    )
    return account._replace(websites=websites)


def _websites(reading: RunReading) -> Iterator[Website]:
    """Give the websites that the text names, and one for each tested name that belongs to none of them."""
    for account in reading.accounts.values():
        named = [name for name in account.websites if name]
        bases = dict.fromkeys(visitor_base(name) for name in account.names)
        # With one website in the text, every tested name of the account is an alias of it.
        alone = [] if len(named) == 1 else [base for base in bases if not any(_is_below(base, site) for site in named)]
        for site in dict.fromkeys([*account.websites, *alone]):
            aliases = (name for name in account.names if not service_base(name))
            if len(named) != 1:
                aliases = (name for name in aliases if name == f"www.{site}")
            yield Website(site, account.name, tuple(dict.fromkeys([site, *aliases])))
        if not account.websites and not account.names and account.facts:
            yield Website("", account.name, ())


def _is_below(name: str, site: str) -> bool:
    return name == site or name.endswith(f".{site}")
