"""The one place where the lab throws dice, so that a seed always builds the same host."""

import random
from hashlib import blake2b


def chance(*parts: object) -> random.Random:
    """A generator of numbers that depends on the given words only, never on the machine or the moment."""
    # It decorates sample hosts and guards nothing.
    return random.Random("|".join(map(str, parts)))  # noqa: S311


def letters(alphabet: str, count: int, *parts: object) -> str:
    """`count` characters of `alphabet` (at most 64) that depend on the given words only."""
    digest = blake2b("|".join(map(str, parts)).encode(errors="surrogateescape")).digest()
    return "".join(alphabet[byte % len(alphabet)] for byte in digest[:count])
