"""Whether the installation is still as it was made: what `status` tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from autossl_doctor.entry.installing.around import Around, StepError
from autossl_doctor.entry.installing.files import Difference, differences
from autossl_doctor.entry.installing.hooks import missing_hooks
from autossl_doctor.entry.installing.listed import INSTALLED, read_installed
from autossl_doctor.entry.installing.units import UnitState, is_right, state_of
from autossl_doctor.entry.installing.whm_page import is_registered

Findings = tuple[tuple[str, tuple[str, ...]], ...]


class Condition(NamedTuple):
    """What was found; `hooks` is None where the panel does not tell."""

    version: str
    installed_version: str
    feature: bool
    icon: bool
    hooks: bool | None
    whm_page: bool | None
    """None: this version has no page in WHM."""
    units: Mapping[str, UnitState]
    files: Mapping[str, Difference]
    findings: Findings
    """What is not as it should be: an id, and the files, hooks or units that it is about."""


def read_condition(around: Around) -> Condition:
    """Look at everything that an installation has made; nothing is changed."""
    manifest = around.manifest
    installed = read_installed(around.at(INSTALLED))
    files = differences(around.root, installed.entries)
    units = {unit: state_of(around, unit) for unit in manifest.enabled}
    try:
        hooks: list[str] | None = [f"{hook.category}/{hook.event}" for hook in missing_hooks(around)]
    except StepError:
        hooks = None
    icon = around.at(manifest.icon_place).exists()
    whm_page = None if manifest.whm is None else is_registered(around)
    other = installed.version not in ("", manifest.version)
    findings = {
        "not_installed": () if installed.version else (INSTALLED,),
        "other_version": (installed.version, manifest.version) if other else (),
        "files_missing": tuple(place for place, what in files.items() if what == "missing"),
        "files_changed": tuple(f"{place} ({what})" for place, what in files.items() if what != "missing"),
        "no_icon": () if icon else (manifest.icon_place,),
        "no_hooks": tuple(hooks or ()),
        "hooks_unknown": ("manage_hooks",) if hooks is None else (),
        "whm_unregistered": (manifest.id,) if whm_page is False else (),
        "not_enabled": tuple(unit for unit, state in units.items() if not state.enabled),
        "not_running": tuple(unit for unit, state in units.items() if state.enabled and not is_right(unit, state)),
    }
    return Condition(
        version=manifest.version,
        installed_version=installed.version,
        feature=manifest.feature_file not in files and bool(installed.version),
        icon=icon,
        hooks=None if hooks is None else not hooks,
        whm_page=whm_page,
        units=units,
        files=files,
        findings=tuple((name, about) for name, about in findings.items() if about),
    )


def as_plain(condition: Condition) -> dict[str, Any]:
    """Give it as the JSON of the command line."""
    return {
        "version": condition.version,
        "installed_version": condition.installed_version or None,
        "registered": {
            "feature": condition.feature,
            "icon": condition.icon,
            "hooks": condition.hooks,
            "whm_page": condition.whm_page,
        },
        "units": {unit: {"enabled": each.enabled, "active": each.active} for unit, each in condition.units.items()},
        "files": dict(condition.files),
        "findings": [{"id": name, "about": list(about)} for name, about in condition.findings],
    }
