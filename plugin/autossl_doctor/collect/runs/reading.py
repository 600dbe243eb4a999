"""From records to what a run says about each account, website and name.

Records carry no account and no website: the reader keeps the scopes that header lines open. A line whose time goes
backwards or whose indent jumps by two is not believed. Phase 1 (all accounts of a batch) and phase 2 (each of them
again) may alternate; a scope is therefore found by its name and never closed for good before AutoSSL says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

from autossl_doctor.collect.runs.leads_to import sharpen
from autossl_doctor.collect.runs.opened import OpenAccount, OpenWebsite
from autossl_doctor.collect.runs.own_errors import classify_own_error
from autossl_doctor.collect.runs.reasons import classify, classify_refusal, said_of_the_server, tested_name
from autossl_doctor.collect.runs.records import UNREADABLE, Record
from autossl_doctor.collect.runs.scopes import Scopes
from autossl_doctor.collect.signatures.lexicon import Found, Lexicon
from autossl_doctor.collect.signatures.signature import CODES, Signature
from autossl_doctor.model.by_place import by_place
from autossl_doctor.model.key_material import without_key
from autossl_doctor.model.log import (
    NO_FIELDS,
    UNRECOGNISED,
    Event,
    LogFact,
    RunReading,
    Unrecognised,
)
from autossl_doctor.model.moment import parse_moment
from autossl_doctor.model.names import listed_names
from autossl_doctor.model.repeating import repeats_a_failure

KEPT = timedelta(days=32)
"""AutoSSL keeps its logs for 30 days."""
ACCOUNT_LEVEL = 1
ANY_LINE = -1
"""In the place of a line's number: whatever the next line about a name is."""
SERVER = "server."
SAMPLES = 10
SAMPLE_LENGTH = 300
TEXT_LENGTH = 1500
FACTS_PER_ACCOUNT = 5000
TROUBLE = frozenset(("error", "warn", "failure"))

_is_stamp = re.compile(
    r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)", re.ASCII
).fullmatch

PASSED: Mapping[str, LogFact] = {
    "http_ok": LogFact("check.http_ok", NO_FIELDS, "", event="http_ok"),
    "dns_ok": LogFact("check.dns_ok", NO_FIELDS, "", event="dns_ok"),
    "ca_ok": LogFact("check.ca_ok", NO_FIELDS, "", event="ca_ok"),
}

_NOTHING = CODES["nothing"]
_USERS = CODES["users"]
_ACCOUNT = CODES["account"]
_ACCOUNT_AGAIN = CODES["account_again"]
_ACCOUNT_END = CODES["account_end"]
_SKIPPED = CODES["skipped"]
_WEBSITE = CODES["website"]
_WEBSITE_AGAIN = CODES["website_again"]
_WEBSITE_STATUS = CODES["website_status"]
_STATUS = CODES["status"]
_EXPIRY = CODES["expiry"]
_FACT = CODES["fact"]
_NAME = CODES["name"]
_REDIRECT = CODES["redirect"]
_VHOST = CODES["vhost"]
_ORDER = CODES["order"]
_ORDER_FACT = CODES["order_fact"]
_ORDER_TROUBLE = CODES["order_trouble"]
_STOPS = CODES["stops"]
_RENEWING = CODES["renewing"]
_INSTALL = CODES["install"]
_INSTALLED = CODES["installed"]


