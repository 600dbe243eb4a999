"""What a run said of a website, put into a few bytes: equal as long as nothing that matters changes.

Times, numbers of orders and the addresses of check files are new with every run and say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from autossl_doctor.model.log import AccountReading, LogFact, WebsiteReading

STEADY = (
    "domain",
    "vhost",
    "names",
    "ip",
    "status",
    "moved",
    "proxy",
    "provider",
    "parent",
    "alias",
    "zone",
    "code",
    "parameter",
)
"""Fields that mean another trouble where they change; all others differ from run to run."""
DIGEST_BYTES = 12


def said_of(account: AccountReading, website: WebsiteReading | None) -> bytes:
    """Digest what a run said of a website; of its account's names it is not yet known to which website they belong."""
    if website is None or not (website.facts or account.facts or account.names):
        return (website.status if website is not None else "").encode()
    parts = [website.status, *_statements(website.facts), "|", *_statements(account.facts)]
    for name, facts in sorted(account.names.items()):
        parts += [name, *_statements(facts)]
    return blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=DIGEST_BYTES).digest()


def said_of_skipped(account: AccountReading) -> bytes:
    """Digest what a run said of the websites of an account that it did not look into."""
    text = "\n".join(_statements(account.facts))
    return blake2b(text.encode("utf-8", "replace"), digest_size=DIGEST_BYTES).digest()


def _statements(facts: Iterable[LogFact]) -> Iterator[str]:
    for fact in facts:
        fields = fact.fields
        yield fact.kind
        if fields:
            yield from (f"{name}={fields[name]}" for name in STEADY if name in fields)
