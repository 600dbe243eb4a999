"""Lines that mean nothing: gibberish, words of other programs, and broken messages of AutoSSL.

Messages of which some put together rightly tell that a website is fine are left out, so that no verdict of health is
right, whatever comes out.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from functools import cache

from autossl_doctor.collect.signatures.lexicon import lines, reasons, refusals

HEALTHY = frozenset(("healthy", "not_due_yet", "renewed"))
_TELLS_OF_HEALTH = frozenset(("status", "website_status", "expiry", "install", "installed"))
# fmt: off
_WORDS = (
    "AutoSSL", "DCV", "HTTP", "DNS", "CAA", "TLS", "Status", "OK", "Defective", "certificate", "expiry", "renew",
    "order", "domain", "website", "user", "“shop.example”", "www.shop.example", "‘’", "Success!", "failed", "error",
    "404", "200", "(Not", "Found)", "urn:ietf:params:acme:error:", "rateLimited", "days", "from", "now", "ago",
    "証明書", "更新", "安全です", "Zertifikat", "gültig", "сертификат", "203.0.113.9", "::1", "…", "--", "{}", "[]",
    "null", "true", "\\n", "\\u0000", "%s", "$(id)", "<b>", "</script>", "'", '"', "`", ";", "&&", "|", "12/9/26,",
    "3:12", "AM", "UTC", "2026-11-20T02:17:04Z", "everything", "is", "fine",
)
# fmt: on
_SIGNS = "\0\x01\x1b[31m\x7f\x85\u200b\u200e\u202e\u2028\u2066\ufeff\ufffd😀名a0Z“”‘’\"'…:;()[]{}<>/\\|\t "
_FOREIGN = (
    '203.0.113.7 - - [20/Nov/2026:02:17:14 +0000] "GET /.well-known/acme-challenge/x HTTP/1.1" 404 196 "-" "curl/8"',
    "[Fri Nov 20 02:17:14.123456 2026] [autoindex:error] [pid 99] AH01276: Cannot serve directory /home/a/public_html/",
    "2026-11-20 02:17:14,001:DEBUG:acme.client:Storing nonce: 0001abc",
    '2026-11-20 02:17:14 1tDabc-0001 <= root@host.example U=root P=local S=1234 T="AutoSSL certificate expiry"',
    "Nov 20 02:17:14 host sshd[811]: Failed password for invalid user admin from 203.0.113.7 port 2200 ssh2",
    '{"level":"info","msg":"certificate obtained","names":["shop.example"],"status":"valid"}',
    "error: key too small at /usr/lib/x.pm line 7.",
    "SELECT problem FROM problems WHERE domain = 'shop.example'; -- HTTP DCV: OK",
)
_LEVELS = ("out", "success", "warn", "error", "failure", "", "weird")
_PREFIXES = (
    "",
    "",
    "",
    "WARN ",
    "ERROR ",
    "> ",
    "[2026-11-20T02:17:14Z]\t\t",
    "3:17:14 AM ",
    "  * ",
    "shop.example|alice|",
)
HUGE = 70_000


@cache
def messages() -> tuple[str, ...]:
    """Messages of AutoSSL, as its signatures know them, without those that may tell of health."""
    known = (*lines().signatures, *reasons().signatures, *refusals().signatures)
    return tuple(
        sample
        for signature in known
        if signature.does not in _TELLS_OF_HEALTH and not signature.id.startswith(("notice.", "install."))
        for sample in signature.match
    )


class Noise:
    """An endless source of such lines; the same seed gives the same lines."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - noise that can be repeated
        self._kinds: tuple[Callable[[], str], ...] = (
            self._words,
            self._foreign,
            self._broken,
            self._spliced,
            self._bytes,
        )

    def texts(self, count: int) -> Iterator[list[str]]:
        """Give texts of one to forty lines until there were `count` lines."""
        left = count
        while left > 0:
            size = min(left, self._dice.randint(1, 40))
            left -= size
            yield [self.line() for _ in range(size)]

    def line(self) -> str:
        """Give one line, without a line break and without its dress."""
        if self._dice.random() < 1 / 4000:
            return self._dice.choice(("A", "“", "(", "\\", "é", "[", '{"a":')) * HUGE
        return self._dice.choice(self._kinds)().replace("\n", " ").replace("\r", " ")

    def dressed(self, line: str) -> str:
        """Put a line into one of the forms in which people paste logs."""
        if self._dice.random() < 1 / 3:
            return json.dumps(self.record(line), ensure_ascii=self._dice.random() < 1 / 2)
        return self._dice.choice(_PREFIXES) + line

    def record(self, line: str) -> dict[str, object]:
        """Give a line as the record of a run's log; now and then its values have strange types."""
        odd = self._dice.random() < 1 / 50
        second = self._dice.randint(0, 3)
        return {
            "timestamp": self._dice.choice(("", None, 7, "yesterday")) if odd else f"2026-11-20T02:17:{second:02}Z",
            "type": self._dice.choice(_LEVELS),
            "indent": self._dice.choice((None, -1, "2", 10**30, [])) if odd else self._dice.randint(0, 4),
            "contents": self._dice.choice((None, [line], {"a": line}, 5)) if odd else line,
            "pid": 1,
            "partial": 0,
        }

    def _words(self) -> str:
        return " ".join(self._dice.choices(_WORDS, k=self._dice.randint(1, 25)))

    def _foreign(self) -> str:
        return self._dice.choice(_FOREIGN)

    def _broken(self) -> str:
        """Break a message: cut it, double a part of it, or put strange signs into it."""
        text = self._dice.choice(messages())
        for _ in range(self._dice.randint(1, 3)):
            begin = self._dice.randint(0, len(text))
            end = self._dice.randint(begin, len(text))
            way = self._dice.randint(0, 3)
            if way == 0:
                text = text[:begin] + text[end:]
            elif way == 1:
                text = text[:end] + text[begin:]
            elif way == 2:
                text = text[:begin] + "".join(self._dice.choices(_SIGNS, k=self._dice.randint(1, 9))) + text[begin:]
            else:
                text = text[:begin] + text[begin:end].swapcase() + text[end:]
        return text

    def _spliced(self) -> str:
        first, second = self._dice.choices(messages(), k=2)
        return first[: self._dice.randint(0, len(first))] + second[self._dice.randint(0, len(second)) :]

    def _bytes(self) -> str:
        return self._dice.randbytes(self._dice.randint(1, 200)).decode("utf-8", "replace")
