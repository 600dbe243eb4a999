"""What every imitated command has in common: a line in the diary, and one sentence where it refuses.

A test may tell any command to fail (see `StandingPanel.behave`): `code` and `stderr` are then its whole answer. That
only root may call it is the business of the shell script before it (see `write_commands`).
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.lab.commands.call_record import behaviour_of, record

ROOT = Path("/")
Command = Callable[[Sequence[str]], int]


class RefusedError(Exception):
    """The command was called in a way that it does not accept, or finds something that it does not accept."""


def run(command: str, do: Command, arguments: Sequence[str]) -> int:
    """Do what the command does, unless it is told to fail; give its exit status and write the call down."""
    told = behaviour_of(command)
    if told.get("code"):
        sys.stderr.write(str(told.get("stderr", f"{command}: failed, as a test has told it")) + "\n")
        code = int(str(told["code"]))
    else:
        try:
            code = do(arguments)
        except RefusedError as refused:
            sys.stderr.write(f"{command}: {refused}\n")
            code = 1
    record(command, arguments, code=code)
    return code


def words_of(arguments: Sequence[str], options: frozenset[str]) -> tuple[list[str], dict[str, str]]:
    """The words and the `--name=value` options; an option that the command does not have is refused."""
    words = [argument for argument in arguments if not argument.startswith("-")]
    given = dict(argument.removeprefix("--").partition("=")[::2] for argument in arguments if argument[:1] == "-")
    unknown = sorted(set(given) - options)
    if unknown:
        raise RefusedError(f"Unknown option: {unknown[0]}")
    return words, given
