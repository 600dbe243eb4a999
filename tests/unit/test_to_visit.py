"""Which websites are looked at without being asked for, and in which order."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autossl_doctor.entry.to_visit import MOST, to_visit
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.host import Certificate, HostReading, Website
from autossl_doctor.model.served import Served
from autossl_doctor.store.layout import TO_VISIT
from autossl_doctor.store.visits import CAP, Due, ToVisit, read_visits, write_visits
from tests.unit.store_places import mode, state_in

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADDRESS = "192.0.2.10"
CERTIFICATE = Certificate("R11", NOW - DAY, NOW + 89 * DAY, "rsa-2048", ("a.example",), fingerprint="aa" * 32)
OTHER = "bb" * 32


def reading(
    installed: Mapping[str, timedelta], looks: Mapping[str, tuple[Served, ...]] | None = None, address: str = ADDRESS
) -> HostReading:
    """What was read of a host: websites by how long ago their certificate was installed, and the looks at them."""
    certificates: dict[str, Fact[Certificate | None]] = {
        name: Known(replace(CERTIFICATE, installed_at=NOW - ago)) for name, ago in installed.items()
    }
    sites = tuple(Website(name, name[:1], (name,), address) for name in installed)
    return HostReading(
        NOW,
        "UTC",
        websites=Known(sites),
        certificates=certificates,
        served=Known(looks) if looks else Unknown("missing"),
    )


def seen(name: str, ago: timedelta, fingerprint: str = "aa" * 32) -> Served:
    """A look that was shown a certificate, or none ("")."""
    if not fingerprint:
        return Served(name, ADDRESS, NOW - ago, "timeout")
    return Served(name, ADDRESS, NOW - ago, "served", fingerprint, "valid", NOW + DAY, "R11")


def names(chosen: ToVisit) -> list[str]:
    """The websites that were chosen, without their ending."""
    return [due.site.partition(".")[0] for due in chosen.due]


def test_the_newest_installation_that_nobody_has_looked_at_comes_first() -> None:
    """Then another certificate than the installed one, then the oldest look; who was just looked at is left out."""
    looks = {
        "other.example": (seen("other.example", 2 * HOUR, OTHER),),
        "failed.example": (seen("failed.example", 3 * HOUR, ""),),
        "old.example": (seen("old.example", 3 * DAY),),
        "older.example": (seen("older.example", 4 * DAY),),
        "fine.example": (seen("fine.example", 23 * HOUR),),
        "renewed.example": (seen("renewed.example", 3 * HOUR),),
        "now.example": (seen("now.example", timedelta(minutes=59), OTHER),),
        "just-failed.example": (seen("just-failed.example", timedelta(minutes=59), ""),),
    }
    installed = dict.fromkeys(looks, 30 * DAY) | {"renewed.example": HOUR, "new.example": 2 * HOUR}
    chosen = to_visit(reading(installed, looks))
    assert names(chosen) == ["renewed", "new", "other", "older", "old", "failed"]
    assert (chosen.looked_at, chosen.not_looked_at, chosen.made_at) == (7, 2, NOW)
    assert [due.new for due in chosen.due] == [True, True, False, False, False, False]
    assert [due.shown for due in chosen.due] == ["", "", OTHER, "aa" * 32, "aa" * 32, ""]
    assert names(to_visit(reading(installed, looks), 3)) == ["renewed", "new", "other"]


@pytest.mark.parametrize(("minutes", "again"), [(9, False), (11, True)])
def test_another_certificate_just_after_the_installation_is_looked_at_again(minutes: int, *, again: bool) -> None:
    """As soon as the panel has had its time to let the web server read its settings."""
    looks = {"a.example": (seen("a.example", timedelta(minutes=minutes - 1), OTHER),)}
    assert bool(to_visit(reading({"a.example": timedelta(minutes=minutes)}, looks)).due) is again


def test_a_failed_look_keeps_what_was_shown_before() -> None:
    """It is no news that the website shows nothing for a moment; from another address the look does not count."""
    looks = {"a.example": (seen("a.example", HOUR, ""), seen("a.example", 2 * HOUR, OTHER))}
    (due,) = to_visit(reading({"a.example": DAY}, looks)).due
    assert (due.shown, due.new) == (OTHER, False)
    (due,) = to_visit(reading({"a.example": DAY}, looks, "192.0.2.99")).due
    assert (due.shown, due.new) == ("", True)


@pytest.mark.parametrize("address", ["", "localhost"])
def test_who_cannot_be_visited_is_counted_and_not_chosen(address: str) -> None:
    """Nobody knows where; a website without a certificate is not counted either."""
    given = reading({"a.example": DAY}, address=address)
    chosen = to_visit(given)
    assert (chosen.due, chosen.not_looked_at) == ((), 1)
    none: dict[str, Fact[Certificate | None]] = {"a.example": Known(None)}
    assert to_visit(replace(given, certificates=none)).not_looked_at == 0


def test_the_list_is_root_s_and_comes_back(tmp_path: Path) -> None:
    """Also the longest that there may be; what is damaged is no list."""
    state = state_in(tmp_path / "state")
    assert read_visits(state) is None
    many = tuple(Due(f"{'x' * 240}{number}.example", "a" * 16, ADDRESS, NOW, OTHER, OTHER) for number in range(MOST))
    write_visits(state, ToVisit(NOW, 1, 2, many))
    assert mode(tmp_path / "state" / TO_VISIT) == 0o600
    assert (tmp_path / "state" / TO_VISIT).stat().st_size < CAP
    assert read_visits(state) == ToVisit(NOW, 1, 2, many)
    for content in (b"", b"[" * 100_000, b'{"schema":2}', b"\xff"):
        (tmp_path / "state" / TO_VISIT).write_bytes(content)
        assert read_visits(state) is None
    state.close()
