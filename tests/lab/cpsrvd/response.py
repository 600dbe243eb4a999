"""An answer to the browser, and the fixed pages for everything that is refused."""

from dataclasses import dataclass, replace
from html import escape
from http import HTTPStatus

HTML = "text/html; charset=utf-8"
_ALWAYS = {"X-Frame-Options": "SAMEORIGIN", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True)
class Response:
    """Status, headers and body; Content-Length and the connection are the listener's business."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def with_header(self, name: str, value: str) -> "Response":
        """The same answer with one more header."""
        return replace(self, headers=(*self.headers, (name, value)))


def guarded(response: Response, policy: str | None) -> Response:
    """The answer with the headers that the panel adds to every page; CORS is never among them."""
    added = dict(_ALWAYS) | ({"Content-Security-Policy": policy} if policy else {})
    lower = {name.lower() for name in added}
    kept = tuple((name, value) for name, value in response.headers if name.lower() not in lower)
    return replace(response, headers=(*kept, *added.items()))


def page(status: int, html: str) -> Response:
    """A whole page of the stand-in's own."""
    headers = (("Content-Type", HTML), ("Cache-Control", "no-store"))
    return Response(status, headers, html.encode("utf-8", errors="replace"))


def refused(status: HTTPStatus, text: str) -> Response:
    """A fixed page that tells nothing about the host."""
    title = f"{status.value} {status.phrase}"
    return page(
        status,
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        f"<title>{title}</title></head><body><h1>{title}</h1><p>{escape(text)}</p></body></html>\n",
    )


def found(location: str) -> Response:
    """A redirect to a place on this server."""
    return Response(HTTPStatus.FOUND, (("Location", location), ("Cache-Control", "no-store")))
