"""Texts that a person pastes: log lines with or without times, JSON records, answers of the panel, tables, notices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, partial

from autossl_doctor.collect.envelopes import Answer, part
from autossl_doctor.collect.fronts import Fronted, unquoted, without_front, without_speaker
from autossl_doctor.collect.languages.locale import Language
from autossl_doctor.collect.languages.reading_hosts import lexicons
from autossl_doctor.collect.mail_source import text_of_mail
from autossl_doctor.collect.markup import shown
from autossl_doctor.collect.mojibake import undone
from autossl_doctor.collect.outside import SERVICE_CERTIFICATE, is_about_services
from autossl_doctor.collect.rows import (
    METHOD,
    behind_a_name,
    is_name,
    names_of_rows,
    problem_messages,
    row_messages,
    text_of_json,
    value_of,
)
from autossl_doctor.collect.runs.reading import PASSED, RunReader
from autossl_doctor.collect.runs.reasons import classify, classify_refusal
from autossl_doctor.collect.runs.records import UNREADABLE, Record, decode_lines
from autossl_doctor.collect.runs.textlog import joined_content
from autossl_doctor.collect.signatures.lexicon import Found, Lexicon
from autossl_doctor.model.fact import Known
from autossl_doctor.model.host import HostReading, Website
from autossl_doctor.model.log import UNRECOGNISED, AccountReading, LogFact, Run, RunReading, WebsiteReading
from autossl_doctor.model.names import service_base, visitor_base

SOURCE = "pasted text"
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
_MAIL_LINES = 14
_REMEMBERED = 64
_BEGINNINGS = ("SSL", "DCV", "certificate")
"""What stands in the first line of every statement that a mail program may have broken."""
_REASONS_BEGIN = ("“", '"', "The ")
"""How the reasons of failed tests begin, which mails tell without the line around them."""
_NO_STATEMENTS = frozenset(("nothing", "users"))
"""What no broken line is joined for: it says nothing, and often takes in any words behind it."""
_SILENT = "nothing"
_NOTHING = Fronted("")
_IN_ADDRESS = re.compile(r"([“\"]https?://[^\s“”\"]{1,200})\n\s*(?=[^\s“”\"]{1,200}[”\"])")
"""Where a terminal broke a line within an address."""
_LINE_BREAK = re.compile(r"\r\n|\n|\r")


def read_pasted(text: str, now: datetime, zone: str, language: Language | None = None) -> HostReading:
    """Read a pasted text as one run of an unnamed host; websites are the ones that the text names."""
    paste = _Paste(language)
    reader = RunReader(SOURCE, *paste.lexicons, strict=False)
    reading = reader.read(iter([list(paste.records(undone(text)))]))
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


_ANY_PROGRAM = re.compile(
    r"Connection (?:refused|timed out|reset)|Timed out|No route to host|Network is unreachable|Could not connect to"
)
"""How the connections of all programs fail."""
_OF_AUTOSSL = re.compile(
    r"Could not connect to '?[^\s']{1,300}?:80'?:"
    r"|Timed out while waiting for socket to become ready for (?:reading|writing)"
)
"""How AutoSSL's check says it; it knows port 80 only."""


