"""Who is logged in: a cookie, and ten digits in the path that fit it."""

import hmac
import re
import secrets
import threading
from dataclasses import dataclass

COOKIE = "cpsession"
_TOKEN = re.compile(r"/cpsess([0-9]{10})(/.*)", re.DOTALL)


@dataclass(frozen=True)
class Session:
    """One login. Cookie and token are canaries too: they belong into no log, page text or file."""

    user: str
    cookie: str
    token: str
    """The security token with its leading slash, as in `/cpsess0123456789`."""


class Sessions:
    """The logins of this server, until it is started again."""

    def __init__(self) -> None:
        """Begin without any."""
        self._by_cookie: dict[str, Session] = {}
        self._lock = threading.Lock()

    def begin(self, user: str) -> Session:
        """A new login with a cookie and a token that nobody had before."""
        session = Session(user, secrets.token_urlsafe(32), f"/cpsess{secrets.randbelow(10**10):010d}")
        with self._lock:
            self._by_cookie[session.cookie] = session
        return session

    def find(self, cookie: str) -> Session | None:
        """The login of a cookie."""
        with self._lock:
            return self._by_cookie.get(cookie)

    def end(self, cookie: str) -> None:
        """Forget a login."""
        with self._lock:
            self._by_cookie.pop(cookie, None)

    def end_all(self) -> None:
        """Forget every login, as a start of the server does."""
        with self._lock:
            self._by_cookie.clear()


def split_token(path: str) -> tuple[str, str] | None:
    """The token and what follows it, or None for a path without a well-formed token."""
    matched = _TOKEN.fullmatch(path)
    return (f"/cpsess{matched[1]}", matched[2]) if matched else None


def fits(session: Session, token: str) -> bool:
    """Whether the token of a path is the one of the session."""
    return hmac.compare_digest(session.token, token)
