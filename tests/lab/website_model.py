"""What a test says about accounts, websites and certificates; times are relative to the host's `now`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from tests.lab.check_model import Outcome
from tests.lab.issuers import LETS_ENCRYPT, SELF_SIGNED, Issuer
from tests.lab.order_outcomes import Order, issued

KeyType = Literal["rsa-2048", "rsa-4096", "ecdsa-prime256v1", "ecdsa-secp384r1"]
SiteKind = Literal["main", "addon", "sub"]
FileState = Literal["whole", "missing", "empty", "corrupt"]
Shown = Literal["valid", "expired", "not_yet", "self_signed", "wrong_name", "unreadable"]

SERVICE_NAMES = ("mail.", "cpanel.", "webmail.", "webdisk.", "cpcontacts.", "cpcalendars.", "autodiscover.")
"""The names that AutoSSL adds to a website besides www (facts 7.5)."""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate as it stood before the first run that the host remembers; runs may replace it."""

    issuer: Issuer = LETS_ENCRYPT
    covers: tuple[str, ...] | None = None
    """Its names (see `names_of`); None: every name of the website."""
    days_left: float = 61.0
    lifetime_days: float = 90.0
    key_type: KeyType = "rsa-2048"
    file: FileState = "whole"
    """What is left of its file on the disk."""
    defects: tuple[str, ...] = ()
    """Further defects that AutoSSL reports, each "CODE: explanation"."""


def self_signed(*, days_left: float = 200.0, covers: tuple[str, ...] | None = None) -> Certificate:
    """The stop-gap certificate that cPanel makes for a new website."""
    return Certificate(issuer=SELF_SIGNED, days_left=days_left, lifetime_days=365.0, covers=covers)


@dataclass(frozen=True, kw_only=True)
class Account:
    """A cPanel account; websites name it, so it needs no list of its own."""

    name: str = field(kw_only=False)
    owner: str = "root"
    feature_list: str = "default"
    feature_override: bool | None = None
    """FEATURE-AUTOSSL in the users file, which beats the feature list; None: absent."""
    suspended: bool = False
    suspended_ago: timedelta | None = None
    """How long ago the account was suspended: earlier runs looked at it; None: before every run."""
    demo: bool = False
    """One of cPanel's demo accounts, which may look at everything and change nothing."""
    locale: str = "en"
    key_type: KeyType | Literal["system"] | None = "system"
    """SSL_DEFAULT_KEY_TYPE in the users file; None: the line is absent, which means the same as system."""
    key_type_age: timedelta | None = None
    """How long ago the key type was chosen, before that it was `system`; None: before every run."""
    start_date: int = 1_600_000_000
    """STARTDATE, when the account was created."""
    uid: int | None = None
    not_begun: str = ""
    """Why AutoSSL gives up on the account before it tests any name."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """A look from outside at what visitors get, as the doctor remembers it."""

    ago: timedelta = timedelta(hours=1)
    outcome: str = "served"
    same: bool = False
    """Whether the certificate that is installed at last was shown; else it was another one."""
    shown: Shown = "valid"
    days_left: float = 20.0
    """When the certificate that was shown ends."""
    issuer: str = "Let's Encrypt, R11"
    address: str = ""
    """The address that was looked at; "" is the host's."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """A website (virtual host). Names may be written short: "www." is www.<domain>, "@" the domain itself."""

    domain: str = field(kw_only=False)
    account: Account = field(kw_only=False)
    kind: SiteKind = "main"
    aliases: tuple[str, ...] = ("www.",)
    service_names: tuple[str, ...] = SERVICE_NAMES
    parked: tuple[str, ...] = ()
    """Domains parked on this website; each brings its www name."""
    certificate: Certificate | None = Certificate()
    checks: Mapping[str, Outcome] = field(default_factory=dict)
    """How the checks of a name end; the key "*" speaks for every name not listed; else they pass."""
    excluded: tuple[str, ...] = ()
    """Names that the user switched off; "*" means all."""
    provider_excluded: tuple[str, ...] = ()
    order: Order = field(default_factory=issued)
    looks: tuple[Look, ...] = ()
    age: timedelta | None = None
    """How long ago the website was added: earlier runs do not know it; None: before every run."""


def full_name(domain: str, short: str) -> str:
    """A name written short, in full: "www." and "@" belong to `domain`, everything else stands as it is."""
    if short == "@":
        return domain
    return short + domain if short.endswith(".") else short
