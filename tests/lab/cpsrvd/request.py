"""A request as it came in, before anybody has judged it."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl

MOST_FIELDS = 200


@dataclass(frozen=True)
class Request:
    """Method, target, headers and body; every text still holds the bytes of the wire (Latin-1)."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    client: tuple[str, int] = ("127.0.0.1", 0)
    server: tuple[str, int] = ("127.0.0.1", 2083)
    protocol: str = "HTTP/1.1"

    @cached_property
    def path(self) -> str:
        """The target up to the question mark, undecoded."""
        return self.target.partition("?")[0]

    @cached_property
    def query(self) -> str:
        """The target after the first question mark."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """The value of a header, or None where it is missing or stands twice."""
        values = [value for key, value in self.headers if key.lower() == name]
        return values[0].strip() if len(values) == 1 else None

    def cookies(self) -> dict[str, str]:
        """The cookies by name; one that stands twice is left out, for nobody can tell which is meant."""
        pairs = [part.strip().partition("=") for part in (self.header("cookie") or "").split(";")]
        names = [name for name, _, _ in pairs]
        return {name: value for name, equals, value in pairs if equals and names.count(name) == 1}

    def fields(self) -> dict[str, str]:
        """The fields of the query; the first of a name counts, and too many are none."""
        return form_fields(self.query)


def form_fields(text: str) -> dict[str, str]:
    """The fields of a form's text."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    return dict(reversed(pairs))
