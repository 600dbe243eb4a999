"""A visitor without a browser: logs in, keeps the cookie, and asks for whatever an attacker would ask for."""

import hmac
import http.client
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.standing import PASSWORD
from tests.security.household import form_key

DIRECTORY = "/frontend/jupiter/autossl_doctor"
PAGE, PROGRESS = f"{DIRECTORY}/index.live.cgi", f"{DIRECTORY}/progress.live.cgi"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
PATIENCE = 45
Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What came back, as bytes and as text."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """A header, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def text(self) -> str:
        """The body."""
        return self.body.decode("utf-8", "replace")

    @property
    def everything(self) -> str:
        """The headers and the body."""
        return "".join(f"{name}: {value}\n" for name, value in self.headers) + self.text


@dataclass(frozen=True)
class Session:
    """A login: its user, its cookie, and its token with the leading slash."""

    user: str
    cookie: str
    token: str


def ask(
    panel: StandingPanel, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Answer:
    """Send one request, exactly as given."""
    address = urlsplit(panel.url)
    with closing(http.client.HTTPConnection(str(address.hostname), address.port, timeout=PATIENCE)) as connection:
        connection.request(method, target, body=body, headers=dict(headers or {}))
        answered = connection.getresponse()
        return Answer(answered.status, tuple(answered.getheaders()), answered.read())


def log_in(panel: StandingPanel, user: str) -> Session:
    """Log in with the right password."""
    form = urlencode({"user": user, "pass": PASSWORD}).encode()
    answer = ask(panel, "POST", "/login/", {"Content-Type": FORM}, form)
    assert answer.status == 302, answer.text
    token, slash, _ = answer.header("Location").partition("/frontend")
    assert slash
    return Session(user, answer.header("Set-Cookie").partition(";")[0].partition("=")[2], token)


def visit(
    panel: StandingPanel,
    session: Session,
    path: str = PAGE,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """Ask for something below the session's token, with its cookie."""
    given = {"Cookie": f"cpsession={session.cookie}"} | dict(headers or {})
    return ask(panel, method, session.token + path, given, body)


def sign(panel: StandingPanel, user: str, token: str, verb: str, *, key_of: str | None = None) -> str:
    """The value of a form as the page makes it, from the key of `key_of` (usually the user's own)."""
    message = f"{user}\n{token}\n{verb}".encode()
    return hmac.digest(form_key(panel, key_of or user).encode(), message, "sha256").hex()


def good_fields(panel: StandingPanel, session: Session, verb: str, site: str, names: Sequence[str] = ()) -> Fields:
    """The fields of a form that the page itself could have made."""
    form = sign(panel, session.user, session.token, verb)
    more = [("confirm", "yes"), ("anyway", "yes")]
    return [("verb", verb), ("site", site), ("form", form), *(("name", name) for name in names), *more]


def post(
    panel: StandingPanel,
    session: Session,
    fields: Fields | bytes,
    *,
    path: str = PAGE,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Post a form and wish for JSON."""
    body = fields if isinstance(fields, bytes) else urlencode(list(fields)).encode()
    given = {"Content-Type": FORM, "Accept": JSON} | dict(headers or {})
    return visit(panel, session, path, method="POST", headers=given, body=body)
