"""The sample host of the demonstration: seventeen websites, each in another situation, on one good server."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from tests.lab import check_outcomes as check
from tests.lab import stories
from tests.lab.check_model import Changed
from tests.lab.host_model import Host
from tests.lab.run_model import Run
from tests.lab.schedule import times_before
from tests.lab.website_model import Account, Certificate, Site, self_signed

DEMO: Mapping[str, tuple[str, stories.Story]] = {
    "sakura-tea.example": ("sakura", stories.healthy),
    "old-harbor.example": ("harbor", stories.expired_and_elsewhere),
    "yamato-pottery.example": ("yamato", stories.deferred),
    "xn--0tr60n6o2b.example": ("wagashi", stories.forbidden),
    "kumo-cycles.example": ("kumo", stories.not_found),
    "mizu-onsen.example": ("mizu", stories.unregistered),
    "fuji-print.example": ("fuji", stories.no_address),
    "starter-page.example": ("starter", stories.feature_off),
    "slow-payer.example": ("slowpay", stories.suspended),
    "notary-office.example": ("notary", stories.external),
    "tsuki-gallery.example": ("tsuki", stories.all_excluded),
    "xn--wgv71a483g.example": ("sakagura", stories.service_names_fail),
}
"""Domain: account and situation. The first punycode name is 和菓子 (sweets), the second 日本酒 (sake)."""

KEY_TYPE_CHANGED = "hikari-design.example"
"""Its owner has just chosen another key type; the run that this started is at work."""
RENEWED = "midori-farm.example"
"""Its DNS was put right, and a run that its owner started an hour ago renewed the certificate."""
MOVED_HERE = "asagao-kimono.example"
"""Came from another server with its certificate, which has expired since; no run has looked at it, and nothing is
in the way: one click renews it."""
HELD_BACK = "aoi-glass.example"
"""Its owner chose another key type, and the check file was not found; that was put right three minutes ago."""
NEW = "xn--y8jl1n.example"
"""A website added after the last scheduled run (さくら, cherry blossom)."""


def demo_host(now: datetime) -> Host:
    """The sample host at a moment; its last scheduled run is at most three hours old."""
    sites = [story(domain, user) for domain, (user, story) in DEMO.items()]
    sites = [
        replace(site, account=replace(site.account, locale="ja")) if "xn--" in site.domain else site for site in sites
    ]
    second, minute = timedelta(seconds=1), timedelta(minutes=1)
    renewal = now - 60 * minute
    key_change = now - 25 * second
    key_type_changed = Site(
        KEY_TYPE_CHANGED,
        Account("hikari", key_type="ecdsa-prime256v1", key_type_age=30 * second),
        service_names=("mail.",),
        certificate=Certificate(days_left=52.4),
    )
    repaired = Changed(renewal - 8 * minute, before=check.no_address(), after=check.ok())
    renewed = Site(RENEWED, Account("midori"), certificate=Certificate(days_left=9.6), checks={"*": repaired})
    host = Host(now=now, sites=(*sites, key_type_changed, renewed), proc=True, pace=0.4)
    last_run = next(times_before(host, now))
    age = min(20 * minute, (now - last_run) / 2)
    owner = Account("hanami", locale="ja", start_date=int((now - age).timestamp()))
    new = Site(NEW, owner, certificate=self_signed(days_left=364.99), age=age)
    mover = replace(owner, name="asagao")
    moved = Site(MOVED_HERE, mover, service_names=("mail.",), certificate=Certificate(days_left=-0.4), age=age)
    found_again = Changed(now - 3 * minute, before=check.http_status(404), after=check.ok())
    held_back = Site(
        HELD_BACK,
        Account("aoi", key_type="ecdsa-prime256v1", key_type_age=12 * minute),
        service_names=("mail.",),
        certificate=Certificate(days_left=38.1),
        checks={"*": found_again},
    )
    runs = (
        Run(start=now - 11 * minute, username="aoi"),
        Run(start=renewal, username="midori"),
        Run(start=key_change, username="hikari", alive=True, pace=1.5),
    )
    return replace(host, sites=(*host.sites, new, moved, held_back), extra_runs=runs)
