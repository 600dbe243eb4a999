"""The environment of a script: exactly what is documented, and nothing of the server's own."""

import re

from tests.lab.cpsrvd.accounts import Account
from tests.lab.cpsrvd.documents import Script
from tests.lab.cpsrvd.request import Request

PATH = "/usr/local/bin:/usr/bin:/bin"
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
_NOT_AS_HEADER = frozenset({"content-type", "content-length", "proxy", "connection", "transfer-encoding"})


def environment(
    request: Request,
    script: Script,
    account: Account,
    *,
    document_root: str,
    token: str,
    password_canary: str,
    socket: str | None,
    visitor: str | None = None,
) -> dict[str, str]:
    """The variables of one run as `account`. Those that depend on the request are missing where it has nothing to say.

    `visitor` is who asks, where the script runs as somebody else.
    """
    variables = {
        **_who(account, password_canary),
        "REMOTE_USER": visitor or account.name,
        "cp_security_token": token,
        "DOCUMENT_ROOT": document_root,
        "GATEWAY_INTERFACE": "CGI/1.1",
        "HTTPS": "on",
        "PATH": PATH,
        "QUERY_STRING": _bytes_of(request.query),
        "REMOTE_ADDR": request.client[0],
        "REMOTE_HOST": request.client[0],
        "REQUEST_METHOD": request.method,
        "REQUEST_URI": _bytes_of(request.target),
        "SCRIPT_FILENAME": str(script.file),
        "SCRIPT_NAME": script.url,
        "SERVER_ADDR": request.server[0],
        "SERVER_NAME": server_name(request),
        "SERVER_PORT": str(request.server[1]),
        "SERVER_PROTOCOL": request.protocol,
        "SERVER_SOFTWARE": "cpsrvd",
        **_headers(request),
    }
    content_type = request.header("content-type")
    optional = {
        "CONTENT_LENGTH": request.header("content-length"),
        "CONTENT_TYPE": None if content_type is None else _bytes_of(content_type),
        "CPANEL_CONNECT_SOCKET": socket,
        "PATH_INFO": script.path_info or None,
    }
    return variables | {name: value for name, value in optional.items() if value is not None}


def server_name(request: Request) -> str:
    """The name by which the visitor calls the server, without the port."""
    host = request.header("host") or request.server[0]
    return host.rpartition(":")[0] if re.search(r":[0-9]+$", host) else host


def _who(account: Account, password_canary: str) -> dict[str, str]:
    return {
        "HOME": account.home,
        "LOGNAME": account.name,
        "REMOTE_PASSWORD": password_canary,
        "SHELL": account.shell,
        "USER": account.name,
    }


def _headers(request: Request) -> dict[str, str]:
    """HTTP_* of every header. Names with other letters could pass for another header, so they are dropped."""
    collected: dict[str, list[str]] = {}
    for name, value in request.headers:
        if _HEADER_NAME.fullmatch(name) and name.lower() not in _NOT_AS_HEADER:
            collected.setdefault(f"HTTP_{name.upper().replace('-', '_')}", []).append(_bytes_of(value))
    return {name: ("; " if name == "HTTP_COOKIE" else ", ").join(values) for name, values in collected.items()}


def _bytes_of(text: str) -> str:
    """The bytes of the wire, spelled so that the operating system is handed the same bytes."""
    return text.encode("latin-1", "replace").decode("utf-8", "surrogateescape")
