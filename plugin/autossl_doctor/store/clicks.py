"""What accounts say that they did, on its way from the follower to the memory.

The follower must not wait for a database in which somebody writes: it leaves small files, and whoever refreshes reports
next takes them over. A file is removed once its content is remembered, and read twice it counts once.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

import msgspec

from autossl_doctor.host.people import Owner
from autossl_doctor.store.inbox import Said
from autossl_doctor.store.layout import CLICKS
from autossl_doctor.store.opening import read_regular
from autossl_doctor.store.state import TEMPORARY, State, names_in

MOST_FILES = 1000
"""More than anybody leaves between two refreshes: what comes after is not remembered."""
MOST_OF_ACCOUNT = 20
WINDOW = timedelta(hours=1)
"""Nobody clicks so often; a program of an account's may, and must not push others out."""
LONGEST_AGO = timedelta(days=1)
"""When a click was is the account's own word, which is believed within this."""
FILE_CAP = 1 << 20


class Click(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Something that an account did: `at` in seconds since 1970, `names` where the click was about some."""

    uid: int
    startdate: int
    account: str
    at: int
    verb: str
    site: str
    names: tuple[str, ...] = ()


class Clicks:
    """Keeps clicks until they are remembered; not more of one account than anybody makes."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._kept: dict[int, list[datetime]] = {}

    def keep(self, owner: Owner, said: Iterable[Said], now: datetime) -> None:
        """Keep what an account has just said; the same button twice at one time counts once."""
        kept = [at for at in self._kept.get(owner.uid, ()) if now - at < WINDOW]
        news = list({(each.verb, each.site): each for each in said}.values())[: MOST_OF_ACCOUNT - len(kept)]
        self._kept[owner.uid] = [*kept, *(now for _ in news)]
        if not news:
            return
        clicks = [_click(owner, each, now) for each in news]
        with self._state.directory(CLICKS, mode=0o700) as directory:
            if len(names_in(directory)) < MOST_FILES:
                self._state.put(directory, f"{secrets.token_hex(8)}.json", [msgspec.json.encode(clicks)])


@contextmanager
def taking(state: State) -> Iterator[list[Click]]:
    """Give all that was kept; it is removed where the block ends well."""
    with state.directory(CLICKS, mode=0o700) as directory:
        found = {name: _read(name, directory, state) for name in names_in(directory) if not name.startswith(TEMPORARY)}
        yield [click for clicks in found.values() for click in clicks]
        for name in found:
            with suppress(OSError):
                os.unlink(name, dir_fd=directory)
        state.sweep(directory)


def _click(owner: Owner, said: Said, now: datetime) -> Click:
    at = max(min(said.at, now), now - LONGEST_AGO)
    return Click(owner.uid, owner.startdate, owner.account, int(at.timestamp()), said.verb, said.site, said.names)


def _read(name: str, directory: int, state: State) -> list[Click]:
    content = read_regular(name, directory, owner=state.owner, cap=FILE_CAP)
    try:
        return msgspec.json.decode(content, type=list[Click]) if isinstance(content, bytes) else []
    except msgspec.MsgspecError:
        # Only root writes here: the file of another version, or a damaged disk.
        return []
