"""`autossl-doctor history DOMAIN`: what is remembered of a website, as a time line. Light: people ask it by hand."""

from __future__ import annotations

from collections.abc import Iterator

from autossl_doctor.entry.request import FINE, NOT_JUDGED, TROUBLE, Request, print_json, print_lines, refuse
from autossl_doctor.explain.interface import Interface
from autossl_doctor.host.identity import is_root
from autossl_doctor.model.names import visitor_base
from autossl_doctor.model.past import Step, Trouble, Usual, trouble
from autossl_doctor.present.harmless import harmless
from autossl_doctor.present.history import TimeLine, as_plain, usual_as_plain
from autossl_doctor.store.layout import DATABASE, STATE
from autossl_doctor.store.memory.looking import UnreadableError, looking_into
from autossl_doctor.store.memory.recalling import Past, past_of, usual_times, websites_named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCHEMA = 1
PATIENCE = 5.0


def history(request: Request) -> int:
    """Tell what is remembered of a website: 0 where it is fine, 1 where it is in trouble, 2 where nothing is known."""
    words = Interface(request.language, "history")
    if not is_root():
        return refuse(Interface(request.language).say("root_only"), NOT_JUDGED)
    path = f"{STATE}/{DATABASE}"
    try:
        pasts, usual = _recall(path, request.domain)
    except UnreadableError as error:
        # SQLite quotes what it could not read.
        return refuse(harmless(words.say(error.kind, file=path, why=error.why)), NOT_JUDGED)
    if not pasts:
        return refuse(harmless(words.say("none", domain=request.domain)), NOT_JUDGED)
    told = [(past, trouble(past.spells, past.changes)) for past in pasts]
    if request.as_json:
        print_json(_plain(request.domain, told, usual))
    else:
        print_lines(_lines(request, words, told, usual))
    # Whoever had the domain before is told of, and does not count.
    return TROUBLE if told[0][1] else FINE


def _recall(path: str, domain: str) -> tuple[list[Past], dict[Step, Usual]]:
    with looking_into(path, PATIENCE) as connection:
        names = tuple(dict.fromkeys((domain, visitor_base(domain))))
        found = websites_named(connection, names)
        return [past_of(connection, *website) for website in found], usual_times(connection)


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
