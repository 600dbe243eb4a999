"""A small AutoSSL: the lines that one run writes, in order, from the state of the host (facts 1.3).

Lines come one by one, so a run of any size needs the memory of one batch only, and the world changes exactly
as far as the lines have been taken: a run that is cut short has not installed what it would have installed.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from tests.lab.legacy_simulation import legacy_lines
from tests.lab.local_checks import check_lines
from tests.lab.local_results import decision_lines, dns_lines, publishing_lines
from tests.lab.log_line import Line
from tests.lab.orders import RUN_STOPS, order_lines
from tests.lab.providers import CPANEL_PROVIDER_ENDED, major_version
from tests.lab.run_setting import BatchOfAccounts, Candidate, RunSetting
from tests.lab.website_analysis import website_lines
from tests.lab.website_model import Account
from tests.lab.websites import Website
from tests.lab.wording import DCV, count, short_date

LOG_TTL = timedelta(days=30)
"""How long AutoSSL keeps its logs (facts 1.5)."""

CandidatesByAccount = list[tuple[Account, list[Candidate]]]


def run_lines(batches: Iterable[BatchOfAccounts], setting: RunSetting) -> Iterator[Line]:
    """All lines of one run; `batches` are the accounts that are verified at a time."""
    display = setting.provider.display_name
    if not setting.host.provider_installed:
        module = setting.provider.module
        yield Line(0, "error", f"This system does not have an AutoSSL provider whose module name is “{module}”.")
        return
    if setting.provider.queues_orders and major_version(setting.host.version) >= CPANEL_PROVIDER_ENDED:
        text = f"The “{display}” provider is obsolete and cannot be used to issue new certificates."
        yield Line(0, "error", text)
        return
    if setting.run.wording == "legacy":
        yield from legacy_lines(batches, setting)
        return
    yield Line(0, "out", f"AutoSSL’s configured provider is “{display}”.")
    yield from _nat_lines(setting)
    if setting.run.batch is not None:
        whose = "user’s" if setting.run.batch == 1 else "users’"
        yield Line(0, "out", f"AutoSSL will verify {setting.run.batch:,} {whose} TLS status and {DCV} at a time.")
    for batch in batches:
        for line in _batch_lines(batch, setting):
            yield line
            if line is RUN_STOPS:
                return
    if setting.run.housekeeping:
        yield from _housekeeping_lines(setting)


def _nat_lines(setting: RunSetting) -> Iterator[Line]:
    yield Line(0, "out", "Looking for potential NAT (Network Address Translation) problems …")
    nat = setting.host.nat
    if nat is None:
        yield Line(1, "out", "This server does not use NAT.")
    elif nat.works:
        yield Line(1, "success", f"{nat.public} ({nat.local}): OK")
    else:
        yield Line(
            1,
            "error",
            f"{nat.public} ({nat.local}): Loopback NAT on this IP address appears to be defective. AutoSSL "
            "will likely fail to secure any domain whose authoritative nameserver uses this address. You can "
            f"test this by running “dig @{nat.public} . NS” at a command prompt.",
        )


def _batch_lines(batch: BatchOfAccounts, setting: RunSetting) -> Iterator[Line]:
    """Both phases of one batch: all accounts are analyzed, then those with work are processed."""
    yield Line(0, "out", f"Analyzing {count(len(batch), 'user', 'users')} …")
    working: CandidatesByAccount = []
    for account, websites in batch:
        yield from _account_lines(account, websites, setting, working)
    yield from publishing_lines([candidate for _, candidates in working for candidate in candidates])
    for account, candidates in working:
        requested: list[Candidate] = []
        yield Line(0, "out", f"Processing “{account.name}”’s local DCV results …")
        yield from dns_lines(candidates, setting)
        for candidate in candidates:
            yield from decision_lines(candidate, setting, requested)
        yield from order_lines(requested, setting)
        yield _completed(account)


def _account_lines(
    account: Account, websites: list[Website], setting: RunSetting, working: CandidatesByAccount
) -> Iterator[Line]:
    """Phase 1 of one account; it joins `working` where phase 2 has something to do for it."""
    if setting.finds_suspended(account):
        yield Line(1, "out", f"“{account.name}” is suspended.", ends_account=True)
        return
    if not setting.has_feature(account):
        text = f"“{account.name}” does not possess the required feature (“autossl”)."
        yield Line(1, "out", text, ends_account=True)
        return
    yield Line(1, "out", f"Analyzing “{account.name}”’s domains …")
    candidates: list[Candidate] = []
    for website in websites:
        yield from website_lines(website, setting, candidates)
    if not candidates:
        yield Line(2, "success", "This user’s SSL coverage is already optimal.")
        yield _completed(account)
        return
    if account.not_begun:
        yield Line(1, "warn", f"Failed to begin “{account.name}”’s DCV: {account.not_begun}", ends_account=True)
        return
    yield from check_lines(candidates, setting)
    alive = [candidate for candidate in candidates if not all(result.dropped for result in candidate.results.values())]
    if alive:
        working.append((account, alive))
    else:
        yield _completed(account)


def _completed(account: Account) -> Line:
    text = f"The system has completed “{account.name}”’s AutoSSL check."
    return Line(1, "success", text, ends_account=True)


def _housekeeping_lines(setting: RunSetting) -> Iterator[Line]:
    """What the process tidies up at its end; the cache belongs to all-users runs of Let's Encrypt."""
    if setting.run.username == "*" and not setting.provider.queues_orders:
        yield Line(0, "out", f"Emptying Let’s Encrypt’s {DCV} cache …")
    display, expired = setting.provider.display_name, short_date(setting.run.start - LOG_TTL)
    yield Line(0, "out", f"AutoSSL has deleted the expired log for the provider “{display}” from {expired} (UTC).")
