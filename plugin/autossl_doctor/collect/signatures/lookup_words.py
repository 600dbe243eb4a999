"""Words about a look-up in the DNS, each kind apart from the others: by AutoSSL's resolver, and by a CA.

They are placeholders of templates: everything that follows, if it says this. What a CA says of a look-up ("DNS problem:
SERVFAIL looking up A for …") is not written by a website.
"""

from __future__ import annotations

from collections.abc import Mapping

_SIGNED = r".*(?:DNSSEC|DNSKEY|RRSIG|(?i:bogus|validation failure))"
_CAA = r".*looking up CAA"
_RESERVED = r".*(?i:reserved|private) (?i:address|ip)"
_SILENT = r".*(?:SERVFAIL|REFUSED|FORMERR|NOTIMP|(?i:time[sd]? ?out|networking error|server failure|malfunction))"
_GONE = r".*(?:NXDOMAIN|[Nn]o valid (?:A|AAAA|IP)\b|No TXT record)"
_PLAIN = rf"\b(?!{_SIGNED})(?!{_CAA})(?!{_RESERVED})"

LOOKUP_WORDS: Mapping[str, str] = {
    # AutoSSL's own look-ups.
    "lookup_signed": rf"(?={_SIGNED}).*",
    "lookup_silent": rf"(?!{_SIGNED})(?!.*NXDOMAIN).*",
    "lookup_gone": rf"(?!{_SIGNED})(?=.*NXDOMAIN).*",
    # What a CA says behind urn:ietf:params:acme:error:dns.
    "ca_signed": rf"\b(?={_SIGNED}).*",
    "ca_caa": rf"\b(?!{_SIGNED})(?={_CAA}).*",
    "ca_reserved": rf"\b(?!{_SIGNED})(?!{_CAA})(?={_RESERVED}).*",
    "ca_silent": rf"{_PLAIN}(?:(?={_SILENT})|(?!{_GONE})).*",
    "ca_no_record": rf"{_PLAIN}(?!{_SILENT})(?={_GONE})(?!.*looking up A)(?=.*TXT).*",
    "ca_gone": rf"{_PLAIN}(?!{_SILENT})(?={_GONE})(?:(?=.*looking up A)|(?!.*TXT)).*",
    # … and behind urn:ietf:params:acme:error:caa.
    "ca_caa_silent": rf"\b(?!{_SIGNED})(?:(?={_CAA})|(?={_SILENT})).*",
    "ca_caa_forbids": rf"\b(?!{_SIGNED})(?!{_CAA})(?!{_SILENT}).*",
    # Nothing, where such an answer follows.
    "about_dns": r"(?=\d{3} urn:ietf:params:acme:error:(?:caa|dns|dnssec)\b)",
    # A test record that is missing or another one: the CA's words stand before anything that it quotes.
    "ca_other_record": r"\b[^()]*(?:\([^()]*\))? ?\((?:During secondary validation: )?"
    r"(?:No TXT record found at |Incorrect TXT record ).*",
}
