"""The command `uapi` of the stand-in, with the documented envelopes (facts 9.1); root only, as the real one.

uapi [--output=json|jsonpretty] --user=USER MODULE FUNCTION [key=value ...]
"""

import json
import pwd
import shlex
import sys
from pathlib import Path
from urllib.parse import unquote

from tests.lab.commands.call_record import record
from tests.lab.cpsrvd import languages
from tests.lab.cpsrvd.accounts import find
from tests.lab.cpsrvd.calls import Call, Result
from tests.lab.cpsrvd.functions import BUILTIN, PageRun, do
from tests.lab.cpsrvd.request import Request
from tests.lab.panel.asking import PLACE
from tests.lab.panel.forwarding import registry
from tests.lab.panel.installed import ROOT

COMMAND = "usr/local/cpanel/bin/uapi"


def write_uapi_command(tree: Path) -> None:
    """Put the command where the panel has it."""
    path = tree / COMMAND
    path.parent.mkdir(parents=True, exist_ok=True)
    start = f"PYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)}"
    path.write_text(f'#!/bin/sh\n{start} -m tests.lab.panel.uapi_command "$@"\n', encoding="utf-8")
    path.chmod(0o755)


def main(arguments: list[str]) -> int:
    """Answer one call."""
    record("uapi", arguments)
    options = dict(word[2:].partition("=")[::2] for word in arguments if word.startswith("--"))
    words = [word for word in arguments if not word.startswith("--")]
    if len(words) < 2 or "user" not in options:
        sys.stderr.write("usage: uapi --output=json --user=USER MODULE FUNCTION [key=value ...]\n")
        return 1
    module, function, *given = words
    args = {key: unquote(value) for key, _, value in (word.partition("=") for word in given)}
    user = options["user"]
    call = Call(user, pwd.getpwnam(user).pw_uid, module, function, args)
    result = _answer(call)
    sys.stdout.write(json.dumps(envelope(call, result), ensure_ascii=False, indent=_indent(options)) + "\n")
    return 0


def _answer(call: Call) -> Result:
    """What the task queue, or the panel itself, knows about it."""
    functions, account = registry(PLACE), find(Path("/"), call.user)
    if call.name in functions or account is None:
        return functions[call.name](call) if call.name in functions else _unknown(call)
    if call.name not in BUILTIN:
        return _unknown(call)
    locale = languages.choose(Path("/"), Request("GET", "/"), account)
    return do(PageRun(Path("/"), account, locale, ""), call, functions)


def envelope(call: Call, result: Result) -> dict[str, object]:
    """The answer as the command prints it."""
    told = {
        "data": result.data,
        "errors": list(result.errors) or None,
        "messages": None,
        "metadata": {},
        "status": result.status,
        "warnings": None,
    }
    return {"apiversion": 3, "func": call.function, "module": call.module, "result": told}


def _indent(options: dict[str, str]) -> int | None:
    return 3 if options.get("output") == "jsonpretty" else None


def _unknown(call: Call) -> Result:
    return Result(errors=(f"Failed to load module “{call.module}” or function “{call.function}”.",), status=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
