"""The command line: `autossl-doctor diagnose | explain | causes`, and what keeps the reports."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from autossl_doctor.entry.plainly_typed import plainly_typed
from autossl_doctor.entry.request import INTERNAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = {
    "diagnose": "commands",
    "explain": "commands",
    "history": "history",
    "refresh": "upkeep",
    "follow": "upkeep",
    "status": "upkeep",
    "repair": "repair",
    "causes": "commands",
}
"""The module of this room that holds each command; imported only when it is asked for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the answer is its exit status (0 fine, 1 trouble found, 2 not judged, 64 usage, 70 bug)."""
    typed = sys.argv[1:] if arguments is None else arguments
    command, request = "history", plainly_typed(typed)
    if request is None:
        from autossl_doctor.entry.typed import understand

        understood = understand(typed)
        if isinstance(understood, int):
            return understood
        command, request = understood
    try:
        module = import_module(f"autossl_doctor.entry.{_COMMANDS[command]}")
        status: int = getattr(module, command)(request)
    except BrokenPipeError:
        # The reader has left (a pager, head): nothing is wrong, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        # A full disk behind a redirection, say: no bug, and the person must know that the answer is not whole.
        sys.stderr.write(f"autossl-doctor: the answer could not be completed: {error.strerror or error}\n")
        return INTERNAL
    except Exception as error:
        if os.environ.get("PYTHONDEVMODE"):
            raise
        words = " ".join(f"{type(error).__name__}: {error}".split())
        sys.stderr.write(f"autossl-doctor: internal error: {words}\n")
        return INTERNAL
    return status
