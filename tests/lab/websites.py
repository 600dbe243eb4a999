"""The websites of a host as AutoSSL finds them: every name in full, grouped by account."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.lab.check_model import PASSES, Check, outcome_at
from tests.lab.issuers import Issuer
from tests.lab.website_model import Account, Certificate, FileState, KeyType, Site, full_name


@dataclass(frozen=True, kw_only=True)
class Installed:
    """A certificate with its real times, as it stands on the disk."""

    issuer: Issuer
    covers: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    key_type: KeyType
    file: FileState = "whole"
    defects: tuple[str, ...] = ()

    def secures(self, name: str) -> bool:
        """Whether a browser would accept the certificate for the name."""
        return name in self.covers or f"*.{name.partition('.')[2]}" in self.covers


@dataclass(frozen=True, kw_only=True)
class Website:
    """A website with every name in full."""

    site: Site
    servername: str
    """Apache's ServerName, by which logs and certificate folders call the website."""
    main_domain: str
    """The main domain of the account."""
    names: tuple[str, ...]
    excluded: tuple[str, ...]
    provider_excluded: tuple[str, ...]

    @property
    def account(self) -> Account:
        """The account that the website belongs to."""
        return self.site.account

    @property
    def eligible(self) -> tuple[str, ...]:
        """The names that AutoSSL wants on the certificate."""
        left_out = {*self.excluded, *self.provider_excluded}
        return tuple(name for name in self.names if name not in left_out) if left_out else self.names

    def check(self, name: str, moment: datetime) -> Check:
        """How the checks of a name end at a moment."""
        checks, suffix = self.site.checks, self.site.domain
        short = "@" if name == suffix else name.removesuffix(suffix)
        for key in (name, short, "*"):
            if key in checks:
                return outcome_at(checks[key], moment)
        return PASSES

    def installed_at_first(self, now: datetime) -> Installed | None:
        """The certificate that the test gave the website."""
        given = self.site.certificate
        return None if given is None else _installed(self, given, now)

    def known_at(self, moment: datetime, now: datetime) -> bool:
        """Whether the website was there at a moment."""
        return self.site.age is None or moment >= now - self.site.age


def _installed(website: Website, given: Certificate, now: datetime) -> Installed:
    not_after = now.replace(microsecond=0) + timedelta(seconds=round(given.days_left * 86_400))
    covers = website.names
    if given.covers is not None:
        covers = tuple(full_name(website.site.domain, name) for name in given.covers)
    return Installed(
        issuer=given.issuer,
        covers=covers,
        not_before=not_after - timedelta(seconds=round(given.lifetime_days * 86_400)),
        not_after=not_after,
        key_type=given.key_type,
        file=given.file,
        defects=given.defects,
    )


def websites_of(sites: Iterable[Site]) -> dict[Account, list[Website]]:
    """The websites of each account, accounts by name; each account has exactly one main website."""
    grouped: dict[str, list[Site]] = {}
    for site in sites:
        grouped.setdefault(site.account.name, []).append(site)
    return {grouped[name][0].account: resolve(grouped[name]) for name in sorted(grouped)}


def resolve(sites: list[Site]) -> list[Website]:
    """The websites of one account, the main one first."""
    mains = [site for site in sites if site.kind == "main"]
    if len(mains) != 1 or any(site.account != sites[0].account for site in sites):
        raise ValueError(f"account {sites[0].account.name!r} needs one main website and one description")
    main_domain = mains[0].domain
    ordered = [*mains, *(site for site in sites if site.kind != "main")]
    return [_resolved(site, main_domain) for site in ordered]


def _resolved(site: Site, main_domain: str) -> Website:
    servername = f"{site.domain}.{main_domain}" if site.kind == "addon" else site.domain
    names = [servername, site.domain]
    names += [full_name(site.domain, alias) for alias in site.aliases]
    if site.kind == "addon":
        names.append(f"www.{servername}")
    for parked in site.parked:
        names += [parked, f"www.{parked}"]
    names += [full_name(site.domain, service) for service in site.service_names]
    unique = tuple(dict.fromkeys(names))
    excluded = tuple(full_name(site.domain, name) for name in site.excluded)
    return Website(
        site=site,
        servername=servername,
        main_domain=main_domain,
        names=unique,
        excluded=unique if "*" in excluded else excluded,
        provider_excluded=tuple(full_name(site.domain, name) for name in site.provider_excluded),
    )
