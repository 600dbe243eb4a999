"""In which language the panel speaks on a request."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.lab.cpsrvd.accounts import Account, key_values
from tests.lab.cpsrvd.request import Request

COOKIE = "session_locale"
COOKIE_SECONDS = 365 * 24 * 3600

NAMES = {
    "ar": "العربية",
    "de": "Deutsch",
    "en": "English",
    "es": "español",
    "fa": "فارسی",
    "fr": "français",
    "he": "עברית",
    "i_example": "An administrator's own",
    "id": "Bahasa Indonesia",
    "ja": "日本語",
    "pt": "português",
    "pt_br": "português (Brasil)",
    "ru": "русский",
    "tr": "Türkçe",
}
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he"})
_SHAPE = re.compile(r"[a-z]{2,3}(_[a-z0-9]+)*|i_[a-z0-9_]+")
_LONGEST = 32


@dataclass(frozen=True)
class Locale:
    """A language of the panel."""

    locale: str
    name: str
    direction: str
    encoding: str = "utf-8"

    @property
    def html(self) -> str:
        """The language as HTML spells it: `pt_br` is `pt-BR`."""
        if self.locale.startswith("i_"):
            return "en"
        language, *rest = self.locale.split("_")
        return "-".join([language, *(part.upper() for part in rest)])


def choose(root: Path, request: Request, account: Account | None) -> Locale:
    """The first language that is known: URL, cookie, account, browser, server, English."""
    chosen = next((known for known in map(known_locale, _wishes(root, request, account)) if known), "en")
    return Locale(chosen, NAMES[chosen], "rtl" if chosen in _RIGHT_TO_LEFT else "ltr")


def known_locale(wish: str) -> str | None:
    """The wish as the panel's own spelling, or None for one that the panel does not speak."""
    spelled = wish.strip().lower().replace("-", "_")
    if len(spelled) > _LONGEST or not _SHAPE.fullmatch(spelled):
        return None
    if spelled in NAMES:
        return spelled
    language = spelled.partition("_")[0]
    return language if language in NAMES else None


def _wishes(root: Path, request: Request, account: Account | None) -> Iterator[str]:
    yield request.fields().get("locale", "")
    yield request.cookies().get(COOKIE, "")
    yield account.locale if account else ""
    for part in (request.header("accept-language") or "").split(","):
        yield part.partition(";")[0]
    yield (key_values(root / "var/cpanel/cpanel.config") or {}).get("server_locale", "")
