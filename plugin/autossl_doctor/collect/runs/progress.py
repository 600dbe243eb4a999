"""How far a run has come with each account and website, while its log is being written.

The same headers open scopes as in the reading of a whole log, and the same lines are not believed: a line whose time
goes backwards, or whose indent jumps by two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from autossl_doctor.collect.runs.records import UNREADABLE, Record
from autossl_doctor.collect.signatures.lexicon import Found, Lexicon

Step = Literal["check", "domain_test", "order", "issued", "installed"]
STEPS: tuple[Step, ...] = ("check", "domain_test", "order", "issued", "installed")
"""What AutoSSL does one after the other; it never goes back with a website."""

OF_ACCOUNT: Mapping[str, Step] = {
    "account.begin": "check",
    "account.results": "domain_test",
    "website.results": "domain_test",
    "check.managed": "domain_test",
    "check.ca_authorized": "domain_test",
    "check.authority": "domain_test",
    "check.no_authority": "domain_test",
}
"""What is said of an account as a whole, by signature; a line about the test of a name says the same."""

OF_WEBSITE: Mapping[str, Step] = {
    "website.will_request": "order",
    "order.certificate": "order",
    "order.placed": "order",
    "order.waiting": "order",
    "order.queued": "order",
    "install.begin": "issued",
    "install.done": "installed",
    "install.done_before_92": "installed",
}

Reached = tuple[Step, str]
"""A step, and the time stamp of the line that began it."""


@dataclass(slots=True)
class _Account:
    step: Reached | None = None
    websites: dict[str, Reached] = field(default_factory=dict)
    done_at: str = ""


class Progress:
    """Is fed with the records of one run as they come."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._accounts: dict[str, _Account] = {}
        self._account: _Account | None = None
        self._account_indent = -1
        self._website = ""
        self._website_indent = -1
        self._installing = ""
        self._order_indent = -1
        self._previous_indent = 0
        self._newest = ""

    def feed(self, records: Iterable[Record]) -> None:
        """Take in what has been written."""
        for record in records:
            if record.type == UNREADABLE:
                self._close(0)
            elif record.contents and self._is_believed(record):
                self._close(record.indent)
                found = self._lexicon.find(record.contents) or self._lexicon.search(record.contents, trouble=False)
                if found is not None:
                    self._take(found, record)

    def reached(self, account: str, website: str) -> Reached | None:
        """Tell how far the run has come with a website of an account; None while it has not begun with the account."""
        known = self._accounts.get(account)
        if known is None:
            return None
        own = known.websites.get(website)
        return own if own is not None and _is_further(own[0], known.step) else known.step

    def done_at(self, account: str) -> str:
        """Tell when AutoSSL was done with an account, in its own time stamp; "" until then."""
        known = self._accounts.get(account)
        return known.done_at if known is not None else ""

    def _is_believed(self, record: Record) -> bool:
        jumps = record.indent > self._previous_indent + 1
        self._previous_indent = record.indent
        if record.timestamp[:19] < self._newest[:19] or jumps:
            self._close(record.indent)
            return False
        self._newest = record.timestamp
        return True

    def _close(self, indent: int) -> None:
        """Close what a line at this level ends."""
        if indent <= self._website_indent:
            self._website, self._website_indent = "", -1
        if indent <= self._account_indent:
            self._account, self._account_indent = None, -1
        if indent <= self._order_indent:
            self._installing, self._order_indent = "", -1

    def _take(self, found: Found, record: Record) -> None:
        signature, _, groups = found
        fields = groups or {}
        at = record.timestamp
        if signature.does in ("account", "account_again"):
            self._account, self._account_indent = self._find(fields["user"]), record.indent
            self._website, self._website_indent = "", -1
        elif signature.does in ("account_end", "skipped"):
            self._find(fields["user"]).done_at = at
            self._account, self._account_indent = None, -1
        elif signature.does in ("website", "website_again"):
            self._website, self._website_indent = fields["vhost"].lower(), record.indent
        elif signature.does == "install":
            self._installing, self._order_indent = fields["vhost"].lower(), record.indent
        if self._account is None:
            return
        step = OF_ACCOUNT.get(signature.id, "domain_test" if signature.event else None)
        if step is not None and _is_further(step, self._account.step):
            self._account.step = step, at
        step = OF_WEBSITE.get(signature.id)
        name = (fields.get("vhost") or fields.get("domain") or "").lower() or self._installing or self._website
        if step is not None and name and _is_further(step, self._account.websites.get(name)):
            self._account.websites[name] = step, at

    def _find(self, name: str) -> _Account:
        account = self._accounts.get(name)
        if account is None:
            account = self._accounts[name] = _Account()
        return account


def _is_further(step: Step, than: Reached | None) -> bool:
    return than is None or STEPS.index(step) > STEPS.index(than[0])
