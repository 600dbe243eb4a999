"""What was said last of every website, held while a pass is under way: most runs say the same again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from autossl_doctor.host.people import Owner
from autossl_doctor.store.memory import writing

NEVER = 1 << 62
"""The beginning of an account that is not there."""


class _Spell:
    """The newest spell of a website: how often it was met again since it was written down."""

    __slots__ = ("id", "last", "more", "said")

    def __init__(self, number: int, said: bytes, last: int) -> None:
        self.id = number
        self.said = said
        self.last = last
        self.more = 0


class Known:
    """The websites of one account."""

    __slots__ = ("spells",)

    def __init__(self) -> None:
        self.spells: dict[str, _Spell] = {}

    def goes_on(self, site: str, said: bytes, at: int) -> bool:
        """Tell whether a run says what the last one said, and count it."""
        spell = self.spells.get(site)
        if spell is None or spell.said != said:
            return False
        spell.more += 1
        spell.last = max(spell.last, at)
        return True


class States:
    """The newest spells of all websites, by account and website. `starts` tells since when each account has existed."""

    def __init__(self, connection: sqlite3.Connection, owners: Iterable[Owner]) -> None:
        """Take the accounts that there are, and what is remembered of them; those that are gone are forgotten."""
        owners = list(owners)
        self._numbers = writing.put_accounts(connection, owners)
        self.starts = {owner.account: owner.startdate for owner in owners}
        self._accounts: dict[str, Known] = {}
        self._websites = writing.Websites(connection)
        for account, site, number, said, last in writing.open_spells(connection):
            self.of(account).spells[site] = _Spell(number, said, last)

    def of(self, account: str) -> Known:
        """Give what is known of an account's websites."""
        known = self._accounts.get(account)
        if known is None:
            known = self._accounts[account] = Known()
        return known

    def number(self, connection: sqlite3.Connection, account: str, site: str) -> int:
        """Give the number of a website."""
        return self._websites.number(connection, self._numbers[account], site)

    def begin(self, connection: sqlite3.Connection, account: str, site: str, spell: writing.Spell) -> None:
        """Begin with something new that is said of a website."""
        spells = self.of(account).spells
        former = spells.get(site)
        if former is not None and former.more:
            writing.go_on(connection, [(former.last, former.more, former.id)])
        spells[site] = _Spell(writing.begin(connection, spell), spell.said, spell.began)

    def flush(self, connection: sqlite3.Connection) -> None:
        """Write down how often the newest spells were met again."""
        met = [spell for known in self._accounts.values() for spell in known.spells.values() if spell.more]
        writing.go_on(connection, [(spell.last, spell.more, spell.id) for spell in met])
        for spell in met:
            spell.more = 0
