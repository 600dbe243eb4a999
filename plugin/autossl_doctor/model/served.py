"""What the prober saw when it visited a website: a record of a few short, fixed fields, and their exact form.

The prober's words come from a process that talks to strangers. Whoever reads them takes a record only if every field
has its form to the letter; nothing in it is ever parsed further.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from autossl_doctor.model.moment import FIRST_YEAR, LAST_YEAR

Outcome = Literal["served", "refused", "timeout", "reset", "tls_error", "not_allowed", "error"]
"""How a visit ended; `served` means that a certificate was shown."""

Validity = Literal["", "valid", "expired", "not_yet", "self_signed", "wrong_name", "unreadable"]
"""What a browser would say of the certificate that was shown, for this name at that moment; "" if none was shown."""

LONGEST_ISSUER = 200
SCHEMA = 1
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
VALIDITIES: tuple[Validity, ...] = get_args(Validity)

_FIELDS = frozenset(("site", "address", "at", "outcome", "fingerprint", "validity", "not_after", "issuer"))
_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_SITE = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_ADDRESS = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}|[0-9a-f:]{2,39}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Served:
    """One visit: which website at which address, when, how it ended, and which certificate was shown (UTC)."""

    site: str
    address: str
    at: datetime
    outcome: Outcome
    fingerprint: str = ""
    validity: Validity = ""
    not_after: datetime | None = None
    issuer: str = ""


def is_site(name: object) -> bool:
    """Tell whether this is a website's name that can be asked for: lower case, in the xn-- form, no wildcard."""
    return isinstance(name, str) and _SITE.fullmatch(name) is not None


def is_address(text: object) -> bool:
    """Tell whether this looks like an IP address; whether it may be visited is for the prober to say."""
    return isinstance(text, str) and _ADDRESS.fullmatch(text) is not None


def to_record(served: Served) -> dict[str, str]:
    """Write a visit as the fields of a record."""
    return {
        "site": served.site,
        "address": served.address,
        "at": _written(served.at),
        "outcome": served.outcome,
        "fingerprint": served.fingerprint,
        "validity": served.validity,
        "not_after": _written(served.not_after) if served.not_after else "",
        "issuer": served.issuer,
    }


def from_record(record: object) -> Served | None:
    """Read a visit; None unless every field is there, none besides, and each has its exact form."""
    if not isinstance(record, dict) or record.keys() != _FIELDS:
        return None
    if not all(isinstance(value, str) for value in record.values()):
        return None
    at, not_after = read_moment(record["at"]), read_moment(record["not_after"])
    outcome, validity = record["outcome"], record["validity"]
    if not is_site(record["site"]) or not is_address(record["address"]) or at is None or outcome not in OUTCOMES:
        return None
    if outcome != "served":
        empty = not (record["fingerprint"] or validity or record["not_after"] or record["issuer"])
        return Served(record["site"], record["address"], at, outcome) if empty else None
    if not _FINGERPRINT.fullmatch(record["fingerprint"]) or validity not in VALIDITIES or not validity:
        return None
    # What could not be read has no dates and no issuer; everything else has both.
    readable = validity != "unreadable"
    if (not_after is not None) is not readable or (not readable and record["not_after"] + record["issuer"]):
        return None
    issuer = record["issuer"]
    if len(issuer) > LONGEST_ISSUER or not issuer.isprintable():
        return None
    return Served(record["site"], record["address"], at, outcome, record["fingerprint"], validity, not_after, issuer)


def to_file(records: Iterable[Served]) -> bytes:
    """Write visits as the content of the file in which root keeps them."""
    data = {"schema": SCHEMA, "served": [to_record(served) for served in records]}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def from_file(content: bytes, wanted: Container[str] | None = None) -> Mapping[str, tuple[Served, ...]] | None:
    """Read the visits to the wanted websites, newest first; None where this is no such file.

    A record that has not its form is left out: the file may be a copy from a stranger.
    """
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA or not isinstance(data.get("served"), list):
        return None
    return merged({}, _chosen(data["served"], wanted))


def to_lines(records: Iterable[Served]) -> bytes:
    """Write visits as lines that can be put to others."""
    return b"".join(to_line(served) for served in records)


def to_line(served: Served) -> bytes:
    """Write a visit as one line."""
    return json.dumps(to_record(served), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def from_lines(content: bytes, wanted: Container[str] | None = None) -> Iterator[Served]:
    """Read the visits to the wanted websites from lines; one that is torn or has not its form is left out."""
    for line in content.split(b"\n"):
        try:
            record = json.loads(line) if line else None
        except (ValueError, RecursionError):
            continue
        yield from _chosen((record,), wanted)


def _chosen(records: Iterable[object], wanted: Container[str] | None) -> Iterator[Served]:
    for record in records:
        site = record.get("site") if isinstance(record, dict) else None
        if isinstance(site, str) and (wanted is None or site in wanted):
            served = from_record(record)
            if served is not None:
                yield served


def merged(known: Mapping[str, tuple[Served, ...]], seen: Iterable[Served]) -> Mapping[str, tuple[Served, ...]]:
    """Add visits to those that are known."""
    added: dict[str, list[Served]] = {}
    for served in seen:
        added.setdefault(served.site, []).append(served)
    new = {site: _worth_keeping([*known.get(site, ()), *records]) for site, records in added.items()}
    return {**known, **new}


def looks_since(looks: Iterable[Served], address: str, fingerprint: str, installed_at: datetime) -> Sequence[Served]:
    """Keep the looks that came after an installation, at the website's present address ("" is any).

    Records know whole seconds: within the one of the installation only what was shown can prove that it came later.
    """
    second = installed_at.replace(microsecond=0)
    return [
        look
        for look in looks
        # The website may have moved to another address since.
        if address in ("", look.address)
        and (look.at > installed_at or (look.fingerprint == fingerprint and look.at >= second))
    ]


def _worth_keeping(records: Iterable[Served]) -> tuple[Served, ...]:
    """Keep the last visit to a website, and the last one that showed a certificate: a failed visit does not undo it."""
    newest = sorted(records, key=lambda served: served.at, reverse=True)
    shown = next((served for served in newest if served.outcome == "served"), newest[0])
    return (newest[0],) if shown is newest[0] else (newest[0], shown)


def read_moment(text: str) -> datetime | None:
    """Read a point in time in the one form that records have; None if it is none, or none of a server's."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
