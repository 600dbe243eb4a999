"""What `cpanel_plugin.yaml` says, as records: for the installer, for `status` and for what `make manifest` writes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

MANIFEST = "cpanel_plugin.yaml"
WRITABLE_BY_OTHERS = 0o022


class File(NamedTuple):
    """A file of the release, its place on the server, and its mode there. It belongs to root."""

    source: str
    place: str
    mode: int
    what: str


class Hook(NamedTuple):
    """One of cPanel's events, and the script that it starts."""

    script: str
    category: str
    event: str
    stage: str


class WhmPage(NamedTuple):
    """A page in WHM; `record` is where its AppConfig record is kept, one of the files."""

    urls: tuple[str, ...]
    icon: str
    search: str
    record: str


class Manifest(NamedTuple):
    """Everything that is put on a server."""

    name: str
    title: str
    description: str
    version: str
    id: str
    privilege: str
    feature_file: str
    feature_label: str
    systems: Mapping[str, Any]
    cpanel: Mapping[str, Any]
    whm: WhmPage | None
    files: tuple[File, ...]
    links: Mapping[str, str]
    enabled: tuple[str, ...]
    hooks: tuple[Hook, ...]

    @property
    def feature(self) -> str:
        """The feature file's content: one line for the Feature Manager."""
        return f"{self.id}:{self.feature_label}\n"

    @property
    def units(self) -> tuple[str, ...]:
        """The names of all units."""
        return tuple(file.place.rpartition("/")[2] for file in self.files if file.place.startswith("/etc/systemd/"))

    @property
    def update_script(self) -> str:
        """What is to be called when the panel was updated."""
        return next(hook.script for hook in self.hooks if hook.event == "upcp")

    @property
    def icon_place(self) -> str:
        """What install_plugin makes of install.json."""
        return f"/usr/local/cpanel/base/frontend/jupiter/dynamicui/dynamicui_{self.id}.conf"

    @property
    def icon_directory(self) -> str:
        """The kept directory that install_plugin and uninstall_plugin are called with."""
        return next(file.place for file in self.files if file.place.endswith("/install.json")).rpartition("/")[0]


def read_manifest(release: Path) -> Manifest:
    """Read the manifest of a release or a checkout. Raises OSError where there is none, ValueError where it is odd."""
    said = yaml.safe_load((release / MANIFEST).read_text(encoding="utf-8"))
    files = tuple(File(each["from"], each["to"], int(each["mode"], 8), each["what"]) for each in said["files"])
    for file in files:
        if file.mode & WRITABLE_BY_OTHERS or not file.place.startswith("/") or ".." in file.place.split("/"):
            raise ValueError(f"{MANIFEST}: {file.place} has a place or a mode that no file may have")
    whm = said["pages"].get("whm")
    return Manifest(
        name=said["name"],
        title=said["title"],
        description=said["description"],
        version=str(said["version"]),
        id=said["id"],
        privilege=said["privilege"],
        feature_file=said["feature"]["file"],
        feature_label=said["feature"]["label"],
        systems=said["systems"],
        cpanel=said["pages"]["cpanel"],
        whm=None if whm is None else WhmPage(tuple(whm["urls"]), whm["icon"], whm["search"], whm["record"]),
        files=files,
        links={each["from"]: each["to"] for each in said["links"]},
        enabled=tuple(said["enabled"]),
        hooks=tuple(Hook(**each) for each in said["hooks"]),
    )
