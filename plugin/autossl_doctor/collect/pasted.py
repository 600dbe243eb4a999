"""Texts that a person pastes: log lines with or without times, JSON records, answers of the panel, tables, notices."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from autossl_doctor.collect.envelopes import Answer, part
from autossl_doctor.collect.languages.locale import Language
from autossl_doctor.collect.languages.reading_hosts import lexicons
from autossl_doctor.collect.outside import SERVICE_CERTIFICATE, is_about_services
from autossl_doctor.collect.problems import split_problem
from autossl_doctor.collect.runs.reading import RunReader
from autossl_doctor.collect.runs.records import UNREADABLE, Record, decode_lines
from autossl_doctor.collect.runs.textlog import joined_content
from autossl_doctor.collect.signatures.lexicon import Found
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
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:(?!-----).){0,20000}?-----END [A-Z ]{0,30}PRIVATE KEY-----"
    r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:[A-Za-z0-9+/=\s,:-]|\\[nr])*",
    re.DOTALL,
)
_SUBJECT = re.compile(
    r"\A(?:Subject|件名|Betreff|Asunto|Objet|Assunto|Oggetto|Onderwerp|Тема|主题|主旨)\s?[:：]\s*", re.IGNORECASE
)
_SERVER = re.compile(r"\A\[[A-Za-z0-9.-]{1,253}\]\s+")
_BULLET = re.compile(r"\A(?:[^\w\s“”\"'‘’「」『』«»„()<>\[\]{}/\\]\ufe0f?\s+)+")
_NAME = re.compile(r"(?<![\w.@-])(?:\*\.)?(?:[A-Za-z0-9_-]{1,63}\.){1,10}[A-Za-z][A-Za-z0-9-]{1,62}(?![\w@-])")
_CELL = re.compile(r'[,;|\t:]\s*(?P<quote>"?)(?P<problem>(?:HTTP|DNS|MASTER) DCV: )')
_CELLS_BEHIND = re.compile(r'"?(?:\s*[,;|\t]\s*"?(?:\d{4}-\d\d-\d\d[T ][\d:.]{5,15}Z?|[\w.-]{0,64})"?){1,4}\s*\Z')
_FORMS = {
    "HTTP": "Local HTTP DCV error ({}): {}",
    "DNS": "Local DNS DCV error ({}): {}",
    "MASTER": "“AutoSSL” general error ({}): {}",
}
_KEY_AND_VALUE = re.compile(
    r"\s*-?\s*\"?(?:contents|problem|reason|failure_reason|error|message)\"?\s*:\s+(.+?),?\s*", re.DOTALL
)
_MAIL_LINES = 14
_BEGINNINGS = ("SSL", "DCV", "certificate")
"""What stands in the first line of every statement that a mail program may have broken."""
_METHOD = re.compile(r"(?:HTTP|DNS|MASTER) DCV: ")
_LINE_BREAK = re.compile(r"\r\n|\n|\r")


def read_pasted(text: str, now: datetime, zone: str, language: Language | None = None) -> HostReading:
    """Read a pasted text as one run of an unnamed host; websites are the ones that the text names."""
    paste = _Paste(language)
    reader = RunReader(SOURCE, *paste.lexicons, strict=False)
    reading = reader.read(iter([list(paste.records(text))]))
    reading = replace(
        reading,
        accounts={name: _named(account) for name, account in reading.accounts.items()},
        recognised=reading.recognised + paste.outside,
    )
    if paste.outside and not any(name or account.websites for name, account in reading.accounts.items()):
        # Checks of the panel's own name look like those of a website: nothing here may be taken for one.
        reading = replace(reading, accounts={}, facts=())
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
        outside=(SERVICE_CERTIFICATE,) if paste.outside else (),
    )


class _Paste:
    """Parts a text into messages. `outside` counts those about the panel's own certificates."""

    def __init__(self, language: Language | None) -> None:
        self.lexicons = lexicons(language)
        self.outside = 0
        self._line = self._reason_line = ""
        self._found: Found | None = None
        self._reason_found: Found | None = None

    def records(self, text: str) -> Iterator[Record]:
        """Give a record for each message."""
        answer = Answer()
        for kind, piece in part(_PRIVATE_KEY.sub("", text)):
            for record in answer.records(piece) if kind == "data" else self._lines(piece):
                if is_about_services(record.contents) and self._is_unknown(record.contents):
                    self.outside += 1
                else:
                    yield record
        if answer.running:
            yield Record(contents="in_progress: 1")

    def _search(self, line: str) -> Found | None:
        """Find a whole message; each line is asked about several times in a row."""
        if line != self._line:
            book = self.lexicons.lines
            self._line, self._found = line, book.find(line) or book.search(line)
        return self._found

    def _reason(self, line: str) -> Found | None:
        if line != self._reason_line:
            book = self.lexicons.reasons
            self._reason_line, self._reason_found = line, book.find(line) or book.search(line)
        return self._reason_found

    def _lines(self, text: str) -> Iterator[Record]:
        """Give the messages of lines; what one JSON record holds is one message."""
        messages = [(number, message.strip()) for number, message in joined_content(_LINE_BREAK.split(text))]
        index = 0
        while index < len(messages):
            number, line = messages[index]
            index += 1
            if not line:
                continue
            if line.startswith("{") and line.rstrip(",").endswith("}"):
                record = decode_lines(line.rstrip(",").encode("utf-8", "replace") + b"\n")[0]
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
            if not stamp and any(word in line for word in _BEGINNINGS) and self._is_unknown(line):
                line, taken = self._unwrapped(line, [message for _, message in messages[index : index + _MAIL_LINES]])
                index += taken
            for message in self._parts(line):
                yield Record(stamp.group(1) if stamp else "", kind, 0, message, number)

    def _is_unknown(self, line: str) -> bool:
        return self._search(line) is None and self._reason(line) is None and not _METHOD.match(line)

    def _unwrapped(self, line: str, following: list[str]) -> tuple[str, int]:
        """Join a message that a mail program broke into short lines; only statements about a name or website count."""
        find = self.lexicons.lines.find
        joined = line
        for taken, message in enumerate(following, 1):
            if not message or _STAMP.match(message) or _LEVEL.match(message):
                break
            joined = f"{joined} {message}"
            found = find(joined) or find(_bare(joined))
            after = following[taken] if taken < len(following) else ""
            if found is None or found[0].does not in _STATEMENTS:
                continue
            if not (after and self._goes_on(found, joined, after)):
                return joined, taken
        return line, 0

    def _goes_on(self, found: Found, joined: str, after: str) -> bool:
        """Tell whether the same message takes in the next line as well."""
        longer = self.lexicons.lines.find(f"{joined} {after}") or self.lexicons.lines.find(_bare(f"{joined} {after}"))
        return longer is not None and longer[0] is found[0] and self._is_unknown(after)

    def _parts(self, line: str) -> Iterator[str]:
        """Part a recorded problem into its reasons, and put a bare reason into the form of one."""
        if _METHOD.match(line):
            yield from _problem(line)
            return
        if self._search(line) is not None:
            yield line
            return
        bare = _bare(line)
        if bare != line and (self._search(bare) is not None or _METHOD.match(bare)):
            yield from self._parts(bare)
        elif self._reason(line) is not None:
            yield f"HTTP DCV: {line}"
        elif (row := _row(line)) is not None:
            yield from row
        elif bare != line and self._reason(bare) is not None:
            yield f"HTTP DCV: {bare}"
        elif (text := _value(line)) is not None and not self._is_unknown(text):
            yield from self._parts(text)
        else:
            yield line


