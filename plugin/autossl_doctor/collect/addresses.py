"""What kind of address a name leads to: a private one, one of IPv6, or one of a well-known proxy."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import yaml

Address = IPv4Address | IPv6Address
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


@lru_cache(maxsize=KNOWN)
def parse(text: str) -> Address | None:
    """Read an address; None if it is none. An IPv4 address in the dress of IPv6 is given plain."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(maxsize=KNOWN)
def is_private(address: Address) -> bool:
    """Tell whether nobody on the internet can reach the address."""
    return any(address in network for network in _PRIVATE)


@lru_cache(maxsize=KNOWN)
def proxy_of(address: Address) -> str:
    """Give the name of the proxy service that publishes the address as its own, or ""."""
    return next((name for name, network in _proxies() if address in network), "")


def proxy_in(words: str) -> str:
    """Give the name of the proxy service that an answer names; a part of an address or of a name does not count."""
    lowered = words.lower()
    # Most words name none: looking for the bare names is far cheaper than the pattern.
    found = _WORDS.search(words) if any(name in lowered for name in _NAMES) else None
    return _NAMES[(found["name"] or found["path"]).lower()] if found else ""


@cache
def _proxies() -> tuple[tuple[str, Network], ...]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = files("autossl_doctor.collect").joinpath("proxies.yaml").read_text("utf-8")
    services = yaml.load(text, Loader=loader)  # noqa: S506 - CSafeLoader is the safe loader in C
    return tuple((name, ip_network(network)) for name, networks in services.items() for network in networks)
