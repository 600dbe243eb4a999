"""What a person typed, taken apart with everything that may be typed in view."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from autossl_doctor.entry.request import USAGE, Request
from autossl_doctor.entry.usage import DESCRIBED, parser
from autossl_doctor.host.identity import is_root, language
from autossl_doctor.model.moment import parse_moment
from autossl_doctor.model.names import ascii_domain


def understand(typed: Sequence[str]) -> tuple[str, Request] | int:
    """Give the command and what it is asked, or the exit status where that makes no sense; `--help` ends here."""
    given = parser(typed[0] if typed and typed[0] in DESCRIBED else "").parse_args(typed)
    said = getattr(given, "now", None)
    now = None if said is None else parse_moment(said)
    if said is not None and now is None:
        return _wrong(f"{said!r} is no point in time such as 2026-11-22T12:30:00Z")
    root = getattr(given, "root", None)
    if root == "":
        return _wrong("--root needs the name of a directory")
    return given.command, Request(
        language=given.lang or language(),
        reader=given.reader or ("admin" if is_root() else "owner"),
        as_json=given.format == "json",
        account=getattr(given, "account", ""),
        domain=ascii_domain(getattr(given, "domain", "")),
        root=None if root is None else Path(root),
        now=now,
        installation=getattr(given, "installation", False),
        package=getattr(given, "package", False),
        by_cause=getattr(given, "by_cause", False),
        file=getattr(given, "file", "-"),
        locale_dir=Path(given.locale_dir) if getattr(given, "locale_dir", None) else None,
    )


def _wrong(message: str) -> int:
    sys.stderr.write(f"autossl-doctor: {message}\n")
    return USAGE
