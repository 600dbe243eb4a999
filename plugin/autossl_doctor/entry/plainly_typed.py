"""`history DOMAIN` as people type it: what takes any command line apart costs more than the whole answer."""

from __future__ import annotations

from autossl_doctor.entry.request import Request
from autossl_doctor.host.identity import LANGUAGES, is_root, language
from autossl_doctor.model.names import ascii_domain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_CHOICES = {"--format": ("text", "json"), "--lang": LANGUAGES, "--reader": ("owner", "admin")}


def plainly_typed(typed: Sequence[str]) -> Request | None:
    """Give what `history` is asked; None for other commands, and for whatever is not as plain as can be."""
    if typed[:1] not in (["history"], ("history",)):
        return None
    domains, chosen = [], {}
    rest = iter(typed[1:])
    for word in rest:
        if not word.startswith("-"):
            domains.append(word)
            continue
        name, assigned, value = word.partition("=")
        value = value if assigned else next(rest, "")
        if value not in _CHOICES.get(name, ()):
            return None
        chosen[name] = value
    if len(domains) != 1:
        return None
    return Request(
        language=chosen.get("--lang") or language(),
        reader="owner" if chosen.get("--reader", "admin" if is_root() else "owner") == "owner" else "admin",
        as_json=chosen.get("--format") == "json",
        domain=ascii_domain(domains[0]),
    )
