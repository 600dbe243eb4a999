"""Which account, website and order the lines of a log are about.

Header lines open a scope, and a line at the level of a header, or above it, closes it. A scope is found by its name,
for AutoSSL comes back to accounts in its second phase, and the queue's poller long after the run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from autossl_doctor.collect.runs.opened import OpenAccount, OpenWebsite
from autossl_doctor.model.log import AccountReading, WebsiteReading

_REQUESTED = re.compile(r"\(([^\s():]{1,253}): ([^()]{1,16000})\)")
"""A website of the list of certificates to renew, with the names that its certificate is to cover."""


_SECOND = re.compile(r" and [“\"]([^\s“”\"]{1,253})[”\"]")
_OTHERS = re.compile(r" and ([\d.,’' \u00a0\u202f]{1,12}) other ")


def sharing(requested: Mapping[str, str], name: str, rest: str) -> tuple[str, ...]:
    """Name the other websites whose names stand on the certificate that begins with `name`.

    The line counts the names: where they are more than those of its own website, the others are all that were
    requested, those of the same domain, or those that follow in the list; where no count fits, nobody knows.
    """
    own = requested.get(name)
    if own is None:
        return ()
    second = _SECOND.match(rest)
    if second:
        other = requested.get(second[1].lower(), own)
        return (other,) if other != own else ()
    counted = _OTHERS.match(rest)
    wanted = 1 + int("".join(sign for sign in counted[1] if sign.isdigit()) or "0") if counted else 1
    sizes = Counter(requested.values())
    if sizes[own] >= wanted:
        return ()
    websites = list(sizes)
    domain = _domain_of(own)
    following = websites[websites.index(own) :]
    groups = [websites, [site for site in websites if _domain_of(site) == domain]]
    groups += [following[:end] for end in range(2, len(following) + 1)]
    for group in groups:
        if sum(sizes[site] for site in group) == wanted:
            return tuple(site for site in group if site != own)
    return ()


def _domain_of(name: str) -> str:
    return ".".join(name.split(".")[-2:])


class Scopes:
    """The scopes of one log. `strict` is False for pasted text: levels may be lost there, and close nothing."""

    def __init__(self, source: str, *, strict: bool) -> None:
        self.source = source
        self.strict = strict
        self.accounts: dict[str, OpenAccount] = {}
        self.done: dict[str, AccountReading] = {}
        self.account: OpenAccount | None = None
        self.account_indent = -1
        self.website: OpenWebsite | None = None
        self.website_indent = -1
        self.order = ""
        self.sharing: tuple[str, ...] = ()
        self.installing = ""
        self.order_indent = -1
        self.requested: dict[str, str] = {}
        self.owners: dict[str, str] | None = None

    def find_account(self, name: str) -> OpenAccount:
        """Find an account that was begun, and take it up again where it was done already."""
        account = self.accounts.get(name)
        if account is None:
            account = self.accounts[name] = OpenAccount(name)
            done = self.done.pop(name, None)
            if done is not None:
                account.reopen(done)
        return account

    def open_account(self, name: str, indent: int) -> OpenAccount:
        """Begin with an account, or come back to it in the second phase."""
        account = self.find_account(name)
        self.account, self.account_indent = account, indent if self.strict else -1
        self.website, self.website_indent = None, -1
        self.order = self.installing = ""
        if self.requested:
            self.requested = {}
        return account

    def current_account(self) -> OpenAccount | None:
        """Give the account that lines are about; a pasted text may name none."""
        if self.account is None and not self.strict:
            return self.open_account("", 0)
        return self.account

    def open_website(self, name: str, indent: int) -> OpenWebsite:
        """Begin with a website of the present account."""
        account = self.current_account()
        if account is None:
            return OpenWebsite(name)
        website = self.website_of(account, name)
        self.website, self.website_indent = website, indent if self.strict else -1
        return website

    def website_of(self, account: OpenAccount, name: str) -> OpenWebsite:
        """Find a website of an account, and take it up again where it was done already."""
        website = account.websites.get(name)
        if isinstance(website, OpenWebsite):
            return website
        opened = OpenWebsite(name)
        if isinstance(website, WebsiteReading):
            opened = OpenWebsite(name, website.status, website.expiry, website.at, website.number, website.severity)
            opened.facts = list(website.facts)
        account.websites[name] = opened
        return opened

    def begin_orders(self, listed: str) -> None:
        """Take note of the certificates that an account asks for: which name belongs to which website."""
        self.requested = {
            name: website.lower() for website, names in _REQUESTED.findall(listed) for name in names.lower().split()
        }

    def begin_order(self, name: str, rest: str, indent: int) -> None:
        """Begin with an order. It is named by the shortest of its names, which need not be its website's own.

        Several websites may share one: what becomes of it concerns each of them.
        """
        self.order, self.order_indent, self.installing = self.requested.get(name, name), indent, ""
        self.sharing = sharing(self.requested, name, rest)

    def begin_order_of(self, website: str, indent: int) -> None:
        """Begin with an order of one website, which the line names."""
        self.order, self.order_indent, self.sharing = website, indent, ()

    def ordering(self) -> tuple[str, ...]:
        """Name the websites of the present order."""
        return (self.order, *self.sharing) if self.order else ()

    def close_account(self, name: str, at: str) -> None:
        """Take note that AutoSSL is done with an account."""
        # An end may come without a beginning, where that was not understood, and it may come twice.
        account = self.find_account(name)
        del self.accounts[name]
        if not self.strict:
            self._claim_nameless(account)
        account.finished, account.finished_at = True, at
        self.done[name] = account.reading(self.source)
        self.leave_account()

    def name_account(self, name: str) -> bool:
        """Learn from a statement whose the nameless lines before it are; tell whether there were any."""
        if self.strict or self.account is None or self.account.name:
            return False
        self.account = self.find_account(name)
        self._claim_nameless(self.account)
        return True

    def _claim_nameless(self, account: OpenAccount) -> None:
        """Give an account what a pasted text said before it named one."""
        if "" in self.accounts and not account.websites and not account.names:
            nameless = self.accounts.pop("")
            account.websites, account.names, account.facts = nameless.websites, nameless.names, nameless.facts

    def leave_account(self) -> None:
        """Let what follows be about no account: AutoSSL is done with it, or passed it over."""
        self.account, self.account_indent = None, -1
        self.website, self.website_indent = None, -1
        self.order = self.installing = ""

    def close(self, indent: int) -> None:
        """Close what a line at this level ends."""
        if indent <= self.website_indent:
            self.website, self.website_indent = None, -1
        if indent <= self.account_indent:
            self.account, self.account_indent = None, -1
        if indent <= self.order_indent:
            self.order = self.installing = ""

    def owner(self, name: str) -> str | None:
        """Tell whose website it is; only what comes after the accounts' own lines asks."""
        if self.owners is None:
            known: list[AccountReading | OpenAccount] = [*self.done.values(), *self.accounts.values()]
            self.owners = {website: account.name for account in known for website in account.websites}
        return self.owners.get(name)
