"""WHM's login, its sessions and its API tokens; a session of the other service is none here."""

import hmac
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from tests.lab.commands import api_tokens, privileges
from tests.lab.cpsrvd import languages, sessions
from tests.lab.cpsrvd.documents import is_plain
from tests.lab.cpsrvd.front_door import cookie, credentials, decoded
from tests.lab.cpsrvd.login_page import login_page
from tests.lab.cpsrvd.request import Request, form_fields
from tests.lab.cpsrvd.response import Response, found, refused
from tests.lab.cpsrvd.settings import Settings
from tests.lab.whm.visitor import WhmVisitor, may_log_in

COOKIE = "whostmgrsession"
_FORM = "application/x-www-form-urlencoded"


class WhmDoor:
    """Knows the passwords of root and the resellers, and who is logged in."""

    def __init__(self, root: Path, users: Mapping[str, str]) -> None:
        self.sessions = sessions.Sessions()
        self._root, self._users = root, dict(users)

    def login(self, request: Request, settings: Settings) -> Response:
        """Check a name and a password; accounts that are no resellers do not get in."""
        if request.method != "POST" or len(request.body) > settings.largest_login:
            return self.form(request, HTTPStatus.OK, None)
        if (request.header("content-type") or "").partition(";")[0].strip().lower() != _FORM:
            return refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "This form is not understood.")
        fields = form_fields(request.body.decode("utf-8", "replace"))
        name = fields.get("user", "")
        if not self._right(name, fields.get("pass", "")) or not may_log_in(self._root, name):
            return self.form(request, HTTPStatus.UNAUTHORIZED, "refused")
        session = self.sessions.begin(name)
        answer = found(session.token + (_own_path(fields.get("goto_uri", "")) or "/"))
        return answer.with_header("Set-Cookie", cookie(COOKIE, session.cookie))

    def logout(self, request: Request) -> Response:
        """End the session of the cookie."""
        self.sessions.end(request.cookies().get(COOKIE, ""))
        return self.form(request, HTTPStatus.OK, "bye").with_header("Set-Cookie", cookie(COOKIE, "", seconds=0))

    def admit(self, request: Request, settings: Settings) -> WhmVisitor | Response:
        """Who asks; whatever does not fit in every part is turned away before a file is looked at."""
        if any(name.lower() == "authorization" for name, _ in request.headers):
            return self._admit_without_session(request, settings)
        session = self.sessions.find(request.cookies().get(COOKIE, ""))
        if session is None:
            return self.form(request, HTTPStatus.UNAUTHORIZED, "session")
        parts = sessions.split_token(request.path)
        if parts is None or not sessions.fits(session, parts[0]):
            return self.form(request, HTTPStatus.FORBIDDEN, "session")
        if not may_log_in(self._root, session.user):
            self.sessions.end(session.cookie)
            return self.form(request, HTTPStatus.UNAUTHORIZED, "session")
        own = privileges.of(self._root, session.user)
        return WhmVisitor(session.user, session.token, parts[1], own)

    def form(self, request: Request, status: HTTPStatus, message: str | None) -> Response:
        """The login form, with a word about what was refused."""
        parts = sessions.split_token(request.path)
        goto = _own_path(parts[1] if parts else request.path)
        locale = languages.choose(self._root, request, None)
        return login_page(locale, (), status=status, message=message, goto_uri=goto, service="WHM")

    def _admit_without_session(self, request: Request, settings: Settings) -> WhmVisitor | Response:
        """`Authorization: whm user:token`, and Basic for those for whom the laboratory allows it."""
        scheme, _, value = (request.header("authorization") or "").partition(" ")
        own: privileges.Privileges | None = None
        name = ""
        if scheme.lower() == "whm":
            name, secret = credentials(value)
            own = self._of_token(name, secret)
        elif scheme.lower() == "basic":
            name, secret = credentials(decoded(value))
            if name in settings.basic_users and self._right(name, secret):
                own = privileges.of(self._root, name)
        if own is None or not may_log_in(self._root, name):
            return self.form(request, HTTPStatus.UNAUTHORIZED, "session")
        if sessions.split_token(request.path):
            return self.form(request, HTTPStatus.FORBIDDEN, "session")
        return WhmVisitor(name, "", request.path, own)

    def _of_token(self, name: str, secret: str) -> privileges.Privileges | None:
        """What a token may: nothing that its owner may not."""
        allowed = api_tokens.privileges_of(self._root, name, secret) if name else None
        if allowed is None:
            return None
        own = privileges.of(self._root, name)
        names = allowed if own.everything else allowed & own.names
        return privileges.Privileges(reseller=own.reseller, names=names)

    def _right(self, name: str, password: str) -> bool:
        expected = self._users.get(name)
        given = password.encode("utf-8", "replace")
        return hmac.compare_digest((expected or "-").encode(), given) and expected is not None


def _own_path(path: str) -> str:
    """The path if it is one of an application, else nothing."""
    return path if path.startswith("/cgi/") and is_plain(path) else ""
