"""The names that the panel adds to a website by itself (facts, section 7.5)."""

from __future__ import annotations

SERVICE_LABELS = frozenset(
    ("cpanel", "webmail", "webdisk", "cpcontacts", "cpcalendars", "autodiscover", "autoconfig", "mail", "whm")
)


def service_base(name: str) -> str:
    """Give the name behind a service label such as `webmail.`, or "" if the name is none of a service."""
    label, dot, rest = name.partition(".")
    return rest if dot and "." in rest and label in SERVICE_LABELS else ""


def visitor_base(name: str) -> str:
    """Take the label that the panel adds (www, a service, the wildcard) away from the front."""
    label, dot, rest = name.partition(".")
    return rest if dot and "." in rest and (label in SERVICE_LABELS or label in ("www", "*")) else name


def ascii_domain(name: str) -> str:
    """Give a domain as servers store it: in lower case, in the xn-- form, without a final full stop."""
    plain = name.strip().lower().rstrip(".")
    try:
        return plain.encode("idna").decode("ascii") if not plain.isascii() else plain
    except UnicodeError:
        return plain
