"""The systemd units: known in their present form, enabled, and at work."""

from __future__ import annotations

from typing import NamedTuple

from autossl_doctor.entry.installing.around import Around, must

SYSTEMCTL = "/usr/bin/systemctl"


class UnitState(NamedTuple):
    """Whether a unit starts with the server, and whether it is at work."""

    enabled: bool
    active: bool


def state_of(around: Around, unit: str) -> UnitState:
    """Ask systemd."""
    enabled = around.run([SYSTEMCTL, "is-enabled", unit]).output.strip() == "enabled"
    return UnitState(enabled, around.run([SYSTEMCTL, "is-active", unit]).output.strip() in ("active", "activating"))


def is_right(unit: str, state: UnitState) -> bool:
    """Tell whether a unit does what it should: a service comes and goes, what starts it has to be at work."""
    return state.enabled and (state.active or unit.endswith(".service"))


def start_units(around: Around, *, changed: bool) -> int:
    """Enable and start what is not at work; with `changed` everything is started anew. Gives how many units."""
    enabled = around.manifest.enabled
    wrong = enabled if changed else [unit for unit in enabled if not is_right(unit, state_of(around, unit))]
    if not wrong:
        return 0
    must(around, [SYSTEMCTL, "daemon-reload"])
    services = [unit for unit in enabled if unit.endswith(".service")]
    if changed:
        # A socket cannot be started anew while its service is at work; what it holds is the former program.
        for unit in services:
            must(around, [SYSTEMCTL, "stop", unit])
    for unit in wrong:
        must(around, [SYSTEMCTL, "enable", unit])
        must(around, [SYSTEMCTL, "restart" if changed and unit not in services else "start", unit])
    return len(wrong)
