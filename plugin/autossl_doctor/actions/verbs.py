"""The actions of the owner's page, and the panel features that each of them needs (facts, section 9.2)."""

from __future__ import annotations

from collections.abc import Mapping

RETRY, SAVE_KEY_TYPE, EXCLUDE, INCLUDE, LOOK = "retry", "save_key_type", "exclude", "include", "look"

FEATURES: Mapping[str, tuple[str, ...]] = {
    RETRY: ("autossl", "sslinstall"),
    SAVE_KEY_TYPE: ("sslmanager", "autossl"),
    EXCLUDE: ("autossl",),
    INCLUDE: ("autossl",),
    LOOK: (),
}
VERBS = tuple(FEATURES)
STARTS_A_CHECK = frozenset((RETRY, SAVE_KEY_TYPE, EXCLUDE, INCLUDE))
"""What makes AutoSSL look at the account; changing the excluded names is of no use without a check."""
NAMES_NAMES = frozenset((EXCLUDE, INCLUDE))
