"""register_appconfig, unregister_appconfig, is_registered_with_appconfig and show_appconfig.

Registering and unregistering start cpsrvd anew; the files of an application are never touched.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.lab.commands.appconfig_record import APPS, BadRecordError, check, read, registered
from tests.lab.commands.command_run import ROOT, RefusedError, run
from tests.lab.commands.cpsrvd_restart import restart_cpsrvd

MENU = "var/cpanel/pluginscache.yaml"
"""WHM's menu of plugins, made anew from the records whenever they change."""


def register(arguments: Sequence[str]) -> int:
    """Take a record in, under its own name; one that is there already is replaced."""
    path = _one(arguments, "PATH")
    if not path.is_absolute() or not path.is_file():
        raise RefusedError(f"“{path}” is not the full path of a file.")
    try:
        application = read(path)
        check(application, ROOT)
    except (BadRecordError, UnicodeDecodeError) as trouble:
        raise RefusedError(f"{path}: {trouble}.") from trouble
    _write(ROOT / APPS / f"{application.name}.conf", path.read_bytes(), 0o600)
    _changed()
    print(f"{application.name} registered")
    return 0


def unregister(arguments: Sequence[str]) -> int:
    """Forget a record by its name, or by the path of a file that is called like it."""
    given = _one(arguments, "NAME")
    name = given.name.removesuffix(".conf")
    record = ROOT / APPS / f"{name}.conf"
    if not record.is_file():
        raise RefusedError(f"“{name}” is not registered.")
    record.unlink()
    _changed()
    print(f"{name} unregistered")
    return 0


def is_registered(arguments: Sequence[str]) -> int:
    """Print 1 or 0; the exit status says nothing."""
    if len(arguments) != 2:
        raise RefusedError("usage: is_registered_with_appconfig SERVICE NAME")
    service, name = arguments
    application = registered(ROOT).get(name)
    print(int(application is not None and service in application.services))
    return 0


def show(arguments: Sequence[str]) -> int:
    """List all records."""
    if arguments:
        raise RefusedError("usage: show_appconfig")
    for application in registered(ROOT).values():
        print(f"{application.name}:")
        for key, value in sorted(application.settings.items()):
            print(f"    {key}: {value}")
    return 0


def _one(arguments: Sequence[str], what: str) -> Path:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        raise RefusedError(f"usage: {what}")
    return Path(arguments[0])


def _changed() -> None:
    names = [application.settings.get("displayname", name) for name, application in registered(ROOT).items()]
    _write(ROOT / MENU, "---\n" + "".join(f"- {name}\n" for name in names), 0o644)
    restart_cpsrvd()


def _write(path: Path, content: str | bytes, mode: int) -> None:
    path.parent.mkdir(mode=0o755, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)


COMMANDS = {
    "register_appconfig": register,
    "unregister_appconfig": unregister,
    "is_registered_with_appconfig": is_registered,
    "show_appconfig": show,
}

if __name__ == "__main__":
    sys.exit(run(sys.argv[1], COMMANDS[sys.argv[1]], sys.argv[2:]))
