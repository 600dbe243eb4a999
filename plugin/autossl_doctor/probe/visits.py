"""Visits websites as a browser would, up to the moment when the server has shown its certificate, and no further."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from autossl_doctor.host.clock import now
from autossl_doctor.model.served import Outcome, Served
from autossl_doctor.probe.addresses import may_visit
from autossl_doctor.probe.records import Visit
from autossl_doctor.probe.shown import shown

HTTPS = 443
AT_ONCE = 8
LONGEST_RUN = 300.0


def _context() -> ssl.SSLContext:
    """Accept any certificate: which one is shown is the question. Old protocols are refused as by a browser."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one visit may wait, in seconds: for the connection, then for the whole handshake."""

    connect: float = 5.0
    handshake: float = 5.0


@dataclass(frozen=True, slots=True)
class Prober:
    """Makes visits. Only tests change the port, the limits and what counts as an allowed address."""

    port: int = HTTPS
    limits: Limits = Limits()
    allowed: Callable[[str], bool] = may_visit
    clock: Callable[[], datetime] = now
    context: ssl.SSLContext = field(default_factory=_context)

    def visit_all(
        self, visits: Sequence[Visit], longest: float = LONGEST_RUN, wanted: Callable[[], bool] = lambda: True
    ) -> Iterator[Served]:
        """Make visits, a few at once, and give what was seen.

        What is not reached in time is left out, and so is all the rest once nobody wants it any more.
        """
        end = monotonic() + longest

        def one(visit: Visit) -> Served | None:
            return self.visit(*visit) if monotonic() < end and wanted() else None

        with ThreadPoolExecutor(AT_ONCE) as threads:
            for served in threads.map(one, visits):
                if served is not None:
                    yield served

    def visit(self, site: str, address: str) -> Served:
        """Make one visit. Whatever the other side does ends in a record."""
        at = self.clock()
        if not self.allowed(address):
            return Served(site, address, at, "not_allowed")
        try:
            leaf = self._leaf(site, address)
            return shown(leaf, site, address, at) if leaf else Served(site, address, at, "error")
        except BaseException as error:  # noqa: BLE001 - also what a parser's panic raises: it must not cost the others
            return Served(site, address, at, _outcome(error))

    def _leaf(self, site: str, address: str) -> bytes | None:
        """Connect, say which website is meant, and take the first certificate that the server shows."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as plain:
            plain.settimeout(self.limits.connect)
            plain.connect((address, self.port))
            plain.settimeout(self.limits.handshake)
            # With a timeout the whole handshake has this much time, not each of its messages.
            with self.context.wrap_socket(plain, server_hostname=site) as secured:
                return secured.getpeercert(binary_form=True)


def _outcome(error: BaseException) -> Outcome:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionResetError | BrokenPipeError | ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "reset"
    if isinstance(error, ssl.SSLError):
        return "tls_error"
    # A firewall may also refuse by saying that the machine cannot be reached.
    if isinstance(error, OSError) and error.errno in (errno.ECONNREFUSED, errno.EHOSTUNREACH):
        return "refused"
    return "error"
