"""Something else answers in the place of the check file; the beginning of what came shows what it looks like."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autossl_doctor.model.evidence import Failure
from autossl_doctor.model.finding import Argument, Match

WORDS = 80
# A website writes what it likes: these are hints for a reader, and nothing but a sentence depends on them.
LOOKS = (
    (re.compile(r"\bparked\b|\bparking\b|\bfor sale\b|buy this domain|defaultwebpage", re.IGNORECASE), "parking"),
    (re.compile(r"\blog ?in\b|\bsign ?in\b|wp-login|password|ログイン|パスワード", re.IGNORECASE), "login"),
    (re.compile(r"coming soon|under construction|maintenance|準備中|工事中|メンテナンス", re.IGNORECASE), "waiting"),
    (re.compile(r"\ufeff?\s*(?:<|&lt;)"), "page"),
)


def refine(match: Match, failures: Sequence[Failure]) -> Match:
    """Add what came instead, and what it looks like."""
    fields = failures[0].fields
    args: dict[str, Argument] = dict(match.args)
    if "overlong" in fields:
        args["shows"] = "page"
    elif "preview" in fields:
        shown = "".join(sign if sign.isprintable() else " " for sign in fields["preview"]).strip()
        looks = (name for number, (pattern, name) in enumerate(LOOKS) if _fits(pattern, shown, number))
        args["shows"] = next(looks, "text") if shown else "nothing"
        if shown:
            args["words"] = shown[:WORDS]
    return match._replace(args=args)


def _fits(pattern: re.Pattern[str], shown: str, number: int) -> bool:
    # Only the last sign, that of a page, has to stand at the beginning.
    return bool(pattern.match(shown) if number == len(LOOKS) - 1 else pattern.search(shown))
