"""The page in WHM: its AppConfig record, kept by the panel's own commands (facts 3.1). Not every version has one."""

from __future__ import annotations

from autossl_doctor.entry.installing.around import Around, StepError, must

REGISTER = "/usr/local/cpanel/bin/register_appconfig"
IS_REGISTERED = "/usr/local/cpanel/bin/is_registered_with_appconfig"


def is_registered(around: Around) -> bool:
    """Ask the panel whether it knows the page."""
    return around.run([IS_REGISTERED, "whostmgr", around.manifest.id]).output.strip() == "1"


def will_restart_panel(around: Around, *, changed: bool) -> bool:
    """Tell whether the page has to be registered, which restarts cpsrvd."""
    return around.manifest.whm is not None and (changed or not is_registered(around))


def register_page(around: Around, *, changed: bool) -> bool:
    """Have the page registered where it is not, or its record has changed; tell whether anything was done."""
    page = around.manifest.whm
    if page is None or not will_restart_panel(around, changed=changed):
        return False
    must(around, [REGISTER, page.record])
    if not is_registered(around):
        raise StepError("not_registered", command=f"{REGISTER} {page.record}")
    return True
