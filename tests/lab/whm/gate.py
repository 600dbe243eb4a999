"""Which scripts of WHM run for whom: only those of a registered application, for those with one of its privileges."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.lab.commands.appconfig_record import Application
from tests.lab.cpsrvd.accounts import key_values
from tests.lab.whm.visitor import ROOT, WhmVisitor

_AS_ROOT, _AS_RESELLER, _WITHOUT_ACLS = (
    "permit_unregistered_apps_as_root",
    "permit_unregistered_apps_as_reseller",
    "permit_appconfig_entries_without_acls",
)
_ON = "1"


@dataclass(frozen=True)
class Gate:
    """The registered applications, as they were when the server started, and the switches as they are now."""

    applications: tuple[Application, ...]
    switches: Mapping[str, str]

    def user_of(self, url: str, visitor: WhmVisitor) -> str | None:
        """As whom the script at an address runs for a visitor, in the words of `user=`; None: it does not."""
        named = [application for application in self.applications if _names(application, url)]
        if not named:
            switch = _AS_ROOT if visitor.name == ROOT else _AS_RESELLER
            return ROOT if self.switches.get(switch) == _ON else None
        return named[0].user if all(self._opens(application, visitor) for application in named) else None

    def shows(self, path: str, visitor: WhmVisitor) -> bool:
        """Whether a picture, a script or a style belongs to an application that the visitor may use."""
        if path.startswith("/addon_plugins/"):
            return True
        return any(path.startswith(_directories(application)) for application in self.open_to(visitor))

    def open_to(self, visitor: WhmVisitor) -> Iterable[Application]:
        """The applications that the visitor may use."""
        return (application for application in self.applications if self._opens(application, visitor))

    def _opens(self, application: Application, visitor: WhmVisitor) -> bool:
        if not application.privileges:
            return self.switches.get(_WITHOUT_ACLS) == _ON
        return visitor.privileges.any_of(application.privileges)


def switches(root: Path) -> dict[str, str]:
    """The server's settings; a switch that is not there is off."""
    return key_values(root / "var/cpanel/cpanel.config") or {}


def _names(application: Application, url: str) -> bool:
    """An address that ends with a slash stands for all that lies below it."""
    return any(url == own or (own.endswith("/") and url.startswith(own)) for own in application.urls)


def _directories(application: Application) -> tuple[str, ...]:
    """The directories of the application's own; what lies in `cgi/` itself belongs to all."""
    found = (own.rpartition("/")[0] + "/" for own in application.urls)
    return tuple(directory for directory in found if directory != "/cgi/")
