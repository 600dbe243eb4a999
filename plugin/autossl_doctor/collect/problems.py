"""The problems database: the newest reason why each name failed (facts, section 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from autossl_doctor.collect.languages.reading_hosts import lexicons_of
from autossl_doctor.collect.runs.reasons import classify, classify_refusal
from autossl_doctor.collect.signatures.lexicon import Lexicon
from autossl_doctor.host.databases import query
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.host import Problem
from autossl_doctor.model.log import UNRECOGNISED, Event, LogFact
from autossl_doctor.model.moment import parse_moment

DATABASE = "/var/cpanel/autossl_problems.sqlite"
_EVENTS: dict[str, Event] = {"HTTP": "http_failed", "DNS": "dns_failed", "MASTER": "ca_failed"}
_METHOD = re.compile(r"(HTTP|DNS|MASTER) DCV: ")
_JOINT = re.compile(r"; (?=(?:HTTP|DNS|MASTER) DCV: )")
_OPENING, _CLOSING = "The content “", "” of the DCV"
_REASON_CAP = 20_000


def split_problem(text: str) -> Iterator[tuple[str, str]]:
    """Give method and reason of each part; "; " inside a reason, or inside what it quotes, does not part it."""
    parts = _JOINT.split(text)
    for number, part in enumerate(parts):
        if _OPENING in part:
            # The website wrote what follows, up to the last possible end of the quotation.
            ends = [place for place in range(number, len(parts)) if _CLOSING in parts[place]]
            if ends:
                parts[number : ends[-1] + 1] = ["; ".join(parts[number : ends[-1] + 1])]
            break
    for part in parts:
        found = _METHOD.match(part)
        if found:
            yield found.group(1), part[found.end() :]
        elif part.strip():
            yield "", part


def read_problems(host: HostPaths) -> Fact[Mapping[str, tuple[Problem, ...]]]:
    """Give the rows of every account, by account."""
    rows = query(host, DATABASE, "SELECT domain, username, log, time, problem FROM problems ORDER BY domain")
    if isinstance(rows, Unknown):
        return rows
    found: dict[str, list[Problem]] = {}
    reasons = lexicons_of(host).reasons
    for domain, username, log, time, problem in rows.value:
        text = str(problem)[:_REASON_CAP]
        written = parse_moment(str(time)) or parse_moment(str(log))
        at = str(time or log or "")
        facts = tuple(_fact(reasons, str(domain).lower(), method, reason, at) for method, reason in split_problem(text))
        found.setdefault(str(username), []).append(Problem(str(domain).lower(), str(username), written, facts))
    return Known({account: tuple(problems) for account, problems in found.items()}, DATABASE)


def _fact(reasons: Lexicon, domain: str, method: str, reason: str, at: str) -> LogFact:
    fields: Mapping[str, str] = {"domain": domain, "reason": reason}
    kind = UNRECOGNISED
    if method in ("HTTP", "DNS"):
        kind, fields = classify(reasons, fields)
    elif method == "MASTER":
        kind, fields = classify_refusal(reasons, fields, "check.ca_failed")
    text = f"{method} DCV: {reason}" if method else reason
    return LogFact(kind, fields, text, at, DATABASE, 0, _EVENTS.get(method, "http_failed"), "error")
