"""Texts about certificates that are none of AutoSSL's business: the panel's own host name and services.

`checkallsslcerts` looks after them, with rules of its own (facts, section 6). What such a text says is never taken for
the state of a website.
"""

from __future__ import annotations

import re

SERVICE_CERTIFICATE = "service_certificate"
_SERVICE = (
    r"(?:cpanel|cpsrvd|whostmgrd?|exim|dovecot|courier|ftpd?|pure-?ftpd?|proftpd|imap|pop3?|smtp|mobileconfig|caldav|"
    r"calendar|webmaild?|mail[_ -]server|xmpp|panel|cPanel(?:/WHM)?(?:/Webmail)?(?: Service)?)"
)
_QUOTE = r"[“”\"'‘’「」]?"
_QUOTED = rf"{_QUOTE}{_SERVICE}{_QUOTE}"
_CERTIFICATE = r"\bcertificates?"
_OF = r"(?:for|of|secures?|securing)"
_THE = r"(?:the |your |this )?"
_ENGLISH = (
    r"checkallsslcerts",
    rf"\b{_QUOTED}(?: \([^()\n]{{1,60}}\))? services?(?:[’']s?)?\b.{{0,120}}\b(?:certificate|SSL|TLS)",
    rf"\b(?:certificates?|SSL|TLS)\b.{{0,120}}\b(?:the |on |for )?{_QUOTED} services?\b",
    r"\bservices?(?:[’']s?)? (?:SSL |TLS |SSL/TLS )?certificates?\b",
    r"\bservice(?:[’']s)? SSL\b",
    rf"{_CERTIFICATE} (?:installed )?(?:for|on|of|used by) {_THE}(?:following )?{_QUOTED}(?:\s|,|\.|:|$)",
    r"\bhost ?name(?:[’']s)? (?:SSL |TLS |SSL/TLS |own )?certificate",
    rf"{_CERTIFICATE}\b.{{0,80}}\b{_OF} {_THE}(?:server|system|panel|machine)(?:[’']s)? (?:own )?host ?name\b",
    rf"{_CERTIFICATE}\b.{{0,60}}\b{_OF} {_THE}host ?name\b",
    r"\b(?:server|system|panel|cPanel|WHM)(?:[’']s)? (?:own )?host ?name\b.{0,120}\b(?:certificate|SSL|TLS|DCV)\b",
    r"\b(?:DCV|Domain Control Validation)\b.{0,80}\b(?:the |this |your )(?:server|system)[’']s host ?name\b",
    r"\bssl/certificate/free\b",
)
_OTHERS = (
    r"サービス(?:の)?(?:SSL|TLS)?証明書",
    r"(?:サーバー|サーバ|パネル)(?:自身)?の?ホスト名.{0,40}証明書",
    r"ホスト名の(?:SSL|TLS)?証明書",
    rf"{_SERVICE}{_QUOTE}サービス.{{0,40}}証明書",
    r"certificado.{0,60}(?:del servicio|de los servicios|nombre de host del servidor)",
    r"Dienst(?:e)?-?zertifikat|Zertifikat.{0,60}(?:des Dienstes|Hostnamen des Servers)",
    r"certificat.{0,60}(?:du service|des services|nom d[’']h[oô]te du serveur)",
)
_PATTERN = re.compile("|".join((*_ENGLISH, *_OTHERS)), re.IGNORECASE)
_HINTS = ("ervice", "ost", "allsslcerts", "ERVICE", "OST", "サービス", "ホスト名", "ervicio", "ienst", "ssl/cert")
LONGEST = 2000


def is_about_services(message: str) -> bool:
    """Tell whether a message that is none of AutoSSL's is about the panel's own certificates."""
    return any(hint in message for hint in _HINTS) and _PATTERN.search(message[:LONGEST]) is not None