class RunReader:
    """Reads the records of one log. `strict` is False for pasted text, where times and indents may be lost."""

    def __init__(self, source: str, lexicon: Lexicon, reasons: Lexicon, *, strict: bool = True) -> None:
        self.source = source
        self._lexicon = lexicon
        self._reasons = reasons
        self._strict = strict
        self._scopes = Scopes(source, strict=strict)
        self._facts: list[LogFact] = []
        self._samples: list[str] = []
        self._unrecognised = 0
        self._lost = 0
        self._announced = -1
        self._repeating: dict[str, set[str]] = {}
        self._named = (0, "")
        self._first_at = ""
        self._latest = "9999"

    def read(self, batches: Iterable[list[Record]]) -> RunReading:  # noqa: C901, PLR0912, PLR0915 - the inner loop
        """Read all records and give what they say."""
        find = self._lexicon.find
        strict = self._strict
        scopes = self._scopes
        number = recognised = 0
        previous_indent, newest = 0, ""
        for batch in batches:
            for record in batch:
                number += 1
                text, indent, at = record.contents, record.indent, record.timestamp
                if not text:
                    continue
                if record.type == UNREADABLE:
                    self._disbelieve(record, number, 0)
                    continue
                if strict:
                    misplaced = False
                    if at != newest:
                        # The part up to the seconds: fractions are written or not.
                        misplaced = at[:19] < newest[:19] or at > self._latest or not _is_stamp(at)
                        if not misplaced:
                            newest = at
                            if not self._first_at:
                                self._begin(at)
                    else:
                        at = newest  # one text for all lines of a second
                    if misplaced or indent > previous_indent + 1:
                        previous_indent = indent
                        self._disbelieve(record, number, indent)
                        continue
                    previous_indent = indent
                    if indent <= scopes.website_indent:
                        scopes.website, scopes.website_indent = None, -1
                    if indent <= scopes.account_indent:
                        scopes.account, scopes.account_indent = None, -1
                found = find(text)
                if found is None:
                    found = self._lexicon.search(text, trouble=not strict or record.type in TROUBLE)
                    if found is None:
                        self._not_understood(record, number)
                        continue
                recognised += 1
                code = found[1]
                if code == _NOTHING:
                    continue
                website = scopes.website
                fields = found[2]
                if code == _WEBSITE and fields:
                    scopes.open_website(fields["vhost"].lower(), indent)
                elif code == _ACCOUNT and fields:
                    scopes.open_account(fields["user"], indent)
                elif code == _STATUS:
                    if website is not None:
                        website.status = found[0].status
                        website.at, website.number, website.severity = (
                            at,
                            record.number or number,
                            record.type,
                        )
                    elif not strict:
                        scopes.open_website("", indent).status = found[0].status
                elif code == _EXPIRY:
                    if website is None and not strict:
                        website = scopes.open_website("", indent)
                    if website is not None:
                        website.expiry = fields["expiry"] if fields else ""
                        if record.type in TROUBLE:
                            website.severity = record.type
                else:
                    self._take(found, record, record.number or number)
        return self._finish(recognised, newest)

    def _take(self, found: Found, record: Record, number: int) -> None:  # noqa: C901, PLR0912 - one table of meanings
        signature, code, groups = found
        fields = groups or NO_FIELDS
        if code == _ACCOUNT_END:
            self._scopes.close_account(fields["user"], record.timestamp)
        elif code == _NAME:
            self._add_name(signature, fields, record, number)
        elif code == _WEBSITE_AGAIN:
            self._scopes.open_website(fields["vhost"].lower(), record.indent)
        elif code == _WEBSITE_STATUS:
            self._open_with_status(signature, fields, record, number)
        elif code == _ACCOUNT_AGAIN:
            self._scopes.open_account(fields["user"], record.indent)
        elif code == _REDIRECT:
            self._named = (ANY_LINE, fields["domain"].lower())
        elif code == _FACT:
            # Where accounts have no beginnings, such a statement ends what is known of one.
            named = signature.about == "account" and "user" in fields and self._scopes.name_account(fields["user"])
            self._add(signature.about, self._fact(signature.id, fields, record, number))
            if named:
                self._scopes.leave_account()
        elif code == _SKIPPED:
            account = self._scopes.open_account(fields["user"], record.indent)
            # Why an account could not be begun may be a message of its own, about the server.
            kind = said_of_the_server(fields.get("answered", "")) or signature.id
            fact = self._fact(kind, fields, record, number)
            account.add(fact)
            if kind.startswith(SERVER) and len(self._facts) < FACTS_PER_ACCOUNT:
                self._facts.append(fact)
            account.finished, account.finished_at = True, record.timestamp
            self._scopes.leave_account()
        elif code == _VHOST:
            self._scopes.begin_order_of(fields["vhost"].lower(), record.indent)
            self._add_to_website(
                self._scopes.order, self._fact(signature.id, fields, record, number), fields.get("user")
            )
        elif code == _ORDER_FACT and self._strict and not self._scopes.order:
            self._not_understood(record, number)
        elif code == _ORDER_FACT:
            self._add_to_website(self._scopes.order, self._fact(signature.id, fields, record, number))
        elif code in (_ORDER_TROUBLE, _STOPS):
            self._add_trouble(self._fact(signature.id, fields, record, number), ends=code == _STOPS)
        elif code == _RENEWING:
            self._scopes.begin_orders(fields["rest"])
        elif code == _ORDER:
            self._scopes.begin_order(fields["domain"].lower(), fields["rest"], record.indent)
        elif code == _INSTALL:
            self._scopes.installing, self._scopes.order_indent = fields["vhost"].lower(), record.indent
        elif code == _INSTALLED and not self._scopes.installing:
            self._not_understood(record, number)
        elif code == _INSTALLED:
            self._add_to_website(self._scopes.installing, self._fact(signature.id, fields, record, number))
        elif code == _USERS:
            self._announced = max(self._announced, 0) + int(
                "".join(sign for sign in fields["count"] if sign.isdigit()) or "0"
            )

    def _open_with_status(self, signature: Signature, fields: Mapping[str, str], record: Record, number: int) -> None:
        """Begin with a website in a line that tells its owner and its state at once (before version 74)."""
        if self._scopes.account is None and "user" in fields:
            self._scopes.open_account(fields["user"], record.indent - 1)
        website = self._scopes.open_website(fields["vhost"].lower(), record.indent)
        # What follows about the website stands on the same level.
        self._scopes.website_indent = min(self._scopes.website_indent, record.indent - 1)
        website.status = signature.status
        website.at, website.number, website.severity = record.timestamp, number, record.type

    def _begin(self, at: str) -> None:
        """Note when the log begins: nothing is added to it after a month, so a later time is not believed."""
        self._first_at = at
        begun = parse_moment(at)
        if begun is not None:
            self._latest = (begun + KEPT).strftime("%Y-%m-%dT%H:%M:%SZ")

    # --- statements

    def _fact(self, kind: str, fields: Mapping[str, str], record: Record, number: int, event: Event = "") -> LogFact:
        text = record.contents[:TEXT_LENGTH]
        return by_place(LogFact, (kind, fields, text, record.timestamp, self.source, number, event, record.type))

    def _add(self, about: str, fact: LogFact) -> None:
        if about in ("run", "server") and len(self._facts) < FACTS_PER_ACCOUNT:
            self._facts.append(fact)
        if about == "run":
            return
        named = fact.fields.get("vhost", "").lower()
        orders = (named,) if named else self._scopes.ordering()
        if about == "server" and orders:
            for order in orders:
                self._add_to_website(order, fact)
        elif about == "server" and self._scopes.account is None:
            return
        elif about == "website" and (self._scopes.website is not None or not self._strict):
            website = self._scopes.website or self._scopes.open_website("", 0)
            self._append(website, fact)
        else:
            account = self._scopes.current_account()
            if account is None:
                self._facts.append(fact)
            else:
                self._append_to_account(account, fact)

    def _append_to_account(self, account: OpenAccount, fact: LogFact) -> None:
        if account.count < FACTS_PER_ACCOUNT:
            account.count += 1
            account.add(fact)

    def _append(self, website: OpenWebsite, fact: LogFact) -> None:
        if website.facts is None:
            website.facts = [fact]
        elif len(website.facts) < FACTS_PER_ACCOUNT:
            website.facts.append(fact)

    def _add_to_website(self, name: str, fact: LogFact, user: str | None = None) -> None:
        """Keep a statement about a website; later processes add such lines long after its account was done."""
        account = self._scopes.account
        if account is None:
            owner = self._scopes.owner(name) or user
            account = self._scopes.find_account(owner) if owner else None
        if account is None and not self._strict:
            account = self._scopes.current_account()
        if account is None:
            self._facts.append(fact)
            return
        if self._scopes.owners is not None:
            self._scopes.owners[name] = account.name
        self._append(self._scopes.website_of(account, name), fact)

    def _add_trouble(self, fact: LogFact, *, ends: bool) -> None:
        """Keep what the CA answered to an order; an answer that stops the run ends its account as well."""
        account = self._scopes.account
        if account is not None and repeats_a_failure(fact.kind, fact.text):
            orders = self._scopes.ordering()
            named = (name for name, website in self._scopes.requested.items() if not orders or website in orders)
            self._repeating.setdefault(account.name, set(orders)).update(named)
        if self._scopes.order and (account is not None or not self._strict):
            for order in self._scopes.ordering():
                self._add_to_website(order, fact)
        else:
            self._add("website", fact)
        if ends and account is not None:
            account.finished, account.finished_at = True, fact.at

    def _add_name(self, signature: Signature, fields: Mapping[str, str], record: Record, number: int) -> None:
        account = self._scopes.current_account()
        if account is None and signature.event == "ca_failed" and "user" in fields:
            # The queue's poller writes of an account whose own lines are long over.
            account = self._scopes.find_account(fields["user"])
        if account is None:
            self._not_understood(record, number)
            return
        if signature.event in PASSED:
            # Many names pass; that they did is all there is to keep.
            account.add_name(fields["domain"].lower(), PASSED[signature.event])
            self._named = (0, "")
            return
        kind = signature.id
        merged = fields
        if "own_error" in fields or "own_fault" in fields:
            kind, merged = classify_own_error(self._reasons, fields, kind)
        elif "reason" in fields and signature.event in ("http_failed", "dns_failed"):
            kind, merged = classify(self._reasons, fields)
        elif "reason" in fields and signature.event == "ca_failed":
            kind, merged = classify_refusal(self._reasons, fields, kind)
        else:
            kind, merged = sharpen(kind, fields)
        name = tested_name(merged)
        if not name and self._named[0] in (number, ANY_LINE):
            # It stands in one line with the name, or follows the redirects of the name.
            name = self._named[1]
        self._named = (number, name)
        if not name and self._strict:
            return
        if signature.event == "ca_failed" and repeats_a_failure(kind, record.contents):
            self._repeating.setdefault(account.name, set()).add(name)
        # Where one message is about several wildcards, the first of them stands for itself.
        others = listed_names(merged["others"]) if merged.get("others") else ()
        for each in (name, *(other for other in others if other.startswith("*."))):
            if account.count < FACTS_PER_ACCOUNT:
                account.count += 1
                account.add_name(each, self._fact(kind, merged, record, number, signature.event))

    def _not_understood(self, record: Record, number: int) -> None:
        record.contents = without_key(record.contents)
        self._miss(record.contents)
        if self._strict and record.indent <= self._scopes.order_indent:
            # It may have named another order.
            self._scopes.order = self._scopes.installing = ""
        if self._scopes.account is not None:
            self._scopes.account.missed += 1
        if record.indent <= ACCOUNT_LEVEL:
            self._lost += 1
        if record.type in TROUBLE:
            fields = {"order": " ".join(self._scopes.ordering())} if self._scopes.order else NO_FIELDS
            fact = self._fact(UNRECOGNISED, fields, record, record.number or number)
            self._add("website" if self._scopes.website is not None else "account", fact)

    def _disbelieve(self, record: Record, number: int, indent: int) -> None:
        """Take note of a line that cannot be believed; it may have been the beginning of another account or website."""
        record.contents = without_key(record.contents)
        self._miss(record.contents)
        if not self._strict:
            return
        self._lost += 1
        if self._scopes.account is not None:
            fact = self._fact(UNRECOGNISED, NO_FIELDS, record, record.number or number)
            self._append_to_account(self._scopes.account, fact)
        self._scopes.close(indent)

    def _miss(self, text: str) -> None:
        self._unrecognised += 1
        if len(self._samples) < SAMPLES:
            self._samples.append(text[:SAMPLE_LENGTH])

    # --- the end

    def _finish(self, recognised: int, last_at: str) -> RunReading:
        for account in self._scopes.accounts.values():
            self._scopes.done[account.name] = account.reading(self.source)
        return RunReading(
            self.source,
            self._scopes.done,
            tuple(self._facts),
            recognised,
            Unrecognised(self._unrecognised, tuple(self._samples)),
            self._announced,
            self._lost,
            self._first_at,
            last_at,
            repeating={name: frozenset(names) for name, names in self._repeating.items()},
        )
