"""The commands that keep the reports: root only, for they read what belongs to all accounts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from autossl_doctor.entry.request import FINE, NOT_JUDGED, TROUBLE, Request, print_json, print_lines, refuse
from autossl_doctor.explain.interface import Interface
from autossl_doctor.host.clock import now
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.identity import is_root
from autossl_doctor.model.plain import moment

if TYPE_CHECKING:
    from autossl_doctor.entry.remembering.logs import Log
    from autossl_doctor.entry.status import Status
    from autossl_doctor.store.state import State

NOT_ALLOWED = 64
MOST_NAMED = 20
LOW_PRIORITY = 10


def refresh(request: Request) -> int:
    """Write the reports of all accounts, or of one, and say how many."""
    words = Interface(request.language)
    refused = _refused(words)
    if refused:
        return refused
    from autossl_doctor.entry.refresh import refresh as write_reports
    from autossl_doctor.store.state import State

    try:
        state = State()
    except OSError as error:
        return refuse(words.say("not_all_written", why=error.strerror or str(error)), NOT_JUDGED)
    try:
        done = write_reports(HostPaths(), state, now, request.account)
        if done.outcome != "done":
            return refuse(words.say("not_refreshed", done.outcome, name=request.account), NOT_JUDGED)
        if request.as_json:
            print_json({"schema": 1, "written": done.written, "removed": done.removed, "odd": list(done.oddities)})
        else:
            removed = words.say("reports_removed", count=done.removed) if done.removed else ""
            print_lines([" ".join(filter(None, (words.say("reports_written", count=done.written), removed)))])
        troubles = (*done.troubles, *(_read_the_rest(state, done.behind, words) if done.behind else ()))
    except OSError as error:
        # A full disk, say: what had been written before stays.
        return refuse(words.say("not_all_written", why=error.strerror or str(error)), NOT_JUDGED)
    finally:
        state.close()
    for trouble in dict.fromkeys(troubles):
        refuse(words.say("memory_trouble", why=trouble))
    return FINE


def _read_the_rest(state: State, behind: int, words: Interface) -> tuple[str, ...]:
    """Let the memory read what it has not read yet, when everybody else has been served, and say how far it is."""
    import os
    import sys

    from autossl_doctor.entry.refresh import read_the_rest
    from autossl_doctor.entry.stopping import asked_to_stop

    with suppress(OSError):
        # The follower's unit may not, and is of low priority already.
        os.nice(LOW_PRIORITY)
    sys.stderr.write(words.say("reading_logs", count=behind) + "\n")
    number = 0

    def told(log: Log) -> None:
        nonlocal number
        number += 1
        if sys.stderr.isatty():
            sys.stderr.write("\r" + words.say("reading_log", number=number, count=behind, run=log.run.name))

    with asked_to_stop() as stop:
        troubles = read_the_rest(HostPaths(), state, now, stop, told)
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    return troubles


def follow(request: Request) -> int:
    """Follow running checks until nobody waits for one."""
    refused = _refused(Interface(request.language))
    if refused:
        return refused
    from autossl_doctor.entry.follow import follow as follow_runs

    return follow_runs()


def status(request: Request) -> int:
    """Tell how the doctor itself is doing."""
    words = Interface(request.language)
    refused = _refused(words, otherwise=NOT_JUDGED)
    if refused:
        return refused
    from autossl_doctor.entry import memory_status
    from autossl_doctor.entry.installing import telling
    from autossl_doctor.entry.status import as_plain, read_status
    from autossl_doctor.host.people import find_owners
    from autossl_doctor.store.state import State

    state = State()
    try:
        found = read_status(state, HostPaths(), find_owners().values(), now())
        memory = memory_status.read_memory(state.path, HostPaths(), now())
    finally:
        state.close()
    condition = telling.look()
    if request.as_json:
        print_json(
            as_plain(found) | {"memory": memory_status.as_plain(memory), "installation": telling.as_plain(condition)}
        )
    else:
        print_lines(chain(_told(found, words), memory_status.told(memory, words)))
        print_lines(telling.told(condition, request.language))
    return TROUBLE if found.findings or memory.is_broken or telling.is_wrong(condition) else FINE


def _refused(words: Interface, otherwise: int = NOT_ALLOWED) -> int:
    """Refuse to work where nothing can be read or written: not for root, or on another machine."""
    if not is_root():
        return refuse(words.say("root_only"), otherwise)
    if not HostPaths().exists("/usr/local/cpanel"):
        return refuse(words.say("no_panel"), NOT_JUDGED)
    return 0


def _told(found: Status, words: Interface) -> Iterator[str]:
    yield words.say("status", "reports", count=found.reports)
    times: dict[str, datetime | None] = {
        "oldest": found.oldest,
        "newest": found.newest,
        "refreshed": found.refreshed,
        "woken": found.woken,
        "visited": found.visited,
    }
    for name, at in times.items():
        yield words.say("status", name if at else f"never_{name}", at=moment(at) if at else "")
    for name, count in {"looked_at": found.looked_at, "not_looked_at": found.not_looked_at}.items():
        if count is not None:
            yield words.say("status", name, count=count)
    for name, about in found.findings:
        more = words.say("more", count=len(about) - MOST_NAMED) if len(about) > MOST_NAMED else ""
        named = ", ".join(filter(None, (*about[:MOST_NAMED], more)))
        yield words.say("status_findings", name, names=named, count=len(about))
