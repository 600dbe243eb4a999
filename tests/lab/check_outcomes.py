"""What happens when AutoSSL, and then the CA, checks one name: small values for `Site.checks`.

The words are those of the message catalogue (version 74 and later). A text may hold these placeholders, which
the simulation fills: {name} {zone} {url} {path} {folder} {provider} {limit} {record} {value}.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Literal

CaMethod = Literal["HTTP", "DNS", "general"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """The outcome of every test of one name, in the order in which AutoSSL makes them."""

    unmanaged: str | None = None
    """The line that says why the name counts as unmanaged; None: it is managed."""
    caa_error: str | None = None
    """The line about a failed CAA look-up, after which AutoSSL counts the name as authorized."""
    caa_forbidden: str | None = None
    """The line that says which CAA set forbids the CA; None: it is authorized."""
    redirects: tuple[str, ...] = ()
    """The addresses that the test file's request was sent on to, hop by hop."""
    http: str | None = None
    """Why the local HTTP test fails; None: it passes."""
    recorded_as: str | None = None
    """The reason as the problems database words it, where it differs from the log."""
    authority: bool = False
    """Whether the zone stands on this server and the world sees the same serial number."""
    authority_error: str | None = None
    dns: str | None = None
    """Why the local DNS test fails; None: it passes, where there is local authority."""
    ca_errors: tuple[tuple[CaMethod, str], ...] = ()
    """What the CA's own checks say after a local check passed."""

    @property
    def ca_passes(self) -> bool:
        """Whether the CA accepts the name: after an HTTP error it tries DNS, given local authority."""
        refused = {method for method, _ in self.ca_errors}
        return not refused or (refused == {"HTTP"} and self.authority)


@dataclass(frozen=True)
class Changed:
    """A name whose checks began to end differently at a moment, because somebody changed something."""

    at: datetime
    before: Check
    after: Check


_ELSEWHERE = " The domain “{name}” resolved to an IP address “IP” that does not exist on this server."
_RESPONDED = "web server responded with the following error: "
_QUERIED = f"The system queried for a temporary file at “{{url}}”, but the {_RESPONDED}"
_MISCONFIGURED = " A DNS (Domain Name System) or web server misconfiguration may exist."
_DCV_FILE = "DCV (Domain Control Validation) file"
_BECAUSE = "because of an error"
_GET = (
    f"The system failed to send an HTTP (Hypertext Transfer Protocol) “GET” request to “{{url}}” {_BECAUSE}: "
)


def _phrase(status: int, reason: str | None) -> str:
    return f"{status} ({reason or HTTPStatus(status).phrase})."


def _elsewhere(ip: str | None) -> str:
    return "" if ip is None else _ELSEWHERE.replace("IP address “IP”", f"IP address “{ip}”")


def ok() -> Check:
    """The name passes the local HTTP test and the CA's own."""
    return Check()


def raw(text: str) -> Check:
    """The local HTTP test fails for a reason given in full."""
    return Check(http=text)


def http_status(status: int, reason: str | None = None, *, ip: str | None = None) -> Check:
    """The web server answers with an error: this server, or the foreign one at `ip`."""
    return raw(_QUERIED + _phrase(status, reason) + _MISCONFIGURED + _elsewhere(ip))


def fetch_error(text: str, *, ip: str | None = None, cached: bool = False) -> Check:
    """No answer at all; `text` is the HTTP client's: "Could not connect to '{name}:80': Connection refused"."""
    again = " (cached)" if cached else ""
    return raw(
        f"The system failed to fetch the {_DCV_FILE} at “{{url}}” {_BECAUSE}{again}: "
        f"{_GET}{text}.{_elsewhere(ip)}"
    )


def content(text: str | bytes, *, ip: str | None = None) -> Check:
    """Something else answers with 200; bytes that are no UTF-8 reach the log as they are."""
    preview = text.decode(errors="surrogateescape") if isinstance(text, bytes) else text
    return raw(
        f"The content “{preview[:128]}” of the {_DCV_FILE}, as accessed at “{{url}}”, "
        f"did not match the expected value.{_elsewhere(ip)}"
    )


def elsewhere(ip: str, status: int = 404, *, error: str | None = None, body: str | None = None) -> Check:
    """The name leads to another server, which answers with an error, with other content, or not at all."""
    if error is not None:
        return fetch_error(error, ip=ip)
    return http_status(status, ip=ip) if body is None else content(body, ip=ip)


def redirected(final_url: str, status: int = 404, *, ip: str | None = None) -> Check:
    """The request is sent on to another address, which answers with an error."""
    text = (
        f"The system queried for a temporary file at “{final_url}”, which was redirected from “{{url}}”. "
        f"The {_RESPONDED}{_phrase(status, None)}{_MISCONFIGURED}{_elsewhere(ip)}"
    )
    return replace(raw(text), redirects=(final_url,))


