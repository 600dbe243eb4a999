"""Records without `typing`: what `typing.NamedTuple` makes, field by field."""

from __future__ import annotations

import pickle
from typing import NamedTuple

import pytest

from autossl_doctor.model.record import Record


class Light(Record):
    """Something with two fields."""

    name: str
    number: int = 2

    def twice(self) -> int:
        """Double it."""
        return 2 * self.number


class Known(NamedTuple):
    """Something with two fields."""

    name: str
    number: int = 2


def test_a_record_is_a_named_tuple() -> None:
    """Fields, defaults, replacing, comparing, words and methods."""
    record = Light("a")
    assert tuple(record) == tuple(Known("a")) == ("a", 2)
    assert record._replace(number=3).twice() == 6
    assert (Light._fields, Light._field_defaults) == (Known._fields, Known._field_defaults)
    assert (Light.__doc__, Light.__name__, Light.__module__) == (Known.__doc__, "Light", __name__)
    assert repr(record) == "Light(name='a', number=2)"
    assert pickle.loads(pickle.dumps(record)) == record  # noqa: S301 - made here


def test_a_field_that_is_missing_is_a_mistake() -> None:
    """As it is with any named tuple."""
    with pytest.raises(TypeError, match="name"):
        Light()  # type: ignore[call-arg]
