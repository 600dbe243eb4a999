"""Outcomes of the local HTTP test, in the words of the message catalogue (version 74 and later)."""

from dataclasses import replace
from http import HTTPStatus

from tests.lab.check_model import Check

_ELSEWHERE = " The domain “{name}” resolved to an IP address “IP” that does not exist on this server."
_RESPONDED = "web server responded with the following error: "
_QUERIED = f"The system queried for a temporary file at “{{url}}”, but the {_RESPONDED}"
_MISCONFIGURED = " A DNS (Domain Name System) or web server misconfiguration may exist."
_DCV_FILE = "DCV (Domain Control Validation) file"
_BECAUSE = "because of an error"
_GET = f"The system failed to send an HTTP (Hypertext Transfer Protocol) “GET” request to “{{url}}” {_BECAUSE}: "


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
    """No answer at all; `text` is the client's: "Could not connect to '{name}:80': Connection refused"."""
    again = " (cached)" if cached else ""
    return raw(
        f"The system failed to fetch the {_DCV_FILE} at “{{url}}” {_BECAUSE}{again}: {_GET}{text}.{_elsewhere(ip)}"
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
