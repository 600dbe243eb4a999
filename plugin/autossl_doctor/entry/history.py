"""`autossl-doctor history DOMAIN`: what is remembered of a website, as a time line. Light: people ask it by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from autossl_doctor.entry.request import FINE, NOT_JUDGED, TROUBLE, Request, print_json, print_lines, refuse
from autossl_doctor.explain.interface import Interface
from autossl_doctor.host.identity import is_root
from autossl_doctor.model.names import visitor_base
from autossl_doctor.model.past import Step, Trouble, Usual, trouble
from autossl_doctor.present.harmless import harmless
from autossl_doctor.present.history import TimeLine, as_plain, usual_as_plain
from autossl_doctor.store.layout import STATE
from autossl_doctor.store.memory.recalling import Past, past_of, usual_times, websites_named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DATABASE = "state.db"
SCHEMA = 1
PATIENCE = 5.0
_NONSENSE = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
"""What comes of values that the doctor did not write."""


class _UnreadableError(Exception):
    """The memory cannot be read; the words say why, for a person."""


def history(request: Request) -> int:
    """Tell what is remembered of a website: 0 where it is fine, 1 where it is in trouble, 2 where nothing is known."""
    words = Interface(request.language, "history")
    if not is_root():
        return refuse(Interface(request.language).say("root_only"), NOT_JUDGED)
    try:
        pasts, usual = _recall(f"{STATE}/{DATABASE}", request.domain, words)
    except _UnreadableError as error:
        # SQLite quotes what it could not read.
        return refuse(harmless(str(error)), NOT_JUDGED)
    if not pasts:
        return refuse(harmless(words.say("none", domain=request.domain)), NOT_JUDGED)
    told = [(past, trouble(past.spells, past.changes)) for past in pasts]
    if request.as_json:
        print_json(_plain(request.domain, told, usual))
    else:
        print_lines(_lines(request, words, told, usual))
    # Whoever had the domain before is told of, and does not count.
    return TROUBLE if told[0][1] else FINE


def _recall(path: str, domain: str, words: Interface) -> tuple[list[Past], dict[Step, Usual]]:
    connection = None
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=PATIENCE)
        if connection.execute("PRAGMA user_version").fetchone()[0] > 1:
            raise _UnreadableError(words.say("too_new", file=path))
        names = tuple(dict.fromkeys((domain, visitor_base(domain))))
        found = websites_named(connection, names)
        return [past_of(connection, *website) for website in found], usual_times(connection)
    except sqlite3.OperationalError as error:
        missing = "unable to open" in str(error) or "no such table: " in str(error)
        kind = "no_memory" if missing else "damaged" if "decode" in str(error) else "locked"
        raise _UnreadableError(words.say(kind, file=path, why=str(error))) from error
    except (sqlite3.DatabaseError, OSError, *_NONSENSE) as error:
        raise _UnreadableError(words.say("damaged", file=path, why=str(error))) from error
    finally:
        if connection is not None:
            connection.close()


def _plain(domain: str, told: list[tuple[Past, Trouble | None]], usual: dict[Step, Usual]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "domain": domain,
        "websites": [as_plain(past, found) for past, found in told],
        "usual": {step: usual_as_plain(each) for step, each in usual.items()},
    }


def _lines(
    request: Request, words: Interface, told: list[tuple[Past, Trouble | None]], usual: dict[Step, Usual]
) -> Iterator[str]:
    from autossl_doctor.causes.texts import Texts
    from autossl_doctor.explain.words import Writer
    from autossl_doctor.host.zone import local_zone

    zone = local_zone()
    writer = Writer(Texts(), request.language, request.reader, zone)
    line = TimeLine(words, writer, zone)
    for number, (past, found) in enumerate(told):
        if number:
            yield ""
        yield from line.past(past, found)
    if usual:
        yield ""
        yield from line.usual(usual)
