"""What happens to a certificate order once the names have passed: small values for `Site.order`."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from tests.lab.log_line import LineType

ACCOUNT = "https://acme-v02.api.letsencrypt.org/acme/acct/1234567"
"""The address of the sample server's account at Let's Encrypt."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """The outcome of an order: at which stage it ends, and the words that say so."""

    stage: Literal["installed", "refused", "not_installed", "run_stops", "pending", "dropped"]
    type: LineType = "error"
    text: str = ""
    """With the placeholders {name} (the website), {account} (its account) and {id} (the order's number)."""
    after: timedelta | None = None
    """For orders that wait at the CA: how long until they are delivered or dropped; None: still waiting."""


def issued() -> Order:
    """The certificate is issued and installed (at Sectigo: an hour after the order)."""
    return Order(stage="installed", after=timedelta(hours=1))


def pending() -> Order:
    """Sectigo only: the order waits at the CA for as long as the host exists."""
    return Order(stage="pending")


def rate_limited(
    detail: str = 'too many certificates already issued for "{name}". Retry after 2026-11-24T08:00:00Z',
) -> Order:
    """The CA refuses this order because of a limit; other websites go on."""
    text = (
        "AutoSSL failed to create a new certificate order because the server’s Let’s Encrypt account "
        f"({ACCOUNT}) has reached a rate limit. "
        f"(429 urn:ietf:params:acme:error:rateLimited (The request exceeds a rate limit) ({detail}))"
        " You may contact Let’s Encrypt to request a change to this rate limit."
    )
    return Order(stage="refused", type="warn", text=text)


def orders_limit_reached() -> Order:
    """The account's limit on orders: the whole run stops here and goes on next time."""
    text = (
        "AutoSSL failed to create a new certificate order because the server’s Let’s Encrypt account "
        f"({ACCOUNT}) has reached its rate limit on certificate orders. AutoSSL will defer further action "
        "until its next run. You may also contact Let’s Encrypt to request a change to this rate limit."
    )
    return Order(stage="run_stops", text=text)


def acme_error(
    detail: str = "503 Service Unavailable (503 urn:ietf:params:acme:error:serverInternal "
    "(The server experienced an internal error) (Service busy; retry later.))",
    url: str = "https://acme-v02.api.letsencrypt.org/acme/new-order",
) -> Order:
    """Any other error that the CA answers to an order."""
    return Order(stage="refused", type="warn", text=f"“{url}” indicated an ACME error: {detail}.")


def finalize_failed(status: str = "invalid") -> Order:
    """The order does not become valid, although every name passed."""
    text = (
        f"An ACME order failed finalization (status: {status})! This probably indicates either a server "
        "error or an error in AutoSSL’s Let’s Encrypt provider."
    )
    return Order(stage="refused", type="warn", text=text)


def refused(text: str, *, type: LineType = "error") -> Order:  # noqa: A002 - the log's own word
    """The order fails in words given in full."""
    return Order(stage="refused", type=type, text=text)


def install_failed(error: str) -> Order:
    """The CA issues the certificate, and this server does not manage to install it."""
    text = (
        "The system failed to install an SSL certificate onto the website “{name}” because of the following "
        f"error: {error}"
    )
    return Order(stage="not_installed", text=text, after=timedelta(hours=1))


def abandoned(after: timedelta = timedelta(days=7), span: str = "7 days") -> Order:
    """Sectigo only: AutoSSL gives the order up because it waited too long."""
    text = (
        "The request for a certificate for the website “{name}” has taken more than the allowed time "
        f"({span}). The system will no longer track this request."
    )
    return Order(stage="dropped", text=text, after=after)


def rejected(after: timedelta = timedelta(hours=2)) -> Order:
    """Sectigo only: the CA rejects the order."""
    text = "“Sectigo” reports that the certificate authority rejected the request for a certificate for “{name}”."
    return Order(stage="dropped", text=text, after=after)


def unrecognized(after: timedelta = timedelta(hours=2)) -> Order:
    """Sectigo only: the store has lost the order."""
    return Order(
        stage="dropped",
        text="The cPanel Store does not recognize this certificate order. ({id})",
        after=after,
    )
