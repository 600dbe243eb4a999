"""Words of others lose what could steer a terminal or a page: control signs and changes of the writing direction."""

from __future__ import annotations

_STEERING = (
    *range(0x20),
    *range(0x7F, 0xA0),
    0x061C,
    0x200E,
    0x200F,
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
)
_PLAIN = dict.fromkeys(_STEERING, " ")


def harmless(text: str) -> str:
    """Take away what could steer a terminal or turn a line of a page around."""
    return text.translate(_PLAIN)
