"""The functions of WHM API 1 about API tokens."""

import re
import secrets
import time

from tests.lab.commands import api_tokens
from tests.lab.commands.whm_call import FailedError, WhmCall

_TOKEN_NAME = re.compile(r"[A-Za-z0-9_-]{1,50}")


def create(call: WhmCall) -> object:
    """A new token; its secret is told this once."""
    name = call.args.get("token_name", "")
    wanted = tuple(value for key, value in sorted(call.args.items()) if key.startswith("acl-"))
    kept = api_tokens.read(call.root)
    if not _TOKEN_NAME.fullmatch(name) or f"{call.user}/{name}" in kept:
        raise FailedError("The token's name is taken, or no name.")
    secret = secrets.token_hex(16).upper()
    api_tokens.write(call.root, {**kept, f"{call.user}/{name}": {"token": secret, "acls": list(wanted)}})
    return {"name": name, "token": secret, "create_time": int(time.time())}


def listed(call: WhmCall) -> object:
    """The names of the caller's tokens."""
    own = (key.partition("/")[2] for key in api_tokens.read(call.root) if key.startswith(f"{call.user}/"))
    return {"tokens": {name: {"name": name} for name in own}}


def revoke(call: WhmCall) -> object:
    """The end of a token."""
    kept = api_tokens.read(call.root)
    if kept.pop(f"{call.user}/{call.args.get('token_name', '')}", None) is None:
        raise FailedError("There is no such token.")
    api_tokens.write(call.root, kept)
    return {}
