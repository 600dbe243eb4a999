"""The icon in cPanel, made by the panel's own command from the kept directory (facts 4.1)."""

from __future__ import annotations

from autossl_doctor.entry.installing.around import Around, StepError, must

INSTALL = "/usr/local/cpanel/scripts/install_plugin"


def register_icon(around: Around, *, changed: bool) -> bool:
    """Have the icon made where it is missing or its description has changed; tell whether anything was done."""
    place = around.manifest.icon_place
    if around.at(place).exists() and not changed:
        return False
    must(around, [INSTALL, around.manifest.icon_directory, "--theme=jupiter"])
    if not around.at(place).exists():
        raise StepError("not_made", file=place, command=INSTALL)
    return True
