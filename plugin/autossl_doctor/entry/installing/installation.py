"""The steps of an installation and of a repair: each compares, and does only what is needed, so all may run again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from autossl_doctor.entry.installing.around import Around, StepError
from autossl_doctor.entry.installing.files import Wanted, put_files, wanted_files
from autossl_doctor.entry.installing.first_pass import look_at_server
from autossl_doctor.entry.installing.hooks import register_hooks
from autossl_doctor.entry.installing.icon import register_icon
from autossl_doctor.entry.installing.listed import INSTALLED, Installed, read_installed, write_installed
from autossl_doctor.entry.installing.self_test import try_page
from autossl_doctor.entry.installing.units import start_units
from autossl_doctor.entry.installing.whm_page import register_page, will_restart_panel
from autossl_doctor.host.people import Owner

Owners = Callable[[], Iterable[Owner]]
UNIT_PLACE = "/etc/systemd/"


class Outcome(NamedTuple):
    """What a step did: the id of a phrase, and its values. `nothing` is: it was all there."""

    said: str
    about: Mapping[str, str | int] = {}


NOTHING = Outcome("nothing")


class Installation:
    """One run through all steps. What the former one recorded tells what is new, also where that one was broken off."""

    def __init__(self, around: Around, owners: Owners) -> None:
        self._around = around
        self._owners = owners
        self._list = around.at(INSTALLED)
        self._former = read_installed(self._list)
        self._wanted: dict[str, Wanted] = {}

    @property
    def steps(self) -> dict[str, Callable[[], Outcome]]:
        """The steps in their order, by name. A page in WHM that does not exist has none."""
        found = {"files": self._files, "icon": self._icon}
        if self._around.manifest.whm is not None:
            found["whm_page"] = self._whm_page
        found |= {
            "hooks": self._hooks,
            "first_pass": self._first_pass,
            "units": self._units,
            "self_test": self._self_test,
            "record": self._record,
        }
        return found

    @property
    def restarts_panel(self) -> bool:
        """Tell whether cpsrvd will restart, which is to be said before anything is done."""
        page = self._around.manifest.whm
        if page is None:
            return False
        self._wanted = wanted_files(self._around)
        return will_restart_panel(self._around, changed=self._changed(page.record))

    def _changed(self, *places: str) -> bool:
        return any(self._former.entries.get(place) != self._wanted[place].entry for place in places)

    def _files(self) -> Outcome:
        self._wanted = wanted_files(self._around)
        return _counted("files", put_files(self._around, self._wanted, self._former.entries))

    def _icon(self) -> Outcome:
        directory = self._around.manifest.icon_directory
        kept = [place for place in self._wanted if place.startswith(f"{directory}/")]
        return Outcome("icon") if register_icon(self._around, changed=self._changed(*kept)) else NOTHING

    def _whm_page(self) -> Outcome:
        page = self._around.manifest.whm
        if page is None or not register_page(self._around, changed=self._changed(page.record)):
            return NOTHING
        return Outcome("whm_page")

    def _hooks(self) -> Outcome:
        return _counted("hooks", register_hooks(self._around))

    def _first_pass(self) -> Outcome:
        reports = look_at_server(changed=self._is_other_version)
        return NOTHING if reports is None else Outcome("reports", {"count": reports})

    def _units(self) -> Outcome:
        units = [place for place in self._wanted if place.startswith(UNIT_PLACE)]
        changed = self._is_other_version or self._changed(*units)
        return _counted("units", start_units(self._around, changed=changed))

    def _self_test(self) -> Outcome:
        account = try_page(self._around, self._owners())
        return Outcome("page_works", {"account": account}) if account else Outcome("nobody")

    def _record(self) -> Outcome:
        entries = {place: each.entry for place, each in self._wanted.items()}
        installed = Installed(self._around.manifest.version, entries)
        if installed == self._former:
            return NOTHING
        try:
            self._list.parent.mkdir(mode=0o711, exist_ok=True)
            write_installed(self._list, installed)
        except OSError as error:
            raise StepError("unwritable", file=INSTALLED, said=error.strerror or "") from None
        return Outcome("recorded", {"file": INSTALLED})

    @property
    def _is_other_version(self) -> bool:
        return self._former.version != self._around.manifest.version


def _counted(said: str, count: int) -> Outcome:
    return Outcome(said, {"count": count}) if count else NOTHING
