"""How AutoSSL writes counts, dates and lists in English (facts 1.2, point 6)."""

from collections.abc import Sequence
from datetime import datetime

DCV = "DCV (Domain Control Validation)"


def count(number: int, one: str = "domain", many: str = "domains") -> str:
    """`1 domain`, `2 domains`, `1,234 domains`."""
    return f"{number:,} {one if number == 1 else many}"


def short_date(moment: datetime) -> str:
    """A moment in the locale's short form, always UTC: `12/9/26, 3:12 AM`."""
    hour = moment.hour % 12 or 12
    half = "AM" if moment.hour < 12 else "PM"
    return f"{moment.month}/{moment.day}/{moment:%y}, {hour}:{moment:%M} {half}"


def expiry(not_after: datetime, moment: datetime) -> str:
    """The line about a certificate's end: `Certificate expiry: 12/9/26, 3:12 AM UTC (1.5 days from now)`."""
    days = (not_after - moment).total_seconds() / 86_400
    number = f"{abs(days):,.2f}".rstrip("0").rstrip(".")
    unit = "day" if number == "1" else "days"
    when = "from now" if days >= 0 else "ago"
    return f"Certificate expiry: {short_date(not_after)} UTC ({number} {unit} {when})"


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b, and c`."""
    if len(items) < 3:
        return " and ".join(items)
    return f"{', '.join(items[:-1])}, and {items[-1]}"


def first_ten(names: Sequence[str]) -> str:
    """The names as an exclusion line shows them: ten at most, then an ellipsis."""
    return ", ".join([*names[:10], "…"] if len(names) > 10 else names)


KEY_LABELS = {
    "rsa-2048": "RSA, 2,048-bit",
    "rsa-4096": "RSA, 4,096-bit",
    "ecdsa-prime256v1": "ECDSA, P-256 (prime256v1)",
    "ecdsa-secp384r1": "ECDSA, P-384 (secp384r1)",
}
