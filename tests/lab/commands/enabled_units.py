"""Which units are enabled: the links in `*.wants` that systemctl makes from [Install], and takes away again."""

from pathlib import Path

from tests.lab.panel.unit_file import read_unit

UNITS = Path("/etc/systemd/system")


def state_of(name: str) -> str:
    """`enabled`, `disabled`, `static` (there is nothing to enable) or `not-found`."""
    path = UNITS / name
    if not path.is_file():
        return "not-found"
    links = _wanted_links(path)
    if not links:
        return "static"
    return "enabled" if any(link.is_symlink() for link in links) else "disabled"


def make_links(name: str) -> list[Path]:
    """Make the links of a unit; those that were not there."""
    made = [link for link in _wanted_links(UNITS / name) if not link.is_symlink()]
    for link in made:
        link.parent.mkdir(mode=0o755, exist_ok=True)
        link.symlink_to(UNITS / name)
    return made


def remove_links(name: str) -> bool:
    """Take the links away, also those whose unit file is gone; False: nothing at all is left of such a unit."""
    links = [link for link in UNITS.glob(f"*.wants/{name}") if link.is_symlink()]
    for link in links:
        link.unlink()
        if not any(link.parent.iterdir()):
            link.parent.rmdir()
    return bool(links) or (UNITS / name).exists()


def _wanted_links(unit: Path) -> list[Path]:
    targets = " ".join(read_unit(unit).all("WantedBy", "Install")).split()
    return [UNITS / f"{target}.wants" / unit.name for target in targets]
