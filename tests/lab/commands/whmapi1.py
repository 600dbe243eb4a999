"""The command `whmapi1`: a function of WHM API 1 as root. The exit status is 0 also where the function failed.

whmapi1 [--output=json|jsonpretty|yaml] FUNCTION [key=value ...]
"""

import json
import sys
from collections.abc import Sequence
from urllib.parse import unquote

import yaml

from tests.lab.commands.command_run import ROOT, RefusedError, run, words_of
from tests.lab.commands.privileges import of
from tests.lab.commands.whm_call import WhmCall
from tests.lab.commands.whm_functions import answer


def whmapi1(arguments: Sequence[str]) -> int:
    """Answer one call; without `--output` in YAML, as the real command does."""
    words, options = words_of(arguments, frozenset({"output"}))
    if not words or any("=" not in word for word in words[1:]):
        raise RefusedError("usage: [--output=json|jsonpretty|yaml] FUNCTION [key=value ...]")
    args = {key: unquote(value) for key, _, value in (word.partition("=") for word in words[1:])}
    told = answer(WhmCall(ROOT, "root", words[0], args, of(ROOT, "root")))
    match options.get("output", "yaml"):
        case "json":
            print(json.dumps(told))
        case "jsonpretty":
            print(json.dumps(told, indent=3))
        case "yaml":
            print("---\n" + yaml.safe_dump(told, allow_unicode=True), end="")
        case other:
            raise RefusedError(f"Unknown output: {other}")
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], whmapi1, sys.argv[2:]))
