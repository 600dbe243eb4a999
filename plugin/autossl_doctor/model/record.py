"""Records as `typing.NamedTuple` makes them, for the modules that whatever must answer at once loads.

`typing` loads regular expressions to begin with, and costs more than a whole time line.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple as Record
else:
    from collections import namedtuple

    class _Maker(type):
        """Makes a named tuple of a class that names its fields."""

        def __new__(cls, name: str, _: tuple[type, ...], content: dict[str, object]) -> type:
            """Take the fields in their order; those with a value have it as their default."""
            fields = tuple(content.pop("__annotations__"))
            defaults = [content.pop(field) for field in fields if field in content]
            made = namedtuple(name, fields, defaults=defaults, module=content.pop("__module__"))  # noqa: PYI024 - as above
            for key, value in content.items():
                setattr(made, key, value)
            return made

    Record = type.__new__(_Maker, "Record", (), {})

__all__ = ["Record"]
