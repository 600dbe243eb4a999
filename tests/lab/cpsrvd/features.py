"""Which of cPanel's features an account has, read from the lists on each question."""

from pathlib import Path

from tests.lab.cpsrvd.accounts import Account, key_values

STOCK = frozenset({"autossl", "sslinstall", "sslmanager", "filemanager", "zoneedit", "addondomains", "subdomains"})
"""Features that cPanel brings along; any other exists only once it was registered."""


def has_feature(root: Path, account: Account, name: str) -> int | None:
    """1 for a feature that is on, 0 for one that is off, None for one that does not exist."""
    if name not in STOCK and name not in registered(root):
        return None
    override = account.settings.get(f"FEATURE-{name.upper()}")
    if override is not None:
        return int(override == "1")
    own = account.settings.get("FEATURELIST", "default")
    return int(all(_list_allows(root, features, name) for features in ("disabled", own)))


def registered(root: Path) -> set[str]:
    """The features that plugins have registered: `id:Label` lines of the files in addonfeatures."""
    directory = root / "usr/local/cpanel/whostmgr/addonfeatures"
    if not directory.is_dir():
        return set()
    files = (path for path in directory.iterdir() if path.is_file() and not path.name.startswith("."))
    lines = (line for path in files for line in path.read_text(encoding="utf-8", errors="replace").splitlines())
    return {name.strip() for name, colon, _ in (line.partition(":") for line in lines) if colon}


def _list_allows(root: Path, features: str, name: str) -> bool:
    """Whether a list leaves the feature on; what it does not name is on."""
    if "/" in features or features.startswith("."):
        return False
    values = key_values(root / "var/cpanel/features" / features)
    return values is None or values.get(name, "1") == "1"