class _Paste:
    """Parts a text into messages. `outside` counts those about the panel's own certificates."""

    def __init__(self, language: Language | None) -> None:
        self.lexicons = lexicons(language)
        self.outside = 0
        # Each line is asked about several times, by itself and with its neighbours.
        self._search = lru_cache(_REMEMBERED)(partial(_find, self.lexicons.lines))
        self._reason = lru_cache(_REMEMBERED)(partial(_find, self.lexicons.reasons))

    def records(self, text: str) -> Iterator[Record]:
        """Give a record for each message."""
        answer = Answer()
        for kind, piece in part(_PRIVATE_KEY.sub("", shown(text_of_mail(unquoted(text))))):
            for record in answer.records(piece) if kind == "data" else self._lines(piece):
                if is_about_services(record.contents) and self._is_unknown(record.contents):
                    self.outside += 1
                else:
                    yield record
        if answer.running:
            yield Record(contents="in_progress: 1")

    def _lines(self, text: str) -> Iterator[Record]:
        """Give the messages of lines; what one JSON record holds is one message."""
        numbers, lines = [], []
        for number, message in joined_content(_LINE_BREAK.split(text)):
            numbers.append(number)
            lines.append(without_front(_IN_ADDRESS.sub(r"\1", message) if "\n" in message else message))
        names = names_of_rows([line.text for line in lines])
        index = 0
        while index < len(lines):
            line, number, name = lines[index], numbers[index], names.get(index, "")
            index += 1
            if not line.text:
                continue
            if line.text.startswith("{") and line.text.rstrip(",").endswith("}"):
                record = decode_lines(line.text.rstrip(",").encode("utf-8", "replace") + b"\n")[0]
                if record.type != UNREADABLE and record.contents:
                    yield Record(record.timestamp, record.type, 0, record.contents, number)
                    continue
            if (whole := text_of_json(line.text)) is not None:
                yield from self._lines(whole)
                continue
            line = self._as_said(line)
            message, taken = self._unwrapped(line.text, lines[index : index + _MAIL_LINES])
            index += taken
            for part_of_it in self._parts(message, name):
                yield Record(line.at, line.severity, 0, part_of_it, number)

    def _as_said(self, line: Fronted) -> Fronted:
        """Take away who or what a message is quoted from; only where a whole message stands behind it."""
        found = without_speaker(line.text)
        if found is None or not self._is_unknown(line.text) or self._is_unknown(found.text):
            return line
        return found._replace(at=line.at, begins=True)

    def _is_unknown(self, line: str) -> bool:
        return self._search(line) is None and self._reason(line) is None and not METHOD.match(line)

    def _kind(self, text: str) -> str:
        """Tell what kind of message a text is, down to its reason; "" where one of them is not known."""
        if (parts := problem_messages(text) if METHOD.match(text) else row_messages(text)) is not None:
            kinds = [self._kind_of_line(part_of_it) for part_of_it in parts]
            return " ".join(kinds) if all(kinds) else ""
        bare = _bare(text)
        return self._kind_of_line(text) or (self._kind_of_line(bare) if bare != text else "")

    def _kind_of_line(self, text: str) -> str:
        # Only the plain look: many texts that are put together here are no message at all.
        found = self.lexicons.lines.find(text)
        if found is None:
            reason = self.lexicons.reasons.find(text)
            return reason[0].id if reason is not None else ""
        signature, _, fields = found
        if signature.does in _NO_STATEMENTS:
            return _SILENT
        if signature.does == "name" and fields and "reason" in fields:
            if signature.event == "ca_failed":
                return classify_refusal(self.lexicons.reasons, fields, signature.id)[0]
            kind = classify(self.lexicons.reasons, fields)[0]
            return kind if kind != UNRECOGNISED else ""
        return signature.id

    def _unwrapped(self, line: str, following: Sequence[Fronted]) -> tuple[str, int]:
        """Join a message that a mail program or a terminal broke into short lines; tell how many more lines it takes.

        What follows a whole message belongs to it only where no line of it is a message, and all of it makes another
        one: AutoSSL may end with where a name leads.
        """
        after = following[0] if following else _NOTHING
        if not after.text or after.begins:
            return line, 0
        kind = self._kind(line)
        if not kind and not (line.startswith(_REASONS_BEGIN) or any(word in line for word in _BEGINNINGS)):
            return line, 0
        joined, best, taken = line, line, 0
        for place, after in enumerate(following, 1):
            if (
                not after.text
                or after.begins
                or is_name(after.text)
                or self._stands_alone(after.text, whole=bool(kind))
            ):
                break
            joined = f"{joined} {after.text}"
            longer = self._kind(joined)
            if longer not in ("", _SILENT) and (longer != kind or taken):
                kind, best, taken = longer, joined, place
        return best, taken

    def _stands_alone(self, line: str, *, whole: bool) -> bool:
        """Tell whether a line is a message of its own; a bare reason may be the rest of one that is not whole yet."""
        if whole:
            return self._search(line) is not None or METHOD.match(line) is not None or self._is_reason(line)
        # Parts of a message hold what is read without its words in other languages.
        return _find(self.lexicons.lines, line, trouble=False) is not None

    def _parts(self, line: str, name: str = "") -> Iterator[str]:
        """Part a recorded problem into its reasons, and put a bare reason into the form of one."""
        if METHOD.match(line):
            yield from problem_messages(line, name)
            return
        if self._search(line) is not None:
            yield line
            return
        bare = _bare(line)
        if bare != line and (self._search(bare) is not None or METHOD.match(bare)):
            yield from self._parts(bare, name)
        elif (row := row_messages(line)) is not None and not (name and value_of(line)):
            yield from row
        elif (named := behind_a_name(line)) is not None and (told := self._told_of(*named)):
            yield from told
        elif self._is_reason(line):
            yield f"HTTP DCV: {line}"
        elif bare != line and self._is_reason(bare):
            yield f"HTTP DCV: {bare}"
        elif (text := value_of(line)) is not None and not self._is_unknown(text):
            yield from self._parts(text, name)
        else:
            yield line

    def _told_of(self, name: str, text: str) -> list[str]:
        """Say of a website what stands behind its name, as the log would; nothing where that is no known message."""
        if self._search(text) is not None:
            return [f"Analyzing “{name}” (website) …", text]
        return [f"Local HTTP DCV error ({name}): {text}"] if self._is_reason(text) else []

    def _is_reason(self, text: str) -> bool:
        """Tell whether a text is a reason of AutoSSL's by itself: other programs have connections that fail, too."""
        return not (_ANY_PROGRAM.match(text) and not _OF_AUTOSSL.match(text)) and self._reason(text) is not None


def _find(book: Lexicon, text: str, *, trouble: bool = True) -> Found | None:
    return book.find(text) or book.search(text, trouble=trouble)


def _bare(line: str) -> str:
    """Take away what mails and pages put in front of a message: a subject's name, the server, a sign, a bullet."""
    return _BULLET.sub("", _SERVER.sub("", _SUBJECT.sub("", line)))


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
        if any(_has_failed(facts) for facts in account.names.values()):
            # Where some names fail, the text is about them; of those that passed it tells no more.
            failing = {visitor_base(name) for name, facts in account.names.items() if _has_failed(facts)}
            alone = [base for base in alone if base in failing]
        for site in dict.fromkeys([*account.websites, *alone]):
            aliases = (name for name in account.names if not service_base(name))
            if len(named) != 1:
                aliases = (name for name in aliases if name == f"www.{site}")
            yield Website(site, account.name, tuple(dict.fromkeys([site, *aliases])))
        if not account.websites and not account.names and account.facts:
            yield Website("", account.name, ())


def _has_failed(facts: Sequence[LogFact]) -> bool:
    return any(fact.event not in PASSED for fact in facts)


def _is_below(name: str, site: str) -> bool:
    return name == site or name.endswith(f".{site}")
