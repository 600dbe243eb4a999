"""API tokens of root and resellers (`Authorization: whm user:token`); a token may do less than its owner."""

import hmac
import json
from pathlib import Path
from typing import Any

TOKENS = "var/cpanel/authn/api_tokens_v2/whostmgr.json"

Tokens = dict[str, Any]
"""`user/name` and what the token is and may."""


def read(root: Path) -> Tokens:
    """All tokens."""
    path = root / TOKENS
    kept: Tokens = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return kept


def write(root: Path, tokens: Tokens) -> None:
    """Keep exactly these."""
    path = root / TOKENS
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(tokens), encoding="utf-8")


def privileges_of(root: Path, user: str, secret: str) -> frozenset[str] | None:
    """What a token of the user allows; None: the user has no such token."""
    found = None
    for key, kept in read(root).items():
        if key.partition("/")[0] == user and hmac.compare_digest(kept["token"].encode(), secret.encode()):
            found = frozenset(kept["acls"])
    return found