def too_many_redirects(hops: int = 11) -> Check:
    """The request is sent on more often than the provider allows (Let's Encrypt 10, Sectigo 0)."""
    targets = tuple(f"http://{{name}}/loop?step={hop}" for hop in range(1, hops + 1))
    return Check(http="Excess DCV HTTP redirection", redirects=targets)


def no_address() -> Check:
    """The name has no A or AAAA record."""
    return raw("“{name}” does not resolve to any IP addresses on the internet.")


def no_address_old() -> Check:
    """The same in the wording of version 84 and earlier."""
    return raw("“{name}” does not resolve to any IPv4 addresses on the internet.")


def private_ip() -> Check:
    """The name leads to a private address, which the CA cannot reach."""
    return raw(
        "“{name}” resolves to a private IP address. "
        "The system will skip HTTP DCV (Domain Control Validation) for “{name}”."
    )


def loopback_ip(ip: str = "127.0.0.1") -> Check:
    """The name leads to the loopback interface."""
    return raw(f"“{{name}}” resolves to a loopback IP address: {ip}")


def no_document_root() -> Check:
    """No website of the account serves the name."""
    return raw("You do not have a document root for the domain “{name}”.")


def tempfile_error(error: str = "Disk quota exceeded") -> Check:
    """The check file cannot be written."""
    return raw(f"The system failed to create the temporary file “{{path}}” because of an error: {error}")


def mkdir_error(error: str = "Permission denied") -> Check:
    """The folder for the check file cannot be made."""
    return raw(f"The system failed to create the directory “{{folder}}” because of an error: {error}")


def not_registered() -> Check:
    """The problems database says that the domain is not registered; the log only that it has no address."""
    return replace(no_address(), recorded_as="“{name}” is not a registered internet domain.")


def unmanaged(parent: str | None = None) -> Check:
    """No working name server answers for the name: expired, never registered, or badly delegated."""
    or_parent = "this domain’s registration and authoritative nameserver configuration"
    if parent is not None:
        whose = "any of its parent domains" if parent == "*" else f"“{parent}”"
        or_parent = f"registration and authoritative nameserver configuration for this domain or {whose}"
    return Check(unmanaged=f"“{{name}}” is unmanaged. Verify {or_parent} to correct this problem.")


def caa_forbidden(*, via: str | None = None, alias: str | None = None) -> Check:
    """A CAA set forbids the CA: on the name itself, on its parent `via`, or on the alias it leads to."""
    told = [f"via “{via}”"] * (via is not None) + [f"alias of “{alias}”"] * (alias is not None)
    where = f" ({', '.join(told)})" if told else ""
    return Check(caa_forbidden=f"CA forbidden: “{{name}}”{where}")


def caa_lookup_error(error: str = "SERVFAIL (2)") -> Check:
    """The CAA records cannot be looked up; AutoSSL goes on, and the CA refuses."""
    refusal = (
        "400 urn:ietf:params:acme:error:caa (CAA records forbid the CA from issuing) "
        "(While processing CAA for {name}: DNS problem: SERVFAIL looking up CAA for {name})"
    )
    return replace(remote_error(refusal), caa_error=f"DNS query error ({{name}}/CAA): {error}")


def authority_error(error: str = "SERVFAIL (2)", http: Check | None = None) -> Check:
    """The HTTP test fails and this server cannot find out whether it runs the name's DNS."""
    text = f"Failed to determine local authority for “{{name}}”: {error}"
    return replace(http or no_address(), authority_error=text)


def dns_only_ok(http: Check | None = None) -> Check:
    """The HTTP test fails (as `http` says, else with a 404), the local DNS test passes: the name passes."""
    return replace(http or http_status(404), authority=True)


def dns_record_not_seen(http: Check | None = None) -> Check:
    """The HTTP test fails, and the world does not see the TXT record that AutoSSL wrote."""
    text = (
        "The DNS query to “{record}” for the DCV challenge returned no “TXT” record "
        "that matches the value “{value}”."
    )
    return replace(dns_only_ok(http), dns=text)


def zone_not_modified(http: Check | None = None) -> Check:
    """The HTTP test fails, and the local zone cannot be edited."""
    return replace(
        dns_only_ok(http), dns="The system failed to modify the zone “{zone}” to prepare for DNS DCV."
    )


def remote_error(acme_text: str, *, dns: str | None = None) -> Check:
    """The local test passes and the CA's fails with `acme_text`; `dns` is its answer to the DNS attempt."""
    second: tuple[tuple[CaMethod, str], ...] = () if dns is None else (("DNS", dns),)
    return Check(ca_errors=(("HTTP", acme_text), *second))


def remote_general_error(text: str = "A rate limit prevents DCV.") -> Check:
    """The CA refuses the name before any check: a limit, or a name that it does not certify."""
    return Check(ca_errors=(("general", text),))


Outcome = Check | Changed


def outcome_at(outcome: Outcome, moment: datetime) -> Check:
    """How the checks of a name end at a moment."""
    if isinstance(outcome, Check):
        return outcome
    return outcome.before if moment < outcome.at else outcome.after
