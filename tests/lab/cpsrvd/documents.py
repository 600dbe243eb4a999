"""Which file a path means: only below one directory, and only what the panel would hand out."""

import re
import stat
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path

FRONTEND = "usr/local/cpanel/base/frontend/jupiter"
DOCUMENT_ROOT = "usr/local/cpanel/base"
RENDERER = "usr/local/cpanel/libexec/stand-in-render-page"
"""Renders a template; part of the stand-in, at a place that accounts can read."""
_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_STATIC = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True)
class Place:
    """A directory whose files have addresses, and how those begin."""

    directory: str
    url: str
    live: bool
    """Whether `.live.cgi` gets a LiveAPI socket here."""


THEME = Place(FRONTEND, "/frontend/jupiter/", live=True)
_FORBIDDEN_WRITERS = stat.S_IWGRP | stat.S_IWOTH
_LARGEST_STATIC = 16 * 1024 * 1024


@dataclass(frozen=True)
class Script:
    """A program to run: `live` ones get a LiveAPI socket."""

    file: Path
    url: str
    path_info: str
    live: bool
    program: Path | None = None
    """What runs it, if it is no program itself: a template is rendered."""


@dataclass(frozen=True)
class Static:
    """A file to hand out."""

    content_type: str
    content: bytes


@dataclass(frozen=True)
class Refusal:
    """A path that leads nowhere; `why` is for the log, never for the visitor."""

    status: HTTPStatus
    why: str


def is_plain(path: str) -> bool:
    """Whether a path is made of plain names only: no encoding, no dots that climb, nothing hidden, no empty parts."""
    if not path.startswith("/"):
        return False
    *inner, last = path.split("/")[1:]
    return all(_SEGMENT.fullmatch(part) for part in inner) and (last == "" or bool(_SEGMENT.fullmatch(last)))


def find(root: Path, path: str, trusted_uid: int, place: Place = THEME) -> Script | Static | Refusal:
    """The document of a path from which the token was taken off."""
    if not is_plain(path):
        return Refusal(HTTPStatus.BAD_REQUEST, "a path that is not made of plain names")
    if not path.startswith(place.url):
        return Refusal(HTTPStatus.NOT_FOUND, "outside the directory")
    base = root / place.directory
    file, url = base, place.url.rstrip("/")
    parts = path.removeprefix(place.url).split("/")
    for number, part in enumerate(parts, start=1):
        if not part:
            return Refusal(HTTPStatus.NOT_FOUND, "a directory")
        file, url = file / part, f"{url}/{part}"
        if file.is_dir():
            continue
        rest = "/" + "/".join(parts[number:]) if number < len(parts) else ""
        template = file.with_name(f"{file.name}.tt")
        if place.live and _kind(file) == ".html" and not rest and not file.exists() and template.exists():
            return _template(base, template, url, root / RENDERER, trusted_uid)
        found = _document(base, file, url, rest, trusted_uid)
        return replace(found, live=False) if isinstance(found, Script) and not place.live else found
    return Refusal(HTTPStatus.NOT_FOUND, "a directory")


def _document(base: Path, file: Path, url: str, rest: str, trusted_uid: int) -> Script | Static | Refusal:
    """Judge an existing file by where it really lies, its kind, its owner and its mode."""
    try:
        real = file.resolve(strict=True)
        within = real.relative_to(base.resolve(strict=True))
    except (OSError, RuntimeError, ValueError):
        return Refusal(HTTPStatus.NOT_FOUND, "missing, or a link that leads outside")
    if not is_plain(f"/{within}") or _kind(real) != _kind(file):
        return Refusal(HTTPStatus.NOT_FOUND, "a link to something of another kind")
    facts = real.stat()
    if not stat.S_ISREG(facts.st_mode):
        return Refusal(HTTPStatus.NOT_FOUND, "not a regular file")
    if _kind(file) == ".cgi":
        for path in (real, real.parent):
            trouble = _why_not_trusted(path, trusted_uid)
            if trouble:
                return Refusal(HTTPStatus.FORBIDDEN, f"{url}: {trouble}")
        return Script(file, url, rest, live=file.name.endswith(".live.cgi"))
    content_type = _STATIC.get(_kind(file))
    if content_type is None or rest or "dynamicui" in within.parts:
        return Refusal(HTTPStatus.NOT_FOUND, "not a kind of file that is handed out")
    if not facts.st_mode & stat.S_IROTH or facts.st_size > _LARGEST_STATIC:
        return Refusal(HTTPStatus.FORBIDDEN, f"{url}: not readable for everybody, or too large")
    return Static(content_type, real.read_bytes())


def _template(base: Path, file: Path, url: str, program: Path, trusted_uid: int) -> Script | Refusal:
    """A page of the Template Toolkit; as it is executed in a way, it has to be as trustworthy as a script."""
    if file.is_symlink() or not file.is_file() or not file.resolve().is_relative_to(base.resolve()):
        return Refusal(HTTPStatus.NOT_FOUND, "no template, or one that lies elsewhere")
    for path in (file, file.parent):
        trouble = _why_not_trusted(path, trusted_uid, executable=False)
        if trouble:
            return Refusal(HTTPStatus.FORBIDDEN, f"{url}: {trouble}")
    return Script(file, url, "", live=False, program=program)


def _kind(file: Path) -> str:
    return file.suffix


def _why_not_trusted(path: Path, trusted_uid: int, *, executable: bool = True) -> str | None:
    """Why a script, or the directory in which it lies, is not executed; None if it may be."""
    facts = path.stat()
    if facts.st_uid != trusted_uid:
        return f"{path.name} belongs to uid {facts.st_uid}, not to root"
    if facts.st_mode & _FORBIDDEN_WRITERS:
        return f"{path.name} may be written by others ({stat.S_IMODE(facts.st_mode):04o})"
    if executable and not path.is_dir() and not facts.st_mode & stat.S_IXOTH:
        return f"{path.name} is not executable ({stat.S_IMODE(facts.st_mode):04o})"
    return None
