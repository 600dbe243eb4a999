"""JSON as text, read and written with nothing but what `json` itself uses, which is in C.

`json` loads regular expressions to begin with. That costs more than all that a time line or an answer of the panel
needs; whatever is odd is left to it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

_BLANK = " \t\n\r"


class _Manner:
    """How `json` reads where nothing else is asked for."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = {"-Infinity": -float("inf"), "Infinity": float("inf"), "NaN": float("nan")}.__getitem__


_scan: Callable[[str, int], tuple[Any, int]] | None
_quote: Callable[[str], str] | None
try:
    from _json import encode_basestring_ascii, make_scanner

    # Any object that has these names will do.
    _scan = make_scanner(_Manner())  # type: ignore[arg-type]
    _quote = encode_basestring_ascii
except (ImportError, AttributeError, TypeError):
    # An interpreter that keeps it elsewhere, or wants to be asked otherwise.
    _scan = _quote = None


def read_json(text: str) -> Any:
    """Read a text as `json.loads` does; raises json.JSONDecodeError, which is a ValueError, where it is no JSON."""
    if _scan is not None:
        try:
            value, end = _scan(text, len(text) - len(text.lstrip(_BLANK)))
        except StopIteration:
            value, end = None, 0
        if end and not text[end:].strip(_BLANK):
            return value
    from json import loads  # noqa: PLC0415 - it tells what is wrong

    return loads(text)


def write_json(value: Mapping[str, Any] | str) -> str:
    """Write texts, and objects of texts, as `json.dumps` does."""
    if _quote is None:
        from json import dumps  # noqa: PLC0415 - as above

        return dumps(value)
    if isinstance(value, str):
        return _quote(value)
    return "{" + ", ".join(f"{write_json(name)}: {write_json(inner)}" for name, inner in value.items()) + "}"
