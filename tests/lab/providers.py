"""What AutoSSL knows of each certificate provider (facts 5, 6, 7 and 10)."""

from dataclasses import dataclass, replace

from tests.lab.issuers import CPANEL, LETS_ENCRYPT, Issuer


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One AutoSSL provider: its two names and the limits that its module states."""

    module: str
    """The name in autossl.json, in the `provider` symlink and in the APIs."""
    display_name: str
    """The name in the sentences of the log."""
    days_to_replace: int
    """A certificate with less time left is ready for renewal."""
    max_names: int
    max_redirects: int
    challenge_folder: str
    token_alphabet: str
    token_suffix: str
    hours: tuple[int, ...]
    """The hours of the scheduled job, in the server's own zone."""
    caa_identity: str
    issuer: Issuer
    queues_orders: bool
    """Whether an order waits at the CA and is collected later by another program."""


LETS_ENCRYPT_PROVIDER = Provider(
    module="LetsEncrypt",
    display_name="Let’s Encrypt™",
    days_to_replace=29,
    max_names=100,
    max_redirects=10,
    challenge_folder=".well-known/acme-challenge",
    token_alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-",
    token_suffix="",
    hours=(2, 5, 8, 11, 14, 17, 20, 23),
    caa_identity="letsencrypt.org",
    issuer=LETS_ENCRYPT,
    queues_orders=False,
)
CPANEL_PROVIDER = Provider(
    module="cPanel",
    display_name="Sectigo",
    days_to_replace=15,
    max_names=1000,
    max_redirects=0,
    challenge_folder=".well-known/pki-validation",
    token_alphabet="0123456789ABCDEF",
    token_suffix=".txt",
    hours=(3,),
    caa_identity="sectigo.com",
    issuer=CPANEL,
    queues_orders=True,
)


def provider_named(module: str) -> Provider:
    """The provider with that module name; an unknown one behaves as Let's Encrypt under its own name."""
    for provider in (LETS_ENCRYPT_PROVIDER, CPANEL_PROVIDER):
        if provider.module == module:
            return provider
    return replace(LETS_ENCRYPT_PROVIDER, module=module, display_name=module)


CPANEL_PROVIDER_ENDED = 118
"""From this version of the panel on the provider `cPanel` is obsolete and issues nothing (facts 3)."""


def major_version(version: str) -> int:
    """The 134 of `11.134.0.12`."""
    return int(version.split(".")[1])
