"""The accounts of the host that the browser visits: one for each thing that is tried, so that none disturbs another."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from tests.lab import hosts
from tests.lab.hosts import Account, Certificate, Host, Run, Site, stories

AGE = timedelta(minutes=20)
_MAIL = ("mail.",)


def expired(domain: str, account: Account) -> Site:
    """Came here with its certificate, which has ended since; no check has come for it, and nothing is in the way."""
    account = replace(account, start_date=1_763_000_000)
    return Site(domain, account, service_names=_MAIL, certificate=Certificate(days_left=-0.4), age=AGE)


def not_found(domain: str, account: Account) -> Site:
    """The check file is answered with 404."""
    return replace(stories.not_found(domain, account.name), account=account)


def led_elsewhere(domain: str, account: Account, mended: datetime) -> Site:
    """Its certificate has ended, because the domain led to another server in the last run; since then it leads here."""
    back = hosts.Changed(mended, before=hosts.check.elsewhere("198.51.100.70"), after=hosts.check.ok())
    return Site(domain, account, service_names=_MAIL, certificate=Certificate(days_left=-1.9), checks={"*": back})


def held_back(domain: str, account: Account) -> Site:
    """One address of the present certificate fails its check, so the renewal waits."""
    return replace(stories.deferred(domain, account.name), account=account)


def other_key_type(domain: str, account: Account) -> Site:
    """The owner has chosen another type of key; the check that this started did not get through."""
    chosen = replace(account, key_type="ecdsa-prime256v1", key_type_age=timedelta(minutes=12))
    checks = {"*": hosts.check.http_status(404)}
    return Site(domain, chosen, service_names=_MAIL, certificate=Certificate(days_left=52.4), checks=checks)


def left_out(domain: str, account: Account) -> Site:
    """The owner switched AutoSSL off for every name."""
    return replace(stories.all_excluded(domain, account.name), account=account)


def fine(domain: str, account: Account) -> Site:
    """A good certificate for every name."""
    return Site(domain, account, service_names=_MAIL)


Story = Callable[[str, Account], Site]
RESIDENTS: Mapping[str, tuple[Story, Mapping[str, object]]] = {
    "asagao": (expired, {"locale": "ja"}),
    "botan": (expired, {}),
    "kikyo": (expired, {"locale": "ja"}),
    "fuji": (expired, {}),
    "ume": (expired, {}),
    "yuri": (expired, {}),
    "ran": (expired, {}),
    "tsubaki": (expired, {}),
    "sumire": (expired, {}),
    "kaede": (expired, {}),
    "matsu": (expired, {}),
    "take": (expired, {}),
    "hasu": (expired, {}),
    "ayame": (expired, {"locale": "ja"}),
    "kumo": (not_found, {}),
    "hoshi": (not_found, {"locale": "ja"}),
    "tsuki": (not_found, {"locale": "ar"}),
    "yamato": (held_back, {}),
    "kawa": (held_back, {}),
    "hikari": (other_key_type, {}),
    "ajisai": (expired, {"locale": "ja"}),
    "nanohana": (expired, {}),
    "susuki": (held_back, {}),
    "iris": (held_back, {}),
    "wakaba": (not_found, {"locale": "ja"}),
    "nadeshiko": (expired, {}),
    "nashi": (fine, {}),
    "mori": (left_out, {}),
    "sakura": (fine, {"locale": "ja"}),
    "momiji": (fine, {}),
    "shiro": (fine, {}),
    "demo": (not_found, {"demo": True}),
    "bare": (not_found, {"feature_list": "bare"}),
    "plain": (not_found, {"feature_list": "plain"}),
}
"""Account: its situation, and what is special about it."""

FEATURES: Mapping[str, Mapping[str, bool]] = {
    "default": {},
    "bare": {"autossl": True, "sslinstall": False, "sslmanager": False},
    "plain": {"autossl": False},
}


def site_of(account: str) -> str:
    """The website of a resident."""
    return f"{account}-shop.example"


def residents(now: datetime, *names: str, **described: object) -> Host:
    """The host with these residents, or with all of them; no scheduled run is near."""
    sites = []
    for name in names or RESIDENTS:
        story, special = RESIDENTS[name]
        sites.append(story(site_of(name), replace(Account(name), **special)))  # type: ignore[arg-type]
    run = Run(start=now - timedelta(minutes=11), username="hikari")
    runs = tuple(run for site in sites if site.account.name == run.username)
    host = Host(now=now, sites=tuple(sites), extra_runs=runs, pace=0.2, feature_lists=FEATURES)
    return replace(host, minute=(now.minute + 30) % 60, **described)  # type: ignore[arg-type]


def crowd(now: datetime, count: int = 300) -> Host:
    """A host with one account that has very many websites: most are fine, some are in trouble."""
    owner = Account("ichiba", locale="ja")
    sites = [Site("ichiba-shop.example", owner, service_names=_MAIL)]
    for number in range(1, count):
        domain = f"shop{number:03}.example"
        if number % 60 == 7:
            site = replace(stories.not_found(domain, owner.name), account=owner, kind="addon")
        else:
            site = Site(domain, owner, kind="addon", service_names=())
        sites.append(site)
    host = Host(now=now, sites=tuple(sites), pace=0.01, run_count=2)
    return replace(host, minute=(now.minute + 30) % 60)


__all__ = ["FEATURES", "RESIDENTS", "crowd", "hosts", "residents", "site_of"]