def _problem(text: str) -> Iterator[str]:
    for method, reason in split_problem(text):
        yield f"{method} DCV: {reason}" if method else reason


def _bare(line: str) -> str:
    """Take away what mails and pages put in front of a message: a subject's name, the server, a sign, a bullet."""
    return _BULLET.sub("", _SERVER.sub("", _SUBJECT.sub("", line)))


def _row(line: str) -> list[str] | None:
    """Read a row of a table: a name somewhere before a recorded problem, with commas, bars or tabs around them."""
    found = _CELL.search(line)
    if found is None:
        return None
    problem, quote = line[found.start("problem") :], found.group("quote")
    if quote:
        problem = problem.replace('""', '"')
    problem = _CELLS_BEHIND.sub("", problem).rstrip()
    problem = problem.removesuffix('"') if quote else problem
    names = _NAME.findall(line[: found.start("problem")])
    parts = []
    for method, reason in split_problem(problem):
        form = _FORMS.get(method) if names else None
        parts.append(form.format(names[0].lower(), reason) if form else f"{method} DCV: {reason}" if method else reason)
    return parts


def _value(line: str) -> str | None:
    """Read one line of an answer in JSON or YAML whose beginning or end was not pasted."""
    found = _KEY_AND_VALUE.fullmatch(line)
    if found is None:
        return None
    value = found.group(1).strip()
    if value[:1] == '"':
        try:
            value = str(json.loads(value))
        except ValueError:
            value = value.strip('"')
    return value.strip("'").strip() or None


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
