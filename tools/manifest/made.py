"""What is made from the manifest, as texts: each by a function of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator

from autossl_doctor.entry.installing.manifest import Manifest

SERVICE = "whostmgr"
PAGES = "/usr/local/cpanel/base/frontend/jupiter/"


def install_json(manifest: Manifest) -> str:
    """What install_plugin makes the icon in cPanel from (facts 4.1)."""
    page = manifest.cpanel
    link = {
        "type": "link",
        "id": manifest.id,
        "name": manifest.title,
        "description": manifest.description,
        "group_id": page["group"],
        "order": str(page["order"]),
        "icon": page["icon"],
        "uri": page["url"].removeprefix("/frontend/jupiter/"),
        "feature": manifest.id,
        "featuremanager": True,
    }
    return json.dumps([link], indent=2) + "\n"


def appconfig(manifest: Manifest) -> str:
    """What register_appconfig is given for a page in WHM (facts 3.1)."""
    page = manifest.whm
    if page is None:
        raise ValueError("the manifest names no page in WHM")
    urls = {f"url{number if number > 1 else ''}": url for number, url in enumerate(page.urls, start=1)}
    record = {
        "name": manifest.id,
        "service": SERVICE,
        "displayname": manifest.title,
        **urls,
        "entryurl": page.urls[0].removeprefix("/cgi/"),
        "acls": manifest.privilege,
        "user": "$authuser",
        "icon": page.icon,
        "target": "_self",
        "searchtext": page.search,
        "upgradecall": manifest.update_script,
    }
    return "".join(f"{key}={value}\n" for key, value in record.items())


def hook_description(manifest: Manifest, script: str) -> str:
    """What a hook's script answers to --describe (facts 8)."""
    described = [
        {
            "category": hook.category,
            "event": hook.event,
            "stage": hook.stage,
            "hook": script,
            "exectype": "script",
            "weight": 50,
        }
        for hook in manifest.hooks
        if hook.script == script
    ]
    return "[\n" + ",\n".join(f"  {json.dumps(each)}" for each in described) + "\n]\n"


def values_of_systems(manifest: Manifest) -> str:
    """What install.sh has to know before there is a Python: a file of plain shell variables."""
    systems = manifest.systems
    known = " ".join(f"{each['id']}:{version}" for each in systems["operating_systems"] for version in each["versions"])
    values = {
        "version": manifest.version,
        "oldest_panel": systems["panel"]["oldest"],
        "newest_panel": systems["panel"]["newest"],
        "architecture": systems["architecture"],
        "oldest_glibc": systems["glibc"],
        "disk_megabytes": systems["disk_megabytes"],
        "known_systems": f"'{known}'",
        "systems_in_words": f"'{systems_in_words(manifest)}'",
    }
    head = "# shellcheck shell=sh disable=SC2034\n# Made from cpanel_plugin.yaml by `make manifest`.\n"
    return head + "".join(f"{name}={value}\n" for name, value in values.items())


def systems_in_words(manifest: Manifest) -> str:
    """The operating systems in one line."""
    return ", ".join(f"{each['name']} {', '.join(each['versions'])}" for each in manifest.systems["operating_systems"])


def values_of_removal(manifest: Manifest) -> str:
    """What uninstall.sh has to know: plain shell variables, one place to a line."""
    lists = {
        "units": [*manifest.enabled, *manifest.units],
        "hooks": [hook.script for hook in manifest.hooks],
        "files": [*(file.place for file in manifest.files), *manifest.links, manifest.feature_file],
    }
    lists["units"] = list(dict.fromkeys(lists["units"]))
    lists["hooks"] = list(dict.fromkeys(lists["hooks"]))
    head = [f"id={manifest.id}", f"icon_directory={manifest.icon_directory}", f"icon_place={manifest.icon_place}"]
    return "\n".join([*head, *(f"{name}='\n" + "\n".join(values) + "\n'" for name, values in lists.items())]) + "\n"


def table_of_files(manifest: Manifest) -> str:
    """README's table of what is put on a server."""
    return "\n".join(_rows_of_files(manifest)) + "\n"


def _rows_of_files(manifest: Manifest) -> Iterator[str]:
    yield "| File | Mode | What it is |"
    yield "|---|---|---|"
    for file in manifest.files:
        yield f"| `{file.place}` | {file.mode:04o} | {file.what} |"
    for place, target in manifest.links.items():
        yield f"| `{place}` | link | leads to `{target}` |"
    yield f"| `{manifest.feature_file}` | 0644 | the entry in the Feature Manager |"


def table_of_systems(manifest: Manifest) -> str:
    """README's table of what a server must have."""
    systems = manifest.systems
    rows = {
        "cPanel & WHM": f"{systems['panel']['oldest']} to {systems['panel']['newest']}",
        "Operating system": systems_in_words(manifest),
        "Processor, C library": f"{systems['architecture']}, glibc {systems['glibc']} or newer",
        "Python": f"{systems['python']} or newer, a final release; the distribution's is installed where it is missing",
        "Room": f"{systems['disk_megabytes']} MB below /opt",
    }
    lines = ["| What | Which |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items())]
    return "\n".join(lines) + "\n"
