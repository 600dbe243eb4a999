"""What a run says about the server as a whole: its own messages, and how far each trouble has spread over accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from autossl_doctor.model.evidence import Spread
from autossl_doctor.model.log import UNRECOGNISED, AccountReading, LogFact, Run, RunReading

ALL_USERS = "*"
PASSED = "passed"
_PASSING = frozenset(("http_ok", "dns_ok", "ca_ok"))
_FAILING = frozenset(("http_failed", "dns_failed", "ca_failed", "dropped", "lookup_failed"))
Pair = tuple[Run, RunReading]


class WholeServer(NamedTuple):
    """What concerns no single account; see `HostEvidence` for the meaning of each."""

    newest: Pair | None
    facts: tuple[LogFact, ...]
    tested: int
    spread: Mapping[str, Spread]
    reached_since: bool
    reached_nobody: bool


def whole_server(runs: Sequence[Pair]) -> WholeServer:
    """Look at the newest run over all accounts (while one is at work also at the one before), and at younger ones."""
    place = next((number for number, (run, _) in enumerate(runs) if run.username == ALL_USERS), None)
    if place is None:
        return WholeServer(None, (), 0, {}, reached_since=False, reached_nobody=False)
    newest = runs[place]
    done = next((pair for pair in runs[place:] if pair[0].username == ALL_USERS and pair[0].state != "live"), newest)
    facts = [*newest[1].facts, *(done[1].facts if done is not newest else ())]
    younger = [reading for _, reading in runs[:place]]
    facts += [fact for reading in younger for fact in reading.facts if fact.kind != UNRECOGNISED]
    reading = done[1]
    tested, spread = _spread(reading.accounts.values())
    return WholeServer(
        newest,
        tuple(facts),
        tested,
        spread,
        reached_since=any(account.websites for each in younger for account in each.accounts.values()),
        reached_nobody=not reading.accounts and reading.announced < 0,
    )


def _spread(accounts: Iterable[AccountReading]) -> tuple[int, Mapping[str, Spread]]:
    """Count by kind the accounts in which something failed; most accounts were not tested and cost nothing."""
    tested = 0
    spread: dict[str, Spread] = {}
    for account in accounts:
        if not account.names and not account.facts and not _websites_say_something(account):
            continue
        tested += bool(account.names)
        first: dict[tuple[str, str], LogFact] = {}
        for kind, fact in _troubles(account):
            first.setdefault((kind, "" if account.name else _home(fact)), fact)
        for (kind, _), fact in first.items():
            known = spread.get(kind)
            spread[kind] = Spread(known.accounts + 1, known.first) if known else Spread(1, fact)
    return tested, spread


def _websites_say_something(account: AccountReading) -> bool:
    for website in account.websites.values():  # noqa: SIM110 - any() would make a generator for every account
        if website.facts:
            return True
    return False


def _home(fact: LogFact) -> str:
    """Tell whose folder a message is about; a pasted text may not name the account."""
    parts = fact.fields.get("path", "").split("/", 3)
    return parts[2] if len(parts) > 3 and parts[1].startswith("home") else ""  # noqa: PLR2004 - /home/alice/x


def _troubles(account: AccountReading) -> Iterator[tuple[str, LogFact]]:
    for facts in account.names.values():
        for fact in facts:
            if fact.event in _FAILING:
                yield fact.kind, fact
            elif fact.event in _PASSING:
                yield PASSED, fact
    for fact in account.facts:
        yield fact.kind, fact
    for website in account.websites.values():
        for fact in website.facts:
            yield fact.kind, fact
