"""The words that a type allows, where it is written down as text so that nobody has to load `typing` for it."""

import ast
from typing import Any


def choices(written: Any) -> set[str]:
    """Give the words of `Literal["a", "b"]`."""
    return set(ast.literal_eval(str(written).removeprefix("Literal")))
