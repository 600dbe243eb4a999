"""What is known of an account and of a website while their log is still being read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autossl_doctor.model.by_place import by_place
from autossl_doctor.model.log import AccountReading, LogFact, Status, WebsiteReading

NO_NAMES: Mapping[str, tuple[LogFact, ...]] = {}


@dataclass(slots=True)
class OpenWebsite:
    """A website while it is read."""

    name: str
    status: Status = ""
    expiry: str = ""
    at: str = ""
    number: int = 0
    severity: str = "out"
    facts: list[LogFact] | None = None


class OpenAccount:
    """An account while it is read. Most have nothing to say: what they would say it in is made when it is needed."""

    __slots__ = ("count", "facts", "finished", "finished_at", "missed", "name", "names", "websites")

    def __init__(self, name: str) -> None:
        self.name = name
        self.websites: dict[str, OpenWebsite | WebsiteReading] = {}
        self.names: dict[str, list[LogFact]] | None = None
        self.facts: list[LogFact] | None = None
        self.finished_at = ""
        self.finished = False
        self.count = 0
        self.missed = 0

    def add_name(self, name: str, fact: LogFact) -> None:
        """Keep what was said about a name."""
        if self.names is None:
            self.names = {}
        self.names.setdefault(name, []).append(fact)

    def add(self, fact: LogFact) -> None:
        """Keep what was said about the account."""
        if self.facts is None:
            self.facts = []
        self.facts.append(fact)

    def reopen(self, done: AccountReading) -> None:
        """Take in what an earlier part of the log said."""
        self.finished, self.finished_at, self.missed = done.finished, done.finished_at, done.missed
        self.websites.update(done.websites)
        for name, facts in done.names.items():
            for fact in facts:
                self.add_name(name, fact)
        for fact in done.facts:
            self.add(fact)

    def reading(self, source: str) -> AccountReading:
        """Give what was said, as it stands."""
        websites = self.websites
        for name, website in websites.items():
            if isinstance(website, OpenWebsite):
                websites[name] = frozen(website)
        names = {name: tuple(facts) for name, facts in self.names.items()} if self.names else NO_NAMES
        facts = tuple(self.facts) if self.facts else ()
        return by_place(
            AccountReading,
            (self.name, source, self.finished, self.finished_at, websites, names, facts, self.missed),
        )


def frozen(website: OpenWebsite) -> WebsiteReading:
    """Give what was said about a website, as it stands."""
    facts = tuple(website.facts) if website.facts else ()
    return by_place(
        WebsiteReading,
        (website.name, website.status, website.expiry, website.at, website.number, facts, website.severity),
    )
