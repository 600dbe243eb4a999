"""The files on the server: what each has to be, what it is, and putting it there. Never a link in place of a file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from autossl_doctor.entry.installing.around import Around, StepError
from autossl_doctor.entry.installing.listed import LINK, Entry, sum_of
from autossl_doctor.host.replacing import replace_file

FEATURE_MODE = 0o644
DIRECTORY_MODE = 0o755
IN_PACKAGE = "plugin/autossl_doctor/"
OURS = "autossl"
"""Directories whose names begin with this are the doctor's own; through a link nothing is written into them."""
Difference = Literal["missing", "content", "mode", "owner", "kind"]


class Wanted(NamedTuple):
    """What has to stand in a place; `mode` is None for a link, whose content is its target."""

    content: bytes
    mode: int | None

    @property
    def entry(self) -> Entry:
        """What the list of installed files says of it."""
        return Entry(sum_of(self.content), LINK if self.mode is None else f"{self.mode:04o}")


def wanted_files(around: Around) -> dict[str, Wanted]:
    """Read what the release brings. Raises StepError where a part of it is missing."""
    manifest = around.manifest
    found = {}
    for file in manifest.files:
        inside = file.source.startswith(IN_PACKAGE)
        source = around.package / file.source.removeprefix(IN_PACKAGE) if inside else around.release / file.source
        try:
            found[file.place] = Wanted(source.read_bytes(), file.mode)
        except OSError as error:
            raise StepError("unreadable", file=str(source), said=error.strerror or "") from None
    found[manifest.feature_file] = Wanted(manifest.feature.encode(), FEATURE_MODE)
    for place, target in manifest.links.items():
        found[place] = Wanted(target.encode(), None)
    return found


def difference(path: Path, entry: Entry) -> Difference | None:
    """Compare what stands in a place with what has to; None where it is the same."""
    try:
        found = path.lstat()
        if entry.mode == LINK:
            if not stat.S_ISLNK(found.st_mode):
                return "kind"
            return None if sum_of(os.fsencode(path.readlink())) == entry.sum else "content"
        if not stat.S_ISREG(found.st_mode):
            return "kind"
        if sum_of(path.read_bytes()) != entry.sum:
            return "content"
    except OSError:
        return "missing"
    if (found.st_uid, found.st_gid) != (os.geteuid(), os.getegid()):
        return "owner"
    return None if f"{stat.S_IMODE(found.st_mode):04o}" == entry.mode else "mode"


def differences(root: Path, entries: Mapping[str, Entry]) -> dict[str, Difference]:
    """Compare all of them, by place, and before them our own directories: who may write there changes every file."""
    found = {str(place): _directory_difference(root / str(place).lstrip("/")) for place in own_directories(entries)}
    found |= {place: difference(root / place.lstrip("/"), entry) for place, entry in entries.items()}
    return {place: what for place, what in found.items() if what is not None}


def own_directories(places: Iterable[str]) -> list[PurePosixPath]:
    """Give the directories of these files that are named after the doctor, or lie in one that is; outer ones first."""
    found = (directory for place in places for directory in reversed(PurePosixPath(place).parents))
    return list(dict.fromkeys(each for each in found if any(name.startswith(OURS) for name in each.parts)))


def _directory_difference(path: Path) -> Difference | None:
    """Compare a directory of ours with what it has to be; one that is missing is told by its files."""
    try:
        found = path.lstat()
    except OSError:
        return None
    if not stat.S_ISDIR(found.st_mode):
        return "kind"
    if (found.st_uid, found.st_gid) != (os.geteuid(), os.getegid()):
        return "owner"
    return None if stat.S_IMODE(found.st_mode) == DIRECTORY_MODE else "mode"


def put_files(around: Around, wanted: Mapping[str, Wanted], former: Mapping[str, Entry]) -> int:
    """Put what differs in its place, and take away what a former version had there; give how many were touched."""
    different = differences(around.root, {place: each.entry for place, each in wanted.items()})
    gone = [place for place in former if place not in wanted and _is_ours(place)]
    for place in (*different, *gone):
        try:
            if place in wanted:
                _put(around, place, wanted[place])
            elif place in gone:
                _take_away(around.at(place), place)
            else:
                _make_directory(around, PurePosixPath(place))
        except OSError as error:
            raise StepError("unwritable", file=place, said=error.strerror or "") from None
    return len(different) + len(gone)


def _put(around: Around, place: str, wanted: Wanted) -> None:
    path = around.at(place)
    _make_directory(around, PurePosixPath(place).parent)
    if path.is_dir() and not path.is_symlink():
        raise StepError("in_the_way", file=place)
    if wanted.mode is None:
        path.unlink(missing_ok=True)
        path.symlink_to(os.fsdecode(wanted.content))
    else:
        replace_file(path, wanted.content, wanted.mode)


def _take_away(path: Path, place: str) -> None:
    """What a former version had there; it may be gone with its directory, and is not ours where it is a directory."""
    if path.is_dir() and not path.is_symlink():
        raise StepError("in_the_way", file=place)
    with suppress(FileNotFoundError, NotADirectoryError):
        path.unlink()


def _make_directory(around: Around, directory: PurePosixPath) -> None:
    own = own_directories([str(directory / "file")])
    for place in (*reversed(directory.parents), directory):
        path = around.at(str(place))
        if (path.is_symlink() and place in own) or (path.exists() and not path.is_dir()):
            raise StepError("in_the_way", file=str(place))
        if not path.is_dir():
            path.mkdir(mode=DIRECTORY_MODE)
            path.chmod(DIRECTORY_MODE)
        elif place in own and _directory_difference(path):
            os.chown(path, os.geteuid(), os.getegid())
            path.chmod(DIRECTORY_MODE)


def _is_ours(place: str) -> bool:
    """A list that somebody has changed must not have other files removed."""
    return place.startswith("/") and ".." not in place.split("/") and OURS in place
