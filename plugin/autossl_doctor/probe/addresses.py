"""Which addresses the prober may connect to: this machine's own, and those of the open internet."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path

_DISCARD = 9
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


def may_visit(text: str) -> bool:
    """Tell whether a connection to this address is allowed. Asked before every connection, never remembered."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if address.is_unspecified or address.is_multicast:
        return False
    if isinstance(address, IPv6Address) and (_stands_for_another(address) or address.is_site_local):
        return False
    return address.is_global or is_own(address)


def is_own(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address belongs to this machine; nothing is sent.

    To its own address the kernel sends from that address, or from the first one of the same network; then it can be
    bound. That alone proves nothing where the administrator lets programs bind addresses of other machines.
    """
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect((str(address), _DISCARD))
            if ip_address(asking.getsockname()[0]) == address:
                return True
        if not _binds_own_only(address):
            return False
        with socket.socket(family, socket.SOCK_DGRAM) as binding:
            binding.bind((str(address), 0))
    except (OSError, ValueError):
        return False
    return True


def _binds_own_only(address: IPv4Address | IPv6Address) -> bool:
    setting = Path(f"/proc/sys/net/ipv{address.version}/ip_nonlocal_bind")
    try:
        return setting.read_text("ascii").strip() == "0"
    except (OSError, UnicodeError):
        return False


def _stands_for_another(address: IPv6Address) -> bool:
    """Tell whether an IPv6 address stands for an IPv4 one, which would get around the question."""
    return bool(address.ipv4_mapped or address.sixtofour or address.teredo or any(address in each for each in _NAT64))
