"""Puts the imitated commands of a panel and its system at their real places in a tree."""

import shlex
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.lab.panel.installed import ROOT
from tests.lab.panel.uapi_command import write_uapi_command

_APPCONFIG = ("register_appconfig", "unregister_appconfig", "is_registered_with_appconfig", "show_appconfig")
PANEL: Mapping[str, str] = {
    **{f"usr/local/cpanel/bin/{name}": "appconfig_command" for name in _APPCONFIG},
    "usr/local/cpanel/bin/manage_hooks": "manage_hooks",
    "usr/local/cpanel/bin/whmapi1": "whmapi1",
    "usr/local/cpanel/scripts/install_plugin": "plugin_command",
    "usr/local/cpanel/scripts/uninstall_plugin": "plugin_command",
    "usr/local/cpanel/scripts/upcp": "upcp",
}
"""Every command of the panel, and the module that answers for it."""
_SYSTEM: Mapping[str, str] = {"usr/bin/systemctl": "systemctl_command", "usr/sbin/sendmail": "system_command"}
_LINKS = {
    "usr/local/cpanel/whmapi1": "bin/whmapi1",
    "usr/local/cpanel/uapi": "bin/uapi",
    "usr/sbin/whmapi1": "/usr/local/cpanel/bin/whmapi1",
    "usr/bin/uapi": "/usr/local/cpanel/bin/uapi",
}


def write_commands(tree: Path, package_manager: str | None) -> None:
    """Write all of them; `package_manager` is `dnf` or `apt-get`, whichever the system has."""
    system = {**_SYSTEM, **({f"usr/bin/{package_manager}": "system_command"} if package_manager else {})}
    for path, module in {**PANEL, **system}.items():
        _write(tree / path, module)
    write_uapi_command(tree)
    for name, target in _LINKS.items():
        (tree / name).symlink_to(target)


def hidden(package_manager: str | None) -> Iterable[str]:
    """The machine's own commands that the imitated system does not have."""
    return (f"/usr/bin/{name}" for name in ("dnf", "apt-get") if name != package_manager)


def _write(path: Path, module: str) -> None:
    """A shell script: accounts are sent away before the lab's own files, which they may not read, are needed."""
    refused = f'echo "{path.name}: This command must be run as root." >&2; exit 1'
    only_root = f'[ "$(/usr/bin/id -u)" = 0 ] || {{ {refused}; }}'
    start = f"PYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -P"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'#!/bin/sh\n{only_root}\n{start} -m tests.lab.commands.{module} {path.name} "$@"\n', encoding="utf-8"
    )
    path.chmod(0o755)
