"""Who may what in WHM: root everything, a reseller what var/cpanel/resellers says, anybody else nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

RESELLERS = "var/cpanel/resellers"
EVERYTHING, ANYBODY = "all", "any"


@dataclass(frozen=True)
class Privileges:
    """What one user may."""

    reseller: bool
    """Whether the user may log in to WHM at all."""
    names: frozenset[str]

    @property
    def everything(self) -> bool:
        """Whether the user is root, or as good as root."""
        return EVERYTHING in self.names

    def any_of(self, wanted: Iterable[str]) -> bool:
        """Whether the user has at least one of these; `any` is everybody who may log in to WHM."""
        if not self.reseller:
            return False
        return self.everything or any(name == ANYBODY or name in self.names for name in wanted)


def of(root: Path, user: str) -> Privileges:
    """The privileges of a user."""
    if user == "root":
        return Privileges(reseller=True, names=frozenset({EVERYTHING}))
    found = resellers(root)
    return Privileges(reseller=user in found, names=found.get(user, frozenset()))


def resellers(root: Path) -> dict[str, frozenset[str]]:
    """The resellers and their privileges; lines are `name:privilege,privilege`."""
    try:
        lines = (root / RESELLERS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {name: frozenset(word.strip() for word in rest.split(",") if word.strip()) for name, _, rest in pairs}
