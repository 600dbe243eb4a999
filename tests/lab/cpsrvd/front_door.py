"""Login, logout, and who is asking: nobody passes without a session that fits the path."""

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from tests.lab.cpsrvd import accounts, identity, languages, sessions
from tests.lab.cpsrvd.accounts import Account
from tests.lab.cpsrvd.documents import is_plain
from tests.lab.cpsrvd.login_page import login_page
from tests.lab.cpsrvd.request import Request, form_fields
from tests.lab.cpsrvd.response import Response, found, refused
from tests.lab.cpsrvd.settings import DemoAccount, Settings

_FORM = "application/x-www-form-urlencoded"
_CREDENTIALS = re.compile(r"([^:\x00-\x1f\x7f]{1,64}):([^\x00-\x1f\x7f]{1,256})")
_FRONTEND = "/frontend/jupiter/"


@dataclass(frozen=True)
class Visitor:
    """An account that may pass, and the path that it wants without the token."""

    account: Account
    token: str
    """The security token with its slash, or nothing for a visitor who came with `Authorization`."""
    path: str


class FrontDoor:
    """Knows passwords and sessions."""

    def __init__(self, root: Path, users: Mapping[str, str], demo_accounts: Iterable[DemoAccount]) -> None:
        """Open without any session."""
        self.sessions = sessions.Sessions()
        self._root, self._users, self._demo_accounts = root, dict(users), tuple(demo_accounts)

    def login_form(self, request: Request, settings: Settings) -> Response:
        """What a visitor sees first."""
        return self._page(request, settings, HTTPStatus.OK, None)

    def login(self, request: Request, settings: Settings) -> Response:
        """Check a name and a password; a session begins only if the account can be shown."""
        if request.method != "POST" or len(request.body) > settings.largest_login:
            return self._page(request, settings, HTTPStatus.OK, None)
        if (request.header("content-type") or "").partition(";")[0].strip().lower() != _FORM:
            return refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "This form is not understood.")
        fields = form_fields(request.body.decode("utf-8", "replace"))
        account, trouble = self._judge(fields.get("user", ""), fields.get("pass", ""))
        if account is None:
            status = HTTPStatus.UNAUTHORIZED if trouble == "refused" else HTTPStatus.FORBIDDEN
            return self._page(request, settings, status, trouble)
        session = self.sessions.begin(account.name)
        goto = own_path(fields.get("goto_uri", "")) or settings.page
        answer = found(session.token + goto)
        return answer.with_header("Set-Cookie", cookie(sessions.COOKIE, session.cookie))

    def logout(self, request: Request, settings: Settings) -> Response:
        """End the session of the cookie, whatever the path says."""
        self.sessions.end(request.cookies().get(sessions.COOKIE, ""))
        answer = self._page(request, settings, HTTPStatus.OK, "bye")
        return answer.with_header("Set-Cookie", cookie(sessions.COOKIE, "", seconds=0))

    def admit(self, request: Request, settings: Settings) -> Visitor | Response:
        """Who asks. Everything that does not fit in every part is turned away before a file is looked at."""
        if any(name.lower() == "authorization" for name, _ in request.headers):
            return self._admit_without_session(request, settings)
        session = self.sessions.find(request.cookies().get(sessions.COOKIE, ""))
        if session is None:
            return self._page(request, settings, HTTPStatus.UNAUTHORIZED, "session")
        parts = sessions.split_token(request.path)
        if parts is None or not sessions.fits(session, parts[0]):
            return self._page(request, settings, HTTPStatus.FORBIDDEN, "session")
        account = accounts.find(self._root, session.user)
        if account is None or account.suspended or identity.trouble_with(account):
            self.sessions.end(session.cookie)
            return self._page(request, settings, HTTPStatus.UNAUTHORIZED, "session")
        return Visitor(account, session.token, parts[1])

    def _judge(self, user: str, password: str) -> tuple[Account | None, str]:
        """The account that may log in, or None and the key of the reason."""
        expected = self._users.get(user)
        # Compared in any case, so that a wrong name takes as long as a wrong password.
        right = hmac.compare_digest((expected or "-").encode(), password.encode("utf-8", "replace"))
        account = accounts.find(self._root, user) if right and expected else None
        if account is None:
            # Without root the list of users holds one account only; the others are told why they do not get in.
            others = right and expected is not None and not identity.can_switch()
            return None, "needs_root" if others else "refused"
        if account.suspended:
            return None, "suspended"
        return (None, "needs_root") if identity.trouble_with(account) else (account, "")

    def _admit_without_session(self, request: Request, settings: Settings) -> Visitor | Response:
        """`Authorization: cpanel user:token` and Basic, only for accounts for which the laboratory allows them."""
        scheme, _, value = (request.header("authorization") or "").partition(" ")
        user, secret, expected = "", "", None
        if scheme.lower() == "cpanel":
            user, secret = credentials(value)
            expected = settings.api_tokens.get(user)
        elif scheme.lower() == "basic":
            user, secret = credentials(decoded(value))
            expected = self._users.get(user) if user in settings.basic_users else None
        account = accounts.find(self._root, user) if expected else None
        if (
            account is None
            or not expected
            or not hmac.compare_digest(expected.encode(), secret.encode("utf-8", "replace"))
        ):
            return self._page(request, settings, HTTPStatus.UNAUTHORIZED, "session")
        if account.suspended or identity.trouble_with(account) or sessions.split_token(request.path):
            return self._page(request, settings, HTTPStatus.FORBIDDEN, "session")
        return Visitor(account, "", request.path)

    def _page(self, request: Request, settings: Settings, status: HTTPStatus, message: str | None) -> Response:
        locale = languages.choose(self._root, request, None)
        parts = sessions.split_token(request.path)
        wanted = own_path(parts[1]) if parts else own_path(request.path)
        goto = wanted if wanted and wanted != settings.page else ""
        return login_page(locale, self._demo_accounts, status=status, message=message, goto_uri=goto)


def remember_locale(request: Request, response: Response) -> Response:
    """The answer with the cookie that keeps a language chosen in the URL, if the panel speaks it."""
    known = languages.known_locale(request.fields().get("locale", ""))
    if known is None:
        return response
    kept = cookie(languages.COOKIE, known, seconds=languages.COOKIE_SECONDS)
    return response.with_header("Set-Cookie", kept)


def own_path(path: str) -> str:
    """The path if it lies in the theme of this server and is made of plain names, else nothing."""
    return path if path.startswith(_FRONTEND) and is_plain(path) else ""


def cookie(name: str, value: str, seconds: int | None = None) -> str:
    """A cookie that scripts of a page cannot read. The laboratory speaks plain HTTP, so it is not marked Secure."""
    age = "" if seconds is None else f"; Max-Age={seconds}"
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}"


def decoded(value: str) -> str:
    """The text of a Basic authentication, or nothing where it is none."""
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def credentials(text: str) -> tuple[str, str]:
    """Name and secret, or two empty texts, which fit nobody."""
    matched = _CREDENTIALS.fullmatch(text)
    return (matched[1], matched[2]) if matched else ("", "")
