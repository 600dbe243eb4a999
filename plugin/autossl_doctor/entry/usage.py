"""What may be typed: the commands of this version with their options, `--help`, and the answer to wrong usage."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from functools import cache
from typing import Any, NoReturn

from autossl_doctor import __version__
from autossl_doctor.entry.request import USAGE
from autossl_doctor.host.identity import LANGUAGES

NARROW = 80


class _Formatter(argparse.HelpFormatter):
    """As wide as the terminal; argparse would load what copies files to find that out, for each option anew."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


@cache
def _columns() -> int:
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or NARROW if sys.__stdout__ else NARROW
    except (OSError, ValueError):
        return NARROW


class _Parser(argparse.ArgumentParser):
    """Answers wrong usage with the exit status of sysexits.h."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"formatter_class": _Formatter} | more)

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def parser(only: str = "") -> argparse.ArgumentParser:
    """Describe the commands of this version, or only one of them: the others would cost it more than they are worth."""
    top = _Parser(
        prog="autossl-doctor",
        description="Says in plain words why an AutoSSL certificate renewal is stuck, who must act and what to do.",
    )
    top.add_argument("--version", action="version", version=f"autossl-doctor {__version__}")
    # With its name given it need not be worked out, which costs as much as all of argparse.
    commands = top.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_Parser, prog="autossl-doctor"
    )
    for name, (what, describe) in DESCRIBED.items():
        if only in ("", name):
            command = commands.add_parser(name, help=what)
            describe(command)
            command.add_argument("--format", choices=("text", "json"), default="text")
            command.add_argument(
                "--lang", choices=LANGUAGES, default=None, help="default: from LC_ALL or LANG, else en"
            )
            command.add_argument("--reader", choices=("owner", "admin"), default=None, help="default: admin as root")
    return top


def _diagnose(command: argparse.ArgumentParser) -> None:
    command.add_argument("--account", default="", metavar="U", help="only the websites of this account")
    command.add_argument("--domain", default="", metavar="D", help="only the website of this domain")
    command.add_argument("--root", metavar="DIR", help="read a saved host below this directory")
    command.add_argument("--now", metavar="TIME", help="the moment of judgement, such as 2026-11-22T12:30:00Z")
    command.add_argument("--by-cause", action="store_true", help="put websites with the same cause together")


def _explain(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", nargs="?", default="-", metavar="FILE", help="a file, or - for standard input")
    command.add_argument(
        "--locale-dir",
        metavar="DIR",
        help="a directory with the panel's lexicons (ja.yaml, ...), to read logs that are not in English; "
        "default: this server's own",
    )


def _history(command: argparse.ArgumentParser) -> None:
    command.add_argument("domain", metavar="DOMAIN", help="the website, by any of its names")


def _refresh(command: argparse.ArgumentParser) -> None:
    command.add_argument("--account", default="", metavar="U", help="only the report of this account")


def _repair(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--installation", action="store_true", help="say at the end where to click and how to remove it (install.sh)"
    )
    command.add_argument(
        "--package", action="store_true", help="with --installation: it was brought by a package (install.sh)"
    )


def _nothing(_: argparse.ArgumentParser) -> None:
    """Some commands have no options of their own."""


DESCRIBED: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "diagnose": ("judge the websites of this server, or of a saved one", _diagnose),
    "explain": ("explain a pasted log, message or notice", _explain),
    "history": ("tell what is remembered of a website (root)", _history),
    "refresh": ("write every account's report anew (root)", _refresh),
    "follow": ("follow running checks for those who wait (root, by systemd)", _nothing),
    "status": ("tell how the reports, the follower and the prober are doing (root)", _nothing),
    "repair": ("put right what an update of the panel or the system took away (root)", _repair),
    "causes": ("list the causes that are told apart, with their texts", _nothing),
}
