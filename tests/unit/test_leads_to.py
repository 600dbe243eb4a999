"""Where a name leads: private addresses, IPv6, published addresses of proxies, and what a website cannot forge."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.collect.addresses import place_of, proxy_in
from autossl_doctor.collect.runs.leads_to import name_in_ca_words, reached_by_ca, sharpen

REFUSED = "400 urn:ietf:params:acme:error:connection (The server could not connect to a validation target) "
SHOWN = "403 urn:ietf:params:acme:error:unauthorized (The client lacks sufficient authorization) "


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("203.0.113.9", "dns.elsewhere"),
        ("2001:db8::9", "dns.elsewhere_ipv6"),
        ("::ffff:203.0.113.9", "dns.elsewhere"),
        ("104.16.0.1", "dns.proxy"),
        ("2606:4700::1111", "dns.proxy"),
        ("151.101.1.57", "dns.proxy"),
        ("10.0.0.9", "dns.private"),
        ("100.64.3.3", "dns.private"),
        ("fd00::9", "dns.private"),
        ("999.1.1.1", "dns.elsewhere"),
    ],
)
def test_an_address_tells_where_a_name_leads(address: str, kind: str) -> None:
    """The kind of the address decides, and what is no address changes nothing."""
    assert sharpen("dns.elsewhere", {"ip": address})[0] == kind


@pytest.mark.parametrize(
    ("words", "proxy"),
    [
        ("<hr><center>cloudflare</center>", "Cloudflare"),
        ("Attention Required! | Cloudflare", "Cloudflare"),
        ("https://a.example/cdn-cgi/l/chk", "Cloudflare"),
        ("<script src=https://cdnjs.cloudflare.com/x.js>", ""),
        ("<img src=/img/cloudflare.png>", ""),
        ("mycloudflare", ""),
    ],
)
def test_only_a_name_that_stands_by_itself_shows_a_proxy(words: str, proxy: str) -> None:
    """A page that loads something from a service is not behind it."""
    assert proxy_in(words) == proxy


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (f"{REFUSED}(2001:db8::9: Fetching http://a.example/x: Timeout)", "dns.elsewhere_ipv6"),
        (f"{REFUSED}(During secondary validation: 2001:db8::9: Fetching http://a.example/x: x)", "dns.elsewhere_ipv6"),
        (f"{SHOWN}(172.67.1.1: Invalid response from http://a.example/x: 526)", "dns.proxy"),
        (f"{SHOWN}(192.0.2.1: Invalid response from http://a.example/x: 404)", None),
        (f'{SHOWN}(192.0.2.1: Invalid response from http://a.example/x: "(2001:db8::9: Fetching")', None),
        ("400 urn:ietf:params:acme:error:dns (x) (2001:db8::9: x)", None),
    ],
)
def test_a_ca_names_the_address_that_it_reached_first(reason: str, kind: str | None) -> None:
    """Only the first words of the CA count; a page that it quotes comes later."""
    found = reached_by_ca(reason)
    assert (found[0] if found else None) == kind


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        ("400 urn:ietf:params:acme:error:dns (x) (NXDOMAIN looking up A for www.a.example - y)", "www.a.example"),
        ("400 urn:ietf:params:acme:error:dns (x) (NXDOMAIN looking up TXT for _acme-challenge.a.example)", "a.example"),
        (f"{REFUSED}(192.0.2.1: Fetching http://a.example/x: Timeout)", "a.example"),
        ("looking up A for a.example", ""),
    ],
)
def test_the_name_stands_in_the_words_of_the_ca(reason: str, name: str) -> None:
    """A recorded problem that is pasted without its name is still about one."""
    assert name_in_ca_words(reason) == name


@given(st.text(max_size=80))
def test_no_text_raises(text: Any) -> None:
    """Whatever stands in the place of an address or an answer is only not recognised."""
    place = place_of(text)
    assert place is None or place.version in (4, 6)
    assert proxy_in(text) is not None
    assert reached_by_ca(text) is None or text.startswith(tuple("0123456789"))
    assert sharpen("dns.elsewhere", {"ip": text, "reason": text})[0].startswith("dns.")
