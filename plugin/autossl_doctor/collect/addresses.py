"""What kind of address a name leads to: a private one, one of IPv6, or one of a well-known proxy."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import NamedTuple

from autossl_doctor.collect.own_data import read_own_data

Network = IPv4Network | IPv6Network

_PRIVATE = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::/127",
        "fc00::/7",
        "fe80::/10",
    )
)
"""Addresses that mean something inside a network only; those of documentation lead to a server in every example."""
KNOWN = 4096
"""Many names of a server lead to few addresses."""
_WORDS = re.compile(
    r"(?<![\w./-])(?P<name>cloudflare|cloudfront|sucuri|incapsula|imperva)(?![\w/]|[.-]\w)"
    r"|/(?P<path>cdn-cgi)/",
    re.IGNORECASE,
)
_NAMES = {
    "cloudflare": "Cloudflare",
    "cdn-cgi": "Cloudflare",
    "cloudfront": "Amazon CloudFront",
    "sucuri": "Sucuri",
    "incapsula": "Imperva",
    "imperva": "Imperva",
}


class Place(NamedTuple):
    """Where an address leads: nobody on the internet reaches a private one; `proxy` names the service it is one of."""

    version: int
    private: bool
    proxy: str


@lru_cache(maxsize=KNOWN)
def place_of(text: str) -> Place | None:
    """Tell where an address leads; None if it is none. An IPv4 address in the dress of IPv6 is taken plain."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    address = getattr(address, "ipv4_mapped", None) or address
    private = any(address in network for network in _PRIVATE)
    proxy = next((name for name, network in _proxies() if address in network), "")
    return Place(address.version, private, proxy)


def proxy_in(words: str) -> str:
    """Give the name of the proxy service that an answer names; a part of an address or of a name does not count."""
    lowered = words.lower()
    # Most words name none: looking for the bare names is far cheaper than the pattern.
    for name in _NAMES:
        if name in lowered:
            found = _WORDS.search(words)
            return _NAMES[(found["name"] or found["path"]).lower()] if found else ""
    return ""


@cache
def _proxies() -> tuple[tuple[str, Network], ...]:
    services = read_own_data("proxies")
    return tuple((name, ip_network(network)) for name, networks in services.items() for network in networks)
