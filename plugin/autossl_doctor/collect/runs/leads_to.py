"""What a reason tells beyond its words: where the name leads, and that a wildcard can only be tested in the DNS."""

from __future__ import annotations

import re
from collections.abc import Mapping

from autossl_doctor.collect.addresses import place_of, proxy_in

Told = tuple[str, Mapping[str, str]]

ELSEWHERE, ELSEWHERE_IPV6 = "dns.elsewhere", "dns.elsewhere_ipv6"
PROXY, PRIVATE, WILDCARD = "dns.proxy", "dns.private", "dns.wildcard"
_NEEDS_ZONE = frozenset(("reason.no_authority", "check.no_zone", "website.uncontrolled"))
_CAA = frozenset(("check.ca_forbidden", "caa.forbidden", "caa.record"))
# A CA names the address that it reached first of all, before anything that a website can write.
_REACHED = re.compile(
    r"\d{3} urn:ietf:params:acme:error:(?:connection|unauthorized|tls|incorrectResponse|malformed)\b[^()]*"
    r"(?:\([^()]*\))? ?\((?:During secondary validation: )?\[?([0-9A-Fa-f:.]{7,45})\]?: "
)
_NAME = r"([^\s“”\"'()<>/\\,;:@]{1,253})"
_ABOUT = re.compile(
    r"(?:looking up [A-Z]{1,8} for|CAA(?: record)? for|found (?:for|at)|validation (?:of|for|failed for)) "
    rf"[\"“]?{_NAME}"
    rf"|(?:Fetching|response from) https?://{_NAME}"
)
_PROXY_STATUS = re.compile(r"following error: 5(?:2[0-7]|30) \(")
_PARAMETER = re.compile(
    r"\b(?:letsencrypt\.org|sectigo\.com|comodoca\.com|usertrust\.com|trust-provider\.com)\s*;[^\"”]{0,300}?"
    r"\b(accounturi|validationmethods)\s*=",
    re.IGNORECASE,
)


def sharpen(kind: str, fields: Mapping[str, str]) -> Told:
    """Tell the kind of failure more exactly where an address or a name shows more than the words."""
    if kind == ELSEWHERE:
        return _elsewhere(fields)
    if kind in _NEEDS_ZONE and (fields.get("domain") or fields.get("resolved", "")).startswith("*."):
        return WILDCARD, fields
    if kind in _CAA:
        return kind, _caa(kind, fields)
    if kind == WILDCARD and "names" in fields and not fields.get("domain"):
        return kind, {**fields, "domain": fields["names"].partition(",")[0].strip()}
    return kind, fields


def reached_by_ca(reason: str) -> Told | None:
    """Tell what the address shows that a CA reached: a proxy, or IPv6 where the test of this server had passed."""
    found = _REACHED.match(reason)
    place = place_of(found[1]) if found else None
    if found is None or place is None:
        return None
    if place.proxy:
        return PROXY, {"ip": found[1], "proxy": place.proxy, "shown_by": "address"}
    if place.private:
        return PRIVATE, {"ip": found[1]}
    return (ELSEWHERE_IPV6, {"ip": found[1], "seen_by": "ca"}) if place.version == 6 else None  # noqa: PLR2004


def name_in_ca_words(reason: str) -> str:
    """Give the name that a CA's words are about, for a text that does not say it itself."""
    found = _ABOUT.search(reason) if "urn:ietf:params:acme:" in reason else None
    return (found[1] or found[2]).lower().removeprefix("_acme-challenge.") if found else ""


def _elsewhere(fields: Mapping[str, str]) -> Told:
    place = place_of(fields.get("ip", ""))
    if place is None:
        return ELSEWHERE, fields
    if place.private:
        return PRIVATE, fields
    proxy, shown_by = place.proxy, "address"
    if not proxy:
        reason = fields.get("reason", "")
        proxy, shown_by = proxy_in(reason), "words"
        if not proxy and _PROXY_STATUS.search(reason):
            proxy = "Cloudflare"
    if proxy:
        return PROXY, {**fields, "proxy": proxy, "shown_by": shown_by}
    return (ELSEWHERE_IPV6 if place.version == 6 else ELSEWHERE), fields  # noqa: PLR2004


def _caa(kind: str, fields: Mapping[str, str]) -> Mapping[str, str]:
    """Add whose CAA record it is, who says so, and the parameter that AutoSSL takes for another CA."""
    if kind == "caa.forbidden":
        # The CA does not say at which of the names above the record stands.
        return {**fields, "said_by": "ca"}
    owner = fields.get("alias") or fields.get("parent") or fields.get("domain", "")
    told = {**fields, "owner": owner.lower(), "said_by": "autossl"}
    parameter = _PARAMETER.search(fields.get("record", ""))
    if parameter:
        told["parameter"] = parameter[1].lower()
    return told
