"""Who the visitor of a page is: the account as whom the kernel runs the page, and what the panel says of it."""

from __future__ import annotations

import os
import pwd
import stat

USERS = "/var/cpanel/users"
SIZE_CAP = 4 * 1024 * 1024
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-.")
LONGEST_NAME = 64
LONGEST_DATE = 12


class Visitor:
    """An account that asks for its own page. `startdate` tells it from a former owner of the same name."""

    __slots__ = ("account", "demo", "key_type", "startdate", "suspended", "uid")

    def __init__(
        self, account: str, uid: int, startdate: int, *, demo: bool = False, suspended: bool = False, key_type: str = ""
    ) -> None:
        self.account = account
        self.uid = uid
        self.startdate = startdate
        self.demo = demo
        self.suspended = suspended
        self.key_type = key_type


def visitor(remote_user: str) -> Visitor | None:
    """Give the account, if who asks and who runs the page are the same one and the panel knows it; else None."""
    uid = os.geteuid()
    if os.getuid() != uid or not remote_user or len(remote_user) > LONGEST_NAME or not _LETTERS.issuperset(remote_user):
        return None
    try:
        if pwd.getpwuid(uid).pw_name != remote_user or remote_user.startswith((".", "-")):
            return None
        settings = _settings(f"{USERS}/{remote_user}")
    except (KeyError, OSError):
        return None
    startdate = settings.get("STARTDATE", "")
    if not (startdate.isascii() and startdate.isdecimal() and len(startdate) <= LONGEST_DATE):
        return None
    if settings.get("USER", remote_user) != remote_user:
        return None
    return Visitor(
        remote_user,
        uid,
        int(startdate),
        # Closed, not open, where the panel writes something else than 0.
        demo=settings.get("DEMO", "0") not in ("", "0"),
        suspended=settings.get("SUSPENDED", "0") not in ("", "0"),
        key_type=settings.get("SSL_DEFAULT_KEY_TYPE", ""),
    )


def _settings(path: str) -> dict[str, str]:
    """Read the panel's own file about the account: KEY=VALUE lines."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FileNotFoundError(path)
        content = stream.read(SIZE_CAP).decode("utf-8", "replace")
    pairs = (line.partition("=") for line in content.split("\n"))
    return {key: value.strip() for key, _, value in pairs}
