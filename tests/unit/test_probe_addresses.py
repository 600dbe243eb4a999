"""Which addresses the prober may connect to."""

import subprocess
import sys
from ipaddress import ip_address

import pytest

from autossl_doctor.probe import addresses
from autossl_doctor.probe.addresses import is_own, may_visit

ON_A_MACHINE = """
ip link set lo up
ip addr add 10.77.0.2/24 dev lo scope global
ip addr add 10.77.0.3/24 dev lo scope global
ip route del local 10.77.0.0/24 table local
ip addr add fd77::1/128 dev lo nodad
exec "$0" -c '
from autossl_doctor.probe.addresses import may_visit
from pathlib import Path
names = "10.77.0.2 10.77.0.3 10.77.0.4 10.77.0.255 10.78.0.1 192.0.2.10 fd77::1 fd77::2".split()
print(*(name for name in names if may_visit(name)))
for version in (4, 6):
    Path(f"/proc/sys/net/ipv{version}/ip_nonlocal_bind").write_text("1")
print(*(name for name in names if may_visit(name)))
'
"""


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111"])
def test_the_open_internet_may_be_visited(address: str) -> None:
    """A global address is what a website's address normally is."""
    assert may_visit(address)


def test_this_machine_may_be_visited() -> None:
    """An own address is allowed whatever network it lies in."""
    assert may_visit("127.0.0.1")
    assert is_own(ip_address("127.0.0.1"))


@pytest.mark.parametrize(
    "address",
    [
        "10.255.254.253",
        "172.31.255.254",
        "192.168.255.254",
        "100.127.255.254",
        "169.254.169.254",
        "198.51.100.7",
        "0.0.0.0",  # noqa: S104 - nothing is bound
        "255.255.255.255",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "::",
        "ff02::1",
        "ff0e::1",
        "fe80::1",
        "fd00:dead:beef::1",
        "fec0::1",
        "2001:db8::7",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:1.1.1.1",
        "64:ff9b::a00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "fe80::1%lo",
    ],
)
def test_other_peoples_private_networks_may_not(address: str) -> None:
    """Neither private, special and group addresses of others, nor IPv6 addresses that stand for an IPv4 one."""
    assert not may_visit(address)


@pytest.mark.parametrize("text", ["", "shop.example", "0177.0.0.1", "127.1", "2130706433", "0x7f000001", "1.1.1.1\n"])
def test_what_is_no_address_may_not(text: str) -> None:
    """Only an address in its plain form is one."""
    assert not may_visit(text)


def test_binding_proves_nothing_where_foreign_addresses_can_be_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a clear word from the kernel, only the address that it would send from counts."""
    monkeypatch.setattr(addresses, "_binds_own_only", lambda _: False)
    assert is_own(ip_address("127.0.0.1"))
    assert not is_own(ip_address("127.0.0.5"))


@pytest.mark.system("network namespaces")
def test_every_address_of_a_machine_is_its_own() -> None:
    """Also the second address of a network; its neighbours are not, even where foreign addresses can be bound."""
    unshare = ["unshare", "--net", "--map-root-user", "sh", "-euc", ON_A_MACHINE, sys.executable]
    ended = subprocess.run(unshare, capture_output=True, check=True, text=True, timeout=60)
    own, surely_own = ended.stdout.splitlines()
    assert own == "10.77.0.2 10.77.0.3 fd77::1"
    assert surely_own == "10.77.0.2 fd77::1"
