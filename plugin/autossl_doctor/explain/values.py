"""How arguments look in a sentence: points in time, durations, lists, counts, quotes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from autossl_doctor.model.finding import Argument

DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS_JA = "月火水木金土日"
LIST_LENGTH = 5
_HOUR, _DAY = 3600, 86400
_HOURS_IN_DAYS = 48 * _HOUR


class Placeholder(str):
    """Stands where an argument would: it is shown as it is."""

    __slots__ = ()


def show(value: Argument, kind: str, language: str, zone: str) -> str:
    """Show one argument of type `kind` (see docs/causes.md) in a language; moments in the named zone."""
    if isinstance(value, Placeholder):
        return value
    if isinstance(value, datetime):
        return moment(value, language, zone)
    if isinstance(value, timedelta):
        return duration(value, language)
    if isinstance(value, tuple):
        return names(value, language)
    if isinstance(value, int):
        return f"{value:,}"
    text = " ".join(str(value).split())
    if kind in ("domain", "url"):
        return readable_domain(text) if kind == "domain" else text
    if kind == "quote":
        return f"「{text}」" if language == "ja" else f"“{text}”"
    return text


def moment(value: datetime, language: str, zone: str) -> str:
    """Show a point in time with its weekday and the zone's name."""
    local = value.astimezone(_zone(zone))
    name = local.tzname() or zone
    if language == "ja":
        day = f"{local.year}年{local.month}月{local.day}日({DAYS_JA[local.weekday()]})"
        return f"{day} {local:%H:%M}({name})"
    day = f"{DAYS_EN[local.weekday()]} {local.day} {MONTHS_EN[local.month - 1]} {local.year}"
    return f"{day}, {local:%H:%M} {name}"


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - a server that keeps UTC does without

    return ZoneInfo(name)


def duration(value: timedelta, language: str) -> str:
    """Show a duration in its largest sensible unit, rounded down."""
    seconds = max(0, int(value.total_seconds()))
    if seconds < 2 * 60:
        number, units = max(1, seconds // 60), ("minute", "分")
    elif seconds < 2 * _HOUR:
        number, units = seconds // 60, ("minute", "分")
    elif seconds < _HOURS_IN_DAYS:
        number, units = seconds // _HOUR, ("hour", "時間")
    else:
        number, units = seconds // _DAY, ("day", "日")
    if language == "ja":
        return f"{number} {units[1]}"
    return f"{number} {units[0]}{'' if number == 1 else 's'}"


def names(values: Sequence[str], language: str, show_name: Callable[[str], str] | None = None) -> str:
    """Show a list of names; a long one ends with the number of the others."""
    shown = [(show_name or readable_domain)(value) for value in values[:LIST_LENGTH]]
    rest = len(values) - len(shown)
    if language == "ja":
        return "、".join(shown) + (f"、ほか {rest} 件" if rest else "")
    if rest:
        return f"{', '.join(shown)} and {rest} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def readable_domain(name: str) -> str:
    """Show a Japanese domain name in Japanese, where it round-trips, is Japanese through and through and looks it."""
    if "xn--" not in name:
        return name
    try:
        shown = name.encode("ascii").decode("idna")
        again = shown.encode("idna").decode("ascii")
    except UnicodeError:
        return name
    labels = [label for label in shown.split(".") if not label.isascii()]
    return shown if again == name and all(_is_plainly_japanese(label) for label in labels) else name


_STROKES = frozenset("一丨丶丿ノ・ー゠ヽヾゝゞ\u3099\u309a\u309b\u309c")
"""Signs that pass for a hyphen, a dot, a slash or nothing at all."""
_LIKE_LATIN = _STROKES | frozenset("〇二八十卜口工ニハエロトソゾンリへべぺヘベペり")
"""Signs that pass for a letter, a digit or punctuation where no other Japanese sign stands beside them."""


def _is_plainly_japanese(label: str) -> bool:
    """Tell whether nobody takes a part of a name for Latin: examp1eノlogin would look like an address with a path."""
    if not all(_is_japanese(sign) for sign in label):
        return False
    runs = "".join(" " if sign.isascii() else sign for sign in label).split()
    if all(_STROKES.issuperset(run) for run in runs):
        return False
    return not any(sign.isascii() for sign in label) or not any(_LIKE_LATIN.issuperset(run) for run in runs)


def _is_japanese(sign: str) -> bool:
    """Tell whether a sign is kana, a CJK ideograph, or a plain letter, digit or hyphen."""
    return (
        (sign.isascii() and (sign.isalnum() or sign == "-"))
        or "\u3041" <= sign <= "\u30fe"
        or sign in "々〆〇"
        or "\u4e00" <= sign <= "\u9fff"
    )
