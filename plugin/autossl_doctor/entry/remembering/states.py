"""What was said last of every website, held while a pass is under way: most runs say the same again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from autossl_doctor.host.people import Owner
from autossl_doctor.store.memory import spells, writing

NEVER = 1 << 62
"""The beginning of an account that is not there."""


class _Newest:
    """The newest spell of a website, and how often it was met again since it was written down."""

    __slots__ = ("id", "last", "more", "said")

    def __init__(self, spell: spells.Open) -> None:
        self.id, self.said, self.last = spell
        self.more = 0


class Known:
    """The websites of one account."""

    __slots__ = ("newest",)

    def __init__(self) -> None:
        self.newest: dict[str, _Newest] = {}

    def goes_on(self, site: str, said: bytes, at: int, now: int) -> bool:
        """Tell whether a run says what the last one said, and count it. A run that is told late is another matter.

        What was said last in the future was said while the clock was ahead.
        """
        newest = self.newest.get(site)
        if newest is None or newest.said != said or at < newest.last <= now:
            return False
        newest.more += 1
        newest.last = at
        return True


class States:
    """The newest spells of all websites, by account and website. `starts` tells since when each account has existed."""

    def __init__(self, connection: sqlite3.Connection, owners: Iterable[Owner]) -> None:
        """Take the accounts that there are, and what is remembered of them; those that are gone are forgotten."""
        owners = list(owners)
        self._numbers = writing.put_accounts(connection, owners)
        self.starts = {owner.account: owner.startdate for owner in owners if owner.account in self._numbers}
        self._accounts: dict[str, Known] = {}
        self._websites = writing.Websites(connection)
        for account, site, newest in spells.open_spells(connection):
            self.of(account).newest[site] = _Newest(newest)

    def of(self, account: str) -> Known:
        """Give what is known of an account's websites."""
        known = self._accounts.get(account)
        if known is None:
            known = self._accounts[account] = Known()
        return known

    def account(self, name: str) -> int:
        """Give the number of an account."""
        return self._numbers[name]

    def number(self, account: str, site: str) -> int:
        """Give the number of a website."""
        return self._websites.number(self._numbers[account], site)

    def tell(self, connection: sqlite3.Connection, account: str, site: str, spell: spells.Spell, now: int) -> None:
        """Take note of something new that a run says of a website, at its place in time."""
        known = self.of(account)
        newest = known.newest.get(site)
        if newest is not None and newest.more:
            spells.go_on(connection, [(newest.id, newest.more, newest.last)])
        if newest is not None and spell.began < newest.last <= now:
            told = spells.put_among(connection, spell, account)
        else:
            former = None if newest is None else spells.Open(newest.id, newest.said, newest.last)
            told = spells.begin(connection, spell, former)
        known.newest[site] = _Newest(told)

    def flush(self, connection: sqlite3.Connection) -> None:
        """Write down how often the newest spells were met again."""
        met = [each for known in self._accounts.values() for each in known.newest.values() if each.more]
        spells.go_on(connection, [(each.id, each.more, each.last) for each in met])
        for each in met:
            each.more = 0
