"""The check was sent on and failed there: where it was sent, and how it failed."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from autossl_doctor.model.evidence import Failure
from autossl_doctor.model.finding import Argument, Match

ENDINGS = {
    "http.status_redirected": "status",
    "http.content_redirected": "content",
    "http.unfetched_redirected": "unanswered",
    "http.sent_on": "nowhere",
}
LONGEST_NAME = 253
LONGEST_URL = 300


def refine(match: Match, failures: Sequence[Failure]) -> Match:
    """Name the site that the check was sent to where it is another one, and the address where that is plain."""
    first = failures[0]
    args: dict[str, Argument] = {**match.args, "ending": ENDINGS.get(first.kind, "")}
    target = first.fields.get("onward") or first.fields.get("final", "")
    if target and len(target) <= LONGEST_URL and target.isascii() and target.isprintable() and " " not in target:
        args["target"] = target
    host = _host(target)
    if host and host != first.name:
        args["other_site"] = host
    return match._replace(args=args)


def _host(url: str) -> str:
    """Give the name in a web address that the website wrote; "" where it is not a plain one."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
    plain = host.isascii() and host.replace("-", "").replace(".", "").replace("_", "").isalnum()
    return host if plain and "." in host and len(host) <= LONGEST_NAME else ""
