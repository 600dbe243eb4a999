"""AppConfig records: which applications of WHM are registered, and what a record must say (conventions 3.1)."""

import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.lab.commands.icon import trouble_with
from tests.lab.cpsrvd.accounts import find

APPS = "var/cpanel/apps"
DOCUMENT_ROOT = "usr/local/cpanel/whostmgr/docroot"
AUTHENTICATED = "$authuser"
_KEYS = frozenset(
    [
        "name",
        "service",
        "acls",
        "features",
        "user",
        "displayname",
        "entryurl",
        "icon",
        "target",
        "searchtext",
        "upgradecall",
        "phpConfig",
    ]
)
_URL_KEY = re.compile(r"url[0-9]*")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_URL = re.compile(r"/(?:[A-Za-z0-9_][A-Za-z0-9._-]*/)*(?:[A-Za-z0-9_][A-Za-z0-9._-]*)?")
_PRIVILEGE = re.compile(r"[a-z][a-z0-9-]*|software-[A-Za-z0-9_-]+")
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_TARGETS = ("_self", "_blank")


class BadRecordError(Exception):
    """A record that is not accepted; the words say why."""


@dataclass(frozen=True)
class Application:
    """One registered application."""

    name: str
    services: tuple[str, ...]
    urls: tuple[str, ...]
    privileges: tuple[str, ...]
    """Any of them opens the door; none at all: nobody but root, unless a switch permits more."""
    user: str
    settings: Mapping[str, str]


def read(path: Path) -> Application:
    """The application that a file describes; the same key twice, or an unknown one, is a mistake."""
    settings: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not value:
            raise BadRecordError(f"line {number} is no “key=value”")
        if key in settings:
            raise BadRecordError(f"“{key}” stands twice")
        if key not in _KEYS and not _URL_KEY.fullmatch(key):
            raise BadRecordError(f"“{key}” is no key of an AppConfig record")
        settings[key] = value
    return Application(
        name=settings.get("name", ""),
        services=tuple(settings.get("service", "").split("|")),
        urls=tuple(value for key, value in settings.items() if _URL_KEY.fullmatch(key)),
        privileges=tuple(word.strip() for word in settings.get("acls", "").split(",") if word.strip()),
        user=settings.get("user", "root"),
        settings=settings,
    )


def check(application: Application, root: Path, *, without_privileges: bool = False) -> None:
    """Judge a record as strictly as a careful server could; it may lack `acls` only where that is asked for."""
    trouble = next(_troubles(application, root, without_privileges=without_privileges), None)
    if trouble is not None:
        raise BadRecordError(trouble)


def registered(root: Path, *, without_privileges: bool = False) -> dict[str, Application]:
    """The applications of the host by name; a record that is none, or that others may write, counts as absent."""
    found = {}
    for path in sorted((root / APPS).glob("*.conf")):
        try:
            application = read(path)
            check(application, root, without_privileges=without_privileges)
            closed = not path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        except (BadRecordError, OSError, UnicodeDecodeError):
            continue
        if application.name == path.stem and closed:
            found[application.name] = application
    return found


def _troubles(application: Application, root: Path, *, without_privileges: bool) -> Iterator[str]:
    settings = application.settings
    if not _NAME.fullmatch(application.name):
        yield "“name” is missing, or holds more than lower-case letters, digits, “_” and “-”"
    if application.services != ("whostmgr",):
        yield "“service” has to be whostmgr: pages of cPanel are installed by install_plugin"
    if not application.urls:
        yield "“url” is missing"
    for url in application.urls:
        if not _URL.fullmatch(url) or url == "/":
            yield f"“{url}” does not begin with a slash, or is no path below the document root"
    if not application.privileges and not without_privileges:
        yield "“acls” is missing"
    for privilege in application.privileges:
        if not _PRIVILEGE.fullmatch(privilege):
            yield f"“{privilege}” is no privilege"
    yield from _user_troubles(application.user, root)
    yield from _menu_troubles(settings, root)
    call = settings.get("upgradecall")
    if call is not None and not (call.startswith("/") and (root / call.lstrip("/")).is_file()):
        yield f"“upgradecall” names {call}, which is not there"


def _user_troubles(user: str, root: Path) -> Iterator[str]:
    if user not in {"root", AUTHENTICATED} and find(root, user) is None:
        yield f"“user” names {user}, who is not there"


def _menu_troubles(settings: Mapping[str, str], root: Path) -> Iterator[str]:
    """A menu entry needs a text and a place, written without the leading `cgi/`; its icon has to be there already."""
    if ("displayname" in settings) != ("entryurl" in settings):
        yield "“displayname” and “entryurl” belong together"
    entry = settings.get("entryurl", "")
    if entry and (entry.startswith("/") or f"/cgi/{entry}" not in {*_urls(settings)}):
        yield f"“entryurl” {entry} is not below cgi/ or is none of the record's addresses"
    yield from _icon_troubles(settings.get("icon"), root)
    if settings.get("target", "_self") not in _TARGETS:
        yield "“target” is neither _self nor _blank"


def _icon_troubles(icon: str | None, root: Path) -> Iterator[str]:
    """WHM's icons are PNG, GIF or JPEG; drawings are for the interface of accounts only."""
    if icon is None:
        return
    path = root / DOCUMENT_ROOT / "addon_plugins" / icon
    if not _FILE_NAME.fullmatch(icon) or not path.is_file():
        yield f"“icon” names {icon}, which is not in addon_plugins"
    elif path.suffix not in {".png", ".gif", ".jpg", ".jpeg"}:
        yield f"“icon” names {icon}, which is neither PNG, GIF nor JPEG"
    elif (trouble := trouble_with(path)) is not None:
        yield f"“icon”: {trouble}"


def _urls(settings: Mapping[str, str]) -> Iterator[str]:
    return (value for key, value in settings.items() if _URL_KEY.fullmatch(key))
