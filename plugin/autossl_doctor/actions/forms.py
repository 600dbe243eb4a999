"""The page's own sign on each form, beside the panel's token: no other website can forge it."""

from __future__ import annotations

import hmac


def sign(key: bytes, account: str, session: str, verb: str) -> str:
    """Give the hidden value of the form for `verb` in this session of the panel; empty where a part is missing."""
    if not (key and account and session and verb):
        return ""
    return hmac.digest(key, f"{account}\n{session}\n{verb}".encode(), "sha256").hex()


def is_ours(key: bytes, account: str, session: str, verb: str, given: str) -> bool:
    """Tell whether a form came from our page. Two empty values are no match."""
    expected = sign(key, account, session, verb)
    return bool(expected) and hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))
