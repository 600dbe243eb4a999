"""The command line: `autossl-doctor diagnose | explain | causes`, and what keeps the reports."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

from autossl_doctor import __version__
from autossl_doctor.entry.request import INTERNAL, USAGE, Request
from autossl_doctor.host.identity import LANGUAGES, is_root, language
from autossl_doctor.model.moment import parse_moment
from autossl_doctor.model.names import ascii_domain

if TYPE_CHECKING:
    from pathlib import Path

_COMMANDS = {
    "diagnose": "commands",
    "explain": "commands",
    "history": "history",
    "refresh": "upkeep",
    "follow": "upkeep",
    "status": "upkeep",
    "causes": "commands",
}
"""The module of this room that holds each command; imported only when it is asked for."""


class _Parser(argparse.ArgumentParser):
    """Answers wrong usage with the exit status of sysexits.h."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def parser() -> argparse.ArgumentParser:
    """Describe the commands of this version."""
    top = _Parser(
        prog="autossl-doctor",
        description="Says in plain words why an AutoSSL certificate renewal is stuck, who must act and what to do.",
    )
    top.add_argument("--version", action="version", version=f"autossl-doctor {__version__}")
    # With its name given it need not be worked out, which costs as much as all of argparse.
    commands = top.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_Parser, prog="autossl-doctor"
    )
    diagnosing = commands.add_parser("diagnose", help="judge the websites of this server, or of a saved one")
    diagnosing.add_argument("--account", default="", metavar="U", help="only the websites of this account")
    diagnosing.add_argument("--domain", default="", metavar="D", help="only the website of this domain")
    diagnosing.add_argument("--root", metavar="DIR", help="read a saved host below this directory")
    diagnosing.add_argument("--now", metavar="TIME", help="the moment of judgement, such as 2026-11-22T12:30:00Z")
    diagnosing.add_argument("--by-cause", action="store_true", help="put websites with the same cause together")
    explaining = commands.add_parser("explain", help="explain a pasted log, message or notice")
    explaining.add_argument("file", nargs="?", default="-", metavar="FILE", help="a file, or - for standard input")
    explaining.add_argument(
        "--locale-dir",
        metavar="DIR",
        help="a directory with the panel's lexicons (ja.yaml, ...), to read logs that are not in English; "
        "default: this server's own",
    )
    remembering = commands.add_parser("history", help="tell what is remembered of a website (root)")
    remembering.add_argument("domain", metavar="DOMAIN", help="the website, by its own name or www.")
    refreshing = commands.add_parser("refresh", help="write every account's report anew (root)")
    refreshing.add_argument("--account", default="", metavar="U", help="only the report of this account")
    following = commands.add_parser("follow", help="follow running checks for those who wait (root, by systemd)")
    state = commands.add_parser("status", help="tell how the reports, the follower and the prober are doing (root)")
    listing = commands.add_parser("causes", help="list the causes that are told apart, with their texts")
    for command in (diagnosing, explaining, remembering, refreshing, following, state, listing):
        command.add_argument("--format", choices=("text", "json"), default="text")
        command.add_argument("--lang", choices=LANGUAGES, default=None, help="default: from LC_ALL or LANG, else en")
        command.add_argument("--reader", choices=("owner", "admin"), default=None, help="default: admin as root")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the answer is its exit status (0 fine, 1 trouble found, 2 not judged, 64 usage, 70 bug)."""
    given = parser().parse_args(arguments)
    said = getattr(given, "now", None)
    now = None if said is None else parse_moment(said)
    if said is not None and now is None:
        return _wrong(f"{said!r} is no point in time such as 2026-11-22T12:30:00Z")
    root = getattr(given, "root", None)
    if root == "":
        return _wrong("--root needs the name of a directory")
    request = Request(
        language=given.lang or language(),
        reader=given.reader or ("admin" if is_root() else "owner"),
        as_json=given.format == "json",
        account=getattr(given, "account", ""),
        domain=ascii_domain(getattr(given, "domain", "")),
        root=None if root is None else _path(root),
        now=now,
        by_cause=getattr(given, "by_cause", False),
        file=getattr(given, "file", "-"),
        locale_dir=_path(given.locale_dir) if getattr(given, "locale_dir", None) else None,
    )
    try:
        module = import_module(f"autossl_doctor.entry.{_COMMANDS[given.command]}")
        status: int = getattr(module, given.command)(request)
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


def _path(name: str) -> Path:
    from pathlib import Path

    return Path(name)


def _wrong(message: str) -> int:
    sys.stderr.write(f"autossl-doctor: {message}\n")
    return USAGE
