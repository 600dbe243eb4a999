"""Websites in the usual kinds of trouble: building blocks for the demo, for benchmarks and for tests."""

from collections.abc import Callable, Mapping

from tests.lab import check_outcomes as check
from tests.lab import order_outcomes as order
from tests.lab.check_model import Check
from tests.lab.issuers import COMMERCIAL
from tests.lab.website_model import SERVICE_NAMES, Account, Certificate, Site

WEB_ONLY = ("@", "www.")
_MAIL_ONLY = ("mail.",)

Story = Callable[[str, str], Site]
"""Makes a website from its domain and the name of its account, which it does not share."""


def healthy(domain: str, user: str) -> Site:
    """A good certificate for every name."""
    return Site(domain, Account(user))


def renewed(domain: str, user: str) -> Site:
    """Due for renewal with nothing in the way: the next run renews it."""
    return Site(domain, Account(user), certificate=Certificate(days_left=28.5))


def expired_and_elsewhere(domain: str, user: str) -> Site:
    """The owner moved the website to another server and the certificate here has expired."""
    checks = {"*": check.elsewhere("198.51.100.70")}
    return Site(domain, Account(user), certificate=Certificate(days_left=-1.9), checks=checks)


def deferred(domain: str, user: str) -> Site:
    """One service name on the certificate has no address any more, so the renewal is held back."""
    checks = {"webdisk.": check.no_address()}
    return Site(domain, Account(user), certificate=Certificate(days_left=16.2), checks=checks)


def forbidden(domain: str, user: str) -> Site:
    """An access rule answers every request for the check file with 403."""
    return _answering(domain, user, 403, 12.4)


def not_found(domain: str, user: str) -> Site:
    """The check file is answered with 404."""
    return _answering(domain, user, 404, 8.7)


def server_error(domain: str, user: str) -> Site:
    """The website crashes on every request."""
    return _answering(domain, user, 500, 20.3)


def _answering(domain: str, user: str, status: int, days_left: float) -> Site:
    return Site(
        domain,
        Account(user),
        service_names=_MAIL_ONLY,
        certificate=Certificate(days_left=days_left),
        checks={"*": check.http_status(status)},
    )


def unregistered(domain: str, user: str) -> Site:
    """The domain ran out at its registrar: no name server answers for it."""
    certificate = Certificate(days_left=21.6)
    return Site(domain, Account(user), certificate=certificate, checks=_unmanaged(domain))


def _unmanaged(domain: str) -> Mapping[str, Check]:
    return {"@": check.unmanaged(), "*": check.unmanaged(parent=domain)}


def no_address(domain: str, user: str) -> Site:
    """No name of the website has an address."""
    certificate = Certificate(days_left=5.3)
    return Site(domain, Account(user), certificate=certificate, checks={"*": check.no_address()})


def caa_forbidden(domain: str, user: str) -> Site:
    """A CAA record names another CA only."""
    checks = {"@": check.caa_forbidden(), "*": check.caa_forbidden(via=domain)}
    return Site(domain, Account(user), certificate=Certificate(days_left=14.1), checks=checks)


def refused_by_ca(domain: str, user: str) -> Site:
    """The local test passes, and a firewall keeps the CA's own check away."""
    text = (
        "400 urn:ietf:params:acme:error:connection (The server could not connect to a validation target) "
        "(192.0.2.10: Fetching {url}: Timeout during connect (likely firewall problem))"
    )
    certificate = Certificate(days_left=17.7)
    return Site(domain, Account(user), certificate=certificate, checks={"*": check.remote_error(text)})


def rate_limited(domain: str, user: str) -> Site:
    """The CA's limit for the domain is used up."""
    certificate = Certificate(days_left=22.0)
    return Site(domain, Account(user), certificate=certificate, order=order.rate_limited())


def feature_off(domain: str, user: str) -> Site:
    """The account's plan does not include AutoSSL."""
    account = Account(user, feature_list="basic")
    return Site(domain, account, certificate=Certificate(days_left=3.2))


def suspended(domain: str, user: str) -> Site:
    """The account is suspended."""
    return Site(domain, Account(user, suspended=True), certificate=Certificate(days_left=-6.5))


def external(domain: str, user: str) -> Site:
    """A bought certificate, which AutoSSL leaves alone, comes to its end."""
    certificate = Certificate(issuer=COMMERCIAL, covers=WEB_ONLY, days_left=19.8, lifetime_days=199)
    return Site(domain, Account(user), certificate=certificate)


def all_excluded(domain: str, user: str) -> Site:
    """The owner switched AutoSSL off for every name."""
    return Site(domain, Account(user), certificate=Certificate(days_left=18.9), excluded=("*",))


def service_names_fail(domain: str, user: str) -> Site:
    """Visitors are fine; only service names that nobody needs lead nowhere."""
    certificate = Certificate(covers=WEB_ONLY, days_left=47.3)
    checks = dict.fromkeys(SERVICE_NAMES, check.no_address())
    return Site(domain, Account(user), certificate=certificate, checks=checks)


def key_type_mismatch(domain: str, user: str) -> Site:
    """The account chose another key type; the next run replaces the certificate."""
    return Site(domain, Account(user, key_type="ecdsa-prime256v1"), certificate=Certificate(days_left=52.4))


STORIES: Mapping[str, Story] = {
    story.__name__: story
    for story in (
        healthy,
        renewed,
        expired_and_elsewhere,
        deferred,
        forbidden,
        not_found,
        server_error,
        unregistered,
        no_address,
        caa_forbidden,
        refused_by_ca,
        rate_limited,
        feature_off,
        suspended,
        external,
        all_excluded,
        service_names_fail,
        key_type_mismatch,
    )
}
