"""The names that the panel adds to a website by itself (facts, section 7.5), and the one that its owner knows."""

from __future__ import annotations

from collections.abc import Iterable

SERVICE_LABELS = frozenset(
    ("cpanel", "webmail", "webdisk", "cpcontacts", "cpcalendars", "autodiscover", "autoconfig", "mail", "whm")
)


_LISTED = r"(?:\*\.)?(?:[\w-]{1,63}\.){1,10}[\w-]{2,63}"


def listed_names(text: str) -> tuple[str, ...]:
    """Give the names that a list in a sentence holds, in lower case, whatever stands between them."""
    import re  # noqa: PLC0415 - who only takes a name apart does without

    return tuple(dict.fromkeys(re.findall(_LISTED, text.lower())))


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


def shown_name(site: str, domains: Iterable[str]) -> str:
    """Give the name by which its owner knows a website.

    The panel keeps an addon domain below the account's main domain: shop.example as shop.example.main.example.
    """
    # example.co is another domain than example.co.jp: what follows must be a whole domain by itself.
    fitting = [name for name in domains if "." in name and site.startswith(f"{name}.") and "." in site[len(name) + 1 :]]
    return max(fitting, key=len, default=site)
