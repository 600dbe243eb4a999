"""Every outcome of checking one name, for `Site.checks`: those of the HTTP test, and all others."""

from dataclasses import replace

from tests.lab.check_model import CaMethod, Check
from tests.lab.http_outcomes import (
    content,
    elsewhere,
    fetch_error,
    http_status,
    loopback_ip,
    mkdir_error,
    no_address,
    no_address_old,
    no_document_root,
    ok,
    private_ip,
    raw,
    redirected,
    tempfile_error,
    too_many_redirects,
)

__all__ = [
    "authority_error",
    "caa_forbidden",
    "caa_lookup_error",
    "content",
    "dns_only_ok",
    "dns_record_not_seen",
    "elsewhere",
    "fetch_error",
    "http_status",
    "loopback_ip",
    "mkdir_error",
    "no_address",
    "no_address_old",
    "no_document_root",
    "not_registered",
    "ok",
    "private_ip",
    "raw",
    "redirected",
    "remote_error",
    "remote_general_error",
    "tempfile_error",
    "too_many_redirects",
    "unmanaged",
    "zone_not_modified",
]


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
        "The DNS query to “{record}” for the DCV challenge returned no “TXT” record that matches the value “{value}”."
    )
    return replace(dns_only_ok(http), dns=text)


def zone_not_modified(http: Check | None = None) -> Check:
    """The HTTP test fails, and the local zone cannot be edited."""
    return replace(dns_only_ok(http), dns="The system failed to modify the zone “{zone}” to prepare for DNS DCV.")


def remote_error(acme_text: str, *, dns: str | None = None) -> Check:
    """The local test passes and the CA's fails with `acme_text`; `dns` is its answer to the DNS attempt."""
    second: tuple[tuple[CaMethod, str], ...] = () if dns is None else (("DNS", dns),)
    return Check(ca_errors=(("HTTP", acme_text), *second))


def remote_general_error(text: str = "A rate limit prevents DCV.") -> Check:
    """The CA refuses the name before any check: a limit, or a name that it does not certify."""
    return Check(ca_errors=(("general", text),))
